// RandomTrader: a strategy that asks for anything at any time, deterministic given its saved state.
#pragma once

#include <vector>

#include "plan.hpp"

namespace keel::runs {

// The test's way into a callback: where the process may end in the middle of a transaction.
class CallbackHook {
 public:
  virtual void in_callback() = 0;

 protected:
  ~CallbackHook() = default;
};

class RandomTrader final : public Strategy {
 public:
  RandomTrader(const Plan& plan, std::size_t index, CallbackHook* hook = nullptr);
  // Planted: draws that no seed explains.
  void be_undetermined(std::uint64_t entropy) { entropy_ = entropy; }

  void on_start(Context& context) override;
  void on_recovered(Context& context) override { on_start(context); }
  void on_quote(Context& context, const Quote& quote) override;
  void on_trade(Context& context, const Trade& trade) override;
  void on_bar(Context& context, const Bar& bar) override;
  void on_market(Context& context, const RecordHeader& record) override;
  void on_fill(Context& context, const OrderFact& fact) override;
  void on_denied(Context& context, const OrderFact& fact) override;
  void on_order(Context& context, const OrderFact& fact) override;
  void on_timer(Context& context, Timestamp at) override;
  void on_parameter(Context& context, std::string_view name, Int128 value) override;
  void save(StateWriter& writer) const override;
  void load(StateReader& reader) override;

 private:
  void maybe_act(Context& context, std::uint32_t ppm);
  void act(Context& context);
  void note(OrderId id);
  OrderRequest any_request(Context& context);
  OrderRequest garbled(OrderRequest request);
  Price near(const Instrument& instrument, std::int64_t ticks);
  Quantity any_size(const Instrument& instrument);
  OrderId any_order();

  const Plan& plan_;
  std::size_t index_;
  CallbackHook* hook_;
  std::uint64_t entropy_ = 0;
  // Saved.
  Random random_;
  std::vector<Price> last_;  // by instrument; zero where nothing was seen
  std::vector<OrderId> orders_;
  std::uint64_t tags_ = 0;
  bool quiet_ = false;
};

}  // namespace keel::runs
