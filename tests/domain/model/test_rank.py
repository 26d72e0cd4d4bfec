from datetime import timedelta

from fulfillment.domain.model.rank import Rank
from tests.builders.values import PLACED_AT


def test_priority_decides_first_when_orders_differ_in_all():
    assert Rank(10, PLACED_AT + timedelta(days=9), 9) < Rank(50, PLACED_AT, 1)


def test_the_earlier_placed_is_first_when_priorities_are_equal():
    assert Rank(50, PLACED_AT, 9) < Rank(50, PLACED_AT + timedelta(seconds=1), 1)


def test_the_order_of_intake_decides_when_all_else_is_equal():
    assert sorted([Rank(50, PLACED_AT, 3), Rank(50, PLACED_AT, 1), Rank(50, PLACED_AT, 2)]) == [
        Rank(50, PLACED_AT, number) for number in (1, 2, 3)
    ]
