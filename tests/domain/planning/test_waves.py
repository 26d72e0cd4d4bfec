"""Waves: dispatches to the customer, spent by a release and given back when all of it returns."""

from dataclasses import replace

import pytest

from fulfillment.domain.actions.channel_edit import WantedLine, edited
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.policy import resolve
from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.domain.model.supply import Product
from fulfillment.domain.planning.release import sent_back
from tests.builders.values import (
    claim,
    line,
    order,
    parts,
    planned,
    shipment,
    snapshot,
    stock,
    supply,
)
from tests.domain.stories import Story, look, waves

READY, PICKING = ShipmentStatus.READY, ShipmentStatus.PICKING
THREE = (("K1", 1), ("K2", 1), ("K3", 1))


def two(**more: object) -> dict[str, object]:
    return {"max_shipments": 2} | more


def back_to_waiting(mine: Order, wave: int) -> Order:
    """A wave returns before dispatch."""
    return mine.with_shipments(sent_back(part) for part in mine.live if part.wave == wave)


# --- what is one wave ----------------------------------------------------------------------------


def test_shipments_of_several_locations_are_one_wave_when_they_go_together():
    story = Story(
        order(1, THREE, policy=two()), levels=[stock(1), stock(1, "K2", "B")], supplies=[]
    )

    assert waves(story[1]) == {2: 1, 3: 1}
    assert (story[1].waves_spent, story[1].waves_left) == (1, 1)


def test_no_wave_is_spent_when_a_person_divided_what_still_waits():
    rest = [shipment(line(sku, number=n, id_=n), number=n, id_=n) for n, sku in enumerate(
        ("K1", "K2"), start=1)]  # fmt: skip
    mine = order(1, shipments=rest, policy=two())
    plan = planned(snapshot(mine, levels=[stock(1), stock(1, "K2")]))

    assert waves(plan[1]) == {1: 1}


def test_dispatched_waves_count_and_released_ones_when_both_are_there():
    story = Story(order(1, THREE, policy={"max_shipments": 3}), levels=[stock(1)])
    story.dispatched(1, 1).adjusted(1, "K2")

    assert (sorted(story[1].waves), story[1].waves_left) == ([1, 2], 1)
    assert look(story[1]) == "partially_shipped: ready A K2 1/1; backorder K3 0/1"


def test_a_wave_is_spent_once_when_one_of_its_shipments_left_before_the_other():
    gone = shipment(line(), status=ShipmentStatus.SHIPPED, at="A", wave=1)
    other = shipment(
        line("K2", number=2, id_=102, claims=[claim(1, "B")]), status=READY, at="B", wave=1,
        number=2, id_=12,
    )  # fmt: skip
    mine = replace(order(1, shipments=[gone, other], policy=two()), waves_shipped=frozenset({1}))

    assert (mine.waves_spent, mine.waves_left) == (1, 1)


def test_the_last_two_lines_go_as_one_wave_when_two_are_allowed():
    """Scenario 23."""
    story = Story(order(1, THREE, policy=two()), levels=[stock(1)])
    story.dispatched(1, 1).adjusted(1, "K2")
    assert look(story[1]) == "partially_shipped: backorder K2 1/1, K3 0/1"

    story.adjusted(1, "K3", "B")

    assert look(story[1]) == "partially_shipped: ready A K2 1/1; ready B K3 1/1"
    assert set(waves(story[1]).values()) == {2}


# --- units that come later, and waves that return ------------------------------------------------


def test_a_wave_is_given_back_when_all_of_it_returns_and_others_may_join_it_then():
    """Scenario 33b."""
    story = Story(order(1, THREE, policy=two()), levels=[stock(1)]).adjusted(1, "K2")
    assert look(story[1]) == (
        "partially_backordered: ready A K1 1/1; backorder K2 1/1, K3 0/1"
    )  # fmt: skip

    story.changed(back_to_waiting(story[1], 1))
    assert parts(story[1]) == [
        ("ready", "A", {1: 1, 2: 1}), ("backorder", None, {3: 1}),
    ]  # fmt: skip
    assert waves(story[1]) == {2: 1}

    story.adjusted(1, "K3")
    assert set(waves(story[1]).values()) == {1, 2}


