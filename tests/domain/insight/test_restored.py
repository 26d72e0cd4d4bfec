"""What a workflow may believe at once, and what the database is asked for first."""

from dataclasses import replace

import pytest

from fulfillment.domain.insight.progress import Progress
from fulfillment.domain.insight.restored import MOST_AHEAD, holds_for, is_ahead, is_doubtful
from fulfillment.domain.model.statuses import OrderStatus

KNOWN = Progress(7, "O-7", 4, OrderStatus.AWAITING_STOCK, 50, epoch=2)


@pytest.mark.parametrize(
    ("more", "doubtful"),
    [
        ({}, False),
        ({"seq": 5}, False),
        ({"seq": 4 + MOST_AHEAD}, False),
        ({"seq": 5 + MOST_AHEAD}, True),
        ({"seq": 3}, True),
        ({"status": OrderStatus.SHIPPED}, True),
        ({"seq": 5, "epoch": 3}, True),
        ({"seq": 5, "epoch": 1}, True),
        ({"seq": 5, "order": 8}, True),
    ],
)
def test_only_the_next_news_is_believed_at_once(more: dict[str, object], doubtful: bool) -> None:
    assert is_doubtful(replace(KNOWN, **more), KNOWN, 7, 2) is doubtful  # type: ignore[arg-type]


def test_first_news_is_believed_when_it_is_of_the_epoch_of_the_start() -> None:
    assert not is_doubtful(replace(KNOWN, seq=900), None, 7, 2)
    assert is_doubtful(KNOWN, None, 7, 1)


def test_a_later_epoch_is_newer_whatever_its_seq() -> None:
    assert replace(KNOWN, seq=0, epoch=3).version > KNOWN.version
    assert is_ahead(KNOWN, replace(KNOWN, seq=3))
    assert not is_ahead(KNOWN, replace(KNOWN, seq=0, epoch=3))
    assert not is_ahead(KNOWN, replace(KNOWN, seq=3, order=8))


def test_nothing_is_held_that_is_finished_anyway() -> None:
    finished = replace(KNOWN, seq=3, status=OrderStatus.CANCELLED)
    assert holds_for(replace(KNOWN, shipped_units=9), finished) == ()
