#include "analytics/show.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>

#include <keel/analytics/errors.hpp>

namespace keel::analytics {
namespace {

// Commas into the whole part of "-1234.5".
std::string grouped(std::string text) {
  const std::size_t begin = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  std::size_t end = text.find('.');
  if (end == std::string::npos) end = text.size();
  for (std::size_t at = end; at > begin + 3;) {
    at -= 3;
    text.insert(at, 1, ',');
  }
  return text;
}

// Length of the well-formed UTF-8 sequence at `at`, 0 where there is none (RFC 3629).
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const unsigned first = byte(at);
  if (first < 0x80) return 1;
  std::size_t length = 0;
  unsigned low = 0x80, high = 0xBF;
  if (first >= 0xC2 && first <= 0xDF) length = 2;
  if (first >= 0xE0 && first <= 0xEF) length = 3;
  if (first >= 0xF0 && first <= 0xF4) length = 4;
  if (first == 0xE0) low = 0xA0;
  if (first == 0xED) high = 0x9F;
  if (first == 0xF0) low = 0x90;
  if (first == 0xF4) high = 0x8F;
  for (std::size_t i = 1; i < length; ++i) {
    if (byte(at + i) < low || byte(at + i) > high) return 0;
    low = 0x80;
    high = 0xBF;
  }
  return length;
}

Error storage_error(const std::string& path, const char* step) {
  return {analytics_errors::kStorage,
          "path",
          path,
          fmt::format("{}: {}", step, std::strerror(errno)),
          {}};
}

}  // namespace

std::string show(const Money& amount, bool with_sign) {
  const int digits = amount.currency().empty() ? 2 : amount.currency().minor_digits();
  const Money rounded = amount.rounded(digits, Rounding::kHalfEven);
  std::string text = rounded.amount_text();
  std::size_t point = text.find('.');
  if (point == std::string::npos && digits > 0) {
    point = text.size();
    text += '.';
  }
  if (digits > 0) text.append(static_cast<std::size_t>(digits) - (text.size() - point - 1), '0');
  if (with_sign && rounded.is_positive()) text.insert(0, 1, '+');
  return grouped(std::move(text));
}
std::string show_with_code(const Money& amount, bool with_sign) {
  return amount.currency().empty()
             ? show(amount, with_sign)
             : fmt::format("{} {}", show(amount, with_sign), clean_text(amount.currency().code()));
}
std::string show_number(double value, int decimals) {
  std::string text = fmt::format("{:.{}f}", value, decimals);
  if (text.find_first_not_of("-0.") == std::string::npos && text.starts_with('-')) text.erase(0, 1);
  return grouped(std::move(text));
}
std::string show_count(std::uint64_t count) { return grouped(std::to_string(count)); }
std::string show_percent(double fraction, int decimals) {
  return show_number(fraction * 100, decimals) + "%";
}
std::string show_seconds(double seconds) {
  if (seconds < 0.001) return fmt::format("{:.0f} us", seconds * 1e6);
  if (seconds < 1) return fmt::format("{:.0f} ms", seconds * 1e3);
  if (seconds < 10) return fmt::format("{:.2f} s", seconds);
  if (seconds < 60) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<std::uint64_t>(seconds);
  if (whole < 3600) return fmt::format("{}m {:02}s", whole / 60, whole % 60);
  if (whole < 86400) return fmt::format("{}h {:02}m", whole / 3600, whole / 60 % 60);
  return fmt::format("{}d {:02}h", show_count(whole / 86400), whole / 3600 % 24);
}
std::string show_nanoseconds(std::int64_t ns) {
  const auto value = static_cast<double>(ns);
  if (ns < 1000) return fmt::format("{} ns", ns);
  if (ns < 1'000'000) return fmt::format("{:.2f} us", value / 1e3);
  if (ns < 1'000'000'000) return fmt::format("{:.2f} ms", value / 1e6);
  return fmt::format("{:.2f} s", value / 1e9);
}
std::string show_time(Timestamp time) {
  const Timestamp second = time.floor_to(Duration::seconds(1));
  std::string text = to_text(second);
  if (const std::size_t at = text.find('T'); at != std::string::npos) text[at] = ' ';
  if (text.ends_with('Z')) text.pop_back();
  return text;
}
std::string show(const StatisticInfo& info, const Statistics& of, const Currency& base) {
  const Statistics::Value& value = of.*info.field;
  if (!value) return "n/a";
  switch (info.unit) {
    case StatisticUnit::kFraction: return show_percent(*value);
    case StatisticUnit::kRatio: return show_number(*value, std::abs(*value) < 1000 ? 2 : 0);
    case StatisticUnit::kMoney:
      return show_number(*value, base.empty() ? 2 : base.minor_digits()) +
             (base.empty() ? std::string{} : std::string{" "}.append(clean_text(base.code())));
    case StatisticUnit::kSeconds: return show_seconds(*value);
    case StatisticUnit::kCount: return show_number(*value, 0);
  }
  return {};
}
std::string show(OrderId id) {
  return fmt::format("{}-{}-{}", id.engine(), id.run(), id.counter());
}

std::string clean_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text, at);
    const auto first = static_cast<unsigned char>(text[at]);
    const bool control = length == 1 && (first < 0x20 || first == 0x7F);
    const bool control_c1 =
        length == 2 && first == 0xC2 && static_cast<unsigned char>(text[at + 1]) < 0xA0;
    if (length == 0 || control || control_c1)
      out += "\xEF\xBF\xBD";
    else
      out += text.substr(at, length);
    at += length == 0 ? 1 : length;
  }
  return out;
}

std::string html_escape(std::string_view text) {
  std::string out;
  for (const char c : clean_text(text)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

Status write_file(const std::string& path, std::string_view text) {
  std::string temporary = path + ".XXXXXX";
  const int file = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (file < 0) return storage_error(path, "cannot make a temporary file beside it");
  const auto give_up = [&](const char* step) {
    Error error = storage_error(path, step);
    ::close(file);
    ::unlink(temporary.c_str());
    return error;
  };
  while (!text.empty()) {
    const ::ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return give_up("cannot write");
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fchmod(file, 0644) != 0) return give_up("cannot set the mode");
  if (::fsync(file) != 0) return give_up("cannot sync");
  ::close(file);
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    Error error = storage_error(path, "cannot rename into place");
    ::unlink(temporary.c_str());
    return error;
  }
  return {};
}

}  // namespace keel::analytics
