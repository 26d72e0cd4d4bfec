from dataclasses import replace

from fulfillment.domain.model.shipments import Claim
from tests.builders.values import (
    day,
    line,
    order,
    peg,
    pegged,
    planned,
    shipment,
    snapshot,
    stock,
    supply,
)


def test_the_earliest_supply_is_pegged_when_there_are_several():
    supplies = [supply(3, due=9, number=1), supply(2, due=3, number=2)]
    plan = planned(snapshot(order(1, [("K1", 4)]), supplies=supplies))

    assert pegged(plan[1]) == {(1, 2): 2, (1, 1): 2}
    assert [tie.due_on for tie in plan[1].waiting[0].lines[0].pegs] == [day(3), day(9)]


def test_the_location_first_in_priority_is_pegged_when_dates_are_equal():
    supplies = [supply(3, at="A", number=1), supply(3, at="B", number=2)]
    plan = planned(snapshot(order(1, [("K1", 2)]), supplies=supplies, locations=("B", "A")))

    assert pegged(plan[1]) == {(1, 2): 2}


def test_the_earlier_order_is_pegged_first_when_supply_is_short():
    plan = planned(
        snapshot(order(1, [("K1", 3)]), order(2, [("K1", 3)], priority=1), supplies=[supply(4)])
    )

    assert (pegged(plan[2]), pegged(plan[1])) == ({(1, 1): 3}, {(1, 1): 1})


def test_only_what_is_not_allocated_is_pegged_when_some_is_in_stock():
    plan = planned(snapshot(order(1, [("K1", 5)]), levels=[stock(2)], supplies=[supply(9)]))

    assert pegged(plan[1]) == {(1, 1): 3}


def test_nothing_is_pegged_when_the_supply_has_no_date_or_its_date_has_passed():
    supplies = [supply(5, due=None, number=1), supply(5, due=-1, number=2)]
    plan = planned(snapshot(order(1), supplies=supplies))

    assert pegged(plan[1]) == {}


def test_supply_that_is_due_today_is_pegged_when_it_is_wanted():
    assert pegged(planned(snapshot(order(1), supplies=[supply(1, due=0)]))[1]) == {(1, 1): 1}


def test_nothing_is_pegged_when_the_order_may_not_use_the_location():
    elsewhere = planned(snapshot(order(1, lock="B"), supplies=[supply(5)]))
    inactive = planned(snapshot(order(1), supplies=[supply(5, at="Z")]))
    picked_up = planned(snapshot(order(1, pickup="A"), supplies=[supply(5)]))

    assert pegged(elsewhere[1]) == pegged(inactive[1]) == {}
    assert pegged(picked_up[1]) == {(1, 1): 1}


def test_a_held_order_is_pegged_when_it_waits():
    plan = planned(snapshot(order(1, holds=("fraud",)), supplies=[supply(5)]))

    assert pegged(plan[1]) == {(1, 1): 1}


def test_a_pinned_peg_goes_first_when_an_earlier_order_wants_the_supply():
    pinned = shipment(line(units=3, id_=201, pegs=[peg(3, pinned=True)]), id_=21)
    plan = planned(
        snapshot(order(1, [("K1", 3)], priority=1), order(2, shipments=[pinned]),
                 supplies=[supply(4)])
    )  # fmt: skip

    assert (pegged(plan[1]), pegged(plan[2])) == ({(1, 1): 1}, {(1, 1): 3})
    assert plan[2].waiting[0].lines[0].pegs == (peg(3, pinned=True),)


def test_a_pinned_peg_shrinks_when_less_is_wanted_or_outstanding():
    row = line(units=3, pegs=[peg(3, pinned=True)], claims=[Claim("A", 1)])
    plan = planned(
        snapshot(order(1, policy={"max_shipments": 1}, shipments=[shipment(row)]),
                 supplies=[supply(9)])
    )  # fmt: skip
    shorter = planned(
        snapshot(order(1, shipments=[shipment(replace(row, claims=()))]), supplies=[supply(2)])
    )

    assert pegged(plan[1]) == {(1, 1): 2}
    assert pegged(shorter[1]) == {(1, 1): 2}


def test_the_peg_moves_when_its_supply_is_delayed():
    row = line(units=2, pegs=[peg(2, 1, due=2)])
    supplies = [supply(2, due=9, number=1), supply(2, due=4, number=2)]
    plan = planned(snapshot(order(1, shipments=[shipment(row)]), supplies=supplies))

    assert pegged(plan[1]) == {(1, 2): 2}


def test_pegs_of_other_queues_stay_when_only_one_sku_is_locked():
    row = line(units=2, pegs=[peg(2)])
    other = line("K2", 1, number=2, id_=102)
    given = snapshot(order(1, shipments=[shipment(row, other)]))
    plan = planned(replace(given, skus=frozenset({"K2"})))

    assert pegged(plan[1]) == {(1, 1): 2}


def test_nothing_moves_between_shipments_when_each_has_pegs_already():
    supplies = [supply(3, due=1, at="B", number=1), supply(2, due=2, at="A", number=2)]
    first = planned(
        snapshot(order(1, [("K1", 5)], policy={"future_inventory": True}), supplies=supplies)
    )
    again = planned(snapshot(first[1], supplies=supplies))

    assert again == first


def test_a_date_is_over_at_the_end_of_the_day_at_its_location():
    here = snapshot(order(1), supplies=[supply(1, due=0)])
    where_it_is_tomorrow = replace(here, day_at={"A": day(1)})
    where_it_is_yesterday = replace(
        snapshot(order(1), supplies=[supply(1, due=-1)]), day_at={"A": day(-1)}
    )

    assert pegged(planned(here)[1]) == {(1, 1): 1}
    assert pegged(planned(where_it_is_tomorrow)[1]) == {}
    assert pegged(planned(where_it_is_yesterday)[1]) == {(1, 1): 1}
