"""Pick, pack and ship, confirmed by the warehouse: each a command on one shipment."""

from collections.abc import Callable
from typing import Any

from fulfillment.domain import warehouse
from fulfillment.domain.orders import Order
from fulfillment.domain.refusals import conflict, missing
from fulfillment.domain.shipments import Shipment
from fulfillment.domain.statuses import MoveNotAllowedError
from fulfillment.store.commands.changing import answer_for
from fulfillment.store.session import Command, Store, Tx
from fulfillment.store.workspace import open_orders

Step = Callable[[Order, Shipment], Order]


def start_picking(store: Store, command: Command, shipment: int) -> dict[str, Any]:
    """A picker took the shipment: no plan touches it from now on."""
    return _step(store, command, shipment, warehouse.start_picking)


def pick(store: Store, command: Command, shipment: int) -> dict[str, Any]:
    """All of the shipment was picked."""
    return _step(store, command, shipment, warehouse.pick)


def pack(store: Store, command: Command, shipment: int) -> dict[str, Any]:
    """The shipment is in its parcels."""
    return _step(store, command, shipment, warehouse.pack)


def ship(
    store: Store,
    command: Command,
    shipment: int,
    *,
    carrier: str | None = None,
    tracking: str | None = None,
) -> dict[str, Any]:
    """The shipment left the building: its units leave on hand, once."""

    def label(tx: Tx) -> None:
        if carrier or tracking:
            tx.run(
                "UPDATE shipment SET carrier = :carrier, tracking = :tracking WHERE id = :id",
                carrier=carrier,
                tracking=tracking,
                id=shipment,
            )

    return _step(store, command, shipment, warehouse.ship, label)


def _step(
    store: Store,
    command: Command,
    shipment: int,
    step: Step,
    also: Callable[[Tx], None] = lambda _: None,
) -> dict[str, Any]:
    def body(tx: Tx) -> dict[str, Any]:
        order = _order_of(tx, shipment)
        space = open_orders(tx, [order])
        found = [s for s in space.after[order].shipments if s.id == shipment]
        if not found:
            raise _not_live(tx, shipment)
        try:
            space.put(step(space.after[order], found[0]))
        except MoveNotAllowedError as error:
            raise conflict("step_not_allowed", f"{error}", status=str(error.source)) from error
        space.save()
        also(tx)
        return answer_for(space, order)

    return store.execute(command, body)


def _order_of(tx: Tx, shipment: int) -> int:
    rows = tx.rows(
        "SELECT o.id FROM shipment s JOIN orders o ON o.id = s.order_id"
        " WHERE s.id = :shipment AND o.merchant = :merchant",
        shipment=shipment,
        merchant=tx.merchant,
    )
    if not rows:
        raise missing("shipment", shipment)
    return int(rows[0].id)


def _not_live(tx: Tx, shipment: int) -> Exception:
    (row,) = tx.rows("SELECT status FROM shipment WHERE id = :id", id=shipment)
    message = f"shipment {shipment} is {row.status} and nothing is left to do with it"
    return conflict("step_not_allowed", message, status=row.status)
