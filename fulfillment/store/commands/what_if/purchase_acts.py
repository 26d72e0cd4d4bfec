"""What is done with a purchase order, as an act: other days and units, a status, goods that came.

Pages show by these what a button would do; wishes of a what-if are made of them.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from fulfillment.domain.actions.pins import granted
from fulfillment.domain.model.moves import Disposition, SupplyKind
from fulfillment.domain.model.statuses import ENDED, INBOUND, PurchaseOrderStatus
from fulfillment.domain.model.supply import Supply
from fulfillment.store.commands.supply.days import check_not_over
from fulfillment.store.commands.supply.purchase_orders import PurchaseChange
from fulfillment.store.commands.supply.purchase_orders.amending import (
    amend_purchase_order,
    changed_lines,
    check_something_left,
)
from fulfillment.store.commands.supply.purchase_orders.finding import Line, find, lines_of
from fulfillment.store.commands.supply.purchase_orders.pinned import grants_of
from fulfillment.store.commands.supply.purchase_orders.shrinking import released_on
from fulfillment.store.commands.supply.purchase_orders.writing import (
    check_move,
    move_in_transaction,
)
from fulfillment.store.commands.supply.receiving import Receipt
from fulfillment.store.commands.supply.receiving.counting import Goods, check, completes
from fulfillment.store.commands.supply.receiving.receivable import Receivable, found
from fulfillment.store.commands.supply.receiving.receive import receive_goods
from fulfillment.store.commands.supply.stock import check_places
from fulfillment.store.commands.what_if.act import Act, Fact, Reach, SupplyChange, SupplyChanges
from fulfillment.store.commands.what_if.pegged import pinned_late, put_supplies, with_pegged
from fulfillment.store.planning.workspace import Workspace
from fulfillment.store.reading.purchase_orders import read_purchase_order
from fulfillment.store.records.loading import load_locations
from fulfillment.store.transactions.session import Tx

# --- other days and units ------------------------------------------------------------------------


def amended(tx: Tx, change: PurchaseChange) -> Act:
    """Lines come on other days, or bring other units."""
    purchase_order, skus = find(tx, change.number)
    status = read_purchase_order(tx, change.number).status
    check_days(tx, change)
    old = {line.supply: line for line in lines_of(tx, purchase_order)}
    then = {line.supply: line for line in changed_lines([*old.values()], change, status)}
    ends = all(line.outstanding <= 0 for line in (old | then).values())
    if ends:
        check_something_left(change.number, [*old.values()])
    pairs = [(old[id_], line) for id_, line in then.items() if _matters(old[id_], line)]
    changes = {
        was.supply: SupplyChange(_supply(was, change.number, status), _Amended(was, line))
        for was, line in pairs
    }
    reach = Reach(skus)
    if status in INBOUND and changes:
        by_status = skus if ends else frozenset()
        late = pinned_late(tx, changes)
        reach = Reach(skus, orders=late, changes=changes, by_po_status=by_status)
        reach = with_pegged(tx, reach, changes)

    def put(space: Workspace) -> None:
        if reach.changes or reach.cut:
            put_supplies(space, changes)
        space.by_po_status |= reach.by_po_status

    def do(tx: Tx, _: str) -> None:
        amend_purchase_order(tx, change)

    facts = tuple(fact for pair in pairs for fact in _facts(change.number, *pair))
    return Act(facts, reach, put, do, frozenset(line.location for _, line in pairs))


def check_days(tx: Tx, change: PurchaseChange) -> None:
    """Refuse another day that is over where the line comes."""
    purchase_order, _ = find(tx, change.number)
    known = {line.line: line for line in lines_of(tx, purchase_order)}
    check_not_over(tx, change.expected_on, None, "expected_on")
    for index, asked in enumerate(change.lines):
        line = known.get(asked.line)
        if line is not None and asked.expected_on != line.expected_on:
            field = f"lines[{index}].expected_on"
            check_not_over(tx, asked.expected_on, line.location, field)


def _matters(was: Line, line: Line) -> bool:
    return was.outstanding > 0 or line.outstanding > 0


class _Amended:
    """A line's other day and units, on whatever was tried of it before."""

    def __init__(self, was: Line, line: Line) -> None:
        self.units = line.units - was.units
        self.is_moved = line.expected_on != was.expected_on
        self.on = line.expected_on

    def __call__(self, supply: Supply) -> Supply:
        due_on = self.on if self.is_moved else supply.due_on
        return replace(supply, outstanding=supply.outstanding + self.units, due_on=due_on)


def _supply(line: Line, number: str, status: PurchaseOrderStatus) -> Supply:
    return Supply(
        line.supply, line.sku, line.location, line.outstanding, line.expected_on, number, status
    )


