"""What-ifs on a real database: what is shown is what is done, once, or nothing is."""

import random
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from fulfillment.domain.insight.gains import Fate, gain, totals
from fulfillment.domain.insight.what_if import parse_all
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.domain.model.statuses import PurchaseOrderStatus
from fulfillment.store.commands.what_if import (
    Copy,
    Seen,
    Stop,
    apply_what_if,
    put_on_copy,
    read_applications,
)
from fulfillment.store.reading.views.what_if import WhatIfApplication
from fulfillment.store.transactions.rehearsal import rehearsed
from tests.builders.plain import plain
from tests.builders.warehouse import MERCHANT, Warehouse, command
from tests.store.commands.what_if.worlds import make_busy, stack_of


def look(at: Warehouse, *texts: str) -> Copy:
    wishes = parse_all(texts)
    return at.store.simulate(MERCHANT, lambda tx: put_on_copy(tx, wishes))


def apply(
    at: Warehouse, *texts: str, shown: str = "", key: str | None = None, times: int = 0
) -> WhatIfApplication:
    asked = command("what_if", key, wishes=list(texts))
    seen = Seen(shown or look(at, *texts).fingerprint, times)
    return apply_what_if(at.store, asked, parse_all(texts), seen)


def told(copy: Copy) -> Mapping[str, Any]:
    return {one.order: plain(one.after) for one in copy.impacts}


@pytest.fixture
def furnished(warehouse: Warehouse) -> Warehouse:
    return furnish(warehouse)


def furnish(warehouse: Warehouse) -> Warehouse:
    """Ten of K1 on hand for 1, 2 and 3; four wait for P1 in five days, and all of 5 for nothing."""
    warehouse.stock(10)
    warehouse.stock(2, "K2")
    warehouse.purchase([("K1", 6), ("K2", 3)], number="P1", due=5)
    warehouse.order([("K1", 4)], "1")
    warehouse.order([("K1", 4)], "2", policy={"max_shipments": 1})
    warehouse.order([("K1", 3), ("K2", 4)], "3", policy={"max_shipments": 1})
    warehouse.order([("K1", 5)], "4")
    warehouse.order([("K1", 7)], "5", policy={"max_shipments": 1})
    warehouse.purchase([("K1", 5)], number="P2", due=20)
    warehouse.purchase([("K1", 4)], number="P3", due=2, status=PurchaseOrderStatus.DRAFT)
    return warehouse


STACKS = [
    ["P1:+5d"],
    ["P1:-2d"],
    ["P1:+30d"],
    ["P1:2026-03-30"],
    ["P1/1:+16d"],
    ["P1:closed"],
    ["P2:cancelled"],
    ["P1:arrived"],
    ["P3:approved"],
    ["P1/1:units=2"],
    ["P1/1:units=0"],
    ["P1/1:units=20"],
    ["P1:closed", "P2:-10d"],
    ["P1/1:units=3", "P1:+2d", "receive:P2/1:4"],
    ["P3:approved", "P1:cancelled", "order:5:priority=10"],
    ["receive:P1/1:2", "P1:closed"],
    ["order:5:priority=10"],
    ["order:4:cancel"],
    ["order:3/1:cancel=2"],
    ["buy:K1:20@2026-03-05"],
    ["buy:K1:3@2026-03-25:B"],
    ["receive:P1/1:6"],
    ["receive:P1/1:2"],
    ["receive:P1/1:6", "receive:P1/2:3"],
    ["stock:K1:+3:A"],
    ["stock:K1:+30:B"],
    ["stock:K1:-3:A"],
    ["stock:K1:-10:A", "receive:P1/1:4"],
    ["P1:+5d", "order:5:priority=10", "buy:K1:8@2026-03-20"],
    ["order:1:cancel", "stock:K1:-4:A"],
    ["stock:K1:-4:A", "order:1:cancel"],
    ["buy:K1:8@2026-03-20", "P1:+30d", "order:5:priority=1", "order:2:cancel"],
    ["receive:P1/1:6", "order:5:priority=1", "stock:K1:-2:A", "P2:-10d"],
]


