#include <keel/sim/sim_venue.hpp>

#include <utility>

#include "sim/sim_core.hpp"

namespace keel {

namespace {

Error bad(const char* field, std::string value, const char* rule) {
  return {sim_errors::kBadConfig, field, std::move(value), rule, {}};
}

Status check_fills(const FillModel& fills) {
  if (fills.participation &&
      (!fills.participation->is_positive() || *fills.participation > Rate::whole(1)))
    return bad("participation", fills.participation->to_text(), "above 0 and at most 1");
  const Slippage& slippage = fills.slippage;
  if (slippage.rate.is_negative() || slippage.rate > Rate::whole(10))
    return bad("slippage", slippage.rate.to_text(), "a rate of 0 to 10");
  if (slippage.kind == Slippage::Kind::kSquareRoot && !slippage.volume.is_positive())
    return bad("slippage", slippage.volume.to_text(), "a daily volume above zero");
  if (slippage.kind == Slippage::Kind::kVolumeShare &&
      (!slippage.limit.is_positive() || slippage.limit > Rate::whole(1)))
    return bad("slippage", slippage.limit.to_text(), "a share above 0 and at most 1");
  if (!fills.probability.exponent.is_positive() || fills.probability.exponent > Rate::whole(20))
    return bad("probability", fills.probability.exponent.to_text(), "above 0 and at most 20");
  if (fills.slippage.ticks < 0)
    return bad("slippage", std::to_string(fills.slippage.ticks), "zero or more increments");
  if (fills.bar_open_window.ns < 0)
    return bad("bar_open_window", std::to_string(fills.bar_open_window.ns), "zero or more");
  return {};
}

Status check_link(const LinkFaults& link, const char* name) {
  const std::uint64_t sum = std::uint64_t{link.delay_ppm} + link.reorder_ppm + link.duplicate_ppm +
                            link.drop_ppm + link.disconnect_ppm;
  if (sum > 1'000'000)
    return bad(name, std::to_string(sum), "chances of at most 1000000 ppm in all");
  if (link.any() && link.delay.ns < 1)
    return bad(name, std::to_string(link.delay.ns), "a delay of at least 1 ns");
  return {};
}

}  // namespace

Status SimConfig::check(const InstrumentRegistry& registry) const {
  if (venue.value == 0) return bad("venue", "0", "a venue of the directory");
  if (prefix.empty()) return bad("prefix", "", "at least one character");
  if (auto status = order_latency.check(); !status)
    return std::move(status).error().in_field("order_latency");
  if (auto status = response_latency.check(); !status)
    return std::move(status).error().in_field("response_latency");
  if (auto status = check_fills(fills); !status) return status;
  for (const Instrument& instrument : registry.all())
    if (instrument.venue == venue)
      if (auto status = fee_plan ? fee_plan->check(instrument) : fees.check(instrument); !status)
        return status;
  for (const SimListing& listing : listings) {
    const Instrument* instrument = registry.find(listing.instrument);
    if (instrument == nullptr)
      return Error{model_errors::kUnknownInstrument,
                   "listings",
                   std::to_string(listing.instrument.value),
                   "an instrument of the registry",
                   {}};
    if (listing.fills)
      if (auto status = check_fills(*listing.fills); !status) return status;
    if (listing.fees)
      if (auto status = listing.fees->check(*instrument); !status) return status;
    if (listing.fee_plan)
      if (auto status = listing.fee_plan->check(*instrument); !status) return status;
    if (listing.limits &&
        (!listing.limits->up.is_positive() || !listing.limits->down.is_positive()))
      return bad("limits", listing.limits->up.to_text(), "fractions above zero");
  }
  for (const SimBalance& balance : balances) {
    if (balance.account.value == 0 || balance.account.value > max_accounts)
      return bad("balances", std::to_string(balance.account.value),
                 "an account id up to max_accounts");
    if (balance.amount.is_negative() || balance.amount.currency().empty())
      return bad("balances", balance.amount.to_text(), "zero or more of a currency");
  }
  if (margin && (margin->grace.ns < 0 || margin->fee.is_negative()))
    return bad("margin", margin->fee.to_text(), "a grace and a fee of zero or more");
  if (fee_delay && fee_delay->ns < 0)
    return bad("fee_delay", std::to_string(fee_delay->ns), "zero or more");
  if (auto status = check_link(faults.commands, "faults.commands"); !status) return status;
  if (auto status = check_link(faults.reports, "faults.reports"); !status) return status;
  if (faults.reject_ppm > 1'000'000)
    return bad("faults.reject_ppm", std::to_string(faults.reject_ppm), "at most 1000000");
  if (faults.down.ns < 1)
    return bad("faults.down", std::to_string(faults.down.ns), "at least 1 ns");
  if (max_orders < 1 || max_orders > (1u << 26))
    return bad("max_orders", std::to_string(max_orders), "1 to 67108864");
  if (max_executions < 1 || max_executions > (1u << 26))
    return bad("max_executions", std::to_string(max_executions), "1 to 67108864");
  if (max_accounts < 1 || max_accounts > 65535)
    return bad("max_accounts", std::to_string(max_accounts), "1 to 65535");
  if (levels > (1u << 20)) return bad("levels", std::to_string(levels), "at most 1048576");
  if (messages < 1 || messages > (1u << 20))
    return bad("messages", std::to_string(messages), "1 to 1048576");
  return {};
}

SimVenue::SimVenue(const SimConfig& config, const InstrumentRegistry& registry) {
  KEEL_ASSERT(config.check(registry).ok(),
              "a simulated venue needs a configuration that was checked");
  core_ = new SimCore(config, registry);
}
SimVenue::SimVenue(SimVenue&& other) noexcept : core_(std::exchange(other.core_, nullptr)) {}
SimVenue& SimVenue::operator=(SimVenue&& other) noexcept {
  std::swap(core_, other.core_);
  return *this;
}
SimVenue::~SimVenue() { delete core_; }

VenueId SimVenue::id() const { return core_->config.venue; }
const Capabilities& SimVenue::capabilities() const { return core_->capabilities(); }
void SimVenue::send(const CommandBatch& batch) {
  for (const Command& command : batch) core_->send(command);
}
void SimVenue::send(const Command& command) { core_->send(command); }
void SimVenue::request_snapshot(AccountId account) { core_->request_snapshot(account); }
void SimVenue::set_now(Timestamp now) { core_->set_now(now); }
std::optional<Timestamp> SimVenue::next_event_time() const { return core_->next_event_time(); }
void SimVenue::advance_to(Timestamp time) { core_->advance_to(time); }
void SimVenue::on_market(const RecordHeader& record, Timestamp exchange_time) {
  core_->on_market(record, exchange_time);
}
const RecordHeader* SimVenue::next_report(Timestamp up_to) { return core_->next_report(up_to); }
void SimVenue::disconnect(Duration down) { core_->cut(core_->engine_now, down); }
void SimVenue::set_position(AccountId account, InstrumentId instrument, Quantity quantity) {
  KEEL_ASSERT(core_->accounts.knows(account), "an account id up to max_accounts");
  core_->accounts.set_position(account, instrument, quantity);
}
bool SimVenue::is_connected() const { return core_->connected; }
Quantity SimVenue::position(AccountId account, InstrumentId instrument) const {
  return core_->accounts.position(account, instrument);
}
std::optional<Money> SimVenue::balance(AccountId account, const Currency& currency) const {
  return core_->accounts.balance(account, currency);
}
CallAuction::Result SimVenue::indicative(InstrumentId instrument) {
  return core_->indicative(instrument);
}
std::size_t SimVenue::open_orders() const { return core_->open_orders; }
std::uint64_t SimVenue::executions() const { return core_->executions(); }
std::optional<SimExecution> SimVenue::execution(std::uint64_t number) const {
  const sim_detail::Execution* made = core_->execution(number);
  if (made == nullptr) return std::nullopt;
  return SimExecution{made->number, made->order,    made->account, made->instrument,
                      made->side,   made->quantity, made->price};
}
const SimStats& SimVenue::stats() const { return core_->stats; }

}  // namespace keel
