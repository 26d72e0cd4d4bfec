"""What people change on an order's lines, its address and how long it may wait."""

from typing import Annotated, Any

from pydantic import Field, ValidatorFunctionWrapHandler, WithJsonSchema, WrapValidator

from fulfillment.domain.actions.line_changes import LineUnits
from fulfillment.domain.model.limits import MOST_LINES
from fulfillment.domain.planning.expiry import NEVER
from fulfillment.store.commands.orders.details import Customer
from fulfillment.store.commands.orders.line_changes import Added
from starter.models.fields import (
    Day,
    LineNumber,
    Minor,
    PackName,
    Request,
    Sku,
    Units,
    example,
)
from starter.models.orders_in import EXAMPLE_ADDRESS, Address, Contact, NoteIn


def _or_never(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    return NEVER if value == "never" else read(value)


DayOrNever = Annotated[
    Annotated[Day, WrapValidator(_or_never)] | None,
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "format": "date"},
                {"type": "string", "const": "never"},
                {"type": "null"},
            ]
        }
    ),
]
"""A day, the word `never`, or null."""


class QuantityIn(NoteIn):
    """What a line is to be in all, what was shipped of it included."""

    model_config = example(units=4, note="Two more, by phone.")

    units: Units = Field(description="Base units, or packs where one is named.")
    pack: PackName | None = None


class AddLineIn(NoteIn):
    """One line more: a number of packs, or of base units where no pack is named."""

    model_config = example(sku="TEA-GREEN", quantity=2, pack="carton", note="Forgotten.")

    line: Annotated[LineNumber | None, Field(description="Else the next number.")] = None
    sku: Sku
    quantity: Units
    """Packs, where `pack` names one; else base units."""
    pack: PackName | None = None
    unit_price_minor: Minor | None = Field(
        default=None, description="Price of one base unit, in integer minor units."
    )

    def to_domain(self) -> Added:
        """The line as the store takes it."""
        return Added(self.sku, self.quantity, self.pack, self.unit_price_minor, self.line)


class ExchangeIn(NoteIn):
    """Another SKU for some units of a line, or for all that has not left."""

    model_config = example(sku="TEA-BLACK", units=2, note="Agreed with the customer.")

    sku: Sku
    units: Annotated[Units | None, Field(description="Null: all that has not left.")] = None
    unit_price_minor: Minor | None = Field(
        default=None,
        description="Price of one base unit of the new line; else that of the old one.",
    )


class AddressIn(NoteIn):
    """Where the goods go now; all of it, in place of what was there."""

    model_config = example(address=EXAMPLE_ADDRESS, note="The customer has moved.")

    address: Address
    """Where the goods go now."""
    contact: Contact | None = Field(default=None, description="Left as it is where null.")

    def to_domain(self) -> Customer:
        """The customer's data as the store takes it."""
        contact = self.contact.said() if self.contact else None
        return Customer(contact, self.address.said())


class CancelDateIn(NoteIn):
    """Until when what waits may wait."""

    model_config = example(on="2026-04-30", note="The customer waits until then.")

    on: DayOrNever = Field(
        description="The day on which what then still waits is cancelled, unless supply is due by"
        " that day; `never`; null gives it back to the policy (`auto_cancel_days`)."
    )


class CancelLineIn(Request):
    """Units of one line, or all of it that has not left."""

    line: LineNumber
    units: Units | None = None


class CancelIn(NoteIn):
    """What to cancel; the whole order where no lines are named."""

    model_config = example(lines=[{"line": 1, "units": 2}, {"line": 2}], note="Ordered twice.")

    lines: Annotated[list[CancelLineIn], Field(min_length=1, max_length=MOST_LINES)] | None = None

    def to_domain(self) -> list[LineUnits]:
        """The lines as the domain takes them."""
        return [LineUnits(each.line, each.units) for each in self.lines or ()]
