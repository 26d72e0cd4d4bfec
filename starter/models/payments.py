"""Payments as they are recorded and answered; nothing of a card is taken."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StrictInt, StringConstraints
from pydantic_core import PydanticCustomError

from fulfillment.domain.model.payments import EntryStatus, PaymentKind
from fulfillment.store.commands.payments.record import NewPayment, Settlement
from fulfillment.store.reading.views.payments import PaymentEntryView, PaymentsView
from payments.cards import has_card_number
from starter.models.fields import LongText, Request, example
from starter.models.paged import Paged


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
    """What was done."""
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
    """Whether the provider did it."""
    reference: Reference | None = None
    """The name that the provider has for it."""
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

EXAMPLES: Mapping[type, object] = {
    PaymentsView: {"order": "SO-1001", "payment": EXAMPLE_AXIS, "items": [EXAMPLE_ENTRY]},
    PaymentEntryView: EXAMPLE_ENTRY,
}


class PaymentPage(Paged[PaymentEntryView]):
    """One page of the ledger, the oldest entry first."""
