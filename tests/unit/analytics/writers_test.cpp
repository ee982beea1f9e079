// Writers: what they write can be read again, and no name from outside breaks out of its place.
#include <filesystem>
#include <set>

#include <doctest/doctest.h>
#include <keel/analytics/report_writers.hpp>

#include "mini_json.hpp"
#include "synthetic.hpp"
#include "temp_folder.hpp"

using namespace keel;
using test::Run;

namespace {

constexpr std::string_view kHostile = "<script>\"'&x</b>";

// RFC 4180 back to rows.
std::vector<std::vector<std::string>> read_csv(std::string_view text) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> row{""};
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      row.back() += text[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == ',') {
      row.emplace_back();
    } else if (!quoted && c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') {
      ++i;
      rows.push_back(std::move(row));
      row = {""};
    } else {
      row.back() += c;
    }
  }
  CHECK(!quoted);
  CHECK(row == std::vector<std::string>{""});
  return rows;
}

// Every element that opens closes, in order; every & is an entity; no < stands in an attribute.
void check_balanced(const std::string& html) {
  const std::set<std::string> empty{"meta", "!DOCTYPE", "line", "br"};
  std::vector<std::string> open;
  for (std::size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at)) {
    std::size_t end = at + 1;
    bool in_quotes = false;
    for (; end < html.size() && (in_quotes || html[end] != '>'); ++end) {
      if (html[end] == '"') in_quotes = !in_quotes;
      REQUIRE(html[end] != '<');
    }
    REQUIRE(end < html.size());
    const std::string tag = html.substr(at + 1, end - at - 1);
    const std::string name =
        tag.substr(tag.starts_with('/') ? 1 : 0,
                   tag.find_first_of(" \n/", 1) - (tag.starts_with('/') ? 1 : 0));
    if (tag.starts_with('/')) {
      REQUIRE(!open.empty());
      CHECK(open.back() == tag.substr(1));
      open.pop_back();
    } else if (!tag.ends_with('/') && !empty.contains(name)) {
      open.push_back(name);
    }
    at = end;
  }
  CHECK(open.empty());
  for (std::size_t at = html.find('&'); at != std::string::npos; at = html.find('&', at + 1)) {
    const std::string_view rest{html.data() + at, std::min<std::size_t>(8, html.size() - at)};
    const bool entity = rest.starts_with("&amp;") || rest.starts_with("&lt;") ||
                        rest.starts_with("&gt;") || rest.starts_with("&quot;") ||
                        rest.starts_with("&nbsp;") || rest.starts_with("&#");
    CHECK(entity);
  }
}

void check_self_contained(const std::string& html) {
  for (const std::string_view word : {"http:", "https:", "//", "<script", "src=", "href=", "url(",
                                      "@import", "javascript:", "<iframe", "onload", "nan", "inf%"})
    CHECK_MESSAGE(html.find(word) == std::string::npos, word);
}

}  // namespace

TEST_CASE("the page is whole, stands alone and draws every picture twice") {
  Run run;
  const RunReport report = test::walk(run, 3000);
  const std::string html = html_text(report);
  check_balanced(html);
  check_self_contained(html);
  const auto count = [&](std::string_view what) {
    std::size_t found = 0;
    for (std::size_t at = html.find(what); at != std::string::npos; at = html.find(what, at + 1))
      ++found;
    return found;
  };
  CHECK(count("<svg") == 10);
  CHECK(count("role=\"img\"") == 10);
  CHECK(count("<desc") == 10);
  CHECK(html.find("prefers-color-scheme:dark") != std::string::npos);
  CHECK(html.find("@media print") != std::string::npos);
  CHECK(html.find("risk.position_limit") != std::string::npos);
  std::set<std::string> ids;
  for (std::size_t at = html.find(" id=\""); at != std::string::npos;
       at = html.find(" id=\"", at + 1))
    CHECK(ids.insert(html.substr(at, html.find('"', at + 5) - at)).second);
}

