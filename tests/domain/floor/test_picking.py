"""Units between the shelf and a picker's hands, as pure values."""

import pytest

from fulfillment.domain.floor import picking
from fulfillment.domain.floor.picking import NotFound
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.domain.model.shipments import Shipment
from fulfillment.domain.model.statuses import MoveNotAllowedError, ShipmentStatus
from tests.builders.values import claim, line, order, shipment

PICKING = ShipmentStatus.PICKING


def being_picked(units: int = 5, *, picked: int = 0, staged: int = 0, **more) -> Order:
    row = line(units=units, claims=[claim(units, picked=picked, staged=staged)])
    return order(1, shipments=[shipment(row, status=PICKING, at="A", wave=1)], **more)


def held(each: Shipment) -> list[tuple[int, int, int]]:
    """Units, picked and staged of each claim."""
    return [(c.units, c.picked, c.staged) for row in each.lines for c in row.claims]


def code_of(deed) -> str:
    with pytest.raises(RefusedError) as refusal:
        deed()
    return refusal.value.code


def test_a_shipment_is_picked_when_all_of_it_is_picked_or_staged():
    mine = being_picked(staged=2)
    part = picking.confirmed(mine, mine.shipments[0], {1: 2})
    assert (part.shipments[0].status, held(part.shipments[0])) == (PICKING, [(5, 2, 2)])

    done = picking.confirmed(part, part.shipments[0], {1: 1})
    assert (done.shipments[0].status, held(done.shipments[0])) == ("picked", [(5, 3, 2)])
    assert [note.kind for note in done.notes] == ["units_picked"] * 2


@pytest.mark.parametrize("units", [{1: 4}, {2: 1}])
def test_no_more_is_confirmed_than_is_on_the_shelf(units):
    mine = being_picked(staged=2)

    assert code_of(lambda: picking.confirmed(mine, mine.shipments[0], units)) == "more_than_there"


def test_units_of_several_shipment_lines_count_as_one_line_of_the_order():
    rows = [line(units=2, claims=[claim(2)], id_=n) for n in (101, 102)]
    mine = order(1, shipments=[shipment(*rows, status=PICKING, at="A")])
    after = picking.confirmed(mine, mine.shipments[0], {1: 3})

    assert held(after.shipments[0]) == [(2, 2, 0), (2, 1, 0)]


def test_nothing_is_confirmed_when_the_order_is_held_or_nobody_picks_it():
    mine = being_picked(holds=("fraud",))
    assert code_of(lambda: picking.confirmed(mine, mine.shipments[0], {1: 1})) == "order_on_hold"

    ready = order(1, shipments=[shipment(line(claims=[claim(1)]), status=ShipmentStatus.READY)])
    with pytest.raises(MoveNotAllowedError):
        picking.confirmed(ready, ready.shipments[0], {1: 1})


def test_a_picked_shipment_is_being_picked_when_units_are_back_on_the_shelf():
    mine = being_picked()
    done = picking.confirmed(mine, mine.shipments[0], {1: 5})
    back = picking.put_back(done, done.shipments[0], {1: 2})

    assert (back.shipments[0].status, held(back.shipments[0])) == (PICKING, [(5, 3, 0)])


def test_what_is_held_may_be_put_back():
    mine = being_picked(picked=2, holds=("fraud",))

    assert held(picking.put_back(mine, mine.shipments[0], {1: 2}).shipments[0]) == [(5, 0, 0)]


def test_nothing_is_put_back_when_it_is_packed():
    row = line(units=1, claims=[claim(1, picked=1)])
    mine = order(1, shipments=[shipment(row, status=ShipmentStatus.PACKED, at="A")])
    with pytest.raises(MoveNotAllowedError):
        picking.put_back(mine, mine.shipments[0], {1: 1})


def test_a_list_is_given_up_only_when_nothing_of_a_shipment_is_picked():
    begun = being_picked(picked=1)
    assert code_of(lambda: picking.given_up(begun, begun.shipments[0])) == "partly_picked"
    mine = being_picked(staged=1)

    assert picking.given_up(mine, mine.shipments[0]).shipments[0].status == "ready"


# --- short picks ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("found", "parts"), [(3, [(3, 3, 0)]), (1, [(1, 1, 0)])])
def test_what_was_found_goes_on_and_the_rest_waits_apart(found, parts):
    mine = being_picked()
    after = picking.goes_on(mine, mine.shipments[0], NotFound(1, found))
    kept, apart = after.shipments

    assert (kept.status, kept.wave, held(kept)) == ("picked", 1, parts)
    assert (apart.status, apart.lines[0].units, held(apart)) == ("backorder", 5 - found, [])


def test_all_of_it_waits_with_what_is_in_hands_staged():
    mine = being_picked(6, picked=2, staged=1)
    after = picking.waits_again(mine, mine.shipments[0], NotFound(1, 3))
    (back,) = after.shipments

    assert (back.status, back.wave, back.location) == ("backorder", None, None)
    assert (held(back), back.lines[0].wanted) == ([(4, 0, 4)], 2)
    assert after.waves_spent == 0


@pytest.mark.parametrize("make", [picking.goes_on, picking.waits_again])
def test_all_of_it_waits_with_nothing_when_nothing_was_found(make):
    mine = being_picked()
    (back,) = make(mine, mine.shipments[0], NotFound(1, 0)).shipments

    assert (back.status, back.wave, held(back), back.lines[0].wanted) == ("backorder", None, [], 5)


@pytest.mark.parametrize("make", [picking.goes_on, picking.waits_again])
def test_units_are_kept_when_one_line_of_two_is_short(make):
    rows = [line(units=5, claims=[claim(5)]),
            line("K2", 2, number=2, id_=102, claims=[claim(2)])]  # fmt: skip
    mine = order(1, shipments=[shipment(*rows, status=PICKING, at="A", wave=1)])
    after = make(mine, mine.shipments[0], NotFound(1, 3))

    assert sum(row.units for s in after.shipments for row in s.lines) == 7
    assert sum(row.allocated for s in after.shipments for row in s.lines) == 5
    assert after.notes[-1].facts["found"] == 3


@pytest.mark.parametrize(
    ("found", "code"), [(1, "less_than_picked"), (5, "nothing_short"), (6, "nothing_short")]
)
def test_a_short_pick_is_refused_when_nothing_is_short(found, code):
    mine = being_picked(picked=2)
    short = NotFound(1, found)

    assert code_of(lambda: picking.missing_units(mine, mine.shipments[0], short)) == code


@pytest.mark.parametrize(
    ("policy", "alone"), [({}, True), ({"max_shipments": 2}, True), ({"max_shipments": 1}, False)]
)
def test_a_part_may_go_alone_when_a_dispatch_is_left(policy, alone):
    assert picking.may_go_alone(being_picked(policy=policy)) is alone
