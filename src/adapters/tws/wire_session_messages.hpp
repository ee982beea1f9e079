// Layout of session_messages.hpp on the wire (wire.hpp says how to read it).
#pragma once

#include <keel/adapters/tws/session_messages.hpp>

#include "adapters/tws/wire.hpp"

namespace keel::tws {

template <>
struct Wire<StartApiRequest> : TextVersion<2> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.client_id, m.optional_capabilities);
  }
};

template <>
struct Wire<SetServerLogLevelRequest> : TextVersion<1> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.log_level);
  }
};

template <>
struct Wire<CurrentTimeRequest> : NoFields<1> {};

template <>
struct Wire<CurrentTime> : TextVersion<1> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.current_time);
  }
};

template <>
struct Wire<CurrentTimeInMillisRequest> : NoFields<0> {};

template <>
struct Wire<CurrentTimeInMillis> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.current_time_in_millis);
  }
};

template <>
struct Wire<VerifyRequest> : TextVersion<1> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.api_name, m.api_version);
  }
};

template <>
struct Wire<VerifyMessageRequest> : TextVersion<1> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.api_data);
  }
};

template <>
struct Wire<VerifyMessageApi> : TextVersion<1> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.api_data);
  }
};

template <>
struct Wire<VerifyCompleted> : TextVersion<1> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.is_successful, m.error_text);
  }
};

template <>
struct Wire<QueryDisplayGroupsRequest> : RequestIdAlone<1> {};

template <>
struct Wire<DisplayGroupList> : TextVersion<1> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.groups);
  }
};

template <>
struct Wire<SubscribeToGroupEventsRequest> : TextVersion<1> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.group_id);
  }
};

template <>
struct Wire<UpdateDisplayGroupRequest> : TextVersion<1> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.contract_info);
  }
};

template <>
struct Wire<UnsubscribeFromGroupEventsRequest> : RequestIdAlone<1> {};

template <>
struct Wire<DisplayGroupUpdated> : TextVersion<1> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.contract_info);
  }
};

}  // namespace keel::tws
