"""A pick list with the orders on it locked, of every merchant that it holds work of.

Orders of all merchants are locked before anything is written, merchant by merchant in the order
of their names, and stock levels after all orders; a list itself comes last.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import conflict
from fulfillment.domain.model.shipments import Shipment
from fulfillment.domain.model.statuses import MoveNotAllowedError, ShipmentStatus
from fulfillment.store.commands.supply.moves.levels import lock_levels
from fulfillment.store.planning.opening import open_orders
from fulfillment.store.planning.workspace import Workspace
from fulfillment.store.reading.pick_lists import Merchants, head_of, lines_of
from fulfillment.store.transactions.session import Tx

Opening = Callable[[Tx, Sequence[int]], Workspace]


@dataclass(frozen=True, slots=True)
class Work:
    """A list's lines that the caller may work on, and a workspace for each merchant of them."""

    pick_list: int
    location: str
    lines: Sequence[Any]
    spaces: Mapping[str, Workspace]

    def shipment(self, id_: int) -> tuple[Workspace, Order, Shipment]:
        """A shipment on the list, with its order and the workspace that takes what it becomes."""
        line = next(line for line in self.lines if line.shipment == id_)
        space = self.spaces[line.merchant]
        order = space.after[line.order_id]
        found = [shipment for shipment in order.shipments if shipment.id == id_]
        if not found:
            status = ShipmentStatus(line.status)
            raise MoveNotAllowedError("shipment", status, ShipmentStatus.PICKED)
        return space, order, found[0]


def open_work(tx: Tx, pick_list: int, merchants: Merchants, opening: Opening = open_orders) -> Work:
    """Lock the orders on a list, and read the list again: it may have changed until then."""
    head_of(tx, pick_list, merchants)
    lines = lines_of(tx, pick_list, merchants)
    spaces = open_spaces(tx, ((line.merchant, line.order_id) for line in lines), opening)
    head = head_of(tx, pick_list, merchants)
    if head.status == "given_up" and not any(line.picked for line in lines):
        raise conflict("list_given_up", f"pick list {pick_list} was given up; take a new one")
    return Work(pick_list, head.location, lines_of(tx, pick_list, merchants), spaces)


def open_spaces(
    tx: Tx, orders: Iterable[tuple[str, int]], opening: Opening = open_orders
) -> dict[str, Workspace]:
    """A workspace for each merchant of some orders, in one order of locks."""
    by_merchant: dict[str, set[int]] = defaultdict(set)
    for merchant, order in orders:
        by_merchant[merchant].add(order)
    return {
        merchant: opening(replace(tx, merchant=merchant, memo={}), sorted(by_merchant[merchant]))
        for merchant in sorted(by_merchant)
    }


def save_all(spaces: Mapping[str, Workspace]) -> None:
    """Write what changed, of every merchant; the levels of all are locked before the first."""
    if len(spaces) > 1:
        for merchant in sorted(spaces):
            space = spaces[merchant]
            skus = {line.sku for order in space.after.values() for line in order.lines}
            lock_levels(space.tx, skus | space.skus)
    for merchant in sorted(spaces):
        spaces[merchant].save()


@contextmanager
def refusing_moves() -> Iterator[None]:
    """A step that a shipment's status does not allow is a conflict."""
    try:
        yield
    except MoveNotAllowedError as error:
        raise conflict("step_not_allowed", f"{error}", status=str(error.source)) from error
