// Promises: a reason's name is stable and its own; docs/errors.md lists every one as the code has
// it.
#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <set>
#include <string>

#include <keel/model/reasons.hpp>

using namespace keel;

namespace {

// name -> explanation, of every value that has a name, but kNone.
std::map<std::string, std::string> all_reasons() {
  std::map<std::string, std::string> reasons;
  for (int i = 1; i < 0x10000; ++i) {
    const auto reason = static_cast<Reason>(i);
    if (to_text(reason) == "invalid") {
      CHECK(explain(reason) == "invalid");
      continue;
    }
    CHECK(reasons.emplace(to_text(reason), explain(reason)).second);
  }
  return reasons;
}

}  // namespace

TEST_CASE("every reason has a name of its family and one sentence") {
  std::set<std::string> sentences;
  for (const auto& [name, sentence] : all_reasons()) {
    CAPTURE(name);
    const auto family = name.substr(0, name.find('.'));
    CHECK(std::set<std::string>{"order", "risk", "venue", "cancel", "anomaly", "unknown", "halted"}
              .count(family) == 1);
    CHECK(sentence.size() > 5);
    CHECK(sentence != "invalid");
    CHECK(sentences.insert(sentence).second);
  }
  CHECK(to_text(Reason::kNone) == "none");
  CHECK(to_text(Reason::kPositionLimit) == "risk.position_limit");
  CHECK(to_text(Reason::kQuantityIncrement) == "order.quantity_increment");
  CHECK(to_text(Reason::kVenueRejected) == "venue.rejected");
}

TEST_CASE("docs/errors.md says of each reason what the code says, and of no other") {
  std::ifstream page{KEEL_SOURCE_DIR "/docs/errors.md"};
  REQUIRE(page.is_open());
  std::map<std::string, std::string> listed;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.rfind("## ", 0) == 0) inside = line == "## Reasons";
    if (!inside || line.rfind("| `", 0) != 0) continue;
    const auto end = line.find("` | ");
    REQUIRE(end != std::string::npos);
    const auto name = line.substr(3, end - 3);
    const auto meaning = line.substr(end + 4, line.rfind(" |") - end - 4);
    CAPTURE(name);
    CHECK(listed.emplace(name, meaning).second);
  }
  const auto known = all_reasons();
  for (const auto& [name, meaning] : known) {
    CAPTURE(name);
    REQUIRE(listed.count(name) == 1);
    CHECK(listed[name] == meaning);
  }
  CHECK(listed.size() == known.size());
}
