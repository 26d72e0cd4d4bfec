"""What is told of a what-if at once is all of it, or nothing that the whole could contradict."""

import random
from collections.abc import Callable, Iterator, Sequence

import pytest

from fulfillment.domain.insight.queue_picture import QueuePicture
from fulfillment.domain.insight.what_if import parse_all
from fulfillment.store.commands.what_if import Copy, Outset, put_on_copy, put_on_copy_at_once
from fulfillment.store.insight.queue_picture import (
    Trying,
    read_queue_picture,
    read_tried_picture,
)
from fulfillment.store.reading.queue_rows import QueueScope
from tests.builders.warehouse import MERCHANT, Warehouse
from tests.store.commands.what_if.worlds import make_busy, stack_of

K1 = QueueScope("K1", None, None)


@pytest.fixture(scope="module")
def busy(new_database: Callable[[], str]) -> Iterator[Warehouse]:
    made = make_busy(new_database())
    yield made
    made.engine.dispose()


def whole(at: Warehouse, texts: Sequence[str]) -> Copy:
    wishes = parse_all(texts)
    found: Copy = at.store.simulate(MERCHANT, lambda tx: put_on_copy(tx, wishes))
    return found


def at_once(at: Warehouse, texts: Sequence[str], at_most: int | None) -> Copy | Outset:
    wishes = parse_all(texts)
    found: Copy | Outset = at.store.simulate(
        MERCHANT, lambda tx: put_on_copy_at_once(tx, wishes, at_most)
    )
    return found


@pytest.mark.parametrize("seed", range(12))
def test_it_is_the_whole_or_only_what_is_asked(busy, seed):
    texts = stack_of(random.Random(seed))
    all_of_it = whole(busy, texts)
    looked_at = len(all_of_it.space.after)
    for at_most in (0, 2, 6, 15, 25, looked_at, None):
        found = at_once(busy, texts, at_most)
        assert [act.facts for act in found.acts] == [act.facts for act in all_of_it.acts]
        if isinstance(found, Outset):
            assert at_most is not None
            assert at_most < found.orders <= looked_at
        else:
            assert (found.impacts, found.stops) == (all_of_it.impacts, all_of_it.stops)
            assert found.fingerprint == all_of_it.fingerprint
            assert at_most is None or looked_at <= at_most
    assert isinstance(at_once(busy, texts, looked_at), Copy)


def test_more_on_one_supply_than_one_look_takes_is_known_before_a_queue_is_opened(
    warehouse, monkeypatch
):
    monkeypatch.setattr("fulfillment.store.queue.head.BATCH", 5)
    warehouse.purchase([("K1", 20)], number="P1", due=5)
    for at in range(8):
        warehouse.order([("K1", 2)], f"L{at}")
    monkeypatch.setattr(
        "fulfillment.store.commands.what_if.copying.open_queues",
        lambda *_, **__: pytest.fail("opened"),
    )
    found = at_once(warehouse, ["P1:+5d"], 3)
    assert isinstance(found, Outset)
    assert found.orders == 5


def test_the_picture_is_the_queue_as_it_is_until_the_whole_is_worked_out(busy):
    wishes = parse_all(["P1:+9d"])

    def drawn(at_most: int | None) -> tuple[QueuePicture, Outset | None]:
        trying = Trying(wishes, at_most)
        found: tuple[QueuePicture, Outset | None] = busy.store.simulate(
            MERCHANT, lambda tx: read_tried_picture(tx, K1, None, trying)
        )
        return found

    as_is = busy.store.simulate(MERCHANT, lambda tx: read_queue_picture(tx, K1))
    first, takes = drawn(3)
    assert first == as_is
    assert takes is not None
    assert takes.orders > 3
    then, nothing_left = drawn(None)
    assert nothing_left is None
    assert then != as_is