def _facts(number: str, was: Line, line: Line) -> Iterator[Fact]:
    subject = (
        f"purchase order {number}, line {line.line}: {was.outstanding} of {line.sku}"
        f" to {line.location}"
    )
    if was.expected_on != line.expected_on:
        yield Fact(subject, "expected on", was.expected_on, line.expected_on)
    if was.units != line.units:
        yield Fact(subject, "ordered", was.units, line.units)


# --- a status ------------------------------------------------------------------------------------


def moved(tx: Tx, number: str, target: PurchaseOrderStatus) -> Act:
    """It is approved, on its way, here, closed short or cancelled."""
    purchase_order, skus = find(tx, number)
    status = read_purchase_order(tx, number).status
    lines = lines_of(tx, purchase_order)
    check_move(tx, lines, status, target)
    changes = {
        line.supply: SupplyChange(
            _supply(line, number, status), lambda supply: replace(supply, status=target)
        )
        for line in lines
        if line.outstanding > 0
    }
    reach = Reach(skus, by_po_status=skus)
    if status in INBOUND or target in INBOUND:
        late = frozenset[int]() if target in ENDED else pinned_late(tx, changes)
        reach = with_pegged(tx, replace(reach, orders=late, changes=changes), changes)

    def put(space: Workspace) -> None:
        put_supplies(space, changes)
        space.by_po_status |= skus

    def do(tx: Tx, _: str) -> None:
        move_in_transaction(tx, number, target)

    fact = Fact(f"purchase order {number}", "status", status, target)
    return Act((fact,), reach, put, do, frozenset(line.location for line in lines))


# --- goods that came -----------------------------------------------------------------------------


def received(tx: Tx, receipt: Receipt) -> Act:
    """Units are counted in, and given to those who wait; damaged ones to nobody."""
    document = found(tx, receipt.kind, receipt.document)
    counted = check(tx, document, receipt)
    goods = Goods(receipt.location or document.lines[0].location, counted)
    check_places(tx, [(counted[0].line.sku, goods.location)])
    came, damaged = _came(document, goods), _came(document, goods, only_lost=True)
    grants = grants_of(tx, goods.sellable, goods.location)
    ends = not document.is_complete and completes(document, goods)
    by_status = document.skus if ends else frozenset()
    arriving = _arriving(tx, goods)
    margin = Counter[str]()
    for (sku, _), units in arriving.items():
        margin[sku] += units
    at_once = frozenset({*released_on(tx, goods.sellable), *grants})
    reach = Reach(
        document.skus, orders=at_once, margin=margin, by_po_status=by_status, changes=damaged
    )

    def put(space: Workspace) -> None:
        put_supplies(space, came)
        there = Counter(space.arriving)
        there.update(arriving)
        space.arriving = there
        space.by_po_status |= by_status
        for order, its in grants.items():
            space.put(granted(space.after[order], its))

    def do(tx: Tx, _: str) -> str:
        return f"receipt {receive_goods(tx, receipt)['receipt']}"

    return Act(
        tuple(_counted(document, goods)),
        with_pegged(tx, reach, came),
        put,
        do,
        frozenset({goods.location}),
    )


def _came(document: Receivable, goods: Goods, *, only_lost: bool = False) -> SupplyChanges:
    """What is left of each line; `only_lost`, by what came of it that nobody can be given."""
    status = None
    if document.kind is SupplyKind.PURCHASE_ORDER:
        status = PurchaseOrderStatus(document.status)
    units = Counter(goods.awaited(sellable=False))
    if not only_lost:
        units.update(goods.awaited(sellable=True))
    return {
        line.supply: SupplyChange(
            Supply(line.supply, line.sku, line.location, line.outstanding, line.expected_on,
                   document.number, status),
            _Less(units[line.supply]),
        )
        for line in document.lines
        if units[line.supply]
    }  # fmt: skip


class _Less:
    """So many units of a supply are not to come any more."""

    def __init__(self, units: int) -> None:
        self.units = units

    def __call__(self, supply: Supply) -> Supply:
        return replace(supply, outstanding=supply.outstanding - self.units)


def _arriving(tx: Tx, goods: Goods) -> Counter[tuple[str, str]]:
    """Units that can be given to somebody; none at a place that is out of use."""
    arriving = Counter[tuple[str, str]]()
    for move in goods.moves() if goods.location in load_locations(tx) else ():
        if move.disposition == Disposition.SELLABLE:
            arriving[move.sku, move.location] += move.units
    return arriving


def _counted(document: Receivable, goods: Goods) -> Iterator[Fact]:
    for row in goods.counted:
        line = row.line
        subject = (
            f"purchase order {document.number}, line {line.line}: {line.sku} to {goods.location}"
        )
        left: date | int = line.outstanding - row.taken.outstanding
        yield Fact(subject, "to come", line.outstanding, left)
        told = "received now" if row.disposition == Disposition.SELLABLE else row.disposition
        yield Fact(subject, told, 0, row.units)
