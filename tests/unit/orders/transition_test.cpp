// The table of states: what it promises as a whole, and that the page shows it as it is.
#include "desk.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>

#include <fmt/core.h>

using namespace keel;

namespace {

template <class F>
void for_each_pair(F f) {
  for (int state = 0; state < kOrderStateCount; ++state)
    for (int event = 0; event < kOrderEventCount; ++event)
      f(static_cast<OrderState>(state), static_cast<OrderEvent>(event));
}

std::string cell(OrderState state, OrderEvent event) {
  const Transition& pair = transition(state, event);
  std::string text;
  switch (pair.step) {
    case Transition::Step::kRefuse: return "";
    case Transition::Step::kStay: text = "="; break;
    case Transition::Step::kTo: text = to_text(pair.to); break;
    case Transition::Step::kResume: text = "resume"; break;
    case Transition::Step::kEnded: text = "as told"; break;
  }
  if (pair.anomaly == Reason::kNone) return text;
  const std::string_view reason = to_text(pair.anomaly);
  return text + " (" + std::string{reason.substr(reason.find('.') + 1)} + ")";
}

std::string table() {
  std::string text = "| event |";
  for (int state = 0; state < kOrderStateCount; ++state)
    text += fmt::format(" {} |", to_text(static_cast<OrderState>(state)));
  text += "\n|---|";
  for (int state = 0; state < kOrderStateCount; ++state) text += "---|";
  text += "\n";
  for (int event = 0; event < kOrderEventCount; ++event) {
    text += fmt::format("| {} |", to_text(static_cast<OrderEvent>(event)));
    for (int state = 0; state < kOrderStateCount; ++state)
      text += fmt::format(" {} |",
                          cell(static_cast<OrderState>(state), static_cast<OrderEvent>(event)));
    text += "\n";
  }
  return text;
}

bool is_ours(OrderEvent event) { return event < OrderEvent::kAccepted; }
bool is_fill(OrderEvent event) {
  return event == OrderEvent::kFillPart || event == OrderEvent::kFillLast ||
         event == OrderEvent::kFillAwaited;
}

}  // namespace

TEST_CASE("docs/orders.md shows the table as it is") {
  const std::string path = std::string{KEEL_SOURCE_DIR} + "/docs/orders.md";
  std::ifstream file{path};
  REQUIRE(file.good());
  std::stringstream page;
  page << file.rdbuf();
  const bool is_there = page.str().find(table()) != std::string::npos;
  if (!is_there) std::printf("%s\n", table().c_str());
  CHECK_MESSAGE(is_there, "the table above belongs into docs/orders.md");
}

TEST_CASE("every report has an outcome in every state: a next state, or an anomaly, or both") {
  for_each_pair([](OrderState state, OrderEvent event) {
    if (is_ours(event)) return;
    CAPTURE(to_text(state));
    CAPTURE(to_text(event));
    CHECK(transition(state, event).step != Transition::Step::kRefuse);
  });
}

TEST_CASE("what the table never does") {
  for_each_pair([](OrderState state, OrderEvent event) {
    CAPTURE(to_text(state));
    CAPTURE(to_text(event));
    const Transition& pair = transition(state, event);
    // Our own requests are done or refused; they are no anomalies.
    if (is_ours(event)) CHECK(pair.anomaly == Reason::kNone);
    // Only evidence that an order lives brings it back, it comes back as Unknown, and it is told.
    if (is_terminal(state) && pair.step == Transition::Step::kTo && !is_terminal(pair.to)) {
      CHECK(pair.to == OrderState::kUnknown);
      const bool is_evidence = event == OrderEvent::kListedOpen ||
                               event == OrderEvent::kEndedShort || event == OrderEvent::kFillPart;
      CHECK(is_evidence);
    }
    if (is_terminal(state)) CHECK(pair.step != Transition::Step::kResume);
    // A fill after the end is told. One that nobody waited for too.
    if (is_fill(event) && (is_terminal(state) || state == OrderState::kNone))
      CHECK(pair.anomaly != Reason::kNone);
    // Nothing was sent of a held order: a venue that speaks of it is out of order.
    if (state == OrderState::kHeld && !is_ours(event) && event != OrderEvent::kFee &&
        event != OrderEvent::kAdjustPart && event != OrderEvent::kAdjustLast)
      CHECK(pair.anomaly != Reason::kNone);
    // A time-out, a cut or a restart never ends an order.
    if (event == OrderEvent::kLose && pair.step == Transition::Step::kTo)
      CHECK(pair.to == OrderState::kUnknown);
    // Unknown is left by evidence or by a person, never by a request.
    if (state == OrderState::kUnknown && is_ours(event) && event != OrderEvent::kAbandon) {
      const bool stays =
          pair.step == Transition::Step::kStay || pair.step == Transition::Step::kRefuse;
      CHECK(stays);
    }
    // Filled is the state of an order that has nothing left; other ends do not become one another.
    if (is_terminal(state) && pair.step == Transition::Step::kTo && is_terminal(pair.to))
      CHECK(pair.to == OrderState::kFilled);
  });
}

TEST_CASE("events and states have names, all different") {
  std::vector<std::string_view> names;
  for (int event = 0; event < kOrderEventCount; ++event) {
    const std::string_view name = to_text(static_cast<OrderEvent>(event));
    CHECK(name != "invalid");
    for (const auto& other : names) CHECK(other != name);
    names.push_back(name);
  }
  CHECK(to_text(static_cast<OrderEvent>(kOrderEventCount)) == "invalid");
}

static_assert(transition(OrderState::kSubmitted, OrderEvent::kAccepted).step ==
              Transition::Step::kResume);
static_assert(transition(OrderState::kUnknown, OrderEvent::kReplace).step ==
              Transition::Step::kRefuse);
