"""One shipment, with its order locked: what the floor confirms takes no queue."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import RefusedError, conflict
from fulfillment.domain.model.shipments import Shipment
from fulfillment.domain.model.statuses import MoveNotAllowedError
from fulfillment.store.planning.opening import open_order_of
from fulfillment.store.planning.workspace import Workspace
from fulfillment.store.transactions.session import Tx


@dataclass(frozen=True, slots=True)
class Opened:
    """A live shipment of a locked order; `space` takes what it becomes."""

    space: Workspace
    order: Order
    shipment: Shipment


def open_shipment(tx: Tx, shipment: int) -> Opened:
    """Lock the order of a shipment; a refusal where there is none, or it has ended."""
    order, space = open_order_of(tx, shipment)
    found = [each for each in space.after[order].shipments if each.id == shipment]
    if not found:
        raise _not_live(tx, shipment)
    return Opened(space, space.after[order], found[0])


@contextmanager
def refusing_moves() -> Iterator[None]:
    """A step that the shipment's status does not allow is a conflict."""
    try:
        yield
    except MoveNotAllowedError as error:
        raise conflict("step_not_allowed", f"{error}", status=str(error.source)) from error


def _not_live(tx: Tx, shipment: int) -> RefusedError:
    (row,) = tx.rows("SELECT status FROM shipment WHERE id = :id", id=shipment)
    message = f"shipment {shipment} is {row.status} and nothing is left to do with it"
    return conflict("step_not_allowed", message, status=row.status)
