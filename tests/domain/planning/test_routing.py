from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from fulfillment.domain.model.policy import Routing
from fulfillment.domain.planning.routing import EXHAUSTIVE_UP_TO, location_choice
from tests.builders.values import claimed, order, planned, snapshot, stock

FEWEST, PRIORITY = Routing.FEWEST_LOCATIONS, Routing.LOCATION_PRIORITY


def test_one_location_serves_all_when_it_covers_the_order():
    plan = planned(snapshot(order(1, [("K1", 13)]), levels=[stock(10), stock(15, at="B")]))

    assert claimed(plan[1]) == {(1, "B"): 13}


def test_two_locations_serve_by_priority_when_none_covers_the_order():
    levels = [stock(10), stock(13, at="B")]
    first = planned(snapshot(order(1, [("K1", 11)]), order(2, [("K1", 11)]), levels=levels))
    other = planned(
        snapshot(
            order(1, [("K1", 11)]), order(2, [("K1", 11)]), levels=levels, locations=("B", "A")
        )
    )

    assert claimed(first[1]) == {(1, "B"): 11}
    assert claimed(first[2]) == {(1, "A"): 10, (1, "B"): 1}
    assert claimed(other[2]) == {(1, "B"): 2, (1, "A"): 9}


def test_scenario_6_takes_ten_and_one_or_two_and_nine_by_location_priority():
    for locations, expected in (
        (("A", "B"), {(1, "A"): 10, (1, "B"): 1}),
        (("B", "A"), {(1, "B"): 2, (1, "A"): 9}),
    ):
        plan = planned(
            snapshot(
                order(1, [("K1", 13)]),
                order(2, [("K1", 11)]),
                levels=[stock(10), stock(15, at="B")],
                locations=locations,
            )
        )
        assert claimed(plan[1]) == {(1, "B"): 13}
        assert claimed(plan[2]) == expected


def test_the_first_in_priority_is_taken_when_several_cover_the_order():
    assert location_choice(FEWEST).route(
        {"K1": 2}, {"A": {"K1": 2}, "B": {"K1": 9}}, ("B", "A")
    ) == ["B"]


def test_location_priority_takes_from_the_first_when_another_would_cover_all():
    plan = planned(
        snapshot(
            order(1, [("K1", 3)], policy={"routing": "location_priority"}),
            levels=[stock(2), stock(9, at="B")],
        )
    )

    assert claimed(plan[1]) == {(1, "A"): 2, (1, "B"): 1}


def test_a_location_already_in_use_costs_nothing_more_when_the_rest_comes():
    free = {"A": {"K1": 5}, "B": {"K1": 3}, "C": {"K1": 2}}

    assert location_choice(FEWEST).route({"K1": 5}, free, ("A", "B", "C"), ("B",)) == ["A", "B"]
    assert location_choice(FEWEST).route({"K1": 3}, free, ("A", "B", "C"), ("B",)) == ["B"]


def test_a_location_is_left_out_when_it_has_nothing_that_is_wanted():
    assert location_choice(FEWEST).route({"K1": 5}, {"A": {"K2": 5}, "B": {}}, ("A", "B")) == []


def test_one_location_is_found_when_several_skus_are_wanted():
    free = {"A": {"K1": 5}, "B": {"K2": 5}, "C": {"K1": 5, "K2": 5}}

    assert location_choice(FEWEST).route({"K1": 5, "K2": 5}, free, ("A", "B", "C")) == ["C"]


Units = st.dictionaries(st.sampled_from(["K1", "K2", "K3"]), st.integers(1, 6))


@given(
    needs=Units,
    free=st.dictionaries(
        st.sampled_from([f"L{number:02}" for number in range(EXHAUSTIVE_UP_TO + 4)]),
        Units,
        max_size=EXHAUSTIVE_UP_TO + 4,
    ),
)
def test_as_much_is_covered_by_the_chosen_locations_as_by_all(needs, free):
    def covered(locations: Iterable[str]) -> dict[str, int]:
        return {
            sku: min(units, sum(free[at].get(sku, 0) for at in locations))
            for sku, units in needs.items()
        }

    for strategy in Routing:
        assert covered(location_choice(strategy).route(needs, free, sorted(free))) == covered(free)
