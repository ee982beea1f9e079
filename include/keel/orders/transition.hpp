// The one table that says what an event does to an order in a state. Nothing else in the room
// decides it. A fill is booked in every state; where it does not fit, the anomaly is a second fact.
//
// docs/orders.md prints the table; a test keeps the two equal.
#pragma once

#include <array>
#include <string_view>

#include <keel/model/enums.hpp>
#include <keel/model/reasons.hpp>

namespace keel {

// What can happen to an order. Ours first, then what a venue's report comes down to once it was
// compared with what is known: a fill that leaves something open is another event than the last.
enum class OrderEvent : std::uint8_t {
  kHold,     // take it, send nothing; of a held order: its terms, or what is watched, change
  kDeny,     // a risk check said no
  kSubmit,   // the submit command was journaled
  kReplace,  // the replace command was journaled
  kCancel,   // the cancel command was journaled (held: canceled at once)
  kLose,     // time-out, lost connection or restart with a command unanswered
  kAdopt,    // an order that we did not send, or no longer knew
  kAbandon,  // a person gives up waiting for evidence
  kSetOff,   // keel's own watch of a held order's trigger or time
  kEndHeld,  // a held order's time is over

  kAccepted,
  kRejected,
  kRefused,  // the submit is known not to have been sent
  kCanceled,
  kExpired,
  kEndedShort,   // the venue says that it ended, with fills that we have not been told of
  kFillPart,     // a fill that leaves something open
  kFillLast,     // a fill that leaves nothing open
  kFillAwaited,  // the last fill that an order was waiting for after the venue said it ended
  kAdjustPart,   // a bust or correction that leaves something open
  kAdjustLast,   // a correction that leaves nothing open
  kFee,
  kTriggered,
  kReplaced,           // the answer to our replace
  kReplacedFull,       // the same, and what is filled is all that the new terms want
  kReplaceFailed,      // rejected, or known not to have been sent
  kReplaceFailedFull,  // the same, and all of the old terms is filled
  kRestated,           // the venue changed the terms by itself
  kRestatedFull,       // the same, and nothing is left open
  kCancelFailed,       // rejected, or known not to have been sent
  kListedOpen,         // the venue's list of open orders has it
  kNotKnownUnseen,     // the venue does not know an order that it never acknowledged
  kNotKnownSeen,       // the venue does not know an order that it once had
  kStray,              // an answer to nothing that was asked
  kDuplicate,          // news that is not new
};
inline constexpr int kOrderEventCount = 35;

struct Transition {
  enum class Step : std::uint8_t {
    kRefuse,  // not done, and nothing emitted: the caller gets a Reason
    kStay,
    kTo,
    kResume,  // to what is still in flight: pending_cancel, pending_replace, submitted, else
              // working; an unknown order stays unknown while anything is unanswered
    kEnded,   // to the end that the venue had told of
  };
  Step step = Step::kRefuse;
  OrderState to = OrderState::kNone;
  Reason anomaly = Reason::kNone;  // emitted as a second fact
};

namespace detail {

using TransitionTable = std::array<std::array<Transition, kOrderEventCount>, kOrderStateCount>;

class TransitionTableMaker {
 public:
  constexpr TransitionTable make() {
    none();
    held();
    submitted();
    working();
    pending();
    unknown();
    terminal(OrderState::kFilled, OrderEvent::kDuplicate);
    terminal(OrderState::kCanceled, OrderEvent::kCanceled);
    terminal(OrderState::kRejected, OrderEvent::kRejected);
    terminal(OrderState::kExpired, OrderEvent::kExpired);
    return table_;
  }

 private:
  using S = OrderState;
  using E = OrderEvent;

  constexpr Transition& at(S state, E event) {
    return table_[static_cast<std::size_t>(state)][static_cast<std::size_t>(event)];
  }
  constexpr void to(S from, E event, S next, Reason anomaly = Reason::kNone) {
    at(from, event) = {Transition::Step::kTo, next, anomaly};
  }
  constexpr void stay(S from, E event, Reason anomaly = Reason::kNone) {
    at(from, event) = {Transition::Step::kStay, from, anomaly};
  }
  constexpr void resume(S from, E event, Reason anomaly = Reason::kNone) {
    at(from, event) = {Transition::Step::kResume, S::kNone, anomaly};
  }
  // Every report that does not fit where an order is: a fact of its own, and nothing moves.
  constexpr void out_of_order(S state) {
    for (auto event = static_cast<std::uint8_t>(E::kAccepted); event < kOrderEventCount; ++event)
      stay(state, static_cast<E>(event), Reason::kReportOutOfOrder);
    stay(state, E::kFee);
    stay(state, E::kAdjustPart);
    stay(state, E::kAdjustLast);
    stay(state, E::kDuplicate, Reason::kDuplicateReport);
  }

