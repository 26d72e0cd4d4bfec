"""What-ifs on a real database: what is shown is what is done, once, or nothing is."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from fulfillment.domain.insight.what_if import parse_all
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands.what_if import Copy, apply_what_if, put_on_copy
from fulfillment.store.transactions.rehearsal import rehearsed
from tests.builders.plain import plain
from tests.builders.warehouse import MERCHANT, Warehouse, command


def look(at: Warehouse, *texts: str) -> Copy:
    wishes = parse_all(texts)
    return at.store.simulate(MERCHANT, lambda tx: put_on_copy(tx, wishes))


def apply(at: Warehouse, *texts: str, shown: str = "", key: str | None = None) -> dict[str, Any]:
    asked = command("what_if", key, wishes=list(texts))
    seen = shown or look(at, *texts).fingerprint
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
    return warehouse


STACKS = [
    ["P1:+5d"],
    ["P1:-2d"],
    ["P1:+30d"],
    ["P1:2026-03-30"],
    ["P1/1:+16d"],
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
    assert furnished.standings() == before
    apply(furnished, *stack, shown=again)


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
