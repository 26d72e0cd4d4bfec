"""What a receipt may count of a line, and as what."""

from hypothesis import given
from hypothesis import strategies as st

from fulfillment.domain.model.receiving import Room, tolerance

units = st.integers(0, 50)
rooms = st.builds(Room, units, units, units)


@given(rooms, st.data())
def test_each_unit_is_counted_once_when_a_receipt_takes_what_there_is_room_for(room, data):
    taken = room.take(data.draw(st.integers(0, room.units)))
    left = room.without(taken)
    assert left.units == room.units - taken.units
    assert min(left.outstanding, left.found, left.beyond) >= 0


@given(rooms, st.data())
def test_what_is_outstanding_goes_before_what_was_given_up_and_what_is_beyond(room, data):
    taken = room.take(data.draw(st.integers(0, room.units)))
    assert not taken.found or taken.outstanding == room.outstanding
    assert not taken.beyond or taken.found == room.found


def test_tolerance_is_of_what_is_wanted_and_what_came_beyond_counts():
    assert tolerance(10, 20, 0) == 2
    assert tolerance(10, 20, 2) == 0
    assert tolerance(10, 20, 5) == 0
    assert tolerance(4, 20, 0) == 0
