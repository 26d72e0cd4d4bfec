"""What people change on the lines of an order, as changes that are done or only looked at."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from fulfillment.domain.actions import line_changes
from fulfillment.domain.actions.line_changes import LineUnits, WantedLine
from fulfillment.domain.model.limits import MOST_UNITS, check_order_size
from fulfillment.domain.model.orders import Channel, Order, OrderLine
from fulfillment.domain.model.refusals import RefusedError, invalid
from fulfillment.store.commands.intake import (
    Catalogue,
    NewLine,
    check_backorders,
    check_line,
    has_pack,
    insert_lines,
    load_catalogue,
    units_of,
)
from fulfillment.store.planning.change import Answer, Change
from fulfillment.store.reading.packages import packed_units
from fulfillment.store.transactions.session import Tx

Fields = Mapping[str, str]
"""What a request calls the fields of a line, where it has other names than intake."""

BY_UNITS: Fields = {"quantity": "units"}
AS_AT_INTAKE: Fields = {}


@dataclass(frozen=True, slots=True)
class Added:
    """A line more, as it is asked for; without a number of its own it gets the next one."""

    sku: str
    quantity: int
    pack: str | None = None
    unit_price_minor: int | None = None
    line: int | None = None

    def numbered(self, number: int) -> NewLine:
        """The line as intake knows it."""
        return NewLine(number, self.sku, self.quantity, self.pack, self.unit_price_minor)


def quantity(number: str, line: int, units: int, pack: str | None = None) -> Change:
    """A line for so many units, or packs, in all: what was shipped of it counts.

    More of it waits at the order's rank, where its product may wait at all; less of it leaves
    what is least committed first.
    """

    def make(tx: Tx, order: Order) -> Order:
        known = line_changes.known_line(order, line)
        catalogue = load_catalogue(tx, [NewLine(line, known.sku, units, pack)], order.id)
        in_all = _in_all(NewLine(line, known.sku, units, pack), catalogue)
        _check_growth(order, known, in_all, catalogue)
        return line_changes.with_quantity(order, line, in_all, packed_units(tx, order.id))

    def wants(tx: Tx) -> Mapping[str, int]:
        known = _line_of(tx, number, line)
        return _asked(tx, NewLine(line, known.sku, units, pack), known.order_id) if known else {}

    return Change(number, make, wants=wants, takes=line_changes.first_claims)


def add_line(number: str, asked: Added) -> Change:
    """A line more, while anything of the order is still to be done."""

    def make(tx: Tx, order: Order) -> Order:
        line = line_changes.next_line(order) if asked.line is None else asked.line
        new = asked.numbered(line)
        catalogue = load_catalogue(tx, [new])
        check_new(new, order.only_location, catalogue, AS_AT_INTAKE)
        units = units_of(new, catalogue)
        after = line_changes.with_line(
            order, WantedLine(line, new.sku, units, new.unit_price_minor)
        )
        check_size(after, "quantity")
        insert_new(tx, order, [new], catalogue)
        return after

    def wants(tx: Tx) -> Mapping[str, int]:
        return _asked(tx, asked.numbered(asked.line or 1))

    return Change(number, make, wants=wants, takes=line_changes.first_claims, answer=new_line)


def exchange(number: str, old: LineUnits, sku: str, unit_price_minor: int | None = None) -> Change:
    """Units of a line become a new line of another SKU, in one step.

    What they held is free for others in the same transaction, and the new line takes what there
    is at the order's rank.
    """

    def make(tx: Tx, order: Order) -> Order:
        packed = packed_units(tx, order.id)
        after = line_changes.exchanged(order, old, sku, unit_price_minor, packed)
        line = after.lines[-1]
        new = NewLine(line.number, sku, line.ordered, None, line.unit_price_minor)
        catalogue = load_catalogue(tx, [new])
        check_new(new, line.source or order.only_location, catalogue, BY_UNITS)
        check_size(after)
        insert_new(tx, order, [new], catalogue)
        return after

    def wants(tx: Tx) -> Mapping[str, int]:
        known = _line_of(tx, number, old.line)
        most = known.ordered if known else 0
        return {sku: min(max(old.units or most, 0), most)} if known else {}

    return Change(number, make, wants=wants, takes=line_changes.first_claims, answer=new_line)


def cancelling_units(number: str, asked: Sequence[LineUnits]) -> Change:
    """Lines or units of them are cancelled, and what they held goes to those who wait.

    What is picked or staged of them is to be put back, as a task; what is packed is `too_late`.
    """

    def make(tx: Tx, order: Order) -> Order:
        return line_changes.cancelled_units(order, asked, packed_units(tx, order.id))

    return Change(number, make)


def new_line(before: Order, after: Order) -> Answer:
    """The line that the order has now and had not before."""
    known = {line.number for line in before.lines}
    (new,) = (line for line in after.lines if line.number not in known)
    return {"line": new.number, "sku": new.sku, "units": new.ordered}


# --- what it may come to want --------------------------------------------------------------------


def _asked(tx: Tx, line: NewLine, order: int | None = None) -> Mapping[str, int]:
    """Units by SKU that a line may come to want: read before the queues are locked."""
    catalogue = load_catalogue(tx, [line], order)
    if line.sku not in catalogue.products or not has_pack(line, catalogue):
        return {}
    return {line.sku: min(max(units_of(line, catalogue), 0), MOST_UNITS)}


def _line_of(tx: Tx, number: str, line: int) -> Any | None:
    rows = tx.rows(
        "SELECT l.sku, l.ordered, l.order_id FROM order_line l JOIN orders o ON o.id = l.order_id"
        " WHERE o.merchant = :merchant AND o.number = :number AND l.line = :line",
        merchant=tx.merchant,
        number=number,
        line=line,
    )
    return rows[0] if rows else None


# --- what is refused -----------------------------------------------------------------------------


def _in_all(line: NewLine, catalogue: Catalogue) -> int:
    """The line in base units. Its product may be inactive: less of it can still be asked for."""
    if line.quantity <= 0:
        message = f"a line is for at least one unit, not {line.quantity}; or cancel it"
        raise invalid("bad_quantity", message, "units")
    if not has_pack(line, catalogue):
        _check_line(line, catalogue, BY_UNITS)
    return units_of(line, catalogue)


def _check_growth(order: Order, line: OrderLine, units: int, catalogue: Catalogue) -> None:
    more = units - (line.ordered - line.cancelled)
    if more > 0:
        check_size(order.with_lines([replace(line, ordered=line.ordered + more)]))
        new = NewLine(line.number, line.sku, more)
        # The units beyond are asked for anew, by what the catalogue says today.
        catalogue = replace(catalogue, ordered={})
        _check_line(new, catalogue, BY_UNITS)
        if line.channel is not Channel.DROP_SHIP:
            _check_backorder(new, line.source or order.only_location, catalogue, BY_UNITS)


def check_new(
    new: NewLine,
    only: str | None,
    catalogue: Catalogue,
    fields: Fields,
    channel: Channel = Channel.PICK,
) -> None:
    """What intake would refuse of a line is refused here: backorder permission too.

    What the supplier sends waits for nothing.
    """
    _check_line(new, catalogue, fields)
    if channel is not Channel.DROP_SHIP:
        _check_backorder(new, only, catalogue, fields)


def _check_line(new: NewLine, catalogue: Catalogue, fields: Fields) -> None:
    with _naming(fields):
        check_line(new, 0, catalogue)


def _check_backorder(new: NewLine, only: str | None, catalogue: Catalogue, fields: Fields) -> None:
    with _naming(fields):
        check_backorders([new], only, catalogue)


def check_size(order: Order, field: str = "units") -> None:
    """Cancelled units count: what was ordered stays written down."""
    check_order_size(((line.ordered, line.unit_price_minor) for line in order.lines), field)


@contextmanager
def _naming(fields: Fields) -> Iterator[None]:
    """A refusal of intake, with its fields as this request calls them."""
    try:
        yield
    except RefusedError as refusal:
        told = [_renamed(error, fields) for error in refusal.fields]
        raise RefusedError(refusal.kind, refusal.code, str(refusal), told) from refusal


def _renamed(error: Mapping[str, object], fields: Fields) -> dict[str, object]:
    field = str(error["field"]).removeprefix("lines[0].")
    return {**error, "field": fields.get(field, field)}


def insert_new(tx: Tx, order: Order, new: Iterable[NewLine], catalogue: Catalogue) -> None:
    """The rows that shipment lines point at; what is only simulated needs none."""
    if not tx.is_simulated:
        insert_lines(tx, [(order.id, line) for line in new], catalogue)
