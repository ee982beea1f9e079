// Every request, instantiated: the expensive file of the codec, with its twin codec_responses.cpp.
#include "adapters/tws/message_codec.hpp"
#include "adapters/tws/text_market.hpp"
#include "adapters/tws/text_order.hpp"
#include "adapters/tws/text_other.hpp"

namespace keel::tws {

#define KEEL_TWS_ENCODE(Message) template void encode<Message>(std::string&, int, const Message&);
KEEL_TWS_REQUESTS(KEEL_TWS_ENCODE)

Status dispatch(std::string_view frame, int version, RequestHandler& handler) {
  const FrameHead head = read_head(frame, version);
  switch (head.number) {
#define KEEL_TWS_CASE(Message) \
  case Message::kId: return decode_to<Message>(head.body, version, head.protobuf, handler);
    KEEL_TWS_REQUESTS(KEEL_TWS_CASE)
    default: break;
  }
  return Error{tws_errors::kUnknownMessage, "message", std::to_string(head.number),
               "a request of this protocol", ""};
}

}  // namespace keel::tws
