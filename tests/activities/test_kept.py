"""What is kept between the two local activities of an order."""

from activities.kept import Kept


def test_answer_is_given_out_once():
    kept = Kept[str, int]()
    kept.keep("order", 7)

    assert (kept.take("order"), kept.take("order")) == (7, None)


def test_last_answer_counts_when_there_were_two():
    kept = Kept[str, int]()
    kept.keep("order", 7)
    kept.keep("order", 8)

    assert kept.take("order") == 8


def test_answer_is_not_given_out_when_it_is_old():
    now = [0.0]
    kept = Kept[str, int](seconds=10, clock=lambda: now[0])
    kept.keep("order", 7)
    now[0] = 10.0

    assert kept.take("order") is None


def test_oldest_answer_goes_when_there_are_too_many():
    kept = Kept[int, int](most=2)
    for key in (1, 2, 3):
        kept.keep(key, key)

    assert [kept.take(key) for key in (1, 2, 3)] == [None, 2, 3]
