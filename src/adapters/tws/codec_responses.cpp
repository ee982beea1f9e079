// Every answer, instantiated: see codec_requests.cpp.
#include "adapters/tws/message_codec.hpp"
#include "adapters/tws/text_market.hpp"
#include "adapters/tws/text_other.hpp"
#include "adapters/tws/text_reports.hpp"

namespace keel::tws {

#define KEEL_TWS_ENCODE(Message) template void encode<Message>(std::string&, int, const Message&);
KEEL_TWS_RESPONSES(KEEL_TWS_ENCODE)

Status dispatch(std::string_view frame, int version, ResponseHandler& handler) {
  const FrameHead head = read_head(frame, version);
  switch (head.number) {
#define KEEL_TWS_CASE(Message) \
  case Message::kId: return decode_to<Message>(head.body, version, head.protobuf, handler);
    KEEL_TWS_RESPONSES(KEEL_TWS_CASE)
    default: break;
  }
  return Error{tws_errors::kUnknownMessage, "message", std::to_string(head.number),
               "an answer of this protocol", ""};
}

}  // namespace keel::tws
