"""What a change of stock would make of orders, seen before it is done."""

from collections.abc import Sequence
from dataclasses import dataclass

from fulfillment.domain.insight.impact import Impact, outcomes
from fulfillment.domain.model.refusals import conflict
from fulfillment.domain.model.supply import Supply
from fulfillment.store.commands.supply.moves.documents import NewTransfer
from fulfillment.store.commands.supply.moves.transfers import check_transfer
from fulfillment.store.commands.supply.on_hand import Level, plan_change
from fulfillment.store.commands.supply.stock import Adjustment, check_adjustments
from fulfillment.store.insight.remedies import UNSTORED
from fulfillment.store.planning.opening import open_queues
from fulfillment.store.planning.workspace import Workspace
from fulfillment.store.records.loading import load_levels
from fulfillment.store.transactions.session import Store, Tx

PREVIEWED = 200
"""Waiting lines that a preview serves for one SKU and place; people read the first of them."""


@dataclass(frozen=True, slots=True)
class StockPreview:
    """The orders that would stand differently, and what each adjusted place would have.

    Where it `goes_on`, more would be served than a preview looks at, all of them behind these.
    """

    orders: Sequence[Impact] = ()
    levels: Sequence[Level] = ()
    goes_on: bool = False


def preview_adjustment(
    store: Store, merchant: str, adjustments: Sequence[Adjustment]
) -> StockPreview:
    """What adjusting would make of orders; refused as the adjustment would be. Nothing is done."""

    def look(tx: Tx) -> StockPreview:
        check_adjustments(tx, adjustments)
        changed = plan_change(tx, adjustments, {}, batch=PREVIEWED)
        if changed.space is None:
            return StockPreview(levels=changed.levels)
        return _seen_in(changed.space, changed.levels)

    return store.simulate(merchant, look)


def preview_transfer(store: Store, merchant: str, new: NewTransfer) -> StockPreview:
    """What sending it would make of orders: nothing while it is only planned. Nothing is done."""

    def look(tx: Tx) -> StockPreview:
        check_transfer(tx, new)
        return _seen_in(_sent(tx, new)) if new.ship else StockPreview()

    return store.simulate(merchant, look)


def _sent(tx: Tx, new: NewTransfer) -> Workspace:
    units = {line.sku: line.units for line in new.lines}
    free = {level.sku: level.available for level in load_levels(tx, units, [new.source])}
    for sku, wanted in units.items():
        if wanted > free.get(sku, 0):
            message = f"{new.source} has only {free.get(sku, 0)} of {sku} available"
            raise conflict("not_available", message, sku=sku, available=free.get(sku, 0))
    space = open_queues(tx, units, margin=units, batch=PREVIEWED)
    space.arriving = {(sku, new.source): -wanted for sku, wanted in units.items()}
    space.coming = tuple(
        Supply(UNSTORED + at, sku, new.destination, wanted, new.expected_on, new.number)
        for at, (sku, wanted) in enumerate(sorted(units.items()))
    )
    space.plan()
    return space


def _seen_in(space: Workspace, levels: Sequence[Level] = ()) -> StockPreview:
    pairs = ((space.before[id_], space.after[id_]) for id_ in sorted(space.after))
    return StockPreview(outcomes(pairs), levels, goes_on=bool(space.until))
