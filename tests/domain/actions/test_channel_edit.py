import pytest

from fulfillment.domain.actions.channel_edit import WantedLine, edited
from fulfillment.domain.model.orders import OrderLine
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.domain.model.statuses import OrderStatus, ShipmentStatus
from tests.builders.values import claim, claimed, line, order, parts, planned, shipment, snapshot


def wanted(*rows: tuple[int, str, int]) -> dict[int, WantedLine]:
    return {number: WantedLine(number, sku, units) for number, sku, units in rows}


def test_nothing_changes_when_the_edit_asks_for_what_is():
    mine = order(1, [("K1", 2), ("K2", 1)])

    assert edited(mine, wanted((1, "K1", 2), (2, "K2", 1))) == mine


def test_more_units_wait_in_a_new_shipment_when_a_line_grows():
    after = edited(order(1, [("K1", 2)]), wanted((1, "K1", 5)))

    assert after.lines == (OrderLine(1, "K1", 5),)
    assert parts(after) == [("backorder", None, {1: 2}), ("backorder", None, {1: 3})]
    assert after.next_shipment_number == 3


def test_units_are_cancelled_when_a_line_shrinks_or_is_not_named():
    after = edited(order(1, [("K1", 5), ("K2", 1)]), wanted((1, "K1", 2)))

    assert after.lines == (OrderLine(1, "K1", 5, cancelled=3), OrderLine(2, "K2", 1, cancelled=1))
    assert parts(after) == [("backorder", None, {1: 2})]


def test_a_line_is_added_when_its_number_is_new():
    after = edited(order(1), wanted((1, "K1", 1), (7, "K2", 4)))

    assert after.lines == (OrderLine(1, "K1", 1), OrderLine(7, "K2", 4))
    assert parts(after)[1] == ("backorder", None, {7: 4})


def test_an_old_claim_is_kept_when_units_are_added_and_another_line_goes():
    row = line(units=3, claims=[claim(3)])
    mine = order(1, shipments=[shipment(row, line("K2", number=2, id_=102))])
    after = planned(snapshot(edited(mine, wanted((1, "K1", 4)))))[1]

    assert claimed(after) == {(1, "A"): 3}
    assert parts(after) == [("ready", "A", {1: 3}), ("backorder", None, {1: 1})]


def test_cancelled_units_count_when_a_line_grows_again():
    once = edited(order(1, [("K1", 5)]), wanted((1, "K1", 2)))
    again = edited(once, wanted((1, "K1", 4)))

    assert again.lines == (OrderLine(1, "K1", 7, cancelled=3),)


def test_the_edit_is_refused_when_a_line_is_for_another_sku():
    with pytest.raises(RefusedError) as refusal:
        edited(order(1), wanted((1, "K2", 1)))

    assert refusal.value.code == "sku_changed"
    assert refusal.value.fields == ({"field": "lines[0].sku"},)


def test_the_edit_is_too_late_when_the_units_are_packed():
    picked = shipment(line(claims=[claim(1, picked=1)]), status=ShipmentStatus.PICKED, at="A")
    mine = order(1, shipments=[picked])

    assert edited(mine, {}).status is OrderStatus.CANCELLED
    with pytest.raises(RefusedError) as refusal:
        edited(mine, {}, {(picked.id, 1): 1})

    assert refusal.value.code == "too_late"