TEST_CASE("an empty run, one fill and nothing but losses are pages, too") {
  Run empty;
  check_balanced(html_text(empty.report()));
  check_self_contained(html_text(empty.report()));
  test::MiniJson{json_text(empty.report())};
  CHECK(!summary_text(empty.report()).empty());
  CHECK(read_csv(fills_csv_text(empty.report())).size() == 1);
  CHECK(read_csv(orders_csv_text(empty.report())).size() == 1);

  Run one;
  one.deposit(1000);
  one.trade("100");
  one.sample();
  one.buy("1", "100");
  one.sample();
  check_balanced(html_text(one.report()));
  check_self_contained(html_text(one.report()));

  Run losses;
  losses.deposit(1000);
  losses.sample();
  for (int i = 0; i < 5; ++i) {
    losses.pass(Duration::hours(1));
    losses.trade("100");
    losses.buy("1", "100", "0.1");
    losses.pass(Duration::hours(1));
    losses.trade("90");
    losses.sell("1", "90", "0.1");
    losses.sample();
  }
  const std::string html = html_text(losses.report());
  check_balanced(html);
  check_self_contained(html);
  CHECK(html.find("class=\"gain\"") == std::string::npos);
}

TEST_CASE("a hostile name is text wherever it comes") {
  Run run{kHostile, "<svg/onload=1>", "=1+2\",\"x"};
  RunReport report = test::walk(run, 500);
  report.host.title = std::string{kHostile} + "\xff\x01";
  report.host.journal_path = kHostile;
  report.host.notes = {std::string{kHostile}};
  report.host.parameters = {{std::string{kHostile}, std::string{kHostile}}};
  report.events.push_back({run.now, std::string{kHostile}});
  const std::string html = html_text(report);
  check_balanced(html);
  CHECK(html.find("<script") == std::string::npos);
  CHECK(html.find("<svg/") == std::string::npos);
  CHECK(html.find("&lt;script&gt;&quot;&#39;&amp;x") != std::string::npos);
  CHECK(html.find('\x01') == std::string::npos);
  CHECK(html.find("\xff") == std::string::npos);

  const test::MiniJson json{json_text(report)};
  CHECK(json.at("title") == std::string{kHostile} + "\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(json.at("trades.0.instrument") == "<svg/onload=1>");

  // A spreadsheet must not run the name as a formula, and its quotes and commas stay inside.
  const auto rows = read_csv(fills_csv_text(report));
  CHECK(rows[1][5] == "'=1+2\",\"x");
  CHECK(rows[1].size() == rows[0].size());
}

TEST_CASE("CSV holds every row, and its decimals are exact") {
  Run run;
  run.buy("0.00000001", "0.01", "0.000000000000000001");
  run.sell("12345678.12345678", "9876.54");
  const RunReport report = run.report();
  const auto fills = read_csv(fills_csv_text(report));
  REQUIRE(fills.size() == 3);
  CHECK(fills[0][8] == "price");
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& row = fills[i + 1];
    const FillRow& fill = report.fills[i];
    CHECK(row.size() == fills[0].size());
    CHECK(Price::parse(row[8]).value() == fill.price);
    CHECK(Quantity::parse(row[9]).value() == fill.quantity);
    CHECK(Money::parse(row[10], Currency{"USD"}).value() == fill.value);
    CHECK(parse_timestamp(row[1]).value() == fill.time);
    CHECK(parse_side(row[7]).value() == fill.side);
  }
  CHECK(fills[1][12] == "0.000000000000000001");
  CHECK(fills[2][12].empty());  // no fee was told: not the same as none
  const auto orders = read_csv(orders_csv_text(report));
  REQUIRE(orders.size() == 3);
  CHECK(orders[1][0] == "1-1-1");
  CHECK(orders[2][10] == "12345678.12345678");
  CHECK(orders[1][15] == "filled");
}

