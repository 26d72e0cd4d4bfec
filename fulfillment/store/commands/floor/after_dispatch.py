"""A dispatch is voided, or its labels are corrected: changes of an order that may have finished."""

from collections.abc import Mapping, Sequence

from fulfillment.domain.floor import after_dispatch
from fulfillment.domain.floor.after_dispatch import Label, Labels
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import conflict
from fulfillment.domain.model.shipments import Shipment
from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.store.commands.floor.packing.rows import take_back, write_labels
from fulfillment.store.commands.supply.moves.documents import NewReturnLine
from fulfillment.store.commands.supply.moves.returnable import has_come_back
from fulfillment.store.planning.change import Change
from fulfillment.store.transactions.session import Tx


def voiding(number: str, shipment: int) -> Change:
    """The dispatch was none: its units are on hand again, packed, and not shipped (docs/adr/0039).

    It takes the queues of its SKUs, so that no return of what has not left is announced meanwhile.
    An order that had finished goes on: the wake starts its workflow again.
    """

    def make(tx: Tx, order: Order) -> Order:
        mine = shipped(tx, order, shipment)
        _check_voidable(tx, order, mine)
        if not tx.is_simulated:
            take_back(tx, shipment)
        return after_dispatch.voided(order, mine, _drop_shipped(tx, shipment))

    return Change(number, make, past=shipment, of_finished=True, at_once=True)


def correcting(
    number: str, shipment: int, rest: Label, labels: Sequence[tuple[int, Label]] = ()
) -> Change:
    """Packages that left have other labels than was said: those named, or all of the shipment."""

    def make(tx: Tx, order: Order) -> Order:
        mine = shipped(tx, order, shipment)
        known = _labels(tx, shipment)
        changed = after_dispatch.corrected_labels(known, rest, labels)
        if changed and not tx.is_simulated:
            write_labels(tx, shipment, {**known, **changed})
        return after_dispatch.relabelled(order, mine, known, changed)

    return Change(number, make, past=shipment, of_finished=True, at_once=True)


def shipped(tx: Tx, order: Order, shipment: int) -> Shipment:
    """The shipment of an order that has left; a conflict where it has not."""
    found = [each for each in order.shipments if each.id == shipment]
    if found and found[0].status is ShipmentStatus.SHIPPED:
        return found[0]
    (row,) = tx.rows("SELECT number, status FROM shipment WHERE id = :id", id=shipment)
    after_dispatch.refuse_unless_shipped(row.number, ShipmentStatus(row.status))
    raise AssertionError(f"shipment {shipment} is shipped, and was not loaded")


def _check_voidable(tx: Tx, order: Order, mine: Shipment) -> None:
    lines = [
        NewReturnLine(index, line.sku, line.units, line.order_line)
        for index, line in enumerate(mine.lines, start=1)
    ]
    if has_come_back(tx, lines, order.id):
        raise after_dispatch.came_back(mine.number)
    if any(
        line.replaces_shipment == mine.id and line.ordered > line.cancelled for line in order.lines
    ):
        raise after_dispatch.is_replaced(mine.number)
    if tx.rows(OTHERWISE_MANAGED, shipment=mine.id):
        message = (
            f"whether the stock of a product in shipment {mine.number} is managed was changed since"
            " it left; set it as it was, or adjust the stock"
        )
        raise conflict("managed_otherwise", message)


OTHERWISE_MANAGED = """
SELECT l.id FROM shipment_line l
  JOIN order_line ol ON ol.order_id = l.order_id AND ol.line = l.order_line
  JOIN product g ON g.merchant = ol.merchant AND g.sku = ol.sku
 WHERE l.shipment = :shipment AND NOT l.drop_shipped AND g.manage_stock <> ol.managed
"""


def _drop_shipped(tx: Tx, shipment: int) -> frozenset[int]:
    sql = "SELECT id FROM shipment_line WHERE shipment = :id AND drop_shipped"
    return frozenset(row.id for row in tx.rows(sql, id=shipment))


def _labels(tx: Tx, shipment: int) -> Labels:
    rows = tx.rows(
        "SELECT number, carrier, service, tracking FROM package WHERE shipment = :id",
        id=shipment,
    )
    found: Mapping[int, Label] = {
        row.number: Label(row.carrier, row.service, row.tracking) for row in rows
    }
    return found
