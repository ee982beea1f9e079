// Layout of account_messages.hpp on the wire (wire.hpp says how to read it).
#pragma once

#include <keel/adapters/tws/account_messages.hpp>

#include "adapters/tws/wire_contract.hpp"
#include "adapters/tws/wire_order.hpp"

namespace keel::tws {

template <>
struct Wire<AccountDataRequest> : TextVersion<2> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.subscribe, m.acct_code);
  }
};

template <>
struct Wire<AccountValue> : TextVersion<2> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.key, m.value, m.currency, m.account_name);
  }
};

template <>
struct Wire<PortfolioValue> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.contract, m.position, m.market_price, m.market_value, m.average_cost,
           m.unrealized_pnl, m.realized_pnl, m.account_name);
  }
};

template <>
struct Wire<AccountUpdateTime> : TextVersion<1> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.time_stamp);
  }
};

template <>
struct Wire<AccountDataEnd> : TextVersion<1> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.account_name);
  }
};

template <>
struct Wire<ManagedAccountsRequest> : NoFields<1> {};

template <>
struct Wire<ManagedAccounts> : TextVersion<1> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.accounts_list);
  }
};

template <>
struct Wire<PositionsRequest> : NoFields<1> {};

template <>
struct Wire<CancelPositions> : NoFields<1> {};

template <>
struct Wire<Position> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.account, m.contract, m.position, m.avg_cost);
  }
};

template <>
struct Wire<PositionEnd> : NoFields<1> {};

template <>
struct Wire<AccountSummaryRequest> : TextVersion<1> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.group, m.tags);
  }
};

template <>
struct Wire<CancelAccountSummary> : RequestIdAlone<1> {};

template <>
struct Wire<AccountSummary> : TextVersion<1> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.account, m.tag, m.value, m.currency);
  }
};

template <>
struct Wire<AccountSummaryEnd> : RequestIdAlone<1> {};

template <>
struct Wire<PositionsMultiRequest> : TextVersion<1> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.account, m.model_code);
  }
};

template <>
struct Wire<CancelPositionsMulti> : RequestIdAlone<1> {};

template <>
struct Wire<PositionMulti> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.account, m.contract, m.position, m.avg_cost, m.model_code);
  }
};

template <>
struct Wire<PositionMultiEnd> : RequestIdAlone<1> {};

template <>
struct Wire<AccountUpdatesMultiRequest> : TextVersion<1> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.account, m.model_code, m.ledger_and_nlv);
  }
};

template <>
struct Wire<CancelAccountUpdatesMulti> : RequestIdAlone<1> {};

template <>
struct Wire<AccountUpdateMulti> : TextVersion<1> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.account, m.model_code, m.key, m.value, m.currency);
  }
};

template <>
struct Wire<AccountUpdateMultiEnd> : RequestIdAlone<1> {};

template <>
struct Wire<PnlRequest> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.account, m.model_code);
  }
};

template <>
struct Wire<CancelPnl> : RequestIdAlone<0> {};

template <>
struct Wire<Pnl> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.daily_pnl, m.unrealized_pnl, m.realized_pnl);
  }
};

template <>
struct Wire<PnlSingleRequest> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.account, m.model_code, m.con_id);
  }
};

template <>
struct Wire<CancelPnlSingle> : RequestIdAlone<0> {};

template <>
struct Wire<PnlSingle> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.position, m.daily_pnl, m.unrealized_pnl, m.realized_pnl, m.value);
  }
};

template <>
struct Wire<FaRequest> : TextVersion<1> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.fa_data_type);
  }
};

template <>
struct Wire<ReceiveFa> : TextVersion<1> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.fa_data_type, m.xml);
  }
};

template <>
struct Wire<FaReplace> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.fa_data_type, m.xml);
  }
};

template <>
struct Wire<ReplaceFaEnd> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.text);
  }
};

template <>
struct Wire<FamilyCodesRequest> : NoFields<0> {};

template <>
struct Wire<FamilyCode> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.account_id, m.family_code);
  }
};

template <>
struct Wire<FamilyCodes> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.family_codes);
  }
};

template <>
struct Wire<SoftDollarTiersRequest> : RequestIdAlone<0> {};

template <>
struct Wire<SoftDollarTiers> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.soft_dollar_tiers);
  }
};

template <>
struct Wire<UserInfoRequest> : RequestIdAlone<0> {};

template <>
struct Wire<UserInfo> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.white_branding_id);
  }
};

}  // namespace keel::tws
