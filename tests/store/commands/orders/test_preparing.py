"""A person chooses how each line reaches the customer."""

import pytest

from fulfillment.domain.actions.manual_prepare import Choice, Choose
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands.orders import manual
from tests.builders.warehouse import Warehouse


def test_each_line_goes_its_way_when_a_person_prepares(warehouse):
    warehouse.location("SUPPLIER")
    warehouse.products("K4")
    for sku, at in (("K1", "B"), ("K2", "A"), ("K4", "A")):
        warehouse.stock(5, sku, at)
    wants = [("K1", 1), ("K2", 2), ("K3", 3), ("K4", 4)]
    mine = warehouse.order(wants, policy={"prepare": "manual"})
    assert (warehouse.status(mine), warehouse.read(mine)["prepared"]) == ("received", False)
    choices = [
        Choice(1, Choose.PICK, "B"),
        Choice(2, Choose.PICKUP, "A"),
        Choice(3, Choose.DROP_SHIP, "SUPPLIER"),
        Choice(4, Choose.BACKORDER),
    ]
    change = manual.prepare(warehouse.number(mine), choices)
    expected = warehouse.preview(change)[warehouse.number(mine)][1]
    warehouse.do(change)

    assert warehouse.standings()[warehouse.number(mine)] == expected
    assert sorted(warehouse.parts(mine), key=str) == [
        ("backorder", None, 4), ("ready", "A", 2), ("ready", "B", 1), ("ready", "SUPPLIER", 3),
    ]  # fmt: skip
    told = [
        (x["channel"], x["source_location"], x["by_hand"]) for x in warehouse.read(mine)["lines"]
    ]
    assert told == [
        ("pick", "B", False), ("pickup", "A", False), ("drop_ship", "SUPPLIER", False),
        ("pick", None, True),
    ]  # fmt: skip
    assert warehouse.level("K4") == (5, 0)
    assert warehouse.refusal(change) == "already_prepared"


def test_no_stock_moves_when_the_supplier_ships(warehouse):
    warehouse.location("SUPPLIER")
    warehouse.stock(5, "K1", "SUPPLIER")
    mine = warehouse.order([("K1", 3)], policy={"prepare": "manual"})
    choice = Choice(1, Choose.DROP_SHIP, "SUPPLIER")
    warehouse.do(manual.prepare(warehouse.number(mine), [choice]))
    (shipment,) = warehouse.shipments("ready")
    assert warehouse.level("K1", "SUPPLIER") == (5, 0)
    warehouse.pick(shipment)
    warehouse.ship(shipment)

    assert warehouse.status(mine) == "shipped"
    assert warehouse.level("K1", "SUPPLIER") == (5, 0)
    assert warehouse.one("SELECT count(*) FROM stock_ledger WHERE kind = 'dispatch'") == 0


def test_drop_shipped_lines_stay_when_the_order_is_locked(warehouse):
    warehouse.location("SUPPLIER")
    warehouse.stock(1, "K2", "A")
    mine = warehouse.order([("K1", 3), ("K2", 1)], policy={"prepare": "manual"})
    number = warehouse.number(mine)
    warehouse.do(manual.prepare(number, [Choice(1, Choose.DROP_SHIP, "SUPPLIER")]))
    warehouse.do(manual.lock(number, "B"))

    assert sorted(warehouse.parts(mine), key=str) == [
        ("backorder", None, 1), ("ready", "SUPPLIER", 3),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("choices", "field"),
    [
        ([Choice(9, Choose.BACKORDER)], "lines[0].line"),
        ([Choice(1, Choose.BACKORDER), Choice(1, Choose.PICK, "A")], "lines[1].line"),
        ([Choice(1, Choose.PICK)], "lines[0].location"),
        ([Choice(1, Choose.BACKORDER, "A")], "lines[0].location"),
        ([Choice(1, Choose.PICK, "NOWHERE")], "lines[0].location"),
    ],
)
def test_a_choice_is_refused_naming_the_field_when_it_makes_no_sense(warehouse, choices, field):
    mine = warehouse.order(policy={"prepare": "manual"})
    with pytest.raises(RefusedError) as refusal:
        warehouse.do(manual.prepare(warehouse.number(mine), choices))

    assert refusal.value.fields[0]["field"] == field


