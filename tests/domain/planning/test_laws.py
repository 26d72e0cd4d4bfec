"""Laws of the plan, for any snapshot (behaviour.md §4, §5, §9)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st

from fulfillment.domain.model.orders import Order, waiting_lines
from fulfillment.domain.model.policy import AutoAllocate, AutoAllocateOn, Rebalance
from fulfillment.domain.model.shipments import Shipment
from fulfillment.domain.model.statuses import PurchaseOrderStatus, ShipmentStatus
from fulfillment.domain.model.supply import Snapshot
from fulfillment.domain.planning.cancellation import cancelled
from fulfillment.domain.planning.plan import plan
from fulfillment.domain.planning.sourcing import met_pegs
from tests.builders.worlds import (
    LOCATIONS,
    SKUS,
    claims_of,
    followed,
    free_after,
    levels_of,
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
    return anything and mine.policy.auto_allocate is AutoAllocate.ALWAYS


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
    is_there = {each.id: each.status is PurchaseOrderStatus.ARRIVED for each in given.supplies}
    for mine in plan(given):
        for part in mine.live:
            for row in part.lines:
                for tie in row.pegs:
                    left[tie.supply] -= tie.units
                    if not is_there[tie.supply]:
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


@given(worlds(), st.randoms(use_true_random=False))
def test_the_plan_is_the_same_when_lines_claims_and_pegs_come_in_another_order(given, random):
    def mixed(values: Sequence[T]) -> tuple[T, ...]:
        return tuple(random.sample(values, len(values)))

    def mixed_part(part: Shipment) -> Shipment:
        rows = (replace(row, claims=mixed(row.claims), pegs=mixed(row.pegs)) for row in part.lines)
        return replace(part, lines=mixed(tuple(rows)))

    other = replace(
        given,
        orders=tuple(
            replace(mine, shipments=tuple(map(mixed_part, mine.shipments))) for mine in given.orders
        ),
        skus=frozenset(sorted(given.skus, reverse=True)),
    )

    assert [shown(mine) for mine in plan(other)] == [shown(mine) for mine in plan(given)]


def shown(mine: Order) -> object:
    """What an order is after a plan, without how its parts are listed or will be stored."""
    return [
        (part.number, part.status, part.location, part.wave, part.expected_on, sorted(
            (row.order_line, row.units, sorted(map(str, row.claims)), sorted(map(str, row.pegs)))
            for row in part.lines
        ))
        for part in sorted(mine.shipments, key=lambda part: part.number)
    ], mine.lines, mine.notes  # fmt: skip


@given(worlds())
def test_a_thing_is_told_once_when_the_result_is_planned_again(given):
    once = plan(given)

    assert [len(mine.notes) for mine in once if len(noted(mine)) != len(mine.notes)] == []
    assert [mine.notes for mine in plan(followed(given, once)) if mine.notes] == []


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
def test_every_unit_of_a_released_shipment_is_there_or_counts_as_met_and_in_one_place(given):
    for mine in plan(given):
        for part in mine.live:
            if part.status is ShipmentStatus.READY:
                for row in part.lines:
                    there = [held.units for held in row.claims if held.location == part.location]
                    there += [
                        tie.units for tie in met_pegs(mine, row) if tie.location == part.location
                    ]
                    assert sum(there) == row.units
            assert part.location or part.status is ShipmentStatus.BACKORDER


@given(worlds())
def test_no_more_waves_are_spent_than_the_policy_allows(given):
    before = {mine.id: mine.waves_spent for mine in given.orders}
    for mine in plan(given):
        spent = mine.waves_spent - before[mine.id]
        most = mine.policy.max_shipments
        assert spent <= 1
        if most is not None and spent > 0 and mine.waves_spent >= most:
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
