"""What each reason of a wait is called, before the sentence that says it of the line."""

from collections.abc import Mapping

from fulfillment.domain.insight.explanation import ReasonCode

R = ReasonCode

TITLES: Mapping[ReasonCode, str] = {
    R.NOT_CLAIMED_YET: "Just taken in",
    R.ON_HOLD: "On hold",
    R.UNVERIFIED: "Not checked yet",
    R.NOT_PREPARED: "No location chosen yet",
    R.PAYMENT_NOT_AUTHORISED: "Not paid for yet",
    R.BY_HAND: "Waits for a person",
    R.NOT_YET_RECEIVED: "Not received yet",
    R.PEGGED: "On its way",
    R.PIN_IS_LATE: "Tied to what is late",
    R.FUTURE_INVENTORY_OFF: "Goes only once it is here",
    R.BEYOND_FUTURE_LIMIT: "Too far ahead",
    R.DISTRIBUTION_OWED: "Being given out",
    R.AUTO_ALLOCATE_NEVER: "Stock is given by a person",
    R.ONLY_IF_COMPLETE: "Takes all or nothing",
    R.NOT_DUE_SOON_ENOUGH: "The rest is not due soon enough",
    R.ONLY_ON_PO_STATUS: "Waits for a purchase order",
    R.LOCKED_TO_LOCATION: "Locked to one location",
    R.PICKUP_ONLY: "Picked up at one place",
    R.SOURCE_ONLY: "Comes from one place",
    R.LOCATION_CLOSED: "The location is closed",
    R.LOCATION_NOT_SERVING: "The location is not yours",
    R.HELD_BY_LATER: "Later orders keep theirs",
    R.PINNED_BY_LATER: "Tied to later orders",
    R.NO_DATE: "No date ahead",
    R.OTHERS_FIRST: "Others come first",
    R.WAITS_FOR_STOCK: "Nothing on its way",
    R.LAST_SHIPMENT_MUST_BE_COMPLETE: "Goes only complete",
    R.ALL_SOURCED: "Goes once all has a source",
    R.HELD_UNTIL_DUE: "Waits for what is due soon",
}


def reason_title(code: ReasonCode) -> str:
    """What a reason is called."""
    return TITLES[code]