def drop_shipped(warehouse: Warehouse, units: int) -> int:
    """An order of some K1 that the supplier sends; stock for it is at the same place."""
    warehouse.location("SUPPLIER")
    warehouse.stock(9, "K1", "SUPPLIER")
    mine = warehouse.order([("K1", units)], policy={"prepare": "manual"})
    choice = Choice(1, Choose.DROP_SHIP, "SUPPLIER")
    warehouse.do(manual.prepare(warehouse.number(mine), [choice]))
    return mine


def test_the_supplier_sends_all_of_it_when_more_is_wanted(warehouse):
    mine = drop_shipped(warehouse, 2)
    warehouse.edit(mine, {1: ("K1", 5)}, 1)

    assert warehouse.allocated(mine) == 5
    assert warehouse.level("K1", "SUPPLIER") == (9, 0)


def test_stock_is_taken_from_anywhere_when_the_supplier_does_not_send_it_after_all(warehouse):
    mine = drop_shipped(warehouse, 2)
    warehouse.stock(2, "K1", "A")
    number = warehouse.number(mine)
    warehouse.do(manual.mark_backordered(number, 1))
    assert warehouse.allocated(mine) == 0
    warehouse.do(manual.allocate(number))

    assert warehouse.parts(mine) == [("ready", "A", 2)]
    assert warehouse.level("K1", "A") == (2, 2)


@pytest.mark.parametrize("policy", [{"prepare": "manual"}, {}])
@pytest.mark.parametrize(
    ("channel", "at", "part"),
    [
        (Choose.PICK, "B", ("ready", "B", 2)),
        (Choose.PICKUP, "A", ("ready", "A", 2)),
        (Choose.DROP_SHIP, "SUPPLIER", ("ready", "SUPPLIER", 2)),
    ],
)
def test_a_line_marked_backordered_is_given_a_source_later_by_the_same_action(
    warehouse, policy, channel, at, part
):
    warehouse.location("SUPPLIER")
    for place in ("A", "B"):
        warehouse.stock(5, "K1", place)
    warehouse.stock(5, "K2", "A")
    mine = warehouse.order([("K1", 2), ("K2", 1)], policy=policy)
    number = warehouse.number(mine)
    if policy:
        choices = [Choice(1, Choose.BACKORDER), Choice(2, Choose.PICK, "A")]
        warehouse.do(manual.prepare(number, choices))
    else:
        warehouse.do(manual.mark_backordered(number, 1))
    assert ("backorder", None, 2) in warehouse.parts(mine)
    assert "prepare" in warehouse.read(mine)["actions"]["allowed"]
    assert warehouse.refusal(manual.prepare(number, [Choice(2, Choose.PICK, "B")])) == (
        "already_prepared"
    )
    warehouse.do(manual.prepare(number, [Choice(1, channel, at)]))

    assert sorted(warehouse.parts(mine), key=str) == sorted([("ready", "A", 1), part], key=str)
    assert "prepare" not in warehouse.read(mine)["actions"]["allowed"]
    assert warehouse.refusal(manual.prepare(number, [Choice(1, channel, at)])) == (
        "already_prepared"
    )


def test_marking_lines_backordered_does_not_finish_the_step_for_the_others(warehouse):
    warehouse.stock(5, "K2", "A")
    mine = warehouse.order([("K1", 2), ("K2", 1)], policy={"prepare": "manual"})
    number = warehouse.number(mine)
    warehouse.do(manual.prepare(number, [Choice(1, Choose.BACKORDER)]))
    assert (warehouse.status(mine), warehouse.read(mine)["prepared"]) == ("received", False)
    warehouse.do(manual.prepare(number, [Choice(2, Choose.PICK, "A")]))

    assert warehouse.read(mine)["prepared"]
    assert sorted(warehouse.parts(mine), key=str) == [("backorder", None, 2), ("ready", "A", 1)]
