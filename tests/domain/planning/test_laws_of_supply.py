"""More stock and more supply never leave anybody with less, except where a rule says so."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.policy import resolve
from fulfillment.domain.model.supply import Product, Snapshot, StockLevel, Supply
from fulfillment.domain.planning.plan import plan
from tests.builders.values import (
    allocated,
    claim,
    day,
    line,
    order,
    pegged,
    planned,
    shipment,
    snapshot,
    stock,
    supply,
)
from tests.builders.worlds import LOCATIONS, SKUS, claims_of, snapshots

UNGATED = st.fixed_dictionaries(
    {},
    optional={
        "release_when": st.sampled_from(["any_part", "all_sourced"]),
        "hold_if_due_within_days": st.sampled_from([None, 3]),
        "min_po_status": st.sampled_from(["received", "arrived", "approved"]),
        "auto_cancel_days": st.sampled_from([None, 1, 4]),
        "auto_allocate": st.sampled_from(["always", "always", "never"]),
        "auto_allocate_on": st.sampled_from(["any_supply", "any_supply", "po_status"]),
    },
)
"""Knobs under which who takes units does not hang on how many there are."""


@st.composite
def ungated(draw: st.DrawFn) -> Snapshot:
    """Orders of one rule each, which may not be bound to a place, nor decline a part."""
    given = draw(snapshots(plain=True))
    names = ("max_shipments", "future_inventory", "rebalance", "routing")
    orders = [
        replace(
            mine,
            policy=resolve(draw(UNGATED) | {name: getattr(mine.policy, name) for name in names}),
        )
        for mine in given.orders
    ]
    return replace(given, orders=tuple(orders))


def held(after: tuple[Order, ...]) -> dict[tuple[int, str], int]:
    """Units of each SKU that each order has claims on."""
    return {
        (mine.id, sku): sum(units for (of, _), units in claims_of(mine).items() if of == sku)
        for mine in after
        for sku in SKUS
    }


def sourced(after: tuple[Order, ...]) -> Counter[int]:
    """Units of each order that are allocated or pegged."""
    return Counter({mine.id: allocated(mine) + sum(pegged(mine).values()) for mine in after})


@given(ungated(), st.sampled_from(SKUS), st.sampled_from(LOCATIONS), st.integers(1, 5))
def test_nobody_is_allocated_less_when_more_is_in_stock(given, sku, at, more):
    """Units may come from other places then, but no order's total of a SKU shrinks."""
    before = held(plan(given))
    now = held(plan(replace(given, levels=(*given.levels, StockLevel(sku, at, more)))))

    assert {key: (before[key], now[key]) for key in before if now[key] < before[key]} == {}


@given(
    snapshots(plain=True), st.sampled_from(SKUS), st.sampled_from(LOCATIONS), st.integers(1, 5),
    st.sampled_from([0, 2, 60]),
)  # fmt: skip
def test_nobody_has_fewer_units_sourced_when_more_is_on_its_way(given, sku, at, more, due):
    extra = Supply(99, sku, at, more, day(due), "PO-9")
    before = plan(given)
    now = plan(replace(given, supplies=(*given.supplies, extra)))

    assert held(now) == held(before)
    assert sourced(now) >= sourced(before)


# --- where a rule says so ------------------------------------------------------------------------

COMPLETE: dict[str, Any] = {"auto_allocate": "complete_only"}
DUE: dict[str, Any] = {"auto_allocate": "due_within", "auto_allocate_within_days": 5}
WHOLE: dict[str, Any] = {"max_shipments": 1}


def two_claims(first: Order, wanted: int = 9, **more: Any) -> tuple[int, int]:
    """Units of an order and of one behind it that takes whatever is left."""
    after = planned(snapshot(first, order(2, [("K1", wanted)], policy=WHOLE), **more))
    return allocated(after[1]), allocated(after[2])