def test_a_wave_stays_spent_when_only_a_part_of_it_returns():
    story = Story(order(1, THREE, policy=two()), levels=[stock(1), stock(1, "K2", "B")])
    one = next(part for part in story[1].live if part.location == "B")
    story.changed(story[1].with_shipments([sent_back(one)]))

    assert look(story[1]) == (
        "partially_backordered: ready A K1 1/1; backorder K2 1/1; backorder K3 0/1"
    )


def test_the_smallest_free_number_is_taken_when_a_wave_was_given_back():
    story = Story(order(1, THREE, policy={"max_shipments": None}), levels=[stock(1)])
    story.adjusted(1, "K2")
    assert waves(story[1]) == {2: 1, 4: 2}

    mine = back_to_waiting(story[1], 1)
    held = story.changed(replace(mine, holds=("fraud",)))
    assert held[1].waves == {2}

    story.changed(replace(story[1], holds=())).adjusted(1, "K3")
    assert sorted(waves(story[1]).values()) == [1, 2, 3]


def test_a_shipped_wave_is_never_given_back_when_the_policy_is_lowered():
    story = Story(order(1, THREE, policy=two()), levels=[stock(1)]).dispatched(1, 1)
    story.policy(1, max_shipments=1)

    assert story[1].waves == {1}
    assert story[1].waves_left == 0
    assert look(story.adjusted(1, "K2").adjusted(1, "K3")[1]) == (
        "partially_shipped: ready A K2 1/1, K3 1/1"
    )


# --- fewer waves than were spent -----------------------------------------------------------------


def test_the_wave_nobody_picks_comes_back_when_fewer_are_allowed():
    story = Story(order(1, THREE, policy=two()), levels=[stock(1)]).policy(1, max_shipments=1)

    assert story[1].waves == set()
    assert {part.status for part in story[1].live} == {ShipmentStatus.BACKORDER}
    assert story.units() == [1]

    story.adjusted(1, "K2").adjusted(1, "K3")
    assert set(waves(story[1]).values()) == {1}
    assert not story[1].waiting


@pytest.mark.parametrize("status", [PICKING, ShipmentStatus.PICKED, ShipmentStatus.PACKED])
def test_a_wave_stays_when_a_shipment_of_it_is_being_worked(status):
    begun = shipment(line(claims=[claim(1, picked=1)]), status=status, at="A", wave=1)
    beside = shipment(
        line("K2", number=2, id_=102, claims=[claim(1, "B")]), status=READY, at="B", wave=1,
        number=2, id_=12,
    )  # fmt: skip
    rest = shipment(line("K3", number=3, id_=103), number=3, id_=13)
    mine = order(1, shipments=[begun, beside, rest], policy={"max_shipments": 1})

    assert parts(planned(snapshot(mine))[1]) == [
        (str(status), "A", {1: 1}), ("ready", "B", {2: 1}), ("backorder", None, {3: 1}),
    ]  # fmt: skip


def test_only_the_last_wave_comes_back_when_that_is_enough():
    story = Story(order(1, THREE, policy={"max_shipments": 3}), levels=[stock(1)])
    story.adjusted(1, "K2").policy(1, max_shipments=2)

    assert waves(story[1]) == {2: 1}
    assert len(story[1].waiting) == 2


def test_a_wave_comes_back_when_a_line_is_added_to_an_order_that_goes_in_one():
    story = Story(
        order(1, policy={"max_shipments": 1}), levels=[stock(1)], products=[Product("K2")]
    )
    more = {1: WantedLine(1, "K1", 1), 2: WantedLine(2, "K2", 1)}
    story.changed(edited(story[1], more))
    assert look(story[1]) == "awaiting_stock: backorder K1 1/1; backorder K2 0/1"

    story.adjusted(1, "K2", "B")

    assert look(story[1]) == "awaiting_pick_and_pack: ready A K1 1/1; ready B K2 1/1"
    assert set(waves(story[1]).values()) == {1}


def test_nothing_comes_back_when_the_order_is_on_hold():
    story = Story(order(1, THREE, policy=two()), levels=[stock(1)])
    held = replace(story[1], holds=("fraud",), policy=resolve({"max_shipments": 1}))

    assert story.changed(held)[1].waves == {1}


def test_nothing_comes_back_when_nothing_waits():
    story = Story(order(1, THREE[:1], policy=two()), levels=[stock(1)]).policy(1, max_shipments=1)

    assert look(story[1]) == "awaiting_pick_and_pack: ready A K1 1/1"


