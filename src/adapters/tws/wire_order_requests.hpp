// Layout of order_requests.hpp on the wire (wire.hpp says how to read it).
#pragma once

#include <keel/adapters/tws/order_requests.hpp>

#include "adapters/tws/wire_order.hpp"

namespace keel::tws {

template <>
struct Wire<ExecutionFilter> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.client_id, m.acct_code, m.time, m.symbol, m.sec_type, m.exchange, m.side,
           m.last_n_days, m.specific_dates);
  }
};

template <>
struct Wire<PlaceOrderRequest> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.order_id, m.contract, m.order, m.attached_orders);
  }
};

template <>
struct Wire<CancelOrderRequest> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.order_id, m.order_cancel);
  }
};

template <>
struct Wire<GlobalCancelRequest> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.order_cancel);
  }
};

template <>
struct Wire<OpenOrdersRequest> : NoFields<1> {};

template <>
struct Wire<AllOpenOrdersRequest> : NoFields<1> {};

template <>
struct Wire<AutoOpenOrdersRequest> : TextVersion<1> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.auto_bind);
  }
};

template <>
struct Wire<CompletedOrdersRequest> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.api_only);
  }
};

template <>
struct Wire<ExecutionRequest> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.execution_filter);
  }
};

template <>
struct Wire<IdsRequest> : TextVersion<1> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.num_ids);
  }
};

template <>
struct Wire<ExerciseOptionsRequest> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.order_id, m.contract, m.exercise_action, m.exercise_quantity, m.account,
           m.override_default, m.manual_order_time, m.customer_account, m.professional_customer);
  }
};

}  // namespace keel::tws