  constexpr void none() {
    to(S::kNone, E::kHold, S::kHeld);
    to(S::kNone, E::kDeny, S::kRejected);
    to(S::kNone, E::kSubmit, S::kSubmitted);
    to(S::kNone, E::kAdopt, S::kWorking);
    for (auto event = static_cast<std::uint8_t>(E::kAccepted); event < kOrderEventCount; ++event)
      stay(S::kNone, static_cast<E>(event), Reason::kUnknownOrder);
    for (const E fill : {E::kFillPart, E::kFillLast, E::kFillAwaited})
      stay(S::kNone, fill, Reason::kFillOfUnknownOrder);
    for (const E about : {E::kFee, E::kAdjustPart, E::kAdjustLast}) stay(S::kNone, about);
  }
  constexpr void held() {
    out_of_order(S::kHeld);
    to(S::kHeld, E::kSubmit, S::kSubmitted);
    to(S::kHeld, E::kDeny, S::kRejected);
    stay(S::kHeld, E::kHold);
    stay(S::kHeld, E::kSetOff);
    to(S::kHeld, E::kEndHeld, S::kExpired);
    stay(S::kHeld, E::kReplace);
    to(S::kHeld, E::kCancel, S::kCanceled);
    to(S::kHeld, E::kFillPart, S::kUnknown, Reason::kReportOutOfOrder);
    to(S::kHeld, E::kFillLast, S::kFilled, Reason::kReportOutOfOrder);
    to(S::kHeld, E::kListedOpen, S::kUnknown, Reason::kReportOutOfOrder);
  }
  // What all orders at the venue have in common.
  constexpr void open(S state) {
    out_of_order(state);
    to(state, E::kLose, S::kUnknown);
    to(state, E::kRejected, S::kRejected);
    to(state, E::kRefused, S::kRejected);
    to(state, E::kCanceled, S::kCanceled);
    to(state, E::kExpired, S::kExpired);
    to(state, E::kEndedShort, S::kUnknown);
    to(state, E::kFillLast, S::kFilled);
    to(state, E::kAdjustLast, S::kFilled);
    to(state, E::kReplacedFull, S::kFilled);
    to(state, E::kReplaceFailedFull, S::kFilled);
    to(state, E::kRestatedFull, S::kFilled);
    for (const E event : {E::kAccepted, E::kFillPart, E::kTriggered, E::kReplaced,
                          E::kReplaceFailed, E::kRestated, E::kCancelFailed})
      resume(state, event);
    to(state, E::kNotKnownUnseen, S::kRejected);
    to(state, E::kNotKnownSeen, S::kCanceled, Reason::kMissingAtVenue);
  }
  constexpr void submitted() {
    open(S::kSubmitted);
    to(S::kSubmitted, E::kReplace, S::kPendingReplace);
    to(S::kSubmitted, E::kCancel, S::kPendingCancel);
    to(S::kSubmitted, E::kListedOpen, S::kWorking);
    to(S::kSubmitted, E::kNotKnownUnseen, S::kUnknown);  // the answer may have overtaken the order
  }
  constexpr void working() {
    open(S::kWorking);
    to(S::kWorking, E::kReplace, S::kPendingReplace);
    to(S::kWorking, E::kCancel, S::kPendingCancel);
    stay(S::kWorking, E::kListedOpen);
    at(S::kWorking, E::kLose) = {};  // nothing of it is in flight
  }
  constexpr void pending() {
    open(S::kPendingReplace);
    open(S::kPendingCancel);
    to(S::kPendingReplace, E::kCancel, S::kPendingCancel);
    resume(S::kPendingReplace, E::kListedOpen);
    resume(S::kPendingCancel, E::kListedOpen);
  }
  constexpr void unknown() {
    open(S::kUnknown);
    stay(S::kUnknown, E::kLose);
    stay(S::kUnknown, E::kCancel);
    to(S::kUnknown, E::kListedOpen, S::kWorking);
    at(S::kUnknown, E::kFillAwaited) = {Transition::Step::kEnded, S::kNone, Reason::kNone};
    at(S::kUnknown, E::kAbandon) = {Transition::Step::kEnded, S::kNone, Reason::kNone};
  }
  constexpr void terminal(S state, E same) {
    out_of_order(state);
    stay(state, same, Reason::kDuplicateReport);
    // Answers to commands that crossed the order's end, and queries about it, are no surprise.
    for (const E event : {E::kReplaceFailed, E::kReplaceFailedFull, E::kCancelFailed,
                          E::kNotKnownSeen, E::kNotKnownUnseen})
      stay(state, event);
    stay(state, E::kFillPart, Reason::kFillAfterTerminal);
    stay(state, E::kFillAwaited, Reason::kFillAfterTerminal);
    to(state, E::kFillLast, S::kFilled, Reason::kFillAfterTerminal);
    if (state == S::kRejected)  // a venue that fills what it rejected may fill the rest too
      to(state, E::kFillPart, S::kUnknown, Reason::kFillAfterTerminal);
    if (state == S::kFilled) return;
    to(state, E::kEndedShort, S::kUnknown);
    to(state, E::kListedOpen, S::kUnknown, Reason::kReportOutOfOrder);
  }

  TransitionTable table_{};
};

inline constexpr TransitionTable kTransitions = TransitionTableMaker{}.make();

}  // namespace detail

[[nodiscard]] constexpr const Transition& transition(OrderState state, OrderEvent event) {
  return detail::kTransitions[static_cast<std::size_t>(state)][static_cast<std::size_t>(event)];
}

// "fill_part", as docs/orders.md names it.
std::string_view to_text(OrderEvent event);

}  // namespace keel