TEST_CASE("JSON is what the report says; what is not defined is null") {
  Run run;
  const RunReport report = test::walk(run, 3000);
  const test::MiniJson json{json_text(report)};
  CHECK(json.at("money.net_pnl") == report.net_pnl.amount_text());
  CHECK(json.at("money.valuation.fees") == report.valuation->fees.amount_text());
  CHECK(std::stod(json.at("statistics.sharpe")) == *report.statistics.sharpe);
  CHECK(json.at("statistics.beta") == "null");
  CHECK(json.at("counts.fills") == std::to_string(report.fills.size()));
  CHECK(json.at("denials.risk.position_limit") == std::to_string(report.denials[0].count));
  CHECK(json.at("trades.0.net") == report.trades[0].net.amount_text());
  CHECK(json.at("rolling_hash") == "1234abcd5678ef90");
  for (const StatisticInfo& info : statistic_table())
    CHECK(json.has("statistics." + std::string{info.name}));
}

TEST_CASE("the summary is aligned, plain and within 80 columns") {
  Run run;
  RunReport report = test::walk(run, 3000);
  report.host.journal_path = "/a/very/long/path/that/goes/on/and/on/and/on/until/it/no/longer/fits";
  const std::string text = summary_text(report);
  CHECK(text.ends_with("\n"));
  CHECK(text.find("P&L, net") != std::string::npos);
  CHECK(text.find("412 ns / 1.39 us") != std::string::npos);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    CHECK(end - at <= 80);
    at = end + 1;
  }
  for (const char c : text) CHECK((c == '\n' || (c >= ' ' && c < 127)));

  // A character is never cut in two.
  std::string long_name = "x";
  for (int i = 0; i < 80; ++i) long_name += "\xC3\xA4";
  report.host.journal_path = long_name;
  const std::string wrapped = summary_text(report);
  for (std::size_t at = wrapped.find('\n'); at != std::string::npos;
       at = wrapped.find('\n', at + 1)) {
    if (at > 0) CHECK(wrapped[at - 1] != '\xC3');
    if (at + 1 < wrapped.size()) CHECK(wrapped[at + 1] != '\xA4');
  }
}

TEST_CASE("files appear as a whole or not at all") {
  Run run;
  const RunReport report = test::walk(run, 200);
  const test::TempFolder folder;
  folder.write("report.html", "old");
  REQUIRE(write_html(folder.file("report.html"), report).ok());
  REQUIRE(write_json(folder.file("report.json"), report).ok());
  REQUIRE(write_fills_csv(folder.file("fills.csv"), report).ok());
  REQUIRE(write_orders_csv(folder.file("orders.csv"), report).ok());
  CHECK(folder.read("report.html") == html_text(report));
  CHECK(folder.read("fills.csv") == fills_csv_text(report));
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator{folder.path()}) {
    CHECK(entry.path().filename().string().find(".html.") == std::string::npos);
    ++files;
  }
  CHECK(files == 4);

  const Status missing = write_json(folder.file("no/such/folder/report.json"), report);
  CHECK(missing.error().code == analytics_errors::kStorage);
  std::filesystem::create_directory(folder.path() / "taken");
  const Status taken = write_json(folder.file("taken"), report);
  CHECK(taken.error().code == analytics_errors::kStorage);
  for (const auto& entry : std::filesystem::directory_iterator{folder.path()})
    CHECK(entry.path().filename().string().find("taken.") == std::string::npos);
}

TEST_CASE("very many fills do not make a page that no browser opens") {
  Run run;
  run.deposit(1'000'000);
  run.sample();
  Random random{3};
  for (int i = 0; i < 20'000; ++i) {
    run.pass(Duration::seconds(7));
    const std::string price = std::to_string(100 + random.below(900));
    i % 2 == 0 ? run.buy("1", price) : run.sell("1", price);
  }
  run.trade("500");
  run.sample();
  const RunReport report = run.report();
  CHECK(report.fills.size() == 20'000);
  const std::string html = html_text(report);
  CHECK(html.size() < 2'000'000);
  CHECK(html.find("class=\"buy\"") != std::string::npos);
}