# --- granted waves, and those that were spent in excess ------------------------------------------


def test_a_granted_wave_may_go_beside_those_of_the_policy():
    """A person's split may exceed `max_shipments`."""
    mine = replace(order(1, THREE, policy={"max_shipments": 1}), waves_granted=1)
    story = Story(mine, levels=[stock(1)])
    assert parts(story[1]) == [("ready", "A", {1: 1}), ("backorder", None, {2: 1, 3: 1})]

    assert parts(story.adjusted(1, "K2")[1])[1] == ("backorder", None, {2: 1, 3: 1})
    assert parts(story.adjusted(1, "K3")[1])[1] == ("ready", "A", {2: 1, 3: 1})


@pytest.mark.parametrize("left", [1, 0])
def test_the_rest_goes_when_it_is_complete_however_many_waves_are_spent(left):
    gone = frozenset({1, 2} if left == 0 else {1})
    rest = shipment(line(units=2, claims=[claim(1)]), number=3)
    mine = replace(order(1, shipments=[rest], policy=two()), waves_shipped=gone)

    assert mine.waves_left == left
    assert parts(planned(snapshot(mine))[1]) == [("backorder", None, {1: 2})]
    assert waves(planned(snapshot(mine, levels=[stock(1)]))[1]) == {3: len(gone) + 1}


def test_waves_have_no_end_when_no_number_is_set():
    story = Story(order(1, THREE), levels=[stock(1)]).adjusted(1, "K2").adjusted(1, "K3")

    assert story[1].waves_left is None
    assert sorted(waves(story[1]).values()) == [1, 2, 3]


def test_one_event_spends_one_wave_when_it_serves_several_shipments():
    story = Story(order(1, THREE, policy={"max_shipments": 3}), levels=[stock(1)])
    story.announced(supply(1, "K2"), supply(1, "K3", number=2))
    later = replace(story.now, levels=(stock(1, "K2"), stock(1, "K3", "B")))
    after = planned(later)[1]

    assert sorted(waves(after).values()) == [1, 2, 2]


def test_one_event_spends_one_wave_when_a_dated_shipment_loses_some_of_its_pegs():
    gate = {"auto_allocate": "due_within", "auto_allocate_within_days": 8}
    policy = {"future_inventory": True, "max_shipments": 3, **gate}
    mine = order(1, [("K1", 5)], policy=policy)
    story = Story(mine, supplies=[supply(3), supply(2, due=9, number=2)]).received(3)

    assert story.later(0).later(0)[1].waves_spent <= 1


# --- one wave at one place is one parcel ---------------------------------------------------------


def test_what_an_order_gains_at_the_same_place_goes_into_the_same_shipment():
    """More of a line, and another line, of a `ready` order that goes as a whole."""
    story = Story(
        order(1, [("K1", 2)], policy={"max_shipments": 1}),
        order(2, [("K2", 1)]),
        levels=[stock(6), stock(2, "K2")],
    )
    story.changed(edited(story[1], {1: WantedLine(1, "K1", 5), 2: WantedLine(2, "K2", 1)}))

    assert look(story[1]) == "awaiting_pick_and_pack: ready A K1 5/5, K2 1/1"
    assert waves(story[1]) == {1: 1}


def test_what_is_gained_elsewhere_is_a_parcel_of_the_same_wave():
    story = Story(
        order(1, [("K1", 2)], policy={"max_shipments": 1}), levels=[stock(2), stock(3, at="B")]
    )
    story.changed(edited(story[1], {1: WantedLine(1, "K1", 4)}))

    assert sorted(part[1] or "" for part in parts(story[1])) in (["A", "B"], ["B"])
    assert set(waves(story[1]).values()) == {1}


def test_what_waited_apart_goes_together_when_all_of_it_goes():
    story = Story(order(1, [("K1", 2)], policy={"max_shipments": 1}), levels=[stock(2)])
    story.changed(edited(story[1], {1: WantedLine(1, "K1", 5)}))
    assert len(story[1].live) == 2
    story.adjusted(3)

    assert look(story[1]) == "awaiting_pick_and_pack: ready A K1 5/5"
    assert sum(row.units for part in story[1].live for row in part.lines) == 5
