"""Generated snapshots: several orders in several states, with claims and pegs that add up."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from hypothesis import strategies as st

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.policy import (
    AutoAllocate,
    MinPoStatus,
    OnShortage,
    Rebalance,
    ReleaseWhen,
    Routing,
    resolve,
)
from fulfillment.domain.model.rank import Rank
from fulfillment.domain.model.shipments import Claim, Peg, Shipment, ShipmentLine
from fulfillment.domain.model.statuses import PurchaseOrderStatus
from fulfillment.domain.model.supply import Product, Snapshot, StockLevel, Supply
from fulfillment.domain.planning.plan import plan
from tests.builders.values import PLACED_AT, TODAY, day, order

SKUS = ("K1", "K2", "K3")
LOCATIONS = ("A", "B", "C")
Place = tuple[str, str]
"""SKU and location."""

policies = st.fixed_dictionaries(
    {},
    optional={
        "max_shipments": st.sampled_from([None, 1, 2, 3]),
        "future_inventory": st.booleans(),
        "future_limit_days": st.sampled_from([3, 90]),
        "rebalance": st.sampled_from([str(value) for value in Rebalance]),
        "routing": st.sampled_from([str(value) for value in Routing]),
        "release_when": st.sampled_from([str(value) for value in ReleaseWhen]),
        "hold_if_due_within_days": st.sampled_from([None, 3]),
        "auto_allocate": st.sampled_from([str(value) for value in AutoAllocate]),
        "auto_allocate_within_days": st.sampled_from([1, 3]),
        "auto_allocate_on": st.sampled_from(["any_supply", "any_supply", "po_status"]),
        "min_po_status": st.sampled_from([str(value) for value in MinPoStatus]),
        "on_shortage": st.sampled_from(["wait", "wait", *map(str, OnShortage)]),
        "auto_cancel_days": st.sampled_from([None, None, 1, 4]),
        "prepare": st.sampled_from(["automatic", "automatic", "manual"]),
    },
)
plain_policies = st.fixed_dictionaries(
    {},
    optional={
        "max_shipments": st.sampled_from([None, 1, 2, 3]),
        "future_inventory": st.booleans(),
        "future_limit_days": st.sampled_from([3, 90]),
        "rebalance": st.sampled_from([str(value) for value in Rebalance]),
        "routing": st.sampled_from([str(value) for value in Routing]),
    },
)
"""No gate: whoever may take units takes them."""
places = st.sampled_from([None, None, None, *LOCATIONS])
units = st.integers(1, 6)


@st.composite
def orders(draw: st.DrawFn, number: int, *, plain: bool = False) -> Order:
    """One order, all of it waiting; a plain one may use every location and is not gated."""
    wants = draw(st.lists(st.tuples(st.sampled_from(SKUS), units), min_size=1, max_size=3))
    lock = None if plain else draw(places)
    mine = order(
        number,
        wants,
        priority=draw(st.sampled_from([10, 50])),
        policy=draw(plain_policies if plain else policies),
        lock=lock,
        pickup=None if plain or lock else draw(places),
        verified=plain or draw(st.sampled_from([True, True, False])),
        holds=() if plain else draw(st.sampled_from([(), (), ("fraud",)])),
        first_claimed=plain or draw(st.sampled_from([True, True, False])),
        waves_spent=0 if plain else draw(st.sampled_from([0, 0, 1])),
    )
    return replace(mine, rank=Rank(mine.rank.priority, PLACED_AT, number))


@st.composite
def snapshots(draw: st.DrawFn, *, plain: bool = False, most: int = 5) -> Snapshot:
    """A state that the tables could hold: every claim is on hand, every peg outstanding."""
    products = {
        sku: Product(
            sku,
            managed=plain or draw(st.sampled_from([True, True, True, False])),
            backorder_allowed=plain or draw(st.sampled_from([True, True, False])),
            future_allowed=draw(st.sampled_from([True, True, False])),
        )
        for sku in SKUS
    }
    numbers = range(1, draw(st.integers(1, most)) + 1)
    waiting = [draw(orders(number, plain=plain)) for number in numbers]
    on_hand = Counter({(sku, at): draw(st.integers(0, 7)) for sku in SKUS for at in LOCATIONS})
    supplies = draw(st.lists(_supplies, max_size=4))
    supplies = [replace(each, id=number) for number, each in enumerate(supplies, start=1)]
    holding = [_with_claims(draw, each, on_hand, products) for each in waiting]
    left = Counter({each.id: each.outstanding for each in supplies})
    pegged = [_with_pegs(draw, each, supplies, left) for each in holding]
    first = [each.id for each in pegged if not plain and draw(st.booleans())]
    return Snapshot(
        today=TODAY,
        skus=frozenset(SKUS),
        locations=tuple(draw(st.permutations(LOCATIONS))),
        products=products,
        orders=tuple(pegged),
        levels=levels_of(on_hand),
        supplies=tuple(supplies),
        first_claims=frozenset(first),
        by_po_status=frozenset(SKUS) if draw(st.booleans()) else frozenset(),
    )


_supplies = st.builds(
    Supply,
    id=st.just(0),
    sku=st.sampled_from(SKUS),
    location=st.sampled_from(LOCATIONS),
    outstanding=st.integers(1, 8),
    due_on=st.sampled_from([None, day(-1), day(0), day(2), day(4), day(60)]),
    source=st.sampled_from(["PO-1", "PO-2"]),
    status=st.sampled_from([None, "approved", "in_transit", "arrived"]).map(
        lambda status: status and PurchaseOrderStatus(status)
    ),
)


def _with_claims(
    draw: st.DrawFn, mine: Order, on_hand: Counter[Place], products: dict[str, Product]
) -> Order:
    def claimed(row: ShipmentLine) -> ShipmentLine:
        if not products[row.sku].managed:
            return row
        claims = []
        open_units = row.units
        for at in LOCATIONS:
            if mine.only_location in (None, at):
                taken = min(draw(st.sampled_from([0, 0, 1, 3])), on_hand[row.sku, at], open_units)
                on_hand[row.sku, at] -= taken
                open_units -= taken
                claims += [Claim(at, taken)] if taken else []
        return replace(row, claims=tuple(claims))

    return _with_lines(mine, claimed)


def _with_pegs(draw: st.DrawFn, mine: Order, supplies: list[Supply], left: Counter[int]) -> Order:
    def pegged(row: ShipmentLine) -> ShipmentLine:
        pegs = []
        open_units = row.wanted
        for each in supplies:
            if each.sku == row.sku and each.due_on and mine.only_location in (None, each.location):
                tied = min(draw(st.sampled_from([0, 0, 2])), left[each.id], open_units)
                left[each.id] -= tied
                open_units -= tied
                pinned = draw(st.sampled_from([False, False, True]))
                blank = Peg(each.id, tied, each.location, each.due_on, pinned, each.source)
                blank = replace(blank, status=each.status)
                pegs += [blank] if tied else []
        return replace(row, pegs=tuple(pegs))

    return _with_lines(mine, pegged)


def _with_lines(mine: Order, change: Callable[[ShipmentLine], ShipmentLine]) -> Order:
    return mine.with_shipments(
        replace(part, lines=tuple(change(row) for row in part.lines)) for part in mine.shipments
    )


@st.composite
def worlds(draw: st.DrawFn, *, plain: bool = False) -> Snapshot:
    """A snapshot as it came, or one that was planned before and where something changed since."""
    snapshot = draw(snapshots(plain=plain))
    if draw(st.booleans()):
        snapshot = followed(snapshot, plan(snapshot))
        snapshot = replace(
            snapshot,
            orders=tuple(_touched(draw, each, plain=plain) for each in snapshot.orders),
            supplies=tuple(
                replace(each, due_on=each.due_on and draw(st.sampled_from([each.due_on, day(7)])))
                for each in snapshot.supplies
            ),
            levels=(*snapshot.levels, StockLevel("K1", "A", 2)),
        )
    return snapshot


def _touched(draw: st.DrawFn, mine: Order, *, plain: bool) -> Order:
    priority = draw(st.sampled_from([mine.rank.priority, mine.rank.priority, 5]))
    policy = draw(st.sampled_from([mine.policy, mine.policy, resolve({"max_shipments": 1})]))
    return replace(
        mine,
        rank=replace(mine.rank, priority=priority),
        policy=policy,
        holds=() if plain or draw(st.booleans()) else mine.holds,
    )


def levels_of(available: Counter[Place]) -> tuple[StockLevel, ...]:
    return tuple(StockLevel(sku, at, free) for (sku, at), free in sorted(available.items()) if free)


def claims_of(mine: Order) -> Counter[Place]:
    """Units that an order holds, by place."""
    held: Counter[Place] = Counter()
    for part in mine.live:
        for row in part.lines:
            for each in row.claims:
                held[row.sku, each.location] += each.units
    return held


def free_after(snapshot: Snapshot, after: tuple[Order, ...]) -> Counter[Place]:
    """What is free once a plan is written; below zero where it gives what is not there."""
    free: Counter[Place] = Counter()
    for level in snapshot.levels:
        free[level.sku, level.location] += level.available
    for mine in snapshot.orders:
        free.update(claims_of(mine))
    for mine in after:
        free.subtract(claims_of(mine))
    return Counter(
        {place: left for place, left in free.items() if snapshot.products[place[0]].managed}
    )


def followed(snapshot: Snapshot, after: tuple[Order, ...]) -> Snapshot:
    """The snapshot once the plan is written, with stored ids."""
    return replace(
        snapshot,
        orders=tuple(stored(mine) for mine in after),
        levels=levels_of(free_after(snapshot, after)),
        first_claims=frozenset(),
    )


def told_nothing(mine: Order) -> Order:
    """The order once what it had to tell is in its history."""
    return replace(mine, notes=())


def stored(mine: Order) -> Order:
    """The order with positive ids and without its history, as it would be loaded again."""
    lines = (row.id for part in mine.shipments for row in part.lines if row.id < 0)
    ids = {old: mine.id * 10_000 + 5_000 + n for n, old in enumerate(lines)}
    taken = max((row.id for part in mine.shipments for row in part.lines), default=0)
    shift = max(0, taken - mine.id * 10_000 - 4_999)

    parts = {part.id: mine.id * 1_000 + part.number for part in mine.shipments if part.id < 0}

    def kept(part: Shipment) -> Shipment:
        rows = tuple(replace(row, id=ids[row.id] + shift if row.id < 0 else row.id)
                     for row in part.lines)  # fmt: skip
        return replace(
            part, id=parts.get(part.id, part.id), lines=rows,
            parent=None if part.parent is None else parts.get(part.parent, part.parent),
        )  # fmt: skip

    return replace(mine, notes=(), shipments=tuple(kept(part) for part in mine.live))


def told(mine: Order) -> object:
    """An order without the order in which its parts are listed."""
    return replace(
        mine,
        shipments=tuple(sorted(mine.shipments, key=lambda part: part.number)),
    )
