"""What to buy: never more than is missing, and never less."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.domain.insight.purchase_suggestions import Need, Suggestion, suggest, surplus

PLACES = ("A", "B", "C")
UNITS = st.integers(0, 6)
BY_PLACE = st.dictionaries(st.sampled_from(PLACES), UNITS)

NEEDS = st.builds(
    Need,
    sku=st.just("K1"),
    supplier=st.just("S"),
    reorder_level=UNITS,
    waiting=st.dictionaries(st.sampled_from([*PLACES, None]), UNITS),
    free=BY_PLACE,
    coming=BY_PLACE,
    drafted=BY_PLACE,
)
FIRST = st.sampled_from(PLACES)


def there(need: Need) -> int:
    return sum(map(need.has, PLACES))


def bought(found: tuple[Suggestion, ...]) -> dict[str, int]:
    return {one.location: one.units for one in found}


def with_more(need: Need, more: Mapping[str, int], how: str) -> Need:
    given: Any = {how: Counter(getattr(need, how)) + Counter(more)}
    return replace(need, **given)


def test_what_waits_is_bought_less_what_is_free_coming_and_drafted():
    need = Need("K1", "S", waiting={None: 20}, free={"B": 3}, coming={"A": 4}, drafted={"A": 5})

    (one,) = suggest(need, "A")

    assert (one.location, one.units, one.for_waiting) == ("A", 8, 8)


def test_units_elsewhere_are_no_use_when_demand_is_bound_to_a_location():
    need = Need("K1", "S", waiting={"B": 5, None: 2}, free={"A": 4})

    (one,) = suggest(need, "A")

    assert (one.location, one.short_here, one.short_anywhere) == ("B", 5, 0)


def test_reorder_level_is_what_is_left_when_all_that_waits_is_met():
    assert suggest(Need("K1", reorder_level=5, free={"B": 5}), "A") == ()
    (one,) = suggest(Need("K1", reorder_level=5, waiting={None: 4}, free={"B": 6}), "A")
    assert (one.location, one.for_waiting, one.for_reorder_level) == ("A", 0, 3)
    (one,) = suggest(Need("K1", reorder_level=5, waiting={None: 4}, free={"B": 1}), "A")
    assert (one.for_waiting, one.for_reorder_level, one.units) == (3, 5, 8)


@given(NEEDS, FIRST)
def test_nothing_is_suggested_only_when_nothing_is_missing(need, first):
    enough = there(need) >= sum(need.waiting.values()) + need.reorder_level
    met = all(need.has(at) >= need.waiting.get(at, 0) for at in PLACES)

    assert (suggest(need, first) == ()) is (enough and met)


@given(NEEDS, FIRST)
def test_what_is_there_and_bought_covers_what_waits_and_the_reorder_level(need, first):
    more = bought(suggest(need, first))

    assert there(need) + sum(more.values()) >= sum(need.waiting.values()) + need.reorder_level
    for at in PLACES:
        assert need.has(at) + more.get(at, 0) >= need.waiting.get(at, 0)


@given(NEEDS, FIRST, st.sampled_from(["free", "coming", "drafted"]))
def test_nothing_is_suggested_any_more_when_it_was_bought(need, first, how):
    assert suggest(with_more(need, bought(suggest(need, first)), how), first) == ()


@given(NEEDS, FIRST, st.data())
def test_one_unit_is_suggested_again_when_one_less_is_bought(need, first, data):
    found = suggest(need, first)
    if found:
        short = data.draw(st.sampled_from(found)).location
        more = Counter(bought(found)) - Counter({short: 1})

        again = suggest(with_more(need, more, "drafted"), first)

        assert sum(one.units for one in again) == 1


@given(NEEDS, FIRST, st.data())
def test_nothing_hangs_on_the_order_in_which_places_are_given(need, first, data):
    shuffled: dict[str, Any] = {}
    for name in ("waiting", "free", "coming", "drafted"):
        units = data.draw(st.permutations(list(getattr(need, name).items())))
        shuffled[name] = dict(units)

    assert suggest(replace(need, **shuffled), first) == suggest(need, first)


@given(NEEDS, FIRST)
def test_each_unit_has_one_purpose_and_each_place_one_suggestion(need, first):
    found = suggest(need, first)

    assert len({one.location for one in found}) == len(found)
    for one in found:
        assert one.units == one.short_here + one.short_anywhere + one.for_reorder_level > 0
        assert one.location == first or not (one.short_anywhere or one.for_reorder_level)
        assert one.short_here <= need.waiting.get(one.location, 0)
        assert one.short_anywhere <= need.waiting.get(None, 0)


@given(NEEDS, FIRST, UNITS, st.sampled_from([*PLACES, None]))
def test_no_less_is_suggested_when_more_waits(need, first, more, at):
    before = sum(one.units for one in suggest(need, first))
    grown = replace(need, waiting=Counter(need.waiting) + Counter({at: more}))

    assert before <= sum(one.units for one in suggest(grown, first)) <= before + more


@pytest.mark.parametrize("level", [0, 5])
def test_nothing_is_suggested_when_nothing_waits_and_enough_is_there(level):
    assert suggest(Need("K1", reorder_level=level, free={"A": 9}), "A") == ()


def test_what_is_drafted_is_surplus_when_nothing_asks_for_it():
    (one,) = surplus(Need("K1", drafted={"A": 5}))
    assert (one.units, one.surplus) == (0, 5)
    (one,) = surplus(Need("K1", waiting={None: 3}, drafted={"A": 5}))
    assert one.surplus == 2
    (one,) = surplus(Need("K1", reorder_level=4, drafted={"A": 5}, free={"B": 2}))
    assert one.surplus == 3


def test_what_is_short_at_one_location_does_not_use_what_is_drafted_for_another():
    need = Need("K1", waiting={"B": 5}, drafted={"A": 4})
    assert [(one.location, one.units) for one in suggest(need, "A")] == [("B", 5)]
    assert [(one.location, one.surplus) for one in surplus(need)] == [("A", 4)]


def test_no_more_is_surplus_than_nothing_asks_for_when_it_is_drafted_twice():
    found = surplus(Need("K1", waiting={None: 7}, drafted={"A": 5, "B": 5}))
    assert [(one.location, one.surplus) for one in found] == [("A", 3)]


@given(NEEDS)
def test_nothing_is_to_be_bought_when_what_is_surplus_is_not(need):
    over = {one.location: one.surplus for one in surplus(need)}
    left = {at: units - over.get(at, 0) for at, units in need.drafted.items()}
    assert suggest(replace(need, drafted=left), "A") == suggest(need, "A")
