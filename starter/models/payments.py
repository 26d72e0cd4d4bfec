"""Payments as they are recorded and answered; nothing of a card is taken."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, StrictInt, StringConstraints
from pydantic_core import PydanticCustomError

from fulfillment.domain.model.payments import EntryStatus, PaymentKind, PaymentStatus
from fulfillment.store.commands.payments.record import NewPayment, Settlement
from payments.cards import has_card_number
from starter.models.fields import LongText, Request, example


def _no_card(value: str) -> str:
    """A number of a card is refused wherever it could stand."""
    if has_card_number(value):
        raise PydanticCustomError("card_number", "this looks like the number of a card; send none")
    return value


Reference = Annotated[
    str, StringConstraints(pattern=r"^[\x21-\x7e]{1,100}$"), AfterValidator(_no_card)
]
Note = Annotated[LongText, AfterValidator(_no_card)]
Amount = Annotated[StrictInt, Field(ge=1, le=1_000_000_000_000)]


class PaymentIn(Request):
    """What was done with an order's payment, in the order's currency."""

    model_config = example(kind="capture", amount_minor=7000, reference="pay_3Nq8", note=None)

    kind: PaymentKind
    amount_minor: Amount = Field(description="Integer minor units: 7000 is 70.00 EUR.")
    reference: Reference | None = Field(
        default=None, description="The provider's own name for it; it counts once for its kind."
    )
    note: Note | None = None

    def to_domain(self) -> NewPayment:
        """The payment as the store takes it."""
        return NewPayment(self.kind, self.amount_minor, self.reference)


class SettleIn(Request):
    """How an entry that was due ended."""

    model_config = example(status="done", reference="re_91Xk", note=None)

    status: Literal["done", "failed"]
    reference: Reference | None = None
    note: Note | None = None

    def to_domain(self) -> Settlement:
        """The settlement as the store takes it."""
        return Settlement(EntryStatus(self.status), self.reference)


EXAMPLE_AXIS = {
    "status": "partially_captured", "invoiced": True, "is_complete": False, "currency": "EUR",
    "value_minor": 8400, "invoiced_minor": 8400, "authorised_minor": 8400, "captured_minor": 7000,
    "refunded_minor": 0, "refund_due_minor": 0, "void_due_minor": 0,
}  # fmt: skip
EXAMPLE_ENTRY = {
    "id": 7, "order": "SO-1001", "shipment": None, "kind": "capture", "status": "done",
    "amount_minor": 7000, "currency": "EUR", "reference": "pay_3Nq8", "reason": None,
    "actor": "shop (3f2a91c07be4d5a6)", "at": "2026-03-02T08:00:00Z",
    "settled_at": "2026-03-02T08:00:00Z",
}  # fmt: skip


class PaymentAxisOut(BaseModel):
    """Where an order's payment stands; it stands beside the order's status."""

    model_config = example(**EXAMPLE_AXIS)

    status: PaymentStatus
    invoiced: bool
    is_complete: bool = Field(description="Shipped, captured, and nothing is due any more.")
    currency: str
    value_minor: int | None = Field(
        description="What its units that are not cancelled cost; null where no line has a price."
    )
    invoiced_minor: int
    authorised_minor: int
    captured_minor: int
    refunded_minor: int
    refund_due_minor: int = Field(
        description="Captured, less the worth of what is shipped or still wanted, less refunded."
    )
    void_due_minor: int = Field(
        description="What is authorised and is not needed any more, or is to be authorised anew."
    )


class PaymentEntryOut(BaseModel):
    """One line of the ledger: asked of the provider, or recorded."""

    model_config = example(**EXAMPLE_ENTRY)

    id: int
    order: str
    shipment: int | None
    kind: PaymentKind
    status: EntryStatus
    amount_minor: int
    currency: str
    reference: str | None
    reason: str | None
    actor: str
    at: datetime
    settled_at: datetime | None


class PaymentsOut(BaseModel):
    """The payments of an order, the first one first."""

    model_config = example(order="SO-1001", payment=EXAMPLE_AXIS, items=[EXAMPLE_ENTRY])

    order: str
    payment: PaymentAxisOut
    items: list[PaymentEntryOut]


class PaymentPage(BaseModel):
    """One page of the ledger, the oldest entry first."""

    model_config = example(items=[EXAMPLE_ENTRY], next=None)

    items: list[PaymentEntryOut]
    next: str | None
