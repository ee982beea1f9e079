#include <keel/orders/transition.hpp>

namespace keel {

std::string_view to_text(OrderEvent event) {
  switch (event) {
    case OrderEvent::kHold: return "hold";
    case OrderEvent::kDeny: return "deny";
    case OrderEvent::kSubmit: return "submit";
    case OrderEvent::kReplace: return "replace";
    case OrderEvent::kCancel: return "cancel";
    case OrderEvent::kLose: return "lose";
    case OrderEvent::kAdopt: return "adopt";
    case OrderEvent::kAbandon: return "abandon";
    case OrderEvent::kSetOff: return "set_off";
    case OrderEvent::kEndHeld: return "end_held";
    case OrderEvent::kAccepted: return "accepted";
    case OrderEvent::kRejected: return "rejected";
    case OrderEvent::kRefused: return "refused";
    case OrderEvent::kCanceled: return "canceled";
    case OrderEvent::kExpired: return "expired";
    case OrderEvent::kEndedShort: return "ended_short";
    case OrderEvent::kFillPart: return "fill_part";
    case OrderEvent::kFillLast: return "fill_last";
    case OrderEvent::kFillAwaited: return "fill_awaited";
    case OrderEvent::kAdjustPart: return "adjust_part";
    case OrderEvent::kAdjustLast: return "adjust_last";
    case OrderEvent::kFee: return "fee";
    case OrderEvent::kTriggered: return "triggered";
    case OrderEvent::kReplaced: return "replaced";
    case OrderEvent::kReplacedFull: return "replaced_full";
    case OrderEvent::kReplaceFailed: return "replace_failed";
    case OrderEvent::kReplaceFailedFull: return "replace_failed_full";
    case OrderEvent::kRestated: return "restated";
    case OrderEvent::kRestatedFull: return "restated_full";
    case OrderEvent::kCancelFailed: return "cancel_failed";
    case OrderEvent::kListedOpen: return "listed_open";
    case OrderEvent::kNotKnownUnseen: return "not_known_unseen";
    case OrderEvent::kNotKnownSeen: return "not_known_seen";
    case OrderEvent::kStray: return "stray";
    case OrderEvent::kDuplicate: return "duplicate";
  }
  return "invalid";
}

}  // namespace keel
