#include <keel/storage/csv_feed.hpp>

#include <algorithm>
#include <cstring>

#include <fmt/core.h>

#include <keel/core/time_text.hpp>
#include <keel/model/price_floor.hpp>

#include "csv_reader.hpp"

namespace keel {

namespace {

constexpr std::size_t kBatchBytes = std::size_t{32} << 10;  // stays in the first-level cache
constexpr std::size_t kMostLineBytes = std::size_t{16} << 20;

bool is_blank_line(std::string_view line) { return line.find_first_not_of(" \t") == line.npos; }

// For people and terminals: no control characters, not endless.
std::string shown(std::string_view text) {
  std::string safe{text.substr(0, 60)};
  for (char& c : safe)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  return safe;
}

}  // namespace

CsvFeed::~CsvFeed() { delete reader_; }
Result<std::span<const std::byte>> CsvFeed::next() { return reader_->next(); }
const RowReport& CsvFeed::report() const { return reader_->report; }

CsvFeed::Reader::Reader(CsvKind kind, const std::string& path, const CsvSpec& spec,
                        const Instrument& instrument)
    : kind_(kind),
      path_(path),
      spec_(spec),
      instrument_(instrument),
      lines_(std::min(spec.max_line_bytes, kMostLineBytes)),
      times_(spec.time_format, spec.time_pattern, spec.utc_offset, spec.decimal_point),
      time_{&spec_.time, 0},
      date_{&spec_.date, 0},
      price_{&spec_.price, 0},
      size_{&spec_.size, 0},
      side_{&spec_.side, 0},
      trade_id_{&spec_.trade_id, 0},
      bid_{&spec_.bid, 0},
      ask_{&spec_.ask, 0},
      bid_size_{&spec_.bid_size, 0},
      ask_size_{&spec_.ask_size, 0},
      open_{&spec_.open, 0},
      high_{&spec_.high, 0},
      low_{&spec_.low, 0},
      close_{&spec_.close, 0},
      volume_{&spec_.volume, 0},
      value_{&spec_.value, 0},
      trades_{&spec_.trades, 0},
      symbol_{&spec_.symbol, 0} {}

// The columns that this kind of file uses.
std::vector<CsvFeed::Reader::Column*> CsvFeed::Reader::columns() {
  std::vector<Column*> all{&time_, &date_, &symbol_};
  switch (kind_) {
    case CsvKind::kTrades: all.insert(all.end(), {&price_, &size_, &side_, &trade_id_}); break;
    case CsvKind::kQuotes: all.insert(all.end(), {&bid_, &ask_, &bid_size_, &ask_size_}); break;
    case CsvKind::kBars:
      all.insert(all.end(), {&open_, &high_, &low_, &close_, &volume_, &value_, &trades_});
      break;
  }
  return all;
}

Error CsvFeed::Reader::spec_error(const char* field, std::string value, const char* rule) const {
  return Error{storage_errors::kBadSpec, field, std::move(value), rule, path_};
}

Status CsvFeed::Reader::check_spec() const {
  const auto needs = [this](const char* name, const Column& column) -> Status {
    if (column.declared()) return {};
    return spec_error(name, "", "the name of a column");
  };
  std::vector<Status> all{needs("csv.time", time_)};
  if (kind_ == CsvKind::kTrades) {
    all.push_back(needs("csv.price", price_));
    all.push_back(needs("csv.size", size_));
  } else if (kind_ == CsvKind::kBars) {
    all.push_back(needs("csv.open", open_));
    all.push_back(needs("csv.high", high_));
    all.push_back(needs("csv.low", low_));
    all.push_back(needs("csv.close", close_));
    if (spec_.bar_length.ns <= 0)
      return spec_error("csv.bar_length", std::to_string(spec_.bar_length.ns), "above zero");
  } else {
    if (!bid_.declared() && !ask_.declared())
      return spec_error("csv.bid", "", "the name of a column, here or in csv.ask");
    if (!spec_.quote_size) {
      if (bid_.declared()) all.push_back(needs("csv.bid_size", bid_size_));
      if (ask_.declared()) all.push_back(needs("csv.ask_size", ask_size_));
    } else if (!spec_.quote_size->is_positive()) {
      return spec_error("csv.quote_size", spec_.quote_size->to_text(), "above zero");
    }
  }
  for (const Status& one : all)
    if (!one.ok()) return one;
  constexpr std::string_view kTaken = "\"\r\n+-eE0123456789";
  for (const char c : {spec_.delimiter, spec_.decimal_point})
    if (c == '\0' || kTaken.find(c) != kTaken.npos)
      return spec_error("csv.delimiter", shown({&c, 1}), "no digit, sign, quote or line end");
  if (spec_.delimiter == spec_.decimal_point)
    return spec_error("csv.delimiter", shown({&spec_.delimiter, 1}), "not the decimal point");
  if (spec_.time_format < CsvTime::kSeconds || spec_.time_format > CsvTime::kPattern)
    return spec_error("csv.time_format", "", "one of CsvTime");
  if (spec_.time_format == CsvTime::kPattern && !storage::is_time_pattern(spec_.time_pattern))
    return spec_error("csv.time_pattern", shown(spec_.time_pattern),
                      "%Y, %m and %d, and of %H %M %S %f each at most once");
  if (spec_.max_line_bytes < 16 || spec_.max_line_bytes > kMostLineBytes)
    return spec_error("csv.max_line_bytes", std::to_string(spec_.max_line_bytes), "16 to 16777216");
  if (side_.declared() && spec_.buy == spec_.sell)
    return spec_error("csv.sell", shown(spec_.sell), "another text than csv.buy");
  return {};
}

Status CsvFeed::Reader::open() {
  if (Status status = check_spec(); !status.ok()) return status;
  if (Status status = lines_.open(path_); !status.ok()) return status;
  std::string_view line;
  storage::LineReader::Outcome outcome{};
  do {
    outcome = lines_.next(line);
  } while (outcome == storage::LineReader::Outcome::kLine && is_blank_line(line));
  if (outcome == storage::LineReader::Outcome::kEnd) {
    if (lines_.failure()) return *lines_.failure();
    return Error{storage_errors::kEmptyFile, "file", path_,
                 spec_.has_header ? "a header line" : "at least one row", place()};
  }
  if (outcome == storage::LineReader::Outcome::kTooLong)
    return Error{storage_errors::kLineTooLong, "first line", "",
                 fmt::format("at most {} bytes", spec_.max_line_bytes), place()};
  if (!row_.split(line, spec_.delimiter))
    return Error{storage_errors::kBadQuote, "first line", shown(line), "closed quotes", place()};
  field_count_ = row_.size();
  if (!spec_.has_header) first_line_ = std::string{line};
  out_.reserve(kBatchBytes + sizeof(Bar));
  return bind_columns();
}

Status CsvFeed::Reader::bind_columns() {
  for (Column* column : columns())
    if (Status status = bind(*column); !status.ok()) return status;
  return {};
}

Status CsvFeed::Reader::bind(Column& column) {
  if (!column.declared()) return {};
  const auto missing = [&](std::string rule) {
    return Error{storage_errors::kMissingColumn, "column", shown(*column.name), std::move(rule),
                 place()};
  };
  if (!spec_.has_header) {
    const auto number = storage::parse_count(*column.name);
    if (!number || *number < 1 || *number > field_count_)
      return missing(fmt::format("a number from 1 to {}: there is no header", field_count_));
    column.index = static_cast<std::size_t>(*number - 1);
    return {};
  }
  bool found = false;
  for (std::size_t i = 0; i < row_.size(); ++i) {
    if (row_[i] != *column.name) continue;
    if (found)
      return Error{storage_errors::kDuplicateColumn, "column", shown(*column.name),
                   "names that are there once", place()};
    found = true;
    column.index = i;
  }
  if (found) return {};
  std::string names;
  for (std::size_t i = 0; i < row_.size() && names.size() < 200; ++i)
    names += (i == 0 ? "" : ", ") + shown(row_[i]);
  return missing("one of the header's: " + names);
}

std::string CsvFeed::Reader::place() const { return fmt::format("{}:{}", path_, lines_.number()); }

bool CsvFeed::Reader::problem(Error error, const std::string& column) {
  error.field = column;
  error.value = shown(error.value);
  error.where = place();
  if (spec_.strict) failure_ = error;
  report.add(std::move(error), spec_.max_messages);
  return false;
}

bool CsvFeed::Reader::problem(ErrorCode code, const std::string& column, std::string_view value,
                              std::string rule) {
  return problem(Error{code, {}, std::string{value.substr(0, 60)}, std::move(rule), {}}, column);
}

void CsvFeed::Reader::append(const std::byte* record, std::size_t size) {
  const std::size_t at = out_.size();
  if (size == 0) return;
  out_.resize(at + size);
  std::memcpy(out_.data() + at, record, size);
}

bool CsvFeed::Reader::is_jump(Timestamp from, Timestamp to) const {
  if (spec_.max_jump.ns <= 0) return false;
  std::int64_t distance{};
  const bool wide = __builtin_sub_overflow(to.ns, from.ns, &distance);
  return wide || distance > spec_.max_jump.ns || distance < -spec_.max_jump.ns;
}

// The way of a good row. The first row of a file is held too: it may be the one that is wrong.
template <class T>
void CsvFeed::Reader::accept(Timestamp time, const T& record) {
  const auto* bytes = reinterpret_cast<const std::byte*>(&record);
  if (held_.empty() && spec_.max_jump.ns > 0 && (!has_time_ || is_jump(last_time_, time))) {
    before_held_ = last_time_;
    has_before_held_ = has_time_;
    held_.push_back({lines_.number(), time});
    held_records_.assign(bytes, bytes + sizeof record);
  } else if (!held_.empty()) {
    held_.push_back({lines_.number(), time});
    held_records_.insert(held_records_.end(), bytes, bytes + sizeof record);
    if (held_.size() > kAgree) release_held();
  } else {
    append(bytes, sizeof record);
    ++report.delivered;
  }
  last_time_ = time;
  has_time_ = true;
}

void CsvFeed::Reader::release_held() {
  append(held_records_.data(), held_records_.size());
  report.delivered += held_.size();
  held_.clear();
  held_records_.clear();
}

// Whether `time` lies far behind a held row, and not behind the one before that: then that row, and
// those behind it, were wrong.
void CsvFeed::Reader::judge_held(Timestamp time) {
  std::size_t first = 0;
  for (; first < held_.size(); ++first) {
    if (first == 0 ? has_before_held_ && is_behind(time, before_held_)
                   : is_behind(time, held_[first - 1].time))
      return;
    if (is_behind(time, held_[first].time) && is_jump(time, held_[first].time)) break;
  }
  if (first == held_.size()) return;
  const std::size_t each = held_records_.size() / held_.size();
  for (std::size_t i = first; i < held_.size(); ++i) {
    Error error{
        storage_errors::kTimeJump, spec_.time, to_text(held_[i].time),
        fmt::format("at most {} from the rows before and after it", to_text(spec_.max_jump)),
        fmt::format("{}:{}", path_, held_[i].line)};
    if (spec_.strict && !failure_) failure_ = error;
    report.add(std::move(error), spec_.max_messages);
  }
  last_time_ = first == 0 ? before_held_ : held_[first - 1].time;
  has_time_ = first != 0 || has_before_held_;
  held_.resize(first);
  held_records_.resize(first * each);
}

void CsvFeed::Reader::end_of_lines() {
  ended_ = true;
  release_held();  // nothing has spoken against them
  if (!lines_.failure()) return;
  Error error = *lines_.failure();
  error.where = fmt::format("{}, after line {}", path_, lines_.number());
  if (error.code == storage_errors::kReadFailed || spec_.strict) failure_ = error;
  if (!(error.code == storage_errors::kReadFailed))
    report.add(std::move(error), spec_.max_messages);
}

void CsvFeed::Reader::read_line() {
  std::string_view line;
  if (first_line_) {
    const std::string first = std::move(*first_line_);
    first_line_.reset();
    ++report.rows;
    take_row(first);
    return;
  }
  switch (lines_.next(line)) {
    case storage::LineReader::Outcome::kEnd: return end_of_lines();
    case storage::LineReader::Outcome::kTooLong:
      ++report.rows;
      problem(storage_errors::kLineTooLong, "line", "",
              fmt::format("at most {} bytes", spec_.max_line_bytes));
      return;
    case storage::LineReader::Outcome::kLine:
      if (is_blank_line(line)) return;
      ++report.rows;
      take_row(line);
  }
}

Result<std::span<const std::byte>> CsvFeed::Reader::next() {
  out_.clear();
  if (spec_.newest_first) {
    if (!ended_ && !failure_) read_backwards();
    if (failure_) return *failure_;
    const std::size_t each = kind_ == CsvKind::kTrades   ? sizeof(Trade)
                             : kind_ == CsvKind::kQuotes ? sizeof(Quote)
                                                         : sizeof(Bar);
    const std::size_t left = backwards_.size() - delivered_bytes_;
    const std::size_t size = std::min(left, kBatchBytes / each * each);
    const auto* from = backwards_.data() + delivered_bytes_;
    delivered_bytes_ += size;
    return std::span<const std::byte>{from, size};
  }
  while (!ended_ && !failure_ && out_.size() < kBatchBytes) read_line();
  if (failure_) release_held();  // what came before the bad row
  if (out_.empty() && failure_) return *failure_;
  return std::span<const std::byte>{out_};
}

void CsvFeed::Reader::read_backwards() {
  while (!ended_ && !failure_) read_line();
  release_held();
  if (out_.empty()) return;
  const std::size_t each = reinterpret_cast<const RecordHeader*>(out_.data())->size;
  backwards_.resize(out_.size());
  for (std::size_t at = 0; at < out_.size(); at += each)
    std::memcpy(backwards_.data() + at, out_.data() + out_.size() - at - each, each);
  out_ = {};
}

struct CsvOpener {
  static Result<CsvFeed> open(CsvKind kind, const std::string& path, const CsvSpec& spec,
                              const Instrument& instrument) {
    CsvFeed feed{new CsvFeed::Reader{kind, path, spec, instrument}};
    if (Status status = feed.reader_->open(); !status.ok()) return std::move(status).error();
    return feed;
  }
};

Result<CsvFeed> csv_trades(const std::string& path, const CsvSpec& spec,
                           const Instrument& instrument) {
  return CsvOpener::open(CsvKind::kTrades, path, spec, instrument);
}
Result<CsvFeed> csv_quotes(const std::string& path, const CsvSpec& spec,
                           const Instrument& instrument) {
  return CsvOpener::open(CsvKind::kQuotes, path, spec, instrument);
}
Result<CsvFeed> csv_bars(const std::string& path, const CsvSpec& spec,
                         const Instrument& instrument) {
  return CsvOpener::open(CsvKind::kBars, path, spec, instrument);
}

// ---- one row ----

bool CsvFeed::Reader::take_row(std::string_view line) {
  if (!row_.split(line, spec_.delimiter)) [[unlikely]]
    return problem(storage_errors::kBadQuote, "line", line, "quotes that are closed on the line");
  if (row_.size() != field_count_) [[unlikely]]
    return problem(storage_errors::kColumnCount, "line", std::to_string(row_.size()),
                   fmt::format("{} fields, as in the first line", field_count_));
  if (symbol_.declared() && field(symbol_) != spec_.symbol_text) {
    ++report.filtered;
    return true;
  }
  Timestamp time{};
  if (!get_time(time)) return false;
  switch (kind_) {
    case CsvKind::kTrades: return take_trade(time);
    case CsvKind::kQuotes: return take_quote(time);
    case CsvKind::kBars: return take_bar(time);
  }
  return false;
}

bool CsvFeed::Reader::get_time(Timestamp& time) {
  std::string_view text = field(time_);
  if (date_.declared()) {
    joined_time_.assign(field(date_));
    joined_time_ += ' ';
    joined_time_ += text;
    text = joined_time_;
  }
  if (text.empty()) return problem(storage_errors::kMissingValue, spec_.time, "", "a time");
  auto parsed = times_.parse(text);
  if (!parsed) [[unlikely]]
    return problem(std::move(parsed).error(), spec_.time);
  if (!held_.empty() && is_behind(*parsed, last_time_)) [[unlikely]]
    judge_held(*parsed);
  if (failure_) {
    --report.rows;  // this row is not looked at any more
    return false;
  }
  if (has_time_ && is_behind(*parsed, last_time_)) [[unlikely]] {
    return problem(storage_errors::kTimeGoingBack, spec_.time, text,
                   fmt::format("not {} {}, the row taken before it",
                               spec_.newest_first ? "after" : "before", to_text(last_time_)));
  }
  time = *parsed;
  return true;
}

bool CsvFeed::Reader::get_price(const Column& column, Price& price) {
  const std::string_view text = field(column);
  if (text.empty()) return problem(storage_errors::kMissingValue, *column.name, "", "a price");
  auto raw =
      storage::parse_number(text, Price::kDigits + instrument_.unit_pow10, spec_.decimal_point);
  if (!raw) [[unlikely]]
    return problem(std::move(raw).error(), *column.name);
  price = Price::from_raw(*raw);
  if (const Price lowest = lowest_price(instrument_.kind); price < lowest) [[unlikely]]
    return problem(
        storage_errors::kPriceNotPositive, *column.name, text,
        lowest.is_zero() ? "not below zero, for an option" : "above zero, for this kind");
  if (!spec_.check_increments) return true;
  switch (instrument_.check_price(price)) {
    case Reason::kNone: return true;
    case Reason::kPriceTooLow:
      return problem(storage_errors::kNumberRange, *column.name, text,
                     "at least " + instrument_.min_price.to_text());
    case Reason::kPriceTooHigh:
      return problem(storage_errors::kNumberRange, *column.name, text,
                     "at most " + instrument_.max_price.to_text());
    default:
      return problem(storage_errors::kOffIncrement, *column.name, text,
                     "a multiple of " + instrument_.price_increment.to_text());
  }
}

bool CsvFeed::Reader::get_size(const Column& column, Quantity& size) {
  const std::string_view text = field(column);
  if (text.empty()) return problem(storage_errors::kMissingValue, *column.name, "", "a size");
  auto raw =
      storage::parse_number(text, Quantity::kDigits - instrument_.unit_pow10, spec_.decimal_point);
  if (!raw) [[unlikely]]
    return problem(std::move(raw).error(), *column.name);
  size = Quantity::from_raw(*raw);
  if (size.is_zero())
    return problem(storage_errors::kZeroSize, *column.name, text, "a size above zero");
  if (size.is_negative())
    return problem(storage_errors::kNegativeSize, *column.name, text, "a size above zero");
  return true;
}

bool CsvFeed::Reader::get_side(std::uint8_t& flags) {
  const std::string_view text = field(side_);
  if (text == spec_.buy)
    flags = Trade::kBuyerAggressor;
  else if (text == spec_.sell)
    flags = Trade::kSellerAggressor;
  else if (!text.empty())
    return problem(storage_errors::kUnknownSide, spec_.side, text,
                   fmt::format("'{}', '{}' or nothing", spec_.buy, spec_.sell));
  return true;
}

bool CsvFeed::Reader::take_trade(Timestamp time) {
  Price price{};
  Quantity size{};
  if (!get_price(price_, price) || !get_size(size_, size)) return false;
  if (spec_.check_increments && !size.is_multiple_of(instrument_.quantity_increment)) [[unlikely]]
    return problem(storage_errors::kOffIncrement, spec_.size, field(size_),
                   "a multiple of " + instrument_.quantity_increment.to_text());
  Trade trade = Trade::at(instrument_.id, time, price, size);
  if (side_.declared() && !get_side(trade.header.flags)) return false;
  if (trade_id_.declared() && !field(trade_id_).empty()) {
    auto id = storage::parse_count(field(trade_id_));
    if (!id) return problem(std::move(id).error(), spec_.trade_id);
    trade.trade_id = *id;
  }
  accept(time, trade);
  return true;
}

bool CsvFeed::Reader::get_quote_side(const Column& price_column, const Column& size_column,
                                     Price& price, Quantity& size, bool& present) {
  present = price_column.declared() && !field(price_column).empty();
  price = Price::zero();
  size = Quantity::zero();
  if (!present) return true;
  if (!get_price(price_column, price)) return false;
  if (size_column.declared()) return get_size(size_column, size);
  size = *spec_.quote_size;
  return true;
}

bool CsvFeed::Reader::take_quote(Timestamp time) {
  Price bid{}, ask{};
  Quantity bid_size{}, ask_size{};
  bool has_bid{}, has_ask{};
  if (!get_quote_side(bid_, bid_size_, bid, bid_size, has_bid) ||
      !get_quote_side(ask_, ask_size_, ask, ask_size, has_ask))
    return false;
  if (!has_bid && !has_ask)
    return problem(storage_errors::kMissingValue, bid_.declared() ? spec_.bid : spec_.ask, "",
                   "a price on one side at least");
  Quote quote = Quote::two_sided(instrument_.id, time, bid, bid_size, ask, ask_size);
  quote.header.flags =
      static_cast<std::uint8_t>((has_bid ? Quote::kHasBid : 0) | (has_ask ? Quote::kHasAsk : 0));
  accept(time, quote);
  return true;
}

bool CsvFeed::Reader::get_bar_prices(Bar& bar) {
  if (!get_price(open_, bar.open) || !get_price(high_, bar.high) || !get_price(low_, bar.low) ||
      !get_price(close_, bar.close))
    return false;
  if (bar.low <= bar.open && bar.open <= bar.high && bar.low <= bar.close && bar.close <= bar.high)
    return true;
  return problem(
      storage_errors::kBadBar, spec_.high, field(high_),
      fmt::format("low {} <= open {}, close {} <= high", field(low_), field(open_), field(close_)));
}

bool CsvFeed::Reader::get_bar_sums(Bar& bar) {
  const auto sum_of = [this](const Column& column, int digits, Int128& sum) {
    const std::string_view text = field(column);
    if (text.empty()) return problem(storage_errors::kMissingValue, *column.name, "", "a number");
    auto raw = storage::parse_wide_number(text, digits, spec_.decimal_point);
    if (!raw) return problem(std::move(raw).error(), *column.name);
    sum = *raw;
    return true;
  };
  if (volume_.declared()) {
    Int128 volume{};
    if (!sum_of(volume_, Volume::kDigits - instrument_.unit_pow10, volume)) return false;
    if (volume.high < 0)
      return problem(storage_errors::kNegativeSize, spec_.volume, field(volume_), "not below zero");
    bar.volume = Volume::from_raw(volume);
  }
  if (value_.declared() && !sum_of(value_, Price::kDigits + Quantity::kDigits, bar.value))
    return false;
  if (trades_.declared()) {
    auto trades = storage::parse_count(field(trades_));
    if (!trades) return problem(std::move(trades).error(), spec_.trades);
    bar.trades = *trades;
  }
  return true;
}

bool CsvFeed::Reader::take_bar(Timestamp time) {
  Bar bar = make_record<Bar>(RecordKind::kBar);
  std::int64_t other{};
  const bool fits = spec_.bar_time_is_close
                        ? !__builtin_sub_overflow(time.ns, spec_.bar_length.ns, &other)
                        : !__builtin_add_overflow(time.ns, spec_.bar_length.ns, &other);
  if (!fits)
    return problem(storage_errors::kBadTime, spec_.time, field(time_),
                   "an interval between 1677-09-21 and 2262-04-11");
  bar.header.instrument = instrument_.id;
  bar.open_time = spec_.bar_time_is_close ? Timestamp{other} : time;
  bar.header.ts_event = bar.header.ts_recv = spec_.bar_time_is_close ? time : Timestamp{other};
  bar.spec = BarSpec::time(spec_.bar_length);
  if (!get_bar_prices(bar) || !get_bar_sums(bar)) return false;
  accept(time, bar);
  return true;
}

}  // namespace keel
