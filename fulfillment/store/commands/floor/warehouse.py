"""Pick, pack and ship, confirmed by the warehouse: each a command on one shipment."""

from collections.abc import Callable
from typing import Any

from fulfillment.domain.floor import dispatch
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.shipments import Shipment
from fulfillment.store.commands.floor.packing import pack, ship
from fulfillment.store.commands.floor.packing.opening import open_shipment, refusing_moves
from fulfillment.store.transactions.session import Command, Store, Tx

__all__ = ["pack", "pick", "ship", "start_picking"]

Step = Callable[[Order, Shipment], Order]


def start_picking(store: Store, command: Command, shipment: int) -> None:
    """A picker took the shipment: no plan touches it from now on."""
    _step(store, command, shipment, dispatch.start_picking)


def pick(store: Store, command: Command, shipment: int) -> None:
    """All of the shipment was picked."""
    _step(store, command, shipment, dispatch.pick)


def _step(store: Store, command: Command, shipment: int, step: Step) -> None:
    def body(tx: Tx) -> dict[str, Any]:
        with refusing_moves():
            opened = open_shipment(tx, shipment)
            opened.space.put(step(opened.order, opened.shipment))
            opened.space.save()
            return {}

    store.execute(command, body)
