"""What was shipped is sent once more: what was lost, or something for what comes back."""

from collections.abc import Mapping, Sequence
from typing import Any

from fulfillment.domain.actions import sent_again
from fulfillment.domain.actions.line_changes import LineUnits, first_claims
from fulfillment.domain.model.orders import Order, OrderLine
from fulfillment.store.commands.floor.after_dispatch import shipped
from fulfillment.store.commands.intake import NewLine, load_catalogue
from fulfillment.store.commands.orders.line_changes import (
    BY_UNITS,
    check_new,
    check_size,
    insert_new,
    new_line,
)
from fulfillment.store.planning.change import Answer, Change
from fulfillment.store.planning.opening import order_id
from fulfillment.store.reading.returns import returned_of
from fulfillment.store.transactions.session import Tx


def replacing(number: str, shipment: int, asked: Sequence[LineUnits] = ()) -> Change:
    """Units that were lost in a shipment are sent again, also where the order had finished."""

    def make(tx: Tx, order: Order) -> Order:
        after = sent_again.replaced(order, shipped(tx, order, shipment), asked)
        return _inserted(tx, order, after)

    def wants(tx: Tx) -> Mapping[str, int]:
        rows = tx.rows(
            "SELECT ol.sku, sum(l.units)::int AS units FROM shipment_line l"
            " JOIN order_line ol ON ol.order_id = l.order_id AND ol.line = l.order_line"
            " WHERE l.shipment = :id GROUP BY ol.sku",
            id=shipment,
        )
        return {row.sku: row.units for row in rows}

    return Change(
        number,
        make,
        wants=wants,
        takes=first_claims,
        past=shipment,
        answer=_replacements,
        of_finished=True,
    )


def exchanging(number: str, old: LineUnits, sku: str, surcharge_minor: int = 0) -> Change:
    """Units of a line that come back are exchanged for another or the same SKU."""

    def make(tx: Tx, order: Order) -> Order:
        returned = returned_of(tx, order.id)
        after = sent_again.exchanged_after_return(order, old, sku, returned, surcharge_minor)
        return _inserted(tx, order, after)

    def wants(tx: Tx) -> Mapping[str, int]:
        most = sum(returned_of(tx, order_id(tx, number)).values())
        return {sku: min(max(old.units or most, 0), most)}

    return Change(
        number, make, wants=wants, takes=first_claims, answer=new_line,
        of_finished=True,
    )  # fmt: skip


def _inserted(tx: Tx, before: Order, after: Order) -> Order:
    """The order, once what intake would refuse of its new lines is refused and they have rows."""
    added = _added(before, after)
    written = [
        NewLine(line.number, line.sku, line.ordered, None, line.unit_price_minor) for line in added
    ]
    catalogue = load_catalogue(tx, written)
    for line, new in zip(added, written, strict=True):
        only = line.source or before.only_location
        check_new(new, only, catalogue, BY_UNITS, line.channel)
    insert_new(tx, before, written, catalogue)
    check_size(after)
    return after


def _replacements(before: Order, after: Order) -> Answer:
    rows: list[dict[str, Any]] = [
        {"line": line.number, "sku": line.sku, "units": line.ordered}
        for line in _added(before, after)
    ]
    return {"lines": rows}


def _added(before: Order, after: Order) -> Sequence[OrderLine]:
    known = {line.number for line in before.lines}
    return [line for line in after.lines if line.number not in known]