@pytest.fixture(scope="module", params=["waiting", "unpicked"])
def shop(new_database: Callable[[], str], request: pytest.FixtureRequest) -> Iterator[Warehouse]:
    """A furnished warehouse for tests that leave nothing behind, with either rule of rebalance."""
    made = Warehouse.on(new_database()).furnish()
    made.settings(rebalance=request.param)
    furnish(made)
    yield made
    made.engine.dispose()


@pytest.mark.parametrize("texts", STACKS, ids=" ".join)
def test_what_is_shown_is_what_is_done(shop, texts):
    before, copy = shop.standings(), look(shop, *texts)
    assert {one.order: plain(one.before) for one in copy.impacts}.items() <= before.items()
    with rehearsed(shop.store) as store:
        done = Warehouse(store, shop.clock)
        apply(done, *texts, shown=copy.fingerprint)
        assert done.standings() == before | told(copy)
        done.serve_due()
        assert done.standings() == before | told(copy)
        assert done.findings() == []
    assert shop.standings() == before, "it was undone"


def test_the_same_key_acts_once(furnished):
    seen = look(furnished, "stock:K1:+3:A").fingerprint
    first = apply(furnished, "stock:K1:+3:A", shown=seen, key="k")
    assert apply(furnished, "stock:K1:+3:A", shown=seen, key="k") == first
    assert (
        furnished.one("SELECT on_hand FROM stock_level WHERE sku = 'K1' AND location = 'A'") == 13
    )


def test_nothing_is_done_when_the_world_has_moved(furnished):
    stack = ["P1:+5d", "order:5:priority=10", "buy:K1:8@2026-03-20"]
    seen = look(furnished, *stack).fingerprint
    furnished.stock(1)
    before = furnished.standings()
    with pytest.raises(RefusedError) as refused:
        apply(furnished, *stack, shown=seen)
    assert refused.value.code == "world_moved"
    again = look(furnished, *stack).fingerprint
    assert refused.value.fields[0]["fingerprint"] == again != seen
    assert refused.value.fields[0]["moved"] == ["orders_now", "orders_then"]
    assert furnished.standings() == before
    apply(furnished, *stack, shown=again)


def test_what_was_applied_is_known_by_its_parts_and_done_again_only_by_who_says_so(furnished):
    stack = ["P1:+5d", "buy:K1:8@2026-03-20"]
    wishes = parse_all(stack)

    def known() -> tuple[WhatIfApplication, ...]:
        found: tuple[WhatIfApplication, ...] = furnished.store.simulate(
            MERCHANT, lambda tx: read_applications(tx, wishes)
        )
        return found

    assert known() == ()
    first = apply(furnished, *stack)
    assert known() == (first,)
    assert first.made == ("purchase order PO-1",)
    moved = [fact for fact in first.facts if fact.what == "expected on"]
    assert {fact.before for fact in moved} == {furnished.day(5).isoformat()}
    assert {fact.after for fact in moved} == {furnished.day(10).isoformat()}

    with pytest.raises(RefusedError) as refused:
        apply(furnished, *stack)
    assert refused.value.code == "applied_already"
    assert refused.value.fields[0]["times"] == 1
    second = apply(furnished, *stack, times=1)
    assert known() == (second, first)
    assert furnished.one("SELECT expected_on FROM purchase_order WHERE number = 'P1'") == (
        furnished.day(15)
    )


