"""What a person can do with a SKU's stock on its pages: a table, as the actions of an order are.

Each says of which place it was decided on what was seen there; the command is held to that.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from console import form_values as given
from console.actions import Field
from console.entries import Values
from console.visits import Visit
from fulfillment.domain.model.refusals import invalid
from fulfillment.store.commands.supply.moves.documents import (
    NewTransfer,
    NewTransferLine,
    transfer_command,
)
from fulfillment.store.commands.supply.moves.transfers import create_transfer
from fulfillment.store.commands.supply.on_hand import Place, Seen
from fulfillment.store.commands.supply.stock import Adjustment, adjust
from fulfillment.store.insight.stock_changes import (
    StockPreview,
    preview_adjustment,
    preview_transfer,
)

DISPOSITIONS = ("sellable", "damaged", "quarantine")
HOW = {"set": "It has exactly", "more": "It has more, by", "fewer": "It has fewer, by"}
WHEN = {"now": "Send it now", "later": "Only plan it"}
Levels = Mapping[Place, Seen]
NONE = Seen(0, 0)


class Wanted(Protocol):
    """What a form asks for, made for one look at the levels."""

    def preview(self, visit: Visit) -> StockPreview:
        """What it would make of orders."""
        ...

    def do(self, visit: Visit, key: str, values: Values, reason: str | None) -> None:
        """Do it, once for the key, if the places have what was seen."""
        ...


@dataclass(frozen=True, slots=True)
class StockChange:
    """One change: its words, what it has to be told, and the places it is decided on."""

    name: str
    title: str
    button: str
    says: str
    fields: tuple[Field, ...]
    watched: Callable[[str, Values], Sequence[Place]]
    make: Callable[[str, Values, Levels], Wanted]
    needs_reason: bool = True


# --- on hand -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Adjusting:
    sku: str
    verb: str
    changes: tuple[Adjustment, ...]

    def preview(self, visit: Visit) -> StockPreview:
        return preview_adjustment(visit.desk.store, visit.of.id, self.changes)

    def do(self, visit: Visit, key: str, values: Values, reason: str | None) -> None:
        command = visit.session.command(self.verb, self.sku, key, values, reason)
        changes = [replace(one, reason=reason) for one in self.changes]
        adjust(visit.desk.store, command, changes)


def _place(sku: str, values: Values, disposition: str = "disposition") -> Place:
    location = given.needed_location(values, "location")
    return sku, location, given.one_of(values, disposition, DISPOSITIONS)


def _adjusting_units(values: Values, field: str) -> int:
    """Units that there are, of which there may be none, or by which there are more or fewer."""
    is_all = given.one_of(values, "how", list(HOW)) == "set"
    return (given.counted_units if is_all else given.needed_units)(values, field)


def _adjusted(sku: str, values: Values, levels: Levels) -> Wanted:
    place = _place(sku, values)
    seen = levels.get(place, NONE)
    typed = _adjusting_units(values, "units")
    units = {"set": typed - seen.on_hand, "more": typed, "fewer": -typed}[values["how"]]
    return _Adjusting(sku, "adjust", (Adjustment(*place[:2], units, None, place[2], seen),))


def _from_and_to(sku: str, values: Values) -> tuple[Place, Place]:
    places = _place(sku, values, "from"), _place(sku, values, "to")
    if places[0] == places[1]:
        raise invalid("same_disposition", "they are that already; choose another one", "to")
    return places


def _moved(sku: str, values: Values, levels: Levels) -> Wanted:
    units = given.needed_units(values, "units")
    changes = [
        Adjustment(*place[:2], sign * units, None, place[2], levels.get(place, NONE))
        for sign, place in zip((-1, 1), _from_and_to(sku, values), strict=True)
    ]
    return _Adjusting(sku, "change_disposition", tuple(changes))


# --- transfers -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Transfer:
    new: NewTransfer
    seen: Levels

    def preview(self, visit: Visit) -> StockPreview:
        return preview_transfer(visit.desk.store, visit.of.id, self.new)

    def do(self, visit: Visit, key: str, _values: Values, reason: str | None) -> None:
        number = given.name({"key": key}, "key")
        new = replace(self.new, number=number)
        session = visit.session
        command = replace(transfer_command(session.merchant, session.actor, new), reason=reason)
        create_transfer(visit.desk.store, command, new, self.seen)


def _source(sku: str, values: Values) -> tuple[Place]:
    return ((sku, given.needed_location(values, "location"), "sellable"),)


def _transferred(sku: str, values: Values, levels: Levels) -> Wanted:
    (place,) = _source(sku, values)
    destination = given.needed_location(values, "destination")
    lines = (NewTransferLine(1, sku, given.needed_units(values, "units")),)
    ship = given.one_of(values, "when", list(WHEN)) == "now"
    expected_on = given.day(values, "expected_on")
    new = NewTransfer("NEW", place[1], destination, lines, expected_on, ship)
    return _Transfer(new, {place: levels.get(place, NONE)})


# --- the table -----------------------------------------------------------------------------------

AT = Field("location", "Place", "location", reads=given.needed_location)
OF_DISPOSITIONS = given.chosen(DISPOSITIONS)
UNITS = Field("units", "Units", "number", "In base units.")

ADJUST = StockChange(
    "adjust", "Adjust", "Adjust",
    "Say what a place really has. More serves who waits; of fewer than are allocated, claims are"
    " given up, the latest in rank first.",
    (AT, Field("disposition", "Disposition", "text", reads=OF_DISPOSITIONS),
     Field("how", "What is there", "text", reads=given.chosen(list(HOW))),
     replace(UNITS, reads=_adjusting_units)),
    lambda sku, values: [_place(sku, values)],
    _adjusted,
)  # fmt: skip

MOVE = StockChange(
    "move", "Change disposition", "Change disposition",
    "Set units apart as damaged or in quarantine, where they serve nobody, or make them sellable"
    " again.",
    (AT, Field("from", "From", "text", reads=OF_DISPOSITIONS),
     Field("to", "To", "text", reads=OF_DISPOSITIONS), UNITS),
    _from_and_to,
    _moved,
)  # fmt: skip

TRANSFER = StockChange(
    "transfer", "Transfer", "Write this transfer",
    "Send free units to another place. Sent, they are inbound there, and who waits may count on"
    " them; nobody loses what he holds.",
    (replace(AT, label="From"),
     Field("destination", "To", "location", reads=given.needed_location), UNITS,
     Field("expected_on", "Expected on", "date",
           "The day on which it arrives. Without one nobody can be promised any of it.",
           needed=False),
     Field("when", "When", "text", reads=given.chosen(list(WHEN)))),
    _source,
    _transferred,
    needs_reason=False,
)  # fmt: skip
