#include <keel/model/order.hpp>

namespace keel {

namespace {

OrderRequest blank(InstrumentId instrument, Side side, OrderType type, Quantity quantity) {
  OrderRequest request{};
  request.instrument = instrument;
  request.side = side;
  request.terms.type = type;
  request.terms.time_in_force = TimeInForce::kGtc;
  request.terms.quantity = quantity;
  return request;
}

}  // namespace

OrderRequest OrderRequest::market(InstrumentId instrument, Side side, Quantity quantity) {
  return blank(instrument, side, OrderType::kMarket, quantity);
}

OrderRequest OrderRequest::limit(InstrumentId instrument, Side side, Quantity quantity,
                                 Price price) {
  OrderRequest request = blank(instrument, side, OrderType::kLimit, quantity);
  request.terms.limit_price = price;
  request.terms.flags |= OrderTerms::kHasLimit;
  return request;
}

OrderRequest OrderRequest::stop(InstrumentId instrument, Side side, Quantity quantity,
                                Price trigger) {
  OrderRequest request = blank(instrument, side, OrderType::kStop, quantity);
  request.terms.trigger_price = trigger;
  request.terms.flags |= OrderTerms::kHasTrigger;
  return request;
}

OrderRequest OrderRequest::stop_limit(InstrumentId instrument, Side side, Quantity quantity,
                                      Price trigger, Price limit_price) {
  OrderRequest request = stop(instrument, side, quantity, trigger);
  request.terms.type = OrderType::kStopLimit;
  request.terms.limit_price = limit_price;
  request.terms.flags |= OrderTerms::kHasLimit;
  return request;
}

OrderRequest& OrderRequest::until(Timestamp expiry) {
  terms.time_in_force = TimeInForce::kGtd;
  terms.expire_at = expiry;
  terms.flags |= OrderTerms::kHasExpiry;
  return *this;
}

OrderRequest& OrderRequest::display(Quantity shown) {
  terms.display_quantity = shown;
  terms.flags |= OrderTerms::kHasDisplay;
  return *this;
}

}  // namespace keel
