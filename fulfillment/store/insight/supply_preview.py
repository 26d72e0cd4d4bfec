"""What a receipt, other dates or another status of a purchase order would make of orders.

Planned on one moment's picture of the data, with the same rules; nothing is kept and nobody waits.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from fulfillment.domain.actions.pins import granted
from fulfillment.domain.insight.impact import Impact, outcomes
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.statuses import ENDED, INBOUND, PurchaseOrderStatus
from fulfillment.domain.model.supply import Supply
from fulfillment.store.commands.supply.purchase_orders import PurchaseChange
from fulfillment.store.commands.supply.purchase_orders.amending import changed_lines
from fulfillment.store.commands.supply.purchase_orders.finding import Line, find, lines_of, lock
from fulfillment.store.commands.supply.purchase_orders.pinned import Grants, grants_of
from fulfillment.store.commands.supply.purchase_orders.writing import check_move
from fulfillment.store.commands.supply.receiving import Receipt
from fulfillment.store.commands.supply.receiving.counting import Goods, check, completes
from fulfillment.store.commands.supply.receiving.receivable import locked
from fulfillment.store.commands.supply.stock import check_places
from fulfillment.store.planning.workspace import Workspace
from fulfillment.store.queue.related_queues import deciding_queues
from fulfillment.store.queue.supply_usage import Place, load_sources
from fulfillment.store.queue.window import (
    first_unpegged,
    kept_by_others,
    orders_from,
    outstanding_of,
)
from fulfillment.store.reading.places import orders_at
from fulfillment.store.records.goods import load_supplies
from fulfillment.store.records.ground import merchant_today
from fulfillment.store.records.loading import load_locations, load_orders
from fulfillment.store.transactions.session import Tx

MOST_LINES = 300
"""Waiting lines that are looked at, over all SKUs of the document."""

FEWEST = 5
"""Of each SKU so many in any case."""

MOST_ROUNDS = 3
"""How often further queues are looked at, on which what was found depends."""


@dataclass(frozen=True, slots=True)
class SupplyPreview:
    """What would become of orders, those that would stand differently, in rank order."""

    changes: tuple[Impact, ...]
    looked_at: int
    """Orders that were looked at."""
    is_cut: bool
    """Further orders stand behind those, and were not looked at."""
    elsewhere: int = 0
    """Orders that would stand differently, and have nothing to do with the caller's locations."""


@dataclass(frozen=True, slots=True)
class _Case:
    """What would be otherwise: of supply by id, of stock, and who is to be looked at first.

    `instead` is supply as it would be, None where it would not be; `since` is the rank from which
    somebody can be touched. What came on pins is in `grants`.
    """

    skus: frozenset[str]
    instead: Mapping[int, Supply | None]
    since: Place
    arriving: Mapping[tuple[str, str], int] = field(default_factory=dict)
    grants: Grants = field(default_factory=dict)
    by_po_status: frozenset[str] = frozenset()


def preview_receipt(tx: Tx, receipt: Receipt, places: Sequence[str] | None = None) -> SupplyPreview:
    """What would come of counting these goods: whom they would release; or the refusal.

    Orders that have nothing to do with these places are only counted.
    """
    document = locked(tx, receipt.kind, receipt.document)
    counted = check(tx, document, receipt)
    goods = Goods(receipt.location or document.lines[0].location, counted)
    check_places(tx, [(counted[0].line.sku, goods.location)])
    came = Counter(goods.awaited(sellable=True)) + Counter(goods.awaited(sellable=False))
    ends = not document.is_complete and completes(document, goods)
    skus = document.skus if ends else goods.skus
    known = {supply.id: supply for supply in load_supplies(tx, skus, ())}
    left = {line.supply: line.outstanding - came[line.supply] for line in document.lines}
    instead = {
        id_: replace(known[id_], outstanding=units) if units else None
        for id_, units in left.items()
        if id_ in known
    }
    arriving = Counter[tuple[str, str]]()
    for move in goods.moves():
        if move.disposition == "sellable":
            arriving[move.sku, move.location] += move.units
    case = _Case(
        skus=skus,
        instead=instead,
        since=() if arriving else _first_pegged(tx, skus, lambda id_: id_ in instead),
        arriving={at: units for at, units in arriving.items() if at[1] in load_locations(tx)},
        grants=grants_of(tx, goods.sellable, goods.location),
        by_po_status=skus if ends else frozenset(),
    )
    return _previewed(tx, case, places)


def preview_dates(
    tx: Tx, change: PurchaseChange, places: Sequence[str] | None = None
) -> SupplyPreview:
    """What other dates and units would make of promises: who is later, and who earlier."""
    purchase_order, skus = find(tx, change.number)
    status = lock(tx, purchase_order, skus)
    changed = changed_lines(lines_of(tx, purchase_order), change, status)
    if status not in INBOUND or not changed:
        return SupplyPreview((), 0, is_cut=False)
    instead = {line.supply: _as(line, change.number, status) for line in changed}
    touched = frozenset(line.sku for line in changed)
    earliest = min((line.expected_on or date.max for line in changed), default=date.max)
    return _previewed(tx, _Case(touched, instead, _since(tx, touched, instead, earliest)), places)


