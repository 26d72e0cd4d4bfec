"""Which orders share a transaction: by rank, bounded, small before large, nobody passed."""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from activities.batches import LARGE, PATIENCE, Bounds, next_batch
from fulfillment.domain.model.rank import Rank
from fulfillment.store.reading.first_claims import Claimant

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass
class Waiter:
    claimant: Claimant
    passed: int = 0


def waiter(place: int, skus: str | set[str] = "A", lines: int = 1, passed: int = 0) -> Waiter:
    return Waiter(Claimant(place, Rank(50, NOON, place), lines, frozenset(skus)), passed)


def places(batch: list[Waiter]) -> list[int]:
    return [waiter.claimant.order for waiter in batch]


def test_batch_goes_by_rank_when_it_has_room_for_some_only() -> None:
    waiting = [waiter(place) for place in (3, 1, 4, 2)]
    assert places(next_batch(waiting, Bounds(orders=3))) == [1, 2, 3]


def test_batch_is_bounded_by_lines_and_by_skus() -> None:
    lines = [waiter(place, lines=4) for place in (1, 2, 3)]
    assert places(next_batch(lines, Bounds(lines=9))) == [1, 2]
    skus = [waiter(1, "AB"), waiter(2, "BC"), waiter(3, "CD")]
    assert places(next_batch(skus, Bounds(skus=3))) == [1, 2]


def test_order_that_is_larger_than_any_batch_has_one_of_its_own() -> None:
    assert places(next_batch([waiter(1, lines=999), waiter(2)], Bounds(lines=100))) == [1]


def test_smaller_ones_go_first_when_they_want_nothing_of_a_large_one() -> None:
    waiting = [waiter(1, "AB", lines=LARGE), waiter(2, "C"), waiter(3, "D")]
    assert places(next_batch(waiting)) == [2, 3]


def test_nobody_passes_who_wants_what_an_earlier_one_left_behind_wants() -> None:
    waiting = [waiter(1, "AB", lines=LARGE), waiter(2, "BC"), waiter(3, "C"), waiter(4, "D")]
    assert places(next_batch(waiting)) == [4]


def test_large_one_goes_when_it_has_been_patient() -> None:
    waiting = [waiter(1, "AB", lines=LARGE, passed=PATIENCE), waiter(2, "C")]
    assert places(next_batch(waiting)) == [1, 2]


@given(
    st.lists(
        st.tuples(
            st.sets(st.sampled_from("ABCDEFGH"), min_size=1),
            st.sampled_from([1, 5, LARGE, 3 * LARGE]),
            st.integers(0, PATIENCE),
        ),
        min_size=1,
        max_size=12,
    ),
    st.randoms(),
)
def test_every_batch_moves_on_keeps_its_bounds_and_passes_nobody(known, chance) -> None:
    waiting = [waiter(n, skus, lines, passed) for n, (skus, lines, passed) in enumerate(known)]
    bounds = Bounds(orders=4, lines=LARGE + 10, skus=6)
    batch = next_batch(waiting, bounds)
    shuffled = chance.sample(waiting, k=len(waiting))
    assert batch
    assert places(next_batch(shuffled, bounds)) == places(batch)
    if len(batch) > 1:
        assert len(batch) <= bounds.orders
        assert sum(w.claimant.lines for w in batch) <= bounds.lines
        assert len({sku for w in batch for sku in w.claimant.skus}) <= bounds.skus
    left = [w for w in waiting if w not in batch]
    for ahead, taken in itertools.product(left, batch):
        if ahead.claimant.rank < taken.claimant.rank:
            assert ahead.claimant.skus.isdisjoint(taken.claimant.skus)