@pytest.mark.parametrize(("there", "units"), [(4, (0, 4)), (5, (5, 0))])
def test_the_next_gets_less_when_an_earlier_order_can_be_completed_now(there, units):
    """It declined what did not complete it, so the next could have that."""
    assert two_claims(order(1, [("K1", 5)], policy=COMPLETE), levels=[stock(there)]) == units


@pytest.mark.parametrize(("there", "units"), [(2, (0, 2)), (3, (3, 0))])
def test_the_next_gets_less_when_what_an_earlier_order_lacks_is_due_in_time_now(there, units):
    """One unit more in stock, and the two that are due soon are all that it still lacks."""
    mine = order(1, [("K1", 5)], policy=DUE | WHOLE)

    assert two_claims(mine, levels=[stock(there)], supplies=[supply(2, due=5)]) == units


@pytest.mark.parametrize(("due", "units"), [(None, (0, 3)), (9, (0, 3)), (5, (3, 0))])
def test_the_next_gets_less_stock_when_more_is_on_its_way_for_who_counts_days(due, units):
    """Supply alone opens the gate of an order that takes stock once the rest is due soon."""
    mine = order(1, [("K1", 5)], policy=DUE | WHOLE)
    coming = [] if due is None else [supply(2, due=due)]

    assert two_claims(mine, levels=[stock(3)], supplies=coming) == units


@pytest.mark.parametrize(("status", "units"), [("in_transit", (0, 3)), ("arrived", (3, 0))])
def test_the_next_gets_less_stock_when_a_peg_completes_an_earlier_order_now(status, units):
    """A peg that counts as met is as good as stock for who takes only what completes it."""
    mine = order(1, [("K1", 5)], policy=COMPLETE | WHOLE | {"min_po_status": "arrived"})

    assert two_claims(mine, levels=[stock(3)], supplies=[supply(2, status=status)]) == units


@pytest.mark.parametrize("on_shortage", ["reject", "assign_nothing"])
@pytest.mark.parametrize(("there", "units"), [(4, (0, 4)), (5, (5, 0))])
def test_the_next_gets_less_when_an_earlier_order_is_taken_now(on_shortage, there, units):
    """At its first claim it would have been refused, or have claimed nothing."""
    mine = order(1, [("K1", 5)], policy={"on_shortage": on_shortage})

    assert two_claims(mine, levels=[stock(there)], first_claims=[1]) == units


@pytest.mark.parametrize(("there", "units"), [(4, (0, 4)), (5, (5, 0))])
def test_the_next_gets_less_when_a_line_that_may_not_wait_is_met_now(there, units):
    """The same, where the product says it and not the policy."""
    strict = Product("K1", backorder_allowed=False)
    mine = order(1, [("K1", 5)])

    assert two_claims(mine, levels=[stock(there)], products=[strict], first_claims=[1]) == units


@pytest.mark.parametrize(("there", "units"), [(0, (0, 4)), (1, (5, 0))])
def test_a_waiting_order_loses_units_when_an_earlier_one_can_be_completed_with_them(there, units):
    """What the later one holds already counts as there for the earlier one."""
    row = line(units=9, id_=201, claims=[claim(4)])
    later = order(2, shipments=[shipment(row, id_=21)], policy=WHOLE)
    given = snapshot(order(1, [("K1", 5)], policy=COMPLETE), later, levels=[stock(there)])
    after = planned(given)

    assert (allocated(after[1]), allocated(after[2])) == units


@pytest.mark.parametrize(("there", "units"), [(4, (5, 4)), (5, (5, 0))])
def test_a_locked_order_gets_less_when_one_place_now_covers_an_earlier_order(there, units):
    """With 5 at A the first order needs A only, where the second one is locked."""
    given = snapshot(
        order(1, [("K1", 5)]),
        order(2, [("K1", 4)], lock="A"),
        levels=[stock(there), stock(5, at="B")],
    )
    after = planned(given)

    assert (allocated(after[1]), allocated(after[2])) == units