def test_nothing_is_done_when_one_of_them_is_refused(furnished):
    for bad, code in {
        "P9:+1d": "unknown_purchase_order",
        "P1/9:+1d": "unknown_line",
        "order:9:cancel": "unknown_order",
        "order:1/7:cancel": "unknown_line",
        "buy:K9:1@2026-03-20": "unknown_sku",
        "buy:K1:1@2026-03-20:nowhere": "unknown_location",
        "receive:P1/1:99": "bad_quantity",
        "receive:P1/7:1": "unknown_line",
        "stock:K1:-99:A": "below_zero",
        "stock:K1:-1:B": "below_zero",
    }.items():
        with pytest.raises(RefusedError) as refused:
            look(furnished, "P2:+1d", bad)
        assert refused.value.code == code, bad
        before = furnished.standings()
        with pytest.raises(RefusedError) as refused:
            apply(furnished, "P2:+1d", bad, shown="0")
        assert refused.value.code == code, bad
        assert furnished.standings() == before


def test_a_long_queue_is_looked_at_only_so_far_and_says_where_it_stopped(warehouse, monkeypatch):
    monkeypatch.setattr("fulfillment.store.queue.head.BATCH", 3)
    warehouse.purchase([("K1", 20)], number="P1", due=5)
    for at in range(8):
        warehouse.order([("K1", 2)], f"L{at}")
    before = warehouse.standings()
    for texts, reached in {
        ("P1:+5d",): {"L0", "L1", "L2"},
        ("receive:P1/1:12",): {"L0", "L1", "L2"},
        ("stock:K1:+12:B",): {"L0", "L1", "L2"},
    }.items():
        copy = look(warehouse, *texts)
        assert {one.order for one in copy.impacts} == reached
        assert copy.stops == (Stop("K1", "L2"),), texts
        with rehearsed(warehouse.store) as store:
            done = Warehouse(store, warehouse.clock)
            apply(done, *texts, shown=copy.fingerprint)
            done.serve_due()
            assert told(copy).items() <= done.standings().items()
            assert done.findings() == []
    assert warehouse.standings() == before


def test_of_two_at_once_one_is_done_and_the_other_is_told_that_the_world_has_moved(furnished):
    stacks = [["stock:K1:-3:A", "P1:+9d"], ["P1:2026-03-04", "stock:K1:-3:A"]]
    seen = [look(furnished, *stack).fingerprint for stack in stacks]
    barrier = Barrier(len(stacks))

    def press(at: int) -> str:
        barrier.wait()
        try:
            apply(furnished, *stacks[at], shown=seen[at])
        except RefusedError as refused:
            return refused.code
        return "done"

    with ThreadPoolExecutor(len(stacks)) as pool:
        ends = list(pool.map(press, range(len(stacks))))
    assert sorted(ends) == ["done", "world_moved"]
    assert furnished.level()[0] == 10 - 3
    due = {"done": furnished.day(14), "world_moved": furnished.day(2)}[ends[0]]
    assert furnished.one("SELECT expected_on FROM purchase_order WHERE number = 'P1'") == due


def test_who_gains_and_who_loses_is_counted_in_units_and_days(furnished):
    gains = [gain(one) for one in look(furnished, "P1/1:+5d", "order:5:priority=10").impacts]
    fates = {one.impact.order: one.fate for one in gains}
    assert fates["5"] is Fate.GAINS
    assert Fate.LOSES in fates.values()
    found = totals(gains)
    assert found.earlier.days == sum(one.earlier.days for one in gains) > 0
    assert found.later.days == sum(one.later.days for one in gains) > 0


@pytest.fixture(scope="module")
def busy(new_database: Callable[[], str]) -> Iterator[Warehouse]:
    made = make_busy(new_database())
    yield made
    made.engine.dispose()


@pytest.mark.parametrize("seed", range(12))
def test_what_is_shown_is_what_is_done_where_many_wait(busy, seed):
    texts = stack_of(random.Random(seed))
    before, copy = busy.standings(), look(busy, *texts)
    with rehearsed(busy.store) as store:
        done = Warehouse(store, busy.clock)
        apply(done, *texts, shown=copy.fingerprint)
        done.serve_due()
        assert done.standings() == before | told(copy), texts
        assert done.findings() == []
