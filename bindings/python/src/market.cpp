// The order book.
#include "glue.hpp"

#include <keel/market/order_book.hpp>

namespace keel_python {

using namespace py::literals;
using keel::OrderBook;
using keel::Price;
using keel::Quantity;
using keel::Side;

namespace {

// A book of one instrument that Python feeds with levels.
class Book {
 public:
  Book(keel::InstrumentId instrument, std::uint32_t max_levels, bool contiguous)
      : book_(instrument, config(max_levels, contiguous)) {}

  using Levels = std::vector<std::tuple<Side, Price, Quantity>>;
  std::string apply(keel::Timestamp time, const Levels& levels, std::uint64_t seq,
                    std::uint64_t first_seq, bool snapshot) {
    const std::size_t size = sizeof(keel::BookDelta) + levels.size() * sizeof(keel::BookLevel);
    std::vector<std::uint64_t> words(size / 8);
    auto delta = keel::make_record<keel::BookDelta>(snapshot ? keel::RecordKind::kBookSnapshot
                                                             : keel::RecordKind::kBookDelta);
    delta.header.size = static_cast<std::uint32_t>(size);
    delta.header.instrument = book_.instrument();
    delta.header.ts_event = delta.header.ts_recv = time;
    delta.venue_seq = seq;
    delta.venue_seq_first = first_seq;
    delta.count = static_cast<std::uint32_t>(levels.size());
    auto* at = reinterpret_cast<std::byte*>(words.data());
    std::memcpy(at, &delta, sizeof delta);
    at += sizeof delta;
    for (const auto& [side, price, quantity] : levels) {
      keel::BookLevel level{};
      level.side = side;
      level.price = price;
      level.size = quantity;
      std::memcpy(at, &level, sizeof level);
      at += sizeof level;
    }
    return std::string{
        keel::to_text(book_.on_delta(*reinterpret_cast<const keel::BookDelta*>(words.data())))};
  }
  py::list levels(Side side, std::size_t count) const {
    py::list list;
    for (std::size_t i = 0; i < count; ++i) {
      const auto level = book_.level(side, i);
      if (!level) break;
      list.append(py::make_tuple(level->price, level->size));
    }
    return list;
  }
  py::dict sweep(Side taker, Quantity quantity, std::optional<Price> limit) const {
    const keel::Sweep found = book_.sweep(taker, quantity, limit);
    py::dict table;
    table["filled"] = found.filled;
    table["worst"] = found.filled.is_zero() ? py::object(py::none()) : py::cast(found.worst);
    table["average"] = found.average();
    table["levels"] = found.levels;
    return table;
  }
  OrderBook& get() { return book_; }
  [[nodiscard]] const OrderBook& get() const { return book_; }

 private:
  static keel::OrderBookConfig config(std::uint32_t max_levels, bool contiguous) {
    if (max_levels < 1 || max_levels > (1u << 20))
      raise("python.out_of_range", "max_levels", std::to_string(max_levels), "from 1 to 1048576");
    keel::OrderBookConfig made;
    made.max_levels = max_levels;
    made.sequence = contiguous ? keel::SequenceRule::kContiguous : keel::SequenceRule::kNone;
    return made;
  }
  OrderBook book_;
};

py::object best(const Book& book, Side side) {
  const auto level = book.get().best(side);
  if (!level) return py::none();
  return py::make_tuple(level->price, level->size);
}

}  // namespace

void add_market(py::module_& module) {
  py::class_<Book>(module, "OrderBook",
                   "Price levels of one instrument. Levels are (side, price, size); a size of zero "
                   "removes one. A delta is applied as a whole or not at all.")
      .def(py::init<keel::InstrumentId, std::uint32_t, bool>(), "instrument"_a,
           "max_levels"_a = 8192, "contiguous"_a = false)
      .def(
          "snapshot",
          [](Book& self, keel::Timestamp time, const Book::Levels& levels, std::uint64_t seq) {
            return self.apply(time, levels, seq, 0, true);
          },
          "time"_a, "levels"_a, "seq"_a = 0, "The whole book: 'applied', or why not.")
      .def(
          "delta",
          [](Book& self, keel::Timestamp time, const Book::Levels& levels, std::uint64_t seq,
             std::uint64_t first_seq) { return self.apply(time, levels, seq, first_seq, false); },
          "time"_a, "levels"_a, "seq"_a = 0, "first_seq"_a = 0,
          "Changes: 'applied', 'old', 'gap', 'no_snapshot', 'malformed', 'too_deep'.")
      .def(
          "on_quote",
          [](Book& self, const py::object& quote) {
            if (!is_boxed<keel::Quote>(quote.ptr())) {
              set_wrong_type("quote", quote.ptr(), "a keel.Quote");
              raise_current();
            }
            return std::string{keel::to_text(self.get().on_quote(boxed<keel::Quote>(quote.ptr())))};
          },
          "quote"_a)
      .def("best", best, "side"_a, "(price, size) or None.")
      .def("levels", &Book::levels, "side"_a, "count"_a = 10, "Best first: [(price, size)].")
      .def(
          "depth", [](const Book& self, Side side) { return self.get().depth(side); }, "side"_a)
      .def(
          "size_at",
          [](const Book& self, Side side, Price price) { return self.get().size_at(side, price); },
          "side"_a, "price"_a)
      .def("sweep", &Book::sweep, "taker"_a, "quantity"_a, "limit"_a = py::none(),
           "What a market order of this size would take.")
      .def(
          "imbalance",
          [](const Book& self, std::size_t count) { return self.get().imbalance(count); },
          "count"_a = 1, "From -1 (asks only) to 1; None in an empty book.")
      .def("reset", [](Book& self) { self.get().reset(); })
      .def_property_readonly("is_live", [](const Book& self) { return self.get().is_live(); })
      .def_property_readonly("is_gapped", [](const Book& self) { return self.get().is_gapped(); })
      .def_property_readonly("is_crossed", [](const Book& self) { return self.get().is_crossed(); })
      .def_property_readonly("time", [](const Book& self) { return self.get().time(); });
}

}  // namespace keel_python
