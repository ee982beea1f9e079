#include <algorithm>

#include <fmt/core.h>

#include "adapters/tws/client_state.hpp"

namespace keel::tws {

namespace {
Capabilities capabilities_of_tws() {
  Capabilities can;
  can.order_types = Capabilities::bits(
      OrderType::kMarket, OrderType::kLimit, OrderType::kStop, OrderType::kStopLimit,
      OrderType::kMarketToLimit, OrderType::kMarketIfTouched, OrderType::kLimitIfTouched,
      OrderType::kTrailingStop, OrderType::kTrailingStopLimit, OrderType::kPegged);
  can.times_in_force =
      Capabilities::bits(TimeInForce::kGtc, TimeInForce::kDay, TimeInForce::kIoc, TimeInForce::kFok,
                         TimeInForce::kGtd, TimeInForce::kAtOpen, TimeInForce::kAtClose);
  can.replace = true;
  can.native_oco = true;
  can.integer_order_ids = true;
  can.client_id_length = 20;
  return can;
}
constexpr int kHistoryRequests[] = {20, 86, 87, 88, 96};
}  // namespace

ClientCore::Impl::Impl(ClientConfig given, InputSink& its_sink)
    : config(std::move(given)),
      sink(its_sink),
      can(capabilities_of_tws()),
      backoff(config.backoff_first, config.backoff_most, config.seed),
      rate(config.requests_per_second, Duration::seconds(1)),
      history(config.history_per_ten_minutes, Duration::minutes(10)),
      history_burst(config.history_per_ten_minutes == 0 ? 0 : 5, Duration::seconds(2)) {}

void ClientCore::Impl::log(LogLevel level, std::string_view text) {
  if (config.log != nullptr) config.log->log(level, "adapters.tws", text);
}

// ---- what goes to the engine ----

void ClientCore::Impl::push(const RecordHeader& record) {
  if (blocked.empty() && sink.push(record)) return;
  if (is_market(record.kind)) return;  // the ring has conflated it
  const auto* bytes = reinterpret_cast<const std::byte*>(&record);
  blocked.emplace_back(bytes, bytes + record.size);
}

void ClientCore::Impl::flush_blocked() {
  while (!blocked.empty() &&
         sink.push(*reinterpret_cast<const RecordHeader*>(blocked.front().data())))
    blocked.pop_front();
}

void ClientCore::Impl::tell_connection(ConnectionState next, std::string_view text) {
  if (connection == next) return;
  connection = next;
  ConnectionInput input = make_record<ConnectionInput>(RecordKind::kConnection);
  input.header.ts_event = input.header.ts_recv = now;
  input.venue = config.venue;
  input.state = next;
  input.text = FixedText<64>::clipped(text);
  push(input.header);
  log(LogLevel::kInfo, fmt::format("{}: {}", to_text(next), text));
}

// ---- pacing ----

// Cancels and orders go before requests; each kind keeps its order.
void ClientCore::Impl::put(std::string frame, int number) {
  const bool is_order = number == PlaceOrderRequest::kId || number == CancelOrderRequest::kId ||
                        number == GlobalCancelRequest::kId;
  const bool is_history = std::find(std::begin(kHistoryRequests), std::end(kHistoryRequests),
                                    number) != std::end(kHistoryRequests);
  if (is_order)
    orders_waiting.push_back(std::move(frame));
  else if (is_history)
    history_waiting.push_back(std::move(frame));
  else
    requests_waiting.push_back(std::move(frame));
  release();
}

void ClientCore::Impl::release() {
  const auto take = [&](std::deque<std::string>& from) {
    while (!from.empty() && rate.take(now)) {
      out += from.front();
      from.pop_front();
    }
    return from.empty();
  };
  if (!linked) return;
  if (!take(orders_waiting) || !take(requests_waiting)) return;
  while (!history_waiting.empty() && history.next_allowed(now) <= now &&
         history_burst.next_allowed(now) <= now && rate.take(now)) {
    (void)history.take(now);
    (void)history_burst.take(now);
    out += history_waiting.front();
    history_waiting.pop_front();
  }
}

// ---- the connection ----

void ClientCore::Impl::plan_connect() {
  Timestamp at = now + backoff.next();
  if (config.restart_length.ns > 0) {  // not before TWS is back
    const Timestamp begin = at.floor_to(Duration::days(1)) + config.restart_at;
    if (at >= begin && at < begin + config.restart_length) at = begin + config.restart_length;
  }
  connect_at = at;
}

void ClientCore::Impl::greet() {
  greeted = false;
  has_next = false;
  managed.clear();
  next_valid = 0;
  frames = FrameReader{kMaxFrame};
  heard = asked = now;
  encode_hello(out, config.versions);
  tell_connection(ConnectionState::kConnecting, config.host);
}

void ClientCore::Impl::give_up(Error why) {
  log(LogLevel::kError, why.message());
  tell_connection(ConnectionState::kDown, why.rule);
  failed = std::move(why);
  running = false;
  linked = false;
  wish = Wish::kClose;
}

// What was queued and never left is known not to have been sent: told so, order by order.
void ClientCore::Impl::lost(std::string_view why) {
  linked = false;
  greeted = false;
  out.clear();
  orders_waiting.clear();
  requests_waiting.clear();
  history_waiting.clear();
  live_orders.clear();
  forget_listing();
  tell_connection(ConnectionState::kDown, why);
  if (running) plan_connect();
}

std::optional<Error> ClientCore::Impl::check_accounts() const {
  for (const auto& [name, id] : config.accounts) {
    if (std::find(managed.begin(), managed.end(), name) == managed.end())
      return Error{tws_errors::kAccount, "accounts", name, "one that this login manages", ""};
    const bool paper = name.starts_with("DU") || name.starts_with("DF");
    if (!paper && config.allow_live != "trade real money in " + name)
      return Error{tws_errors::kLiveAccount, "accounts", name,
                   "a paper account, or allow_live = \"trade real money in " + name + "\"", ""};
  }
  if (config.accounts.empty())
    return Error{tws_errors::kAccount, "accounts", "", "at least one account", ""};
  return std::nullopt;
}

void ClientCore::Impl::heard_start() {
  if (connection != ConnectionState::kConnecting || managed.empty() || !has_next) return;
  if (auto wrong = check_accounts()) return give_up(std::move(*wrong));
  ready();
}

void ClientCore::Impl::ready() {
  backoff.reset();
  tell_connection(ConnectionState::kReconciling, fmt::format("server version {}", version));
  details_asked.clear();
  for (std::size_t i = 0; i < listed.size(); ++i) {
    if (listed[i].contract.con_id != 0) continue;
    ContractDataRequest request;
    request.req_id = next_request++;
    request.contract = listed[i].contract;
    details_asked[request.req_id] = i;
    queue(request);
  }
  if (config.client_id == 0) {
    AutoOpenOrdersRequest bind;
    bind.auto_bind = true;
    queue(bind);
  }
  for (Listed& one : listed) resubscribe(one);
  tell_connection(ConnectionState::kUp, fmt::format("server version {}", version));
}

void ClientCore::Impl::handle(std::string_view frame) {
  if (!greeted) {
    const auto welcome = decode_welcome(frame, config.versions);
    if (!welcome) return give_up(welcome.error());
    version = welcome->version;
    greeted = true;
    StartApiRequest start;
    start.client_id = config.client_id;
    queue(start);
    return;
  }
  if (const Status taken = dispatch(frame, version, static_cast<ResponseHandler&>(*this)); !taken)
    log(LogLevel::kWarning, taken.error().message());
}

// ---- the owner's side ----

ClientCore::ClientCore(ClientConfig config, InputSink& sink)
    : impl_(new Impl{std::move(config), sink}) {}
ClientCore::~ClientCore() = default;

void ClientCore::list(InstrumentId instrument, const Contract& contract) {
  Listed one{instrument, contract, {}, {}, {}, {}};
  one.quote = make_record<Quote>(RecordKind::kQuote);
  one.quote.header.instrument = instrument;
  if (contract.con_id != 0) impl_->by_contract[contract.con_id] = impl_->listed.size();
  impl_->listed.push_back(std::move(one));
}
void ClientCore::subscribe(InstrumentId instrument, const Subscription& what) {
  for (Listed& one : impl_->listed)
    if (one.instrument == instrument) {
      one.wanted = what;
      if (impl_->connection == ConnectionState::kUp) impl_->resubscribe(one);
    }
}
void ClientCore::set_listener(ResponseHandler* listener) { impl_->listener = listener; }

void ClientCore::start(Timestamp now) {
  impl_->now = now;
  impl_->running = true;
  impl_->failed.reset();
  impl_->wish = Wish::kConnect;
}
void ClientCore::stop(Timestamp now) {
  impl_->now = now;
  impl_->running = false;
  impl_->connect_at.reset();
  impl_->wish = Wish::kClose;
  impl_->lost("stopped");
}
void ClientCore::on_connected(Timestamp now) {
  impl_->now = now;
  impl_->linked = true;
  impl_->connect_at.reset();
  impl_->greet();
}
void ClientCore::on_closed(std::string_view why, Timestamp now) {
  impl_->now = now;
  if (impl_->running) impl_->lost(why);
}

void ClientCore::on_bytes(std::string_view bytes, Timestamp now) {
  Impl& me = *impl_;
  me.now = now;
  if (!me.linked) return;
  me.heard = now;
  me.frames.feed(bytes);
  while (me.linked) {
    const auto frame = me.frames.next();
    if (!frame) break;
    me.handle(*frame);
  }
  if (me.linked && !me.frames.ok()) {
    me.wish = Wish::kClose;
    me.lost("a frame is too long");
  }
}

void ClientCore::on_time(Timestamp now) {
  Impl& me = *impl_;
  me.now = now;
  me.flush_blocked();
  me.release();
  if (me.connect_at && *me.connect_at <= now && me.running) {
    me.connect_at.reset();
    me.wish = Wish::kConnect;
  }
  if (!me.linked) return;
  if (now - me.heard >= me.config.silence) {
    me.wish = Wish::kClose;
    return me.lost("nothing heard: the connection is dead");
  }
  if (now - me.heard >= me.config.keep_alive && now - me.asked >= me.config.keep_alive &&
      me.greeted) {
    me.asked = now;
    me.queue(CurrentTimeRequest{});
  }
}

std::optional<Timestamp> ClientCore::next_deadline() const {
  const Impl& me = *impl_;
  std::optional<Timestamp> next = me.connect_at;
  const auto sooner = [&](Timestamp at) {
    if (!next || at < *next) next = at;
  };
  if (!me.blocked.empty()) sooner(me.now + Duration::milliseconds(1));
  if (me.linked) {
    sooner(me.asked > me.heard ? me.heard + me.config.silence : me.heard + me.config.keep_alive);
    if (!me.orders_waiting.empty() || !me.requests_waiting.empty())
      sooner(me.rate.next_allowed(me.now));
    if (!me.history_waiting.empty())
      sooner(std::max({me.rate.next_allowed(me.now), me.history.next_allowed(me.now),
                       me.history_burst.next_allowed(me.now)}));
  }
  return next;
}

Wish ClientCore::take_wish() { return std::exchange(impl_->wish, Wish::kNothing); }
std::string& ClientCore::output() { return impl_->out; }
bool ClientCore::is_blocked() const { return !impl_->blocked.empty(); }
bool ClientCore::has_waiting() const {
  return !impl_->blocked.empty() || !impl_->orders_waiting.empty() ||
         !impl_->requests_waiting.empty() || !impl_->history_waiting.empty();
}
std::int32_t ClientCore::next_request_id() { return impl_->next_request++; }
ConnectionState ClientCore::state() const { return impl_->connection; }
int ClientCore::version() const { return impl_->version; }
const std::vector<std::string>& ClientCore::managed_accounts() const { return impl_->managed; }
const Capabilities& ClientCore::capabilities() const { return impl_->can; }
VenueId ClientCore::venue() const { return impl_->config.venue; }
const std::optional<Error>& ClientCore::failure() const { return impl_->failed; }

void ClientCore::send(const CommandBatch& batch, Timestamp now) {
  impl_->now = now;
  for (const Command& command : batch) impl_->command(command);
}
void ClientCore::request_snapshot(AccountId account, Timestamp now) {
  impl_->now = now;
  if (impl_->connection != ConnectionState::kUp) return;  // asked again when it is
  if (impl_->step != ListingStep::kNone) return impl_->next_listings.push_back(account);
  impl_->wanted_listings.push_back(account);
  impl_->begin_listing();
}
template <class M>
bool ClientCore::request(const M& message, Timestamp now) {
  impl_->now = now;
  if (!impl_->linked || !impl_->greeted) return false;
  impl_->queue(message);
  return true;
}
#define KEEL_TWS_REQUEST(Message) \
  template bool ClientCore::request<Message>(const Message&, Timestamp);
KEEL_TWS_REQUESTS(KEEL_TWS_REQUEST)

}  // namespace keel::tws
