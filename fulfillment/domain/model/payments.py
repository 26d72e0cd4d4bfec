"""The payment axis: what was asked of the payment provider, and what that makes of an order.

It stands beside an order's status and never changes it (behaviour.md §1). Amounts are integer
minor units of the order's currency; nothing of a card is known here.
"""

from collections.abc import Iterable, Mapping, Sequence
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
    """An entry is due until it is settled, once, as done or as failed, or until it is withdrawn.

    Withdrawn is what is due no more, or with another amount; nobody was asked for it.
    """

    DUE = "due"
    DONE = "done"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


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
    """One line of the ledger.

    What was `asked` of the provider may have been done: it is due until somebody says how it ended.
    An entry that `renews` takes the place of an authorisation that grew old.
    """

    kind: PaymentKind
    status: EntryStatus
    amount_minor: int
    id: int = 0
    asked: bool = False
    renews: bool = False


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
    """The sums of an order's entries. `voided` and `authorised` are what is done.

    What is asked is the part of what is due for which the provider was asked. `renewal_void` is the
    part of the voids due that makes room for a new authorisation.
    """

    invoiced: int = 0
    authorised: int = 0
    voided: int = 0
    captured: int = 0
    refunded: int = 0
    authorisation_due: int = 0
    void_due: int = 0
    capture_due: int = 0
    refund_due: int = 0
    void_asked: int = 0
    refund_asked: int = 0
    renewal_void: int = 0

    @property
    def held(self) -> int:
        """What is authorised, and neither captured nor voided."""
        return max(self.authorised - self.voided - self.captured, 0)

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
        """What was captured, not given back, and what nobody was asked to give back."""
        return max(self.captured - self.refunded - self.refund_asked, 0)

    @property
    def voidable(self) -> int:
        """What is held, and what the provider was not asked to void."""
        return max(self.held - self.void_asked, 0)

    @property
    def anything_due(self) -> bool:
        """Whether something is still asked of the provider."""
        return bool(self.authorisation_due or self.void_due or self.capture_due or self.refund_due)


def amounts_of(entries: Iterable[PaymentEntry]) -> Amounts:
    """Add up the entries; what failed counts for nothing."""
    sums: dict[str, int] = {}
    for entry in entries:
        for name in _sums_of(entry):
            sums[name] = sums.get(name, 0) + entry.amount_minor
    return Amounts(**sums)


def _sums_of(entry: PaymentEntry) -> Iterable[str]:
    if name := _SUMS.get((entry.kind, entry.status)):
        yield name
    if entry.status is not EntryStatus.DUE:
        return
    if entry.asked and entry.kind in (PaymentKind.VOID, PaymentKind.REFUND):
        yield f"{entry.kind}_asked"
    if entry.renews and entry.kind is PaymentKind.VOID:
        yield "renewal_void"


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


@dataclass(frozen=True, slots=True)
class Worth:
    """What an order is worth now: its units that are shipped or still wanted.

    `value_minor` is None where no line has a price. It is known where each of these units has one;
    `cancelled_minor` is what the others cost. The order `is_over` when nothing is left to ship.
    """

    value_minor: int | None
    is_known: bool = True
    cancelled_minor: int = 0
    is_over: bool = False


def what_is_due(amounts: Amounts, worth: Worth) -> dict[PaymentKind, int]:
    """What is due of an order: one amount for each kind, whatever came first (behaviour.md §6).

    A refund of what is captured beyond the worth of what is shipped or still wanted; where some of
    that has no price, of no more than the price of what is cancelled. A void of what is held when
    nothing is left to ship nor to capture. Before that, a new authorisation that was asked for
    takes the place of the old one, for what is then still to be captured.
    """
    back = amounts.captured - (worth.value_minor or 0)
    if not worth.is_known or worth.value_minor is None:
        back = min(back, worth.cancelled_minor)
    void, authorise = _renewed(amounts, worth)
    return {
        PaymentKind.VOID: void,
        PaymentKind.AUTHORISE: authorise,
        PaymentKind.REFUND: max(back - amounts.refunded, 0),
    }


def _renewed(amounts: Amounts, worth: Worth) -> tuple[int, int]:
    value = worth.value_minor
    if worth.is_over and worth.is_known and (value or 0) <= amounts.captured:
        return amounts.held, 0
    void = min(amounts.renewal_void, amounts.held)
    if worth.is_over or value is None:
        return void, amounts.authorisation_due
    missing = value - amounts.captured - (amounts.held - void)
    return void, max(missing, 0) if amounts.authorisation_due else 0


@dataclass(frozen=True, slots=True)
class Correction:
    """How the entries come to say what is due: which to withdraw, and what to add to the others."""

    withdrawn: tuple[int, ...]
    added: tuple[tuple[PaymentKind, int], ...]


def corrected(entries: Sequence[PaymentEntry], due: Mapping[PaymentKind, int]) -> Correction:
    """Make the entries say what is due, with one entry for each kind.

    Settled ones stay, and so does what the provider was asked for: only what is due beyond that is
    an entry of its own. An entry never changes its amount: somebody may be at work on it. A new
    authorisation goes after the void that makes room for it.
    """
    withdrawn: list[int] = []
    added: list[tuple[PaymentKind, int]] = []
    for kind, amount in due.items():
        mine = [each for each in entries if each.kind is kind and each.status is EntryStatus.DUE]
        loose = [each for each in mine if not each.asked]
        rest = max(amount - sum(each.amount_minor for each in mine if each.asked), 0)
        is_behind = kind is PaymentKind.AUTHORISE and bool(added)
        if [each.amount_minor for each in loose] == ([rest] if rest else []) and not is_behind:
            continue
        withdrawn += [each.id for each in loose]
        if rest:
            added.append((kind, rest))
    return Correction(tuple(withdrawn), tuple(added))


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
            f" {amounts.refunded} was, and the provider was asked for {amounts.refund_asked}"
        )
        raise conflict("more_than_captured", message, refundable=amounts.refundable)
    if entry.kind is PaymentKind.VOID and asked > amounts.voidable:
        message = f"{amounts.voidable} of what is authorised is open and can be voided"
        raise conflict("more_than_authorised", message, open=amounts.voidable)
