from typing import Any

import pytest

from fulfillment.domain.floor import packing
from fulfillment.domain.floor.dispatch import ship
from fulfillment.domain.floor.packing import Contents, Package
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.domain.model.shipments import Shipment
from fulfillment.domain.model.statuses import (
    MoveNotAllowedError,
    OrderStatus,
    ShipmentStatus,
    step_back,
)
from tests.builders.values import claim, line, order, shipment

WANTS = (("K1", 5), ("K2", 2))


def picked(status: str = "picked", **more: Any) -> Order:
    rows = [
        line("K1", 5, claims=[claim(5, picked=5)]),
        line("K2", 2, number=2, id_=102, claims=[claim(2, picked=2)]),
    ]
    mine = shipment(*rows, status=ShipmentStatus(status), at="A", wave=1)
    return order(1, WANTS, shipments=[mine], **more)


def first(mine: Order) -> Shipment:
    return mine.shipments[0]


def refused(*new: Contents, packages: tuple[Package, ...] = ()) -> tuple[str, object]:
    with pytest.raises(RefusedError) as refusal:
        packing.check_contents(first(picked()), packages, new)
    return refusal.value.code, refusal.value.fields[0]["field"]


def test_what_is_in_no_package_is_loose():
    packages = [Package(1, {1: 3}), Package(2, {1: 1, 2: 2})]

    assert packing.loose(first(picked()), packages) == {1: 1}
    assert packing.loose(first(picked()), []) == {1: 5, 2: 2}


def test_units_from_containers_and_from_the_supplier_are_in_hands_too():
    rows = [
        line("K1", 5, claims=[claim(5, picked=2, staged=3)]),
        line("K2", 2, number=2, id_=102).drop_shipped("A"),
    ]

    assert packing.loose(shipment(*rows), []) == {1: 5, 2: 2}


def test_a_package_that_holds_more_than_is_picked_is_found_when_units_went_back():
    with pytest.raises(RefusedError) as refusal:
        packing.loose(first(picked()), [Package(1, {1: 6})])

    assert refusal.value.code == "packages_hold_more"


def test_two_packages_are_taken_when_together_they_hold_what_is_picked():
    new = [Contents(((1, 3),)), Contents(((1, 2), (2, 2)))]

    packing.check_contents(first(picked()), [], new)


def test_contents_are_refused_when_they_make_no_sense():
    assert refused(Contents(())) == ("empty_package", "0.lines")
    assert refused(Contents(((1, 1), (3, 1)))) == ("not_in_shipment", "0.lines[1].order_line")
    assert refused(Contents(((1, 1), (1, 1)))) == ("line_twice", "0.lines[1].order_line")
    assert refused(Contents(((1, 0),))) == ("bad_quantity", "0.lines[0].units")
    assert refused(Contents(((1, 6),))) == ("more_than_picked", "0.lines[0].units")
    two = [Contents(((1, 3),)), Contents(((2, 1), (1, 3)))]
    assert refused(*two) == ("more_than_picked", "1.lines[1].units")
    held = (Package(1, {1: 4}),)
    assert refused(Contents(((1, 2),)), packages=held) == ("more_than_picked", "0.lines[0].units")


def test_a_shipment_is_packed_only_when_nothing_of_it_is_loose():
    mine = picked()
    some, rest = Package(1, {1: 5}), Package(2, {2: 2})

    assert packing.settled(mine, first(mine), [some]) is mine
    packed = packing.settled(mine, first(mine), [some, rest])
    assert first(packed).status is ShipmentStatus.PACKED
    again = packing.settled(packed, first(packed), [some])
    assert first(again).status is ShipmentStatus.PICKED


@pytest.mark.parametrize("status", [str(s) for s in ShipmentStatus])
def test_packages_change_only_while_they_are_in_the_building(status):
    mine = picked(status)
    if status in ("picking", "picked", "packed"):
        packing.check_may_repack(mine, first(mine))
    else:
        with pytest.raises(MoveNotAllowedError):
            packing.check_may_repack(mine, first(mine))


def test_packages_do_not_change_when_the_order_is_on_hold():
    mine = picked(holds=("fraud",))
    for check in (packing.check_may_pack, packing.check_may_repack):
        with pytest.raises(RefusedError, match="fraud"):
            check(mine, first(mine))


def test_no_step_is_undone_but_those_that_hands_undo():
    assert step_back(ShipmentStatus.PACKED, ShipmentStatus.PICKED) is ShipmentStatus.PICKED
    with pytest.raises(MoveNotAllowedError):
        step_back(ShipmentStatus.SHIPPED, ShipmentStatus.PICKED)


def test_what_leaves_first_is_a_shipment_of_the_same_wave():
    mine = picked("packed")
    after = packing.set_apart(mine, first(mine), {1: 3})
    kept, apart = after.shipments

    assert [(row.order_line, row.units, row.allocated) for row in kept.lines] == [
        (1, 2, 2),
        (2, 2, 2),
    ]
    assert [(row.order_line, row.units, row.allocated) for row in apart.lines] == [(1, 3, 3)]
    assert (apart.number, apart.parent, apart.wave, apart.location, apart.status) == (
        (mine.next_shipment_number, kept.id, 1, "A", ShipmentStatus.PACKED)
    )
    gone = ship(after, apart)
    assert (gone.status, gone.waves_spent) == (OrderStatus.PARTIALLY_SHIPPED, 1)


def test_a_whole_line_goes_when_all_of_it_leaves_first():
    mine = picked("packed")
    after = packing.set_apart(mine, first(mine), {1: 5})

    assert [[row.order_line for row in each.lines] for each in after.shipments] == [[2], [1]]


def test_units_of_both_parts_of_a_line_go_when_one_shipment_holds_them():
    rows = [
        line("K1", 2, claims=[claim(2, picked=2)]),
        line("K1", 3, id_=102, claims=[claim(3, picked=3)]),
    ]
    mine = order(1, shipments=[shipment(*rows, status=ShipmentStatus.PACKED, at="A", wave=1)])
    kept, apart = packing.set_apart(mine, first(mine), {1: 3}).shipments

    assert [row.units for row in apart.lines] == [2, 1]
    assert [(row.id, row.units) for row in kept.lines] == [(102, 2)]
    assert len({row.id for row in (*kept.lines, *apart.lines)}) == 3


def test_units_from_containers_leave_first():
    row = line("K1", 5, claims=[claim(5, picked=3, staged=2)])
    mine = order(1, shipments=[shipment(row, status=ShipmentStatus.PACKED, at="A", wave=1)])
    after = packing.set_apart(mine, first(mine), {1: 3})
    (kept,), (apart,) = (each.lines[0].claims for each in after.shipments)

    assert (apart.units, apart.staged, apart.picked) == (3, 2, 1)
    assert (kept.units, kept.staged, kept.picked) == (2, 0, 2)
