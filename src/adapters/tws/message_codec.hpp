// encode and decode of one message, put together from its layout. Instantiated in codec_*.cpp.
#pragma once

#include <fmt/core.h>

#include <keel/adapters/tws/codec.hpp>

#include "adapters/tws/protobuf_visitors.hpp"
#include "adapters/tws/text_visitors.hpp"

namespace keel::tws {

// Bytes behind the message's number.
template <class M, class V>
void text_body(V& v, M& m) {
  using Layout = Wire<std::remove_const_t<M>>;
  if constexpr (std::is_base_of_v<ProtobufOnly, Layout>) {
    v.fail();
  } else if constexpr (std::is_base_of_v<OwnText, Layout>) {
    text_of(v, m);
  } else {
    if constexpr (Layout::kTextVersion != 0)
      v.constant(std::string_view{std::to_string(Layout::kTextVersion)});
    Layout::fields(v, m);
  }
}

inline void put_length(std::string& out, std::size_t at) {
  const auto size = static_cast<std::uint32_t>(out.size() - at - 4);
  for (std::size_t i = 0; i < 4; ++i) out[at + i] = static_cast<char>(size >> (24 - 8 * i) & 0xFF);
}
inline void put_number(std::string& out, int number) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift & 0xFF);
}

template <class M>
void encode(std::string& out, int version, const M& message) {
  const std::size_t start = out.size();
  out.append(4, '\0');
  const bool protobuf = version >= M::kProtobufFrom;
  if (version >= kFirstBinaryVersion) {
    put_number(out, protobuf ? M::kId + 200 : M::kId);
  } else {
    append_integer(out, M::kId);
    out += '\0';
  }
  if (protobuf) {
    ProtobufWriter writer{out, version};
    Wire<M>::fields(writer, message);
  } else if constexpr (std::is_base_of_v<ProtobufOnly, Wire<M>>) {
    return out.resize(start);  // this version cannot say it
  } else {
    TextWriter writer{out, version};
    text_body(writer, message);
  }
  put_length(out, start);
}

inline Error bad_message(int number, int field) {
  return {tws_errors::kMessage, fmt::format("message {}, field {}", number, field), "",
          "what this version of the protocol puts there", ""};
}

template <class M, class Handler>
Status decode_to(std::string_view body, int version, bool protobuf, Handler& handler) {
  M message{};
  if (protobuf) {
    ProtobufReader reader{body, version};
    if (reader.ok()) Wire<M>::fields(reader, message);
    if (!reader.ok()) return bad_message(M::kId, reader.field());
  } else {
    TextReader reader{body, version};
    text_body(reader, message);
    if (!reader.ok()) return bad_message(M::kId, reader.field());
  }
  handler.on(message);
  return {};
}

struct FrameHead {
  int number = 0;
  bool protobuf = false;
  std::string_view body;
};
FrameHead read_head(std::string_view frame, int version);

}  // namespace keel::tws
