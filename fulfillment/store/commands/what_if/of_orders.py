"""Wishes about an order: the changes that its own commands make."""

from dataclasses import replace

from fulfillment.domain.actions.line_changes import LineUnits
from fulfillment.domain.actions.manual import finished
from fulfillment.domain.insight.wishes import CancelUnits, SetPriority
from fulfillment.store.commands.orders import lifecycle, line_changes, manual
from fulfillment.store.commands.what_if.act import Act, Fact, Reach
from fulfillment.store.planning.change import Change, changed, wanting
from fulfillment.store.planning.opening import order_and_skus, rank_of_order
from fulfillment.store.planning.workspace import Workspace
from fulfillment.store.transactions.session import Tx


def set_priority(tx: Tx, wish: SetPriority) -> Act:
    """Another place in the queues."""
    order, _ = order_and_skus(tx, wish.order)
    now = rank_of_order(tx, order).priority
    fact = Fact(f"order {wish.order}", "priority", now, wish.priority)
    return _act(tx, manual.priority(wish.order, wish.priority), fact)


def cancel_units(tx: Tx, wish: CancelUnits) -> Act:
    """Units are given up, and go to those who wait."""
    if wish.line is None:
        fact = Fact(f"order {wish.order}", "cancelled", None, "all that has not left")
        return _act(tx, lifecycle.cancel(wish.order), fact)
    change = line_changes.cancelling_units(wish.order, [LineUnits(wish.line, wish.units)])
    units = "all that has not left" if wish.units is None else wish.units
    fact = Fact(f"order {wish.order}, line {wish.line}", "cancelled", None, units)
    return _act(tx, change, fact)


def _act(tx: Tx, change: Change, fact: Fact) -> Act:
    order, skus = order_and_skus(tx, change.number)
    rank, units = wanting(tx, order)
    if change.priority is not None:
        rank = replace(rank, priority=change.priority)

    def put(space: Workspace) -> None:
        mine = space.after[order]
        if not mine.live and not change.of_finished:
            raise finished(mine)
        space.put(change.make(replace(space.tx, is_simulated=True), mine))

    def do(tx: Tx, _: str) -> None:
        changed(tx, change)[1].save()

    reach = Reach(skus, orders=(order,), asking=(rank, units))
    return Act((fact,), reach, put, do, order=change.number)
