"""Laws of the plan, for any snapshot (behaviour.md §4, §5, §9)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.domain.ending import cancelled
from fulfillment.domain.orders import Order, waiting_lines
from fulfillment.domain.planning import plan
from fulfillment.domain.policy import AutoAllocateOn, Rebalance
from fulfillment.domain.statuses import ShipmentStatus
from fulfillment.domain.supply import Snapshot, StockLevel
from tests.builders.values import allocated, order, planned, snapshot, stock
from tests.builders.worlds import (
    LOCATIONS,
    SKUS,
    claims_of,
    followed,
    free_after,
    levels_of,
    snapshots,
    told,
    worlds,
)

T = TypeVar("T")


def wants(mine: Order, given: Snapshot, sku: str) -> int:
    """Units that an order still waits for by itself, of a product that can run out."""
    return sum(
        row.wanted
        for row in waiting_lines(mine)
        if row.sku == sku and given.products[sku].managed and not mine.line(row.order_line).by_hand
    )


def takes_what_it_can(mine: Order) -> bool:
    """Whether no gate of its policy lets it decline units (the exceptions to fairness)."""
    anything = mine.policy.auto_allocate_on is AutoAllocateOn.ANY_SUPPLY
    return anything and not mine.policy.chooses


def may_use(mine: Order, given: Snapshot) -> tuple[str, ...]:
    return given.locations if mine.only_location is None else (mine.only_location,)


def hungry(given: Snapshot, after: tuple[Order, ...]) -> Iterator[tuple[Order, str, str]]:
    """Every order, SKU and location where it waits for units and may take them."""
    for mine in filter(takes_what_it_can, after):
        for sku in SKUS:
            if wants(mine, given, sku):
                for at in may_use(mine, given):
                    yield mine, sku, at


@given(worlds())
def test_every_unit_is_kept_and_none_is_given_twice(given):
    after = plan(given)

    assert min(free_after(given, after).values(), default=0) >= 0
    for mine in after:
        live = Counter[int]()
        for part in mine.live:
            for row in part.lines:
                live[row.order_line] += row.units
                assert row.units > 0
                assert row.allocated + row.pegged <= row.units
        for line in mine.lines:
            assert line.ordered == live[line.number] + line.shipped + line.cancelled


@given(worlds())
def test_pegs_never_exceed_what_is_outstanding(given):
    left = Counter({each.id: each.outstanding for each in given.supplies})
    due = {each.id: each.due_on for each in given.supplies}
    for mine in plan(given):
        for part in mine.live:
            for row in part.lines:
                for tie in row.pegs:
                    left[tie.supply] -= tie.units
                    assert tie.due_on == due[tie.supply] >= given.today
                    assert tie.pinned or tie.location in may_use(mine, given)

    assert min(left.values(), default=0) >= 0


@given(worlds(), st.randoms(use_true_random=False))
def test_the_plan_is_the_same_when_its_parts_come_in_another_order(given, random):
    def mixed(values: Sequence[T]) -> tuple[T, ...]:
        return tuple(random.sample(values, len(values)))

    other = replace(
        given,
        orders=tuple(
            replace(mine, shipments=mixed(mine.shipments)) for mine in mixed(given.orders)
        ),
        levels=mixed(given.levels),
        supplies=mixed(given.supplies),
        products=dict(reversed(given.products.items())),
    )

    assert [told(mine) for mine in plan(other)] == [told(mine) for mine in plan(given)]


@given(worlds())
def test_nothing_changes_when_the_result_is_planned_again(given):
    once = followed(given, plan(given))

    assert plan(once) == tuple(sorted(once.orders, key=lambda mine: mine.rank))


@given(worlds())
def test_nobody_waits_when_a_unit_is_free_that_it_may_take(given):
    after = plan(given)
    free = free_after(given, after)

    assert [(mine.number, sku, at) for mine, sku, at in hungry(given, after) if free[sku, at]] == []


@given(worlds())
def test_no_unit_goes_past_an_earlier_order_when_that_may_take_it(given):
    after = plan(given)
    before = {mine.id: claims_of(mine) for mine in given.orders}
    for mine, sku, at in hungry(given, after):
        later = [other for other in after if other.rank > mine.rank and not other.rejected]
        gained = sum(claims_of(other)[sku, at] - before[other.id][sku, at] for other in later)
        assert gained <= 0, (mine.number, sku, at)


@given(worlds())
def test_no_later_waiting_line_holds_a_unit_when_an_earlier_lacks_it_and_rebalances(given):
    after = plan(given)
    for mine, sku, at in hungry(given, after):
        if mine.policy.rebalance is not Rebalance.OFF:
            held = [
                other.number
                for other in after
                if other.rank > mine.rank
                for row in waiting_lines(other)
                for claim in row.claims
                if (row.sku, claim.location) == (sku, at) and claim.loose
            ]
            assert held == [], (mine.number, sku, at)


@given(worlds())
def test_an_order_loses_units_only_when_an_earlier_one_takes_them(given):
    after = plan(given)
    before = {mine.id: claims_of(mine) for mine in given.orders}
    changes = {
        (mine.id, sku): sum(claims_of(mine)[sku, at] - before[mine.id][sku, at] for at in LOCATIONS)
        for mine in after
        for sku in SKUS
    }
    for mine, sku in product(after, SKUS):
        if changes[mine.id, sku] < 0 and mine.live and "assigned_nothing" not in noted(mine):
            assert [
                other.number
                for other in after
                if other.rank < mine.rank
                and other.policy.rebalance is not Rebalance.OFF
                and changes[other.id, sku] > 0
            ], (mine.number, sku)


def noted(mine: Order) -> set[str]:
    return {note.kind for note in mine.notes}


@given(worlds())
def test_every_unit_of_a_released_shipment_is_there_and_in_one_place(given):
    for mine in plan(given):
        for part in mine.live:
            if part.status is ShipmentStatus.READY:
                for row in part.lines:
                    assert sum(c.units for c in row.claims if c.location == part.location) == (
                        row.units
                    )
            assert part.location or part.status is ShipmentStatus.BACKORDER


@given(worlds())
def test_no_more_waves_are_spent_than_the_policy_allows(given):
    before = {mine.id: mine.waves_spent for mine in given.orders}
    for mine in plan(given):
        spent = mine.waves_spent - before[mine.id]
        most = mine.policy.max_shipments
        assert spent <= 1
        if most is not None and spent and mine.waves_spent >= most:
            assert not mine.waiting, "the last wave goes complete"


@given(worlds())
def test_nothing_is_released_when_the_order_is_gated(given):
    gated = {mine.id: mine for mine in given.orders if not mine.may_release}
    for mine in plan(given):
        if mine.id in gated:
            ready = {part.id for part in gated[mine.id].shipments if not part.is_waiting}
            assert [
                part.id for part in mine.live if not part.is_waiting and part.id not in ready
            ] == []


@given(worlds(), st.sets(st.sampled_from(SKUS)))
def test_other_queues_are_untouched_when_only_some_are_locked(given, locked):
    some = replace(given, skus=frozenset(locked), first_claims=frozenset())
    before = {mine.id: claims_of(mine) for mine in given.orders}
    for mine in plan(some):
        now = claims_of(mine)
        for sku, at in product(set(SKUS) - locked, LOCATIONS):
            assert now[sku, at] == before[mine.id][sku, at]


@given(worlds(), st.data())
def test_exactly_what_was_claimed_is_given_back_when_an_order_is_cancelled(given, data):
    world = followed(given, plan(given))
    live = [mine for mine in world.orders if mine.live]
    if not live:
        return
    ended = data.draw(st.sampled_from(live))
    rest = tuple(mine for mine in world.orders if mine.id != ended.id)
    after = (*rest, cancelled(ended))
    freed = free_after(world, after)
    freed.subtract(free_after(world, world.orders))

    assert claims_of(after[-1]) == Counter()
    assert +freed == Counter(
        {place: n for place, n in claims_of(ended).items() if world.products[place[0]].managed}
    )
    left = replace(world, orders=rest, levels=levels_of(free_after(world, after)))
    assert min(free_after(left, plan(left)).values(), default=0) >= 0


@given(snapshots(plain=True), st.sampled_from(SKUS), st.sampled_from(LOCATIONS), st.integers(1, 5))
def test_nobody_is_allocated_less_when_more_is_in_stock(given, sku, at, more):
    """Where no order is bound to a location, and none may be rejected; see below for why.

    Units may come from other places then (`fewest_locations` finds a smaller set), but no
    order's total of a SKU shrinks.
    """

    def totals(after: tuple[Order, ...]) -> dict[tuple[int, str], int]:
        return {
            (mine.id, of): sum(held for (s, _), held in claims_of(mine).items() if s == of)
            for mine in after
            for of in SKUS
        }

    richer = replace(given, levels=(*given.levels, StockLevel(sku, at, more)))
    fewer, now = totals(plan(given)), totals(plan(richer))

    assert {key: (fewer[key], now[key]) for key in fewer if now[key] < fewer[key]} == {}


@pytest.mark.parametrize(("there", "given"), [(4, (5, 4)), (5, (5, 0))])
def test_a_locked_order_may_get_less_when_one_place_now_covers_an_earlier_order(there, given):
    """The exception: with 5 at A the first order needs A only, where the second one is locked."""
    plan_ = planned(
        snapshot(
            order(1, [("K1", 5)]),
            order(2, [("K1", 4)], lock="A"),
            levels=[stock(there), stock(5, at="B")],
        )
    )

    assert (allocated(plan_[1]), allocated(plan_[2])) == given
