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

OrderRequest OrderRequest::market_to_limit(InstrumentId instrument, Side side, Quantity quantity) {
  return blank(instrument, side, OrderType::kMarketToLimit, quantity);
}

OrderRequest OrderRequest::market_if_touched(InstrumentId instrument, Side side, Quantity quantity,
                                             Price trigger) {
  OrderRequest request = stop(instrument, side, quantity, trigger);
  request.terms.type = OrderType::kMarketIfTouched;
  return request;
}

OrderRequest OrderRequest::limit_if_touched(InstrumentId instrument, Side side, Quantity quantity,
                                            Price trigger, Price limit_price) {
  OrderRequest request = stop_limit(instrument, side, quantity, trigger, limit_price);
  request.terms.type = OrderType::kLimitIfTouched;
  return request;
}

OrderRequest OrderRequest::trailing_stop(InstrumentId instrument, Side side, Quantity quantity,
                                         Trail trail) {
  OrderRequest request = blank(instrument, side, OrderType::kTrailingStop, quantity);
  request.terms.trail_unit = trail.unit;
  request.terms.trail_offset = trail.offset;
  return request;
}

OrderRequest OrderRequest::trailing_stop_limit(InstrumentId instrument, Side side,
                                               Quantity quantity, Trail trail, Price beyond) {
  OrderRequest request = trailing_stop(instrument, side, quantity, trail);
  request.terms.type = OrderType::kTrailingStopLimit;
  request.terms.limit_offset = beyond;
  return request;
}

OrderRequest OrderRequest::pegged(InstrumentId instrument, Side side, Quantity quantity,
                                  Price offset) {
  OrderRequest request = blank(instrument, side, OrderType::kPegged, quantity);
  request.terms.limit_offset = offset;
  return request;
}

OrderRequest OrderRequest::iceberg(InstrumentId instrument, Side side, Quantity quantity,
                                   Price price, Quantity shown) {
  OrderRequest request = limit(instrument, side, quantity, price);
  request.display(shown);
  return request;
}

OrderRequest& OrderRequest::starting_at(Price trigger) {
  terms.trigger_price = trigger;
  terms.flags |= OrderTerms::kHasTrigger;
  return *this;
}

OrderRequest& OrderRequest::capped_at(Price worst) {
  terms.limit_price = worst;
  terms.flags |= OrderTerms::kHasLimit;
  return *this;
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
