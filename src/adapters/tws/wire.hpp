// How messages are described, once for both directions and both dialects.
#pragma once

#include <concepts>
#include <type_traits>

namespace keel::tws {

template <class T, class... U>
concept Is = (std::same_as<std::remove_const_t<T>, U> || ...);

// How a message or a part of one is laid out: a specialisation for each, in wire_*.hpp, whose
// `fields` names all fields with their protobuf numbers. Where the text dialect has the same fields
// in the same order, behind a message version (or none: 0), that is all; where it has not, the
// layout is a `text_of` in text_*.hpp.
template <class T>
struct Wire;

template <int Version>
struct TextVersion {
  static constexpr int kTextVersion = Version;
};
struct OwnText {};
struct ProtobufOnly {};
template <int Version>
struct NoFields : TextVersion<Version> {
  template <class V, class M>
  static void fields(V&, M&) {}
};
template <int Version>
struct RequestIdAlone : TextVersion<Version> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id);
  }
};

template <class T>
concept Part = requires { sizeof(Wire<std::remove_const_t<T>>); };

}  // namespace keel::tws
