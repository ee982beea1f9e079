#include <keel/analytics/report_writers.hpp>

#include "analytics/show.hpp"

namespace keel {
namespace {

// A row of RFC 4180: fields with a comma, a quote or a line end are quoted, quotes are doubled.
class CsvText {
 public:
  // From outside: what a spreadsheet would run as a formula gets an apostrophe in front.
  CsvText& text(std::string_view value) {
    std::string safe = analytics::clean_text(value);
    if (!safe.empty() && std::string_view{"=+-@"}.find(safe.front()) != std::string_view::npos)
      safe.insert(0, 1, '\'');
    return plain(safe);
  }
  // Made here: numbers (a minus is a minus), names of ours.
  CsvText& plain(std::string_view value) {
    if (!at_start_) out_ += ',';
    at_start_ = false;
    if (value.find_first_of(",\"\r\n") == std::string_view::npos) {
      out_ += value;
      return *this;
    }
    out_ += '"';
    for (const char c : value) {
      if (c == '"') out_ += '"';
      out_ += c;
    }
    out_ += '"';
    return *this;
  }
  template <class T>
  CsvText& optional(const std::optional<T>& value) {
    return plain(value ? value->to_text() : std::string{});
  }
  void end() {
    out_ += "\r\n";
    at_start_ = true;
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
  bool at_start_ = true;
};

}  // namespace

std::string fills_csv_text(const RunReport& report) {
  CsvText csv;
  for (const char* name :
       {"seq", "time", "order", "execution", "account", "strategy", "instrument", "side", "price",
        "quantity", "value", "value_currency", "fee", "fee_currency", "liquidity", "status"})
    csv.plain(name);
  csv.end();
  for (const FillRow& fill : report.fills) {
    csv.plain(std::to_string(fill.seq))
        .plain(to_text(fill.time))
        .plain(analytics::show(fill.order));
    csv.text(fill.execution).text(fill.account).text(fill.strategy).text(fill.instrument);
    csv.plain(to_text(fill.side)).plain(fill.price.to_text()).plain(fill.quantity.to_text());
    csv.plain(fill.value.amount_text()).text(fill.value.currency().code());
    const bool has_fee = !fill.fee.currency().empty();
    csv.plain(has_fee ? fill.fee.amount_text() : std::string{}).text(fill.fee.currency().code());
    csv.plain(to_text(fill.liquidity));
    csv.plain(fill.busted ? "busted" : fill.corrected ? "corrected" : "booked").end();
  }
  return csv.take();
}

std::string orders_csv_text(const RunReport& report) {
  CsvText csv;
  for (const char* name : {"order", "parent", "client_id", "account", "strategy", "instrument",
                           "venue", "side", "type", "time_in_force", "quantity", "limit", "trigger",
                           "filled", "average_price", "state", "reason", "created", "ended"})
    csv.plain(name);
  csv.end();
  for (const OrderRow& order : report.orders) {
    csv.plain(analytics::show(order.id));
    csv.plain(order.parent.is_none() ? std::string{} : analytics::show(order.parent));
    csv.text(order.client_id).text(order.account).text(order.strategy).text(order.instrument);
    csv.text(order.venue).plain(to_text(order.side)).plain(to_text(order.type));
    csv.plain(to_text(order.time_in_force)).plain(order.quantity.to_text());
    csv.optional(order.limit).optional(order.trigger).plain(order.filled.to_text());
    csv.optional(order.average_price).plain(order.denied ? "denied" : to_text(order.state));
    csv.plain(order.reason == Reason::kNone ? std::string_view{} : to_text(order.reason));
    csv.plain(to_text(order.created)).plain(order.ended ? to_text(*order.ended) : std::string{});
    csv.end();
  }
  return csv.take();
}

Status write_fills_csv(const std::string& path, const RunReport& report) {
  return analytics::write_file(path, fills_csv_text(report));
}
Status write_orders_csv(const std::string& path, const RunReport& report) {
  return analytics::write_file(path, orders_csv_text(report));
}

}  // namespace keel
