// Shop: what the market offers beside our own orders.
#pragma once

#include "sim/depth.hpp"

namespace keel::sim_detail {

// What the market shows, as the matching engine sees it: the touch of quotes, or the levels of
// depth.
struct Shop {
  Book* book;
  bool best(Side maker, Price& price, Quantity& open) const {
    return !book->is_crossed() && top(maker, price, open);
  }
  bool top(Side maker, Price& price, Quantity& open) const {
    if (book->depth != nullptr) {
      const Depth::Level* level = book->depth->offered(maker);
      if (level == nullptr) return false;
      price = level->price;
      open = level->left;
      return true;
    }
    const Shown& shown = book->touch(opposite(maker));
    if (!shown.present || !shown.left.is_positive()) return false;
    price = shown.price;
    open = shown.left;
    return true;
  }
  // Of the best level.
  void take(Side maker, Price, Quantity quantity) const {
    if (book->depth != nullptr)
      book->depth->offered(maker)->left -= quantity;
    else
      book->touch(opposite(maker)).left -= quantity;
  }
  [[nodiscard]] Quantity available(Side maker, Price limit, Quantity enough) const {
    if (book->depth != nullptr)
      return book->is_crossed() ? Quantity::zero() : book->depth->available(maker, limit, enough);
    Price price{};
    Quantity open{};
    if (!best(maker, price, open) || !as_good(opposite(maker), price, limit))
      return Quantity::zero();
    return std::min(open, enough);
  }
  // Everything that is left, best first.
  template <class Told>
  void each(Told told) const {
    for (const Side side : {Side::kBuy, Side::kSell}) {
      if (book->depth != nullptr) {
        book->depth->each(side, told);
      } else {
        const Shown& shown = side == Side::kBuy ? book->bid : book->ask;
        if (shown.present && shown.left.is_positive()) told(side, shown.price, shown.left);
      }
    }
  }
  // Takes all that is as good as `price` for a taker.
  void take_to(Side maker, Price price) const {
    for (;;) {
      Price best_price{};
      Quantity open{};
      if (!top(maker, best_price, open) || !as_good(opposite(maker), best_price, price)) return;
      take(maker, best_price, open);
    }
  }
  // The last thing shown, beyond which nothing is known.
  [[nodiscard]] Shown deepest(Side maker) const {
    if (book->depth == nullptr) return book->touch(opposite(maker));
    const Depth::Level* level = book->depth->deepest(maker);
    if (level == nullptr) return {};
    return {level->price, level->size, level->left, true};
  }
  // What is shown at a price of a side. nullopt: not known.
  [[nodiscard]] std::optional<Quantity> size_at(Side side, Price price) const {
    if (book->depth != nullptr) return book->depth->size_at(side, price);
    if (!book->saw_quote) return std::nullopt;
    const Shown& shown = book->touch(opposite(side));
    if (!shown.present || better(side, shown.price, price)) return Quantity::zero();
    if (shown.price == price) return shown.size;
    return std::nullopt;  // behind the touch
  }
};

}  // namespace keel::sim_detail
