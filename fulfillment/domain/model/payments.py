"""The payment axis: what was asked of the payment provider, and what that makes of an order.

It stands beside an order's status and never changes it (behaviour.md §1). Amounts are integer
minor units of the order's currency; nothing of a card is known here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from fulfillment.domain.model.refusals import conflict


class PaymentKind(StrEnum):
    """What was asked, or recorded."""

    INVOICE = "invoice"
    AUTHORISE = "authorise"
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"


class EntryStatus(StrEnum):
    """An entry is due until it is settled, once, as done or as failed."""

    DUE = "due"
    DONE = "done"
    FAILED = "failed"


class PaymentStatus(StrEnum):
    """Where the payment of an order stands, by `payment_status`."""

    NONE = "none"
    AUTHORISATION_DUE = "authorisation_due"
    PARTIALLY_AUTHORISED = "partially_authorised"
    AUTHORISED = "authorised"
    VOIDED = "voided"
    PARTIALLY_CAPTURED = "partially_captured"
    CAPTURED = "captured"
    REFUND_DUE = "refund_due"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class PaymentEntry:
    """One line of the ledger."""

    kind: PaymentKind
    status: EntryStatus
    amount_minor: int


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """What a merchant asks of payments before and at a release, and what is secured by now."""

    authorise_first: bool = False
    reauthorise: bool = False
    secured_minor: int = 0

    def allow(self, value_minor: int | None) -> bool:
        """Whether the payment of an order of this value keeps nothing of it from going.

        Where its lines have no prices, any authorisation is enough: somebody looked at it.
        """
        if not self.authorise_first:
            return True
        return self.secured_minor >= (1 if value_minor is None else value_minor)


@dataclass(frozen=True, slots=True)
class Amounts:
    """The sums of an order's entries. `voided` and `authorised` are what is done."""

    invoiced: int = 0
    authorised: int = 0
    voided: int = 0
    captured: int = 0
    refunded: int = 0
    authorisation_due: int = 0
    void_due: int = 0
    capture_due: int = 0
    refund_due: int = 0

    @property
    def open_authorisation(self) -> int:
        """What is authorised, neither captured nor voided, and not about to be voided."""
        return max(self.authorised - self.voided - self.void_due - self.captured, 0)

    @property
    def secured(self) -> int:
        """What is authorised or was captured: for so much the merchant has his money, or can."""
        return max(self.authorised - self.voided, self.captured - self.refunded, 0)

    @property
    def refundable(self) -> int:
        """What was captured, and was not given back nor is due to be."""
        return max(self.captured - self.refunded - self.refund_due, 0)

    @property
    def anything_due(self) -> bool:
        """Whether something is still asked of the provider."""
        return bool(self.authorisation_due or self.void_due or self.capture_due or self.refund_due)


def amounts_of(entries: Iterable[PaymentEntry]) -> Amounts:
    """Add up the entries; what failed counts for nothing."""
    sums: dict[str, int] = {}
    for entry in entries:
        if name := _SUMS.get((entry.kind, entry.status)):
            sums[name] = sums.get(name, 0) + entry.amount_minor
    return Amounts(**sums)


_SUMS = {
    (PaymentKind.INVOICE, EntryStatus.DONE): "invoiced",
    (PaymentKind.AUTHORISE, EntryStatus.DONE): "authorised",
    (PaymentKind.VOID, EntryStatus.DONE): "voided",
    (PaymentKind.CAPTURE, EntryStatus.DONE): "captured",
    (PaymentKind.REFUND, EntryStatus.DONE): "refunded",
    (PaymentKind.AUTHORISE, EntryStatus.DUE): "authorisation_due",
    (PaymentKind.VOID, EntryStatus.DUE): "void_due",
    (PaymentKind.CAPTURE, EntryStatus.DUE): "capture_due",
    (PaymentKind.REFUND, EntryStatus.DUE): "refund_due",
}


def payment_status(amounts: Amounts, value_minor: int | None) -> PaymentStatus:
    """The payment status of an order of this value, first match wins; None: it has no prices."""
    if amounts.refund_due:
        return PaymentStatus.REFUND_DUE
    if amounts.refunded:
        all_of_it = amounts.refunded >= amounts.captured
        return PaymentStatus.REFUNDED if all_of_it else PaymentStatus.PARTIALLY_REFUNDED
    if amounts.captured:
        all_of_it = amounts.captured >= (value_minor or 0)
        return PaymentStatus.CAPTURED if all_of_it else PaymentStatus.PARTIALLY_CAPTURED
    return _before_capture(amounts, value_minor or 0)


def _before_capture(amounts: Amounts, value_minor: int) -> PaymentStatus:
    if held := amounts.authorised - amounts.voided:
        all_of_it = held >= value_minor
        return PaymentStatus.AUTHORISED if all_of_it else PaymentStatus.PARTIALLY_AUTHORISED
    if amounts.authorisation_due:
        return PaymentStatus.AUTHORISATION_DUE
    return PaymentStatus.VOIDED if amounts.voided else PaymentStatus.NONE


def is_settled(amounts: Amounts, value_minor: int | None) -> bool:
    """Whether nothing of the payment is left to be done: all is captured, and nothing is due."""
    owed = 1 if value_minor is None else value_minor
    return not amounts.anything_due and amounts.captured >= owed


def refund_for(amounts: Amounts, cancelled_minor: int, value_minor: int) -> int:
    """What is due back when units of this value were cancelled, with `value_minor` left to deliver.

    Never more than was captured beyond what is still to be delivered: an order that was captured
    for a part pays the rest of itself first.
    """
    return max(min(cancelled_minor, amounts.refundable - value_minor), 0)


def reauthorisation(amounts: Amounts, value_minor: int | None) -> tuple[int, int]:
    """What to void and what to authorise anew when something that waited is released.

    An authorisation grows old while units wait: what is open of it is voided, and what is not
    captured of the order is authorised again. Nothing where nothing is open.
    """
    open_now = amounts.open_authorisation
    if not open_now:
        return 0, 0
    return open_now, open_now if value_minor is None else max(value_minor - amounts.captured, 0)


def check_recorded(amounts: Amounts, entry: PaymentEntry) -> None:
    """Refuse to record what can not have happened: more given back than there was."""
    asked = entry.amount_minor
    if entry.kind is PaymentKind.REFUND and asked > amounts.refundable:
        message = (
            f"{amounts.refundable} of {amounts.captured} captured can be refunded:"
            f" {amounts.refunded} was, and {amounts.refund_due} is due; settle what is due instead"
        )
        raise conflict("more_than_captured", message, refundable=amounts.refundable)
    if entry.kind is PaymentKind.VOID and asked > amounts.open_authorisation:
        message = f"{amounts.open_authorisation} of what is authorised is open and can be voided"
        raise conflict("more_than_authorised", message, open=amounts.open_authorisation)
