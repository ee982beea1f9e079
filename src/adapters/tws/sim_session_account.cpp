// Accounts, positions and profit of one connection.
#include <algorithm>

#include <fmt/core.h>

#include "adapters/tws/sim_session.hpp"

namespace keel::tws {

namespace {

std::string two(const Money& money) { return fmt::format("{:.2f}", money.to_double()); }

struct Figure {
  std::string name, value, currency;
};

std::vector<Figure> figures_of(const AccountFigures& f, const SimAccount& account) {
  const std::string usd_text = "USD";
  std::vector<Figure> all{
      {"AccountCode", account.name, ""},
      {"AccountOrGroup", account.name, usd_text},
      {"AccountReady", "true", ""},
      {"AccountType", "INDIVIDUAL", ""},
      {"AccruedCash", "0.00", usd_text},
      {"AvailableFunds", two(f.available()), usd_text},
      {"BuyingPower", two(f.available() * 4), usd_text},
      {"Currency", usd_text, usd_text},
      {"Cushion",
       fmt::format("{:.4f}", f.net_liquidation.is_positive()
                                 ? f.excess().to_double() / f.net_liquidation.to_double()
                                 : 0.0),
       ""},
      {"DayTradesRemaining", "-1", ""},
      {"EquityWithLoanValue", two(f.net_liquidation), usd_text},
      {"ExcessLiquidity", two(f.excess()), usd_text},
      {"ExchangeRate", "1.00", usd_text},
      {"FullAvailableFunds", two(f.available()), usd_text},
      {"FullExcessLiquidity", two(f.excess()), usd_text},
      {"FullInitMarginReq", two(f.initial_margin), usd_text},
      {"FullMaintMarginReq", two(f.maintenance_margin), usd_text},
      {"GrossPositionValue", two(f.gross_positions), usd_text},
      {"InitMarginReq", two(f.initial_margin), usd_text},
      {"LookAheadAvailableFunds", two(f.available()), usd_text},
      {"LookAheadExcessLiquidity", two(f.excess()), usd_text},
      {"LookAheadInitMarginReq", two(f.initial_margin), usd_text},
      {"LookAheadMaintMarginReq", two(f.maintenance_margin), usd_text},
      {"MaintMarginReq", two(f.maintenance_margin), usd_text},
      {"NetLiquidation", two(f.net_liquidation), usd_text},
      {"NetLiquidationByCurrency", two(f.net_liquidation), "BASE"},
      {"RealizedPnL", two(f.realized), "BASE"},
      {"TotalCashBalance", two(f.cash), "BASE"},
      {"TotalCashValue", two(f.cash), usd_text},
      {"UnrealizedPnL", two(f.unrealized), "BASE"},
  };
  for (const auto& [currency, money] : account.cash)
    all.push_back({"CashBalance", two(money), currency});
  return all;
}

}  // namespace

void Session::remove_account(AccountSub::Kind kind, std::int32_t id) {
  std::erase_if(accounts_, [&](const AccountSub& s) { return s.kind == kind && s.id == id; });
}

void Session::send_account_values(const SimAccount& account, AccountSub* multi) {
  for (const Figure& figure : figures_of(world_.accounts->figures(account), account)) {
    if (multi != nullptr) {
      AccountUpdateMulti update;
      update.req_id = multi->id;
      update.account = account.name;
      update.key = figure.name;
      update.value = figure.value;
      update.currency = figure.currency;
      send(update);
    } else {
      AccountValue value;
      value.key = figure.name;
      value.value = figure.value;
      value.currency = figure.currency;
      value.account_name = account.name;
      send(value);
    }
  }
}

void Session::send_portfolio(const SimAccount& account) {
  for (const auto& [listing, position] : account.positions) {
    const auto figures = world_.accounts->figures(account, listing);
    PortfolioValue value;
    value.contract = world_.listings[listing].contract;
    value.position = position.quantity;
    value.market_price = world_.accounts->mark(listing);
    value.market_value = figures.value.to_double();
    value.average_cost = position.average;
    value.unrealized_pnl = figures.unrealized.to_double();
    value.realized_pnl = figures.realized.to_double();
    value.account_name = account.name;
    send(value);
  }
}

void Session::on(const AccountDataRequest& request) {
  std::erase_if(accounts_,
                [](const AccountSub& s) { return s.kind == AccountSub::Kind::kUpdates; });
  if (!request.subscribe) return;
  const std::string name =
      request.acct_code.empty() ? world_.accounts->all()[0].name : request.acct_code;
  const SimAccount* account = world_.accounts->find(name);
  if (account == nullptr)
    return error(-1, 321,
                 "Error validating request.-'bI' : cause - Invalid account code '" + name + "'.");
  accounts_.push_back({AccountSub::Kind::kUpdates, 0, name, "", 0, world_.now});
  send_account(accounts_.back());
}

void Session::send_account(AccountSub& sub) {
  const SimAccount* account = world_.accounts->find(sub.account);
  const bool first = sub.next == world_.now;
  sub.next = world_.now + Duration::seconds(180);
  if (sub.kind == AccountSub::Kind::kPnl || sub.kind == AccountSub::Kind::kPnlSingle) {
    sub.next = world_.now + Duration::seconds(1);
    return send_pnl(sub);
  }
  if (sub.kind == AccountSub::Kind::kSummary) return send_summary(sub);
  if (account == nullptr) return;
  if (sub.kind == AccountSub::Kind::kMulti) return send_account_values(*account, &sub);
  send_account_values(*account, nullptr);
  send_portfolio(*account);
  AccountUpdateTime time;
  time.time_stamp = date_time_text(world_.now).substr(9, 5);
  send(time);
  if (!first) return;
  AccountDataEnd end;
  end.account_name = sub.account;
  send(end);
}

void Session::on(const AccountSummaryRequest& request) {
  const auto same = [&](const AccountSub& s) {
    return s.kind == AccountSub::Kind::kSummary && s.id == request.req_id;
  };
  if (std::any_of(accounts_.begin(), accounts_.end(), same))
    return error(request.req_id, 322,
                 "Error processing request.-'bZ' : cause - Duplicate request ID for API account "
                 "summary");
  accounts_.push_back(
      {AccountSub::Kind::kSummary, request.req_id, "", request.tags, 0, world_.now});
  send_account(accounts_.back());
  AccountSummaryEnd end;
  end.req_id = request.req_id;
  send(end);
}

void Session::send_summary(const AccountSub& sub) {
  for (const SimAccount& account : world_.accounts->all()) {
    for (const Figure& figure : figures_of(world_.accounts->figures(account), account)) {
      const bool ledger = sub.tags.find("$LEDGER") != std::string::npos;
      const auto listed = fmt::format(",{},", sub.tags).find(fmt::format(",{},", figure.name));
      if (!ledger && !sub.tags.empty() && listed == std::string::npos) continue;
      AccountSummary one;
      one.req_id = sub.id;
      one.account = account.name;
      one.tag = figure.name;
      one.value = figure.value;
      one.currency = figure.currency;
      send(one);
    }
  }
}
void Session::on(const CancelAccountSummary& request) {
  remove_account(AccountSub::Kind::kSummary, request.req_id);
}

void Session::send_positions(std::int32_t request, std::string_view name) {
  for (const SimAccount& account : world_.accounts->all()) {
    if (!name.empty() && name != account.name) continue;
    for (const auto& [listing, held] : account.positions) {
      if (request >= 0) {
        PositionMulti one;
        one.req_id = request;
        one.account = account.name;
        one.contract = world_.listings[listing].contract;
        one.position = held.quantity;
        one.avg_cost = held.average;
        send(one);
      } else {
        send_position(account, listing, held);
      }
    }
  }
}
void Session::send_position(const SimAccount& account, std::size_t listing,
                            const SimPosition& held) {
  Position one;
  one.account = account.name;
  one.contract = world_.listings[listing].contract;
  one.contract.exchange.clear();
  one.position = held.quantity;
  one.avg_cost = held.average;
  send(one);
}
void Session::on_position(std::size_t account, std::size_t listing) {
  const SimAccount& holder = world_.accounts->all()[account];
  const auto held = holder.positions.find(listing);
  if (positions_ && held != holder.positions.end()) send_position(holder, listing, held->second);
  for (AccountSub& sub : accounts_)
    if (sub.kind == AccountSub::Kind::kUpdates && sub.account == holder.name) {
      send_account_values(holder, nullptr);
      send_portfolio(holder);
    }
}
void Session::on(const PositionsRequest&) {
  positions_ = true;
  send_positions(-1, {});
  send(PositionEnd{});
}
void Session::on(const CancelPositions&) { positions_ = false; }
void Session::on(const PositionsMultiRequest& request) {
  send_positions(request.req_id, request.account);
  PositionMultiEnd end;
  end.req_id = request.req_id;
  send(end);
}
void Session::on(const CancelPositionsMulti&) {}

void Session::on(const AccountUpdatesMultiRequest& request) {
  const std::string name =
      request.account.empty() ? world_.accounts->all()[0].name : request.account;
  if (world_.accounts->find(name) == nullptr)
    return error(request.req_id, 321,
                 "Error validating request.-'cj' : cause - Invalid account code '" + name + "'.");
  accounts_.push_back({AccountSub::Kind::kMulti, request.req_id, name, "", 0, world_.now});
  send_account(accounts_.back());
  AccountUpdateMultiEnd end;
  end.req_id = request.req_id;
  send(end);
}
void Session::on(const CancelAccountUpdatesMulti& request) {
  remove_account(AccountSub::Kind::kMulti, request.req_id);
}

void Session::on(const PnlRequest& request) {
  if (world_.accounts->find(request.account) == nullptr)
    return error(request.req_id, 321, "Error validating request.-'cu' : cause - Invalid account");
  accounts_.push_back({AccountSub::Kind::kPnl, request.req_id, request.account, "", 0, world_.now});
  send_account(accounts_.back());
}
void Session::on(const PnlSingleRequest& request) {
  if (world_.accounts->find(request.account) == nullptr)
    return error(request.req_id, 321, "Error validating request.-'cw' : cause - Invalid account");
  accounts_.push_back({AccountSub::Kind::kPnlSingle, request.req_id, request.account, "",
                       request.con_id, world_.now});
  send_account(accounts_.back());
}
void Session::on(const CancelPnl& request) {
  remove_account(AccountSub::Kind::kPnl, request.req_id);
}
void Session::on(const CancelPnlSingle& request) {
  remove_account(AccountSub::Kind::kPnlSingle, request.req_id);
}

void Session::send_pnl(const AccountSub& sub) {
  const SimAccount* account = world_.accounts->find(sub.account);
  if (account == nullptr) return;
  if (sub.kind == AccountSub::Kind::kPnl) {
    const AccountFigures figures = world_.accounts->figures(*account);
    Pnl pnl;
    pnl.req_id = sub.id;
    pnl.daily_pnl = figures.daily.to_double();
    pnl.unrealized_pnl = figures.unrealized.to_double();
    pnl.realized_pnl = figures.realized.to_double();
    return send(pnl);
  }
  for (std::size_t i = 0; i < world_.listings.size(); ++i) {
    if (world_.listings[i].contract.con_id != sub.con_id) continue;
    const auto figures = world_.accounts->figures(*account, i);
    const auto held = account->positions.find(i);
    PnlSingle pnl;
    pnl.req_id = sub.id;
    pnl.position = held == account->positions.end() ? Quantity::zero() : held->second.quantity;
    pnl.daily_pnl = figures.daily.to_double();
    pnl.unrealized_pnl = figures.unrealized.to_double();
    pnl.realized_pnl = figures.realized.to_double();
    pnl.value = figures.value.to_double();
    return send(pnl);
  }
}

void Session::on_time() {
  for (AccountSub& sub : accounts_)
    if (sub.next <= world_.now) send_account(sub);
  for (BarSub& sub : bars_)
    if (sub.next <= world_.now) send_bar(sub);
}

Timestamp Session::next_time() const {
  Timestamp next = world_.now + Duration::seconds(3600);
  for (const AccountSub& sub : accounts_) next = std::min(next, sub.next);
  for (const BarSub& sub : bars_) next = std::min(next, sub.next);
  return next;
}

// ---- financial advisors ----

void Session::on(const FaRequest& request) {
  ReceiveFa answer;
  answer.fa_data_type = request.fa_data_type;
  for (const auto& [type, xml] : world_.fa_data)
    if (type == request.fa_data_type) answer.xml = xml;
  if (answer.xml.empty()) {
    std::string accounts;
    for (const SimAccount& account : world_.accounts->all())
      accounts += request.fa_data_type == 3
                      ? fmt::format(
                            "<AccountAlias><account>{0}</account><alias>{0}</alias>"
                            "</AccountAlias>",
                            account.name)
                      : fmt::format("<String>{}</String>", account.name);
    answer.xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    answer.xml += request.fa_data_type == 3
                      ? "<ListOfAccountAliases>" + accounts + "</ListOfAccountAliases>"
                      : "<ListOfGroups><Group><name>All</name><ListOfAccts varName=\"list\">" +
                            accounts +
                            "</ListOfAccts><defaultMethod>EqualQuantity</defaultMethod></Group>"
                            "</ListOfGroups>";
  }
  send(answer);
}
void Session::on(const FaReplace& request) {
  std::erase_if(world_.fa_data, [&](const auto& d) { return d.first == request.fa_data_type; });
  world_.fa_data.emplace_back(request.fa_data_type, request.xml);
  ReplaceFaEnd end;
  end.req_id = request.req_id;
  end.text = "success";
  send(end);
}
void Session::on(const FamilyCodesRequest&) {
  FamilyCodes codes;
  for (const SimAccount& account : world_.accounts->all()) {
    FamilyCode one;
    one.account_id = account.name;
    codes.family_codes.push_back(one);
  }
  send(codes);
}

}  // namespace keel::tws
