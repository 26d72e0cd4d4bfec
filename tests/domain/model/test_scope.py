"""What a key opens: what is not named is not seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.domain.model.scope import EVERYTHING, Scope

names = st.sampled_from(["a", "b", "c"])
bound = st.none() | st.frozensets(names)
places = st.lists(st.none() | names, max_size=3)


def test_everything_is_seen_when_nothing_is_bound():
    assert EVERYTHING.sees("a", ["x"])
    assert EVERYTHING.sees("a", [None])
    assert EVERYTHING.sees("a", [])


def test_each_of_several_merchants_is_seen_and_no_other():
    scope = Scope(frozenset({"a", "b"}))
    assert [scope.sees(one, ["x"]) for one in ("a", "b", "c")] == [True, True, False]


@pytest.mark.parametrize("at", [["x"], ["x", "y"], [None, "x"]])
def test_what_touches_one_of_the_locations_is_seen(at):
    assert Scope(None, frozenset({"x"})).sees("a", at)


@pytest.mark.parametrize("at", [["y"], [None], []])
def test_what_is_elsewhere_or_nowhere_is_not_seen_when_the_key_is_bound(at):
    assert not Scope(None, frozenset({"x"})).sees("a", at)


def test_what_has_no_place_is_seen_wherever_the_key_is_bound():
    assert Scope(frozenset({"a"}), frozenset({"x"})).sees("a")


def test_nothing_is_seen_when_a_set_is_empty():
    assert not Scope(frozenset()).sees("a", ["x"])
    assert not Scope(frozenset()).sees(None, ["x"])
    assert not Scope(None, frozenset()).sees("a", ["x"])


@given(bound, bound, names, places)
def test_a_smaller_scope_never_sees_more(merchants, locations, merchant, at):
    scope = Scope(merchants, locations)
    if scope.sees(merchant, at):
        assert Scope(None, locations).sees(merchant, at)
        assert Scope(merchants, None).sees(merchant, at)
        assert scope.sees(merchant)
