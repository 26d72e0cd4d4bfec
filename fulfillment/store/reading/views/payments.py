"""Payments as they are told: the ledger's entries, and where an order stands by them."""

from dataclasses import dataclass
from datetime import datetime

from fulfillment.domain.model.payments import EntryStatus, PaymentKind, PaymentStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentAxis:
    """Where an order's payment stands; it stands beside the order's status."""

    status: PaymentStatus
    invoiced: bool
    """Whether anything was invoiced."""
    is_complete: bool
    """Shipped, captured, and nothing is due any more."""
    currency: str
    value_minor: int | None
    """What its units that are not cancelled cost; null where no line has a price."""
    invoiced_minor: int
    """Invoiced, in minor units."""
    authorised_minor: int
    """Authorised less voided, in minor units."""
    captured_minor: int
    """Captured, in minor units."""
    refunded_minor: int
    """Refunded, in minor units."""
    refund_due_minor: int
    """Captured, less the worth of what is shipped or still wanted, less refunded."""
    void_due_minor: int
    """What is authorised and is not needed any more, or is to be authorised anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentEntryView:
    """One line of the ledger: asked of the provider, or recorded."""

    id: int
    order: str
    shipment: int | None
    """The number of the shipment in its order for which it is due; null: the whole order."""
    kind: PaymentKind
    """What was done at the provider, or is to be done."""
    status: EntryStatus
    amount_minor: int
    """Integer minor units: 7000 is 70.00 EUR."""
    currency: str
    reference: str | None
    """The provider's own name for it."""
    reason: str | None
    actor: str
    at: datetime
    """When it was recorded, or became due."""
    settled_at: datetime | None
    """When it was done or failed; null while it is due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentsView:
    """The payments of an order, the first one first."""

    order: str
    payment: PaymentAxis
    """Where it stands by these entries."""
    items: tuple[PaymentEntryView, ...]
    """The first thousand of them."""