def preview_status(
    tx: Tx, number: str, target: PurchaseOrderStatus, places: Sequence[str] | None = None
) -> SupplyPreview:
    """What a move to another status would make of orders; or the refusal."""
    purchase_order, skus = find(tx, number)
    status = lock(tx, purchase_order, skus)
    lines = lines_of(tx, purchase_order)
    check_move(tx, lines, status, target)
    if status not in INBOUND and target not in INBOUND:
        return SupplyPreview((), 0, is_cut=False)
    ends = target in ENDED
    open_lines = [line for line in lines if line.outstanding]
    instead = {line.supply: None if ends else _as(line, number, target) for line in open_lines}
    touched = frozenset(line.sku for line in open_lines)
    earliest = min((line.expected_on or date.max for line in open_lines), default=date.max)
    if target is PurchaseOrderStatus.ARRIVED:
        earliest = date.min
    since = _since(tx, touched, instead, date.max if ends else earliest)
    return _previewed(tx, _Case(touched, instead, since, by_po_status=touched), places)


def _as(line: Line, number: str, status: PurchaseOrderStatus) -> Supply | None:
    """A line of a purchase order as supply; None where nothing is to come."""
    if line.outstanding <= 0:
        return None
    return Supply(
        line.supply, line.sku, line.location, line.outstanding, line.expected_on, number, status
    )


# --- who is looked at ----------------------------------------------------------------------------


def _since(
    tx: Tx, skus: frozenset[str], instead: Mapping[int, Supply | None], earliest: date
) -> Place:
    """The first rank that may lose or gain: pegged on these, or on what is later than them."""
    later = {
        supply.id
        for supply in load_supplies(tx, skus, ())
        if supply.due_on is None or supply.due_on > earliest
    }
    first = _first_pegged(tx, skus, lambda id_: id_ in instead or id_ in later)
    if any(instead.values()):
        unpegged = first_unpegged(tx, skus)
        first = min((place for place in (first, unpegged) if place), default=())
    return first


def _first_pegged(tx: Tx, skus: frozenset[str], is_asked: Callable[[int], bool]) -> Place:
    """The first rank that is pegged on some supplies of these SKUs; the head where nobody is."""
    sources = load_sources(tx, load_locations(tx), skus)
    firsts = [
        cell.first
        for of_sku in sources.values()
        for source in of_sku
        if is_asked(source.id)
        for cell in source.cells
    ]
    return min(firsts, default=())


def _previewed(tx: Tx, case: _Case, places: Sequence[str] | None) -> SupplyPreview:
    space, is_cut = _opened(tx, case)
    for order, its in case.grants.items():
        space.put(granted(space.after[order], its))
    space.arriving = dict(case.arriving)
    space.by_po_status = case.by_po_status
    space.otherwise = tuple(_supplies(tx, space, case))
    space.plan()
    changes = outcomes((space.before[id_], space.after[id_]) for id_ in sorted(space.after))
    here = _at(tx, changes, places)
    return SupplyPreview(tuple(here), len(space.before), is_cut, len(changes) - len(here))


def _opened(tx: Tx, case: _Case) -> tuple[Workspace, bool]:
    """The orders that wait from the first rank that is touched, as values; whether more follow.

    Where an order may decline stock, the queues on which that depends are looked at as well.
    """
    skus, rounds = case.skus, 1
    found, is_cut = _waiting(tx, case, skus)
    while rounds < MOST_ROUNDS and (more := deciding_queues(tx, found.values(), skus)):
        skus, rounds = skus | more, rounds + 1
        found, is_cut = _waiting(tx, case, skus)
    space = Workspace(
        tx,
        merchant_today(tx),
        skus,
        load_locations(tx),
        before=dict(found),
        after=dict(found),
    )
    return space, is_cut


def _waiting(tx: Tx, case: _Case, skus: frozenset[str]) -> tuple[Mapping[int, Order], bool]:
    most = max(MOST_LINES // max(len(skus), 1), FEWEST)
    waiting, is_cut = orders_from(tx, skus, case.since, most)
    return load_orders(tx, waiting | case.grants.keys()), is_cut


def _supplies(tx: Tx, space: Workspace, case: _Case) -> Iterable[Supply]:
    """All supply of the queues as it would be, less what those keep who are not looked at.

    Who stands behind keeps nothing: those before may take it.
    """
    known = {supply.id: supply for supply in load_supplies(tx, space.skus, space.before)}
    outstanding = outstanding_of(tx, known)
    kept = kept_by_others(tx, known.keys() | case.instead.keys(), space.before, case.since)
    for id_ in sorted(known.keys() | case.instead.keys()):
        if id_ in case.instead:
            supply = case.instead[id_]
        else:
            supply = replace(known[id_], outstanding=outstanding[id_])
        if supply is not None and (left := supply.outstanding - kept.get(id_, 0)) > 0:
            yield replace(supply, outstanding=left)


def _at(tx: Tx, changes: Sequence[Impact], places: Sequence[str] | None) -> Sequence[Impact]:
    """Those of orders that have to do with these places."""
    if places is None:
        return changes
    here = orders_at(tx, [one.order for one in changes], places)
    return [one for one in changes if one.order in here]
