"""How great an order may be, and how much is read at once."""

import pytest

from fulfillment.domain.model.limits import MOST_LINES, check_order_size, within_lines
from fulfillment.domain.model.refusals import RefusedError


def test_order_is_refused_when_it_has_a_line_too_many():
    check_order_size([(1, None)] * MOST_LINES, "lines")
    with pytest.raises(RefusedError, match="divide it") as refusal:
        check_order_size([(1, None)] * (MOST_LINES + 1), "lines")
    assert refusal.value.code == "too_many_lines"


@pytest.mark.parametrize(
    ("counts", "fit"),
    [
        ([], 1),
        ([1], 1),
        ([MOST_LINES + 1, 1], 1),
        ([MOST_LINES, 1], 1),
        ([MOST_LINES - 1, 1, 1], 2),
    ],
)
def test_no_more_is_read_than_one_order_may_have_but_the_first_in_any_case(counts, fit):
    assert within_lines(counts) == fit
