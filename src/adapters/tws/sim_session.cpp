#include "adapters/tws/sim_session.hpp"

#include <algorithm>

#include <fmt/core.h>

namespace keel::tws {

World::World(SimulatorConfig given, Timestamp start) : config(std::move(given)), now(start) {
  if (config.contracts.empty()) config.contracts = default_universe(start);
  for (const SimulatedContract& one : config.contracts) {
    const Status added = listings.add(one, registry);
    if (!added && config.log != nullptr)
      config.log->log(LogLevel::kError, "adapters.tws", added.error().message());
  }
  market = std::make_unique<SimMarket>(config, listings, start);
  accounts = std::make_unique<SimAccounts>(config, listings, *market);
}

Session* World::session_of(int client) {
  for (const auto& session : sessions)
    if (session->started && session->client == client) return session.get();
  return nullptr;
}

void Session::log(LogLevel level, std::string_view text) {
  if (world_.config.log != nullptr)
    world_.config.log->log(level, "adapters.tws", fmt::format("{}: {}", peer, text));
}

void Session::receive(std::string_view bytes) {
  if (closing) return;
  frames_.feed(bytes);
  if (!greeted_) handshake();
  if (!greeted_) return;
  while (!closing) {
    const auto frame = frames_.next();
    if (!frame) break;
    handle(*frame);
  }
  if (!frames_.ok()) {
    ++world_.stats.bad_messages;
    log(LogLevel::kWarning, "closed: a frame is longer than a client may send");
    closing = true;
  }
}

void Session::handshake() {
  if (!preamble_) {
    const auto taken = frames_.take_preamble();
    if (!taken) return;
    if (!*taken) {
      log(LogLevel::kWarning, "closed: not a TWS client");
      closing = true;
      return;
    }
    preamble_ = true;
  }
  const auto frame = frames_.next();
  if (!frame) return;
  const auto hello = decode_hello(*frame);
  const auto agreed =
      hello ? negotiate(hello->range, {world_.config.min_version, world_.config.max_version})
            : Result<int>{hello.error()};
  if (!agreed) {
    log(LogLevel::kWarning, "closed: " + agreed.error().message());
    closing = true;
    return;
  }
  version = *agreed;
  greeted_ = true;
  encode_welcome(out, version, date_time_text(world_.now) + " UTC");
  log(LogLevel::kInfo, fmt::format("server version {}", version));
}

bool Session::too_fast() {
  const std::uint32_t limit = world_.config.max_requests_per_second;
  if (limit == 0) return false;
  std::erase_if(recent_, [&](Timestamp at) { return world_.now - at >= Duration::seconds(1); });
  recent_.push_back(world_.now);
  if (recent_.size() <= limit) return false;
  recent_.pop_back();
  error(-1, 100,
        fmt::format("Max rate of messages per second has been exceeded:max={} rec={} (3)", limit,
                    limit + 1));
  return true;
}

void Session::handle(std::string_view frame) {
  ++world_.stats.requests;
  const int number_of_message = message_number(frame, version);
  if (!started && number_of_message != StartApiRequest::kId) {
    log(LogLevel::kWarning, "closed: a request before the start");
    closing = true;
    return;
  }
  if (too_fast()) return;
  log(LogLevel::kDebug, fmt::format("request {}", number_of_message));
  const Status done = dispatch(frame, version, static_cast<RequestHandler&>(*this));
  if (done) return;
  ++world_.stats.bad_messages;
  log(LogLevel::kWarning, done.error().message());
  error(-1, 320, "Error reading request. " + done.error().message());
}

void Session::error(std::int32_t id, int code, std::string text) {
  ErrorMessage message;
  message.id = id;
  message.error_code = code;
  message.error_msg = std::move(text);
  message.error_time = world_.now.ns / 1'000'000;
  send(message);
}

void Session::farms_ok() {
  error(-1, 2104, "Market data farm connection is OK:usfarm");
  error(-1, 2106, "HMDS data farm connection is OK:ushmds");
  error(-1, 2158, "Sec-def data farm connection is OK:secdefil");
}

void Session::on(const StartApiRequest& request) {
  if (started) return error(-1, 501, "Already connected.");
  client = request.client_id;
  if (world_.session_of(client) != nullptr) {
    error(-1, 326,
          "Unable to connect as the client id is already in use. Retry with a unique client id.");
    closing = true;
    return;
  }
  started = true;
  ManagedAccounts accounts;
  for (const SimAccount& account : world_.accounts->all())
    accounts.accounts_list += (accounts.accounts_list.empty() ? "" : ",") + account.name;
  send(accounts);
  NextValidId next;
  next.order_id = world_.desk->next_id(client);
  send(next);
  farms_ok();
  if (!world_.reachable)
    error(-1, 1100, "Connectivity between IBKR and Trader Workstation has been lost.");
  log(LogLevel::kInfo, fmt::format("client {} has started", client));
}

void Session::on(const IdsRequest&) {
  NextValidId next;
  next.order_id = world_.desk->next_id(client);
  send(next);
}
void Session::on(const ManagedAccountsRequest&) {
  ManagedAccounts accounts;
  for (const SimAccount& account : world_.accounts->all())
    accounts.accounts_list += (accounts.accounts_list.empty() ? "" : ",") + account.name;
  send(accounts);
}
void Session::on(const CurrentTimeRequest&) {
  CurrentTime time;
  time.current_time = world_.now.ns / 1'000'000'000;
  send(time);
}
void Session::on(const CurrentTimeInMillisRequest&) {
  CurrentTimeInMillis time;
  time.current_time_in_millis = world_.now.ns / 1'000'000;
  send(time);
}
void Session::on(const SetServerLogLevelRequest&) {}

// ---- orders ----

bool Session::hears(const SimOrder& order) const {
  return started && (order.client == client || client == world_.config.master_client ||
                     (client == 0 && order.external));
}

void Session::send_order(const SimOrder& order) {
  OpenOrder open;
  open.order_id = order.order.order_id;
  open.contract = order.contract;
  open.order = order.order;
  open.order_state = order.state;
  open.order_state.status = order.status;
  send(open);
  if (order.order.what_if) return;
  OrderStatus status;
  status.order_id = order.order.order_id;
  status.status = order.status;
  status.filled = order.filled;
  status.remaining = order.status == "Filled" ? Quantity::zero() : order.remaining();
  status.avg_fill_price = order.average;
  status.perm_id = order.order.perm_id;
  status.parent_id = order.order.parent_id;
  status.last_fill_price = order.last_price;
  status.client_id = order.client;
  status.why_held = order.why_held;
  send(status);
}

void Session::on_order(const SimOrder& order) { send_order(order); }

void Session::on_execution(const SimExecution& execution, std::int32_t request) {
  ExecutionDetails details;
  details.req_id = request;
  details.contract = world_.listings[execution.listing].contract;
  details.contract.exchange = execution.execution.exchange;
  details.execution = execution.execution;
  send(details);
}
void Session::on_fee(const SimExecution& execution) { send(execution.fee); }

void Session::on(const PlaceOrderRequest& request) {
  ++world_.stats.orders;
  world_.desk->place(client, request, world_.now);
}
void Session::on(const CancelOrderRequest& request) {
  world_.desk->cancel(client, request.order_id, world_.now);
}
void Session::on(const GlobalCancelRequest&) { world_.desk->cancel_all(world_.now); }

void Session::on(const OpenOrdersRequest&) {
  for (const SimOrder& order : world_.desk->orders())
    if (!order.ended_already() && order.order.transmit &&
        (order.client == client || (client == 0 && order.external)))
      send_order(order);
  send(OpenOrdersEnd{});
}
void Session::on(const AllOpenOrdersRequest&) {
  for (const SimOrder& order : world_.desk->orders())
    if (!order.ended_already() && order.order.transmit) send_order(order);
  send(OpenOrdersEnd{});
}
void Session::on(const AutoOpenOrdersRequest& request) {
  if (client != 0)
    return error(
        -1, 321,
        "Error validating request.-'bA' : cause - Only the default client (i.e 0) can auto "
        "bind orders");
  auto_bind_ = request.auto_bind;
}
void Session::on(const CompletedOrdersRequest& request) {
  for (const SimOrder& order : world_.desk->orders()) {
    if (!order.ended_already() || (request.api_only && order.external)) continue;
    CompletedOrder done;
    done.contract = order.contract;
    done.order = order.order;
    done.order.filled_quantity = order.filled;
    done.order_state = order.state;
    done.order_state.status = order.status;
    done.order_state.completed_time = date_time_text(order.ended) + " UTC";
    done.order_state.completed_status = order.completed_status;
    send(done);
  }
  send(CompletedOrdersEnd{});
}

void Session::on(const ExecutionRequest& request) {
  const ExecutionFilter& f = request.execution_filter;
  const auto since =
      f.time.empty() ? std::optional{Timestamp{}} : parse_date_time(f.time, world_.now);
  std::vector<const SimExecution*> sent;
  for (const SimExecution& one : world_.desk->executions()) {
    const Contract& c = world_.listings[one.listing].contract;
    const Execution& e = one.execution;
    const bool ours = e.client_id == client || client == world_.config.master_client || client == 0;
    const std::string_view side = f.side == "BUY" ? "BOT" : f.side == "SELL" ? "SLD" : f.side;
    if (!ours || (f.client_id != 0 && f.client_id != e.client_id) ||
        (!f.acct_code.empty() && f.acct_code != e.acct_number) || (since && one.time < *since) ||
        (!f.symbol.empty() && f.symbol != c.symbol) ||
        (!f.sec_type.empty() && f.sec_type != c.sec_type) ||
        (!f.exchange.empty() && f.exchange != e.exchange && f.exchange != c.exchange) ||
        (!side.empty() && side != e.side))
      continue;
    on_execution(one, request.req_id);
    sent.push_back(&one);
  }
  ExecutionDetailsEnd end;
  end.req_id = request.req_id;
  send(end);
  for (const SimExecution* one : sent) send(one->fee);
}

void Session::on(const ExerciseOptionsRequest& request) {
  error(request.order_id, 322,
        "Error processing request.-'bX' : cause - No unlapsed position exists in this option in "
        "account");
}

// ---- contracts ----

std::optional<std::size_t> Session::contract_of(std::int32_t id, const Contract& wanted) {
  const auto found = world_.listings.find(wanted);
  if (found.size() == 1) return found[0];
  error(id, 200,
        found.empty() ? "No security definition has been found for the request"
                      : fmt::format("The contract description specified for {} is ambiguous.",
                                    wanted.symbol));
  return std::nullopt;
}

void Session::send_contract(std::int32_t id, const Listing& listing) {
  ContractData data;
  data.req_id = id;
  data.contract = listing.contract;
  data.contract_details = listing.details;
  std::string hours;
  for (int day = 0; day < 7; ++day) {
    const Timestamp start = world_.now.floor_to(Duration::days(1)) + Duration::days(day);
    hours += fmt::format("{}{}:0000-{}:0000", hours.empty() ? "" : ";", date_text(start),
                         date_text(start + Duration::days(1)));
  }
  data.contract_details.trading_hours = hours;
  data.contract_details.liquid_hours = hours;
  send(data);
}

void Session::on(const ContractDataRequest& request) {
  const auto found = world_.listings.find(request.contract);
  if (found.empty())
    return error(request.req_id, 200, "No security definition has been found for the request");
  for (const std::size_t index : found) send_contract(request.req_id, world_.listings[index]);
  ContractDataEnd end;
  end.req_id = request.req_id;
  send(end);
}
void Session::on(const CancelContractData&) {}

}  // namespace keel::tws
