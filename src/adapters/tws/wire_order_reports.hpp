// Layout of order_reports.hpp on the wire (wire.hpp says how to read it).
#pragma once

#include <keel/adapters/tws/order_reports.hpp>

#include "adapters/tws/wire_order.hpp"

namespace keel::tws {

template <>
struct Wire<OrderAllocation> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.account, m.position, m.position_desired, m.position_after, m.desired_alloc_qty,
           m.allowed_alloc_qty, m.is_monetary);
  }
};

template <>
struct Wire<OrderState> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.status, m.init_margin_before, m.maint_margin_before, m.equity_with_loan_before,
           m.init_margin_change, m.maint_margin_change, m.equity_with_loan_change,
           m.init_margin_after, m.maint_margin_after, m.equity_with_loan_after,
           m.commission_and_fees, m.min_commission_and_fees, m.max_commission_and_fees,
           m.commission_and_fees_currency, m.margin_currency, m.init_margin_before_outside_rth,
           m.maint_margin_before_outside_rth, m.equity_with_loan_before_outside_rth,
           m.init_margin_change_outside_rth, m.maint_margin_change_outside_rth,
           m.equity_with_loan_change_outside_rth, m.init_margin_after_outside_rth,
           m.maint_margin_after_outside_rth, m.equity_with_loan_after_outside_rth);
    v.as_text(25, m.suggested_size);
    v.from(26, m.reject_reason, m.order_allocations, m.warning_text, m.completed_time,
           m.completed_status);
  }
};

template <>
struct Wire<Execution> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.order_id, m.exec_id, m.time, m.acct_number, m.exchange, m.side, m.shares, m.price,
           m.perm_id, m.client_id, m.is_liquidation, m.cum_qty, m.avg_price, m.order_ref, m.ev_rule,
           m.ev_multiplier, m.model_code, m.last_liquidity, m.is_price_revision_pending,
           m.submitter, m.opt_exercise_or_lapse_type);
  }
};

template <>
struct Wire<OrderStatus> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.order_id, m.status, m.filled, m.remaining, m.avg_fill_price, m.perm_id, m.parent_id,
           m.last_fill_price, m.client_id, m.why_held, m.mkt_cap_price);
  }
};

template <>
struct Wire<OpenOrder> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.order_id, m.contract, m.order, m.order_state);
  }
};

template <>
struct Wire<OpenOrdersEnd> : NoFields<1> {};

template <>
struct Wire<CompletedOrder> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.contract, m.order, m.order_state);
  }
};

template <>
struct Wire<CompletedOrdersEnd> : NoFields<0> {};

template <>
struct Wire<OrderBound> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.perm_id, m.client_id, m.order_id);
  }
};

template <>
struct Wire<ExecutionDetails> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.contract, m.execution);
  }
};

template <>
struct Wire<ExecutionDetailsEnd> : RequestIdAlone<1> {};

template <>
struct Wire<CommissionAndFeesReport> : TextVersion<1> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.exec_id, m.commission_and_fees, m.currency, m.realized_pnl, m.bond_yield,
           m.yield_redemption_date);
  }
};

template <>
struct Wire<NextValidId> : TextVersion<1> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.order_id);
  }
};

template <>
struct Wire<ErrorMessage> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.id, m.error_time, m.error_code, m.error_msg, m.advanced_order_reject_json);
  }
};

}  // namespace keel::tws
