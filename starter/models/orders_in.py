"""Orders and edits as clients send them."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from fulfillment.domain.model.limits import MOST_LINES
from fulfillment.domain.model.rank import DEFAULT_PRIORITY
from fulfillment.store.commands.intake import NewLine, NewOrder
from fulfillment.store.commands.orders.channel_edit import Edit
from starter.models.fields import (
    MOST_ITEMS,
    Code,
    Currency,
    Day,
    Instant,
    Knobs,
    LineNumber,
    Location,
    LongText,
    Minor,
    Number,
    PackName,
    Priority,
    Request,
    Revision,
    ShortText,
    Sku,
    TimeZone,
    Units,
    example,
)

EXAMPLE_LINE: dict[str, Any] = {"line": 1, "sku": "TEA-GREEN", "quantity": 2, "pack": "carton"}
EXAMPLE_ADDRESS = {"name": "Example Café", "line1": "1 Example Street", "city": "Vienna",
                   "postal_code": "1010", "country": "AT"}  # fmt: skip


class OrderLineIn(Request):
    """One line: a number of packs, or of base units where no pack is named."""

    line: LineNumber = Field(description="Its number in the order, which it keeps.")
    sku: Sku
    quantity: Units = Field(description="Packs, where `pack` names one; else base units.")
    pack: PackName | None = Field(default=None, description="One of the product's packs.")
    unit_price_minor: Minor | None = Field(
        default=None, description="Price of one base unit in minor units: 150 is JPY 150, EUR 1.50."
    )
    wanted_on: Day | None = None
    """The day for which the customer wants it."""


class Personal(Request):
    """What is told of a customer."""

    def said(self) -> dict[str, object]:
        """The fields that say something."""
        return {name: value for name, value in self.model_dump().items() if value}


class Contact(Personal):
    """How the customer is reached; kept apart from the order, so that it can be erased."""

    name: ShortText | None = None
    company: ShortText | None = None
    email: ShortText | None = None
    """Kept apart from the order."""
    phone: ShortText | None = None
    """Kept apart from the order."""
    locale: Annotated[str, Field(pattern=r"^[a-z]{2}(_[A-Z]{2})?$")] | None = None
    """The language, and the country, in which mails to the customer are written: `de_AT`."""
    time_zone: TimeZone | None = None
    """The zone in which the customer is told of moments; else the merchant's."""


class Address(Personal):
    """Where the goods go; kept apart from the order, so that it can be erased."""

    name: ShortText | None = None
    company: ShortText | None = None
    line1: ShortText | None = None
    """Street and number."""
    line2: ShortText | None = None
    """What the street and number do not say."""
    city: ShortText | None = None
    """The town."""
    region: ShortText | None = None
    """A state or province, where the post asks for it."""
    postal_code: ShortText | None = None
    """As the country writes it."""
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    """Two letters of ISO 3166."""
    instructions: LongText | None = None
    """For who brings it."""


Lines = Annotated[list[OrderLineIn], Field(max_length=MOST_LINES)]


class OrderIn(Request):
    """An order. The same number with the same content again is the same order."""

    model_config = example(
        number="SO-1001", lines=[EXAMPLE_LINE], placed_at="2026-03-01T09:30:00+01:00",
        ship_by="2026-03-05", address=EXAMPLE_ADDRESS, policy={"max_shipments": 1},
    )  # fmt: skip

    number: Number
    lines: Lines
    placed_at: Instant | None = Field(
        default=None, description="When the customer ordered, with its zone; else now."
    )
    priority: Priority = Field(default=DEFAULT_PRIORITY, description="Lower is served first.")
    ship_by: Day | None = Field(
        default=None, description="The day by which it should leave, as the channel says."
    )
    shipping_method: ShortText | None = None
    """How it is to be sent; the merchant's `shipping_methods` say how long that takes."""
    deliver_by: Day | None = None
    """The day by which it should be there: it leaves as many days before."""
    packer_note: LongText | None = None
    """For who packs it: on pick lists, and on nothing that the customer gets."""
    currency: Currency | None = Field(
        default=None, description="A code of ISO 4217; else the merchant's."
    )
    policy: Knobs = Field(
        default_factory=dict,
        description="Settings of this order alone, by name; `preset` stands for several.",
    )
    lock_location: Location | None = Field(
        default=None, description="The one location this order may be shipped from."
    )
    pickup_location: Location | None = Field(
        default=None, description="The location at which the customer picks it up."
    )
    customer_reference: ShortText | None = Field(
        default=None, description="What the customer calls it."
    )
    contact: Contact = Contact()
    """How the customer is reached."""
    address: Address = Address()
    """Where the goods go."""

    def to_domain(self) -> NewOrder:
        """The order as the store takes it."""
        plain: dict[str, Any] = {name: getattr(self, name) for name in PLAIN}
        plain |= {name: getattr(self, name) or None for name in TEXTS}
        return NewOrder(
            **plain,
            lines=lines_of(self.lines),
            contact=self.contact.said(),
            address=self.address.said(),
        )


PLAIN = (
    "number", "placed_at", "priority", "ship_by", "deliver_by", "currency", "policy",
    "lock_location", "pickup_location",
)  # fmt: skip
TEXTS = ("customer_reference", "shipping_method", "packer_note")
"""An empty one says nothing."""


class OrderBatchIn(Request):
    """Orders that are taken one by one: a bad one does not stop the others."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"orders": [{"number": "SO-1002", "lines": [EXAMPLE_LINE]}]}],
        }
    )

    orders: Annotated[
        list[Any],
        Field(
            min_length=1,
            max_length=MOST_ITEMS,
            json_schema_extra={"items": {"$ref": "#/components/schemas/OrderIn"}},
        ),
    ]


class OrderEditIn(Request):
    """How a sales channel wants the order to be now. A line that is not named is cancelled.

    A line that names no price keeps its own; so it does the day for which it is wanted.
    """

    model_config = example(revision=2, lines=[EXAMPLE_LINE | {"quantity": 1}])

    revision: Revision = Field(description="Higher than that of the last edit.")
    lines: Lines
    contact: Contact | None = Field(default=None, description="Left as it is where null.")
    address: Address | None = Field(default=None, description="Left as it is where null.")
    shipping_method: ShortText | None = Field(default=None, description="Left where null.")
    deliver_by: Day | None = Field(default=None, description="Left as it is where null.")
    packer_note: LongText | None = Field(default=None, description="Left as it is where null.")

    def to_domain(self, number: str) -> Edit:
        """The edit as the store takes it."""
        contact = self.contact.said() if self.contact else None
        address = self.address.said() if self.address else None
        return Edit(
            number,
            self.revision,
            lines_of(self.lines),
            contact,
            address,
            self.shipping_method or None,
            self.packer_note,
            self.deliver_by,
        )


class NoteIn(Request):
    """Why, for the order's history."""

    model_config = example(note="Confirmed by phone.")

    note: LongText | None = Field(
        default=None, description="Told in the history; write no customer data here."
    )


class HoldIn(NoteIn):
    """A hold and its reason."""

    model_config = example(reason="payment_review", note="Card was declined once.")

    reason: Code = Field(description="A short code, for lists and programs.")


class UnholdIn(NoteIn):
    """Which hold to lift; all of them where no reason is named."""

    model_config = example(reason="payment_review")

    reason: Code | None = None
    """That of the hold; null: all of them."""


def lines_of(lines: list[OrderLineIn]) -> tuple[NewLine, ...]:
    """The lines as the store takes them."""
    return tuple(
        NewLine(x.line, x.sku, x.quantity, x.pack, x.unit_price_minor, x.wanted_on) for x in lines
    )
