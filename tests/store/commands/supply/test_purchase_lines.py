"""Lines that are added to a purchase order after it was written, or given up."""

from datetime import date
from functools import partial
from typing import Any

import pytest

from fulfillment.domain.model.refusals import RefusedError
from fulfillment.domain.model.statuses import PurchaseOrderStatus
from fulfillment.store.commands.supply import purchase_orders
from fulfillment.store.commands.supply.purchase_orders import KEEP, LineChange, NewPurchaseLine
from fulfillment.store.reading.paging import Window
from fulfillment.store.reading.suggestions import Wanted, list_suggestions
from tests.builders.calling import at_once
from tests.builders.plain import stored
from tests.builders.warehouse import MERCHANT, Warehouse, command


def change(
    warehouse: Warehouse,
    purchase: str,
    *lines: LineChange,
    add: tuple[NewPurchaseLine, ...] = (),
    expected_on: Any = KEEP,
    key: str | None = None,
) -> dict[str, Any]:
    asked = purchase_orders.PurchaseChange(purchase, expected_on, lines, added=add)
    known = command("change", key, change=str(asked))
    return stored(purchase_orders.change_purchase_order(warehouse.store, known, asked))


def line(
    number: int, sku: str = "K1", units: int = 5, at: str = "A", on: date | None = None
) -> NewPurchaseLine:
    return NewPurchaseLine(number, sku, units, at, on)


def refused(call: Any) -> RefusedError:
    with pytest.raises(RefusedError) as refusal:
        call()
    return refusal.value


@pytest.mark.parametrize("status", ["approved", "in_transit", "arrived"])
def test_those_who_wait_are_pegged_when_a_line_is_added(warehouse: Warehouse, status: str) -> None:
    purchase = warehouse.purchase([("K1", 4)], due=5)
    if status != "approved":
        warehouse.move(purchase, status)
    order = warehouse.order([("K1", 6), ("K2", 3)])

    told = change(warehouse, purchase, add=(line(2, "K2"), line(3, "K1", at="B")))

    assert warehouse.pegs(order) == {purchase: 9}
    assert [(one["line"], one["expected_on"], one["pegged"]) for one in told["lines"]] == [
        (1, str(warehouse.day(5)), 4),
        (2, str(warehouse.day(5)), 3),
        (3, str(warehouse.day(5)), 2),
    ]
    warehouse.receive(purchase, {2: 3})
    warehouse.serve(purchase)
    assert warehouse.allocated(order) == 3


def test_added_line_takes_the_new_date_of_the_header_or_its_own(warehouse: Warehouse) -> None:
    purchase = warehouse.purchase([("K1", 4)], due=5)
    own = line(3, "K3", on=warehouse.day(7))
    told = change(warehouse, purchase, add=(line(2, "K2"), own), expected_on=warehouse.day(9))
    days = [warehouse.day(days).isoformat() for days in (9, 9, 7)]
    assert [one["expected_on"] for one in told["lines"]] == days


def test_line_added_to_a_draft_pegs_nobody_until_it_is_approved(warehouse: Warehouse) -> None:
    purchase = warehouse.purchase([("K1", 4)], status=PurchaseOrderStatus.DRAFT)
    order = warehouse.order([("K2", 3)])
    change(warehouse, purchase, add=(line(2, "K2"),))
    assert warehouse.pegs(order) == {}
    warehouse.move(purchase, "approved")
    assert warehouse.pegs(order) == {purchase: 3}


def test_added_line_is_released_on_when_its_status_counts_as_met(warehouse: Warehouse) -> None:
    warehouse.settings(min_po_status="arrived")
    purchase = warehouse.purchase([("K1", 4)])
    warehouse.move(purchase, "arrived")
    order = warehouse.order([("K2", 3)])
    change(warehouse, purchase, add=(line(2, "K2"),))
    assert warehouse.parts(order) == [("ready", "A", 3)]


def test_line_is_refused_with_the_field_at_fault(warehouse: Warehouse) -> None:
    purchase = warehouse.purchase([("K1", 4)])
    wrong = {
        "line_exists": (line(1, "K2"),),
        "line_twice": (line(2, "K2"), line(2, "K3")),
        "bad_quantity": (line(2, "K2", 0),),
        "unknown_sku": (line(2, "K9"),),
        "unknown_location": (line(2, "K2", at="Z"),),
    }
    for code, added in wrong.items():
        refusal = refused(lambda added=added: change(warehouse, purchase, add=added))
        assert refusal.code == code
        assert str(refusal.fields[0]["field"]).startswith("add_lines[")
    assert len(change(warehouse, purchase, LineChange(1, units=5))["lines"]) == 1


@pytest.mark.parametrize("end", ["received", "closed", "cancelled"])
def test_no_line_is_added_when_nothing_more_can_come(warehouse: Warehouse, end: str) -> None:
    purchase = warehouse.purchase([("K1", 4)])
    if end == "received":
        warehouse.receive(purchase, {1: 4})
        warehouse.serve(purchase)
    else:
        warehouse.move(purchase, end)
    refusal = refused(lambda: change(warehouse, purchase, add=(line(2, "K2"),)))
    assert refusal.code == "not_changeable"


def test_line_is_given_up_and_taken_up_again(warehouse: Warehouse) -> None:
    purchase = warehouse.purchase([("K1", 4), ("K2", 5)])
    order = warehouse.order([("K1", 4), ("K2", 3)])

    told = change(warehouse, purchase, LineChange(2, units=0))
    assert [(one["closed"], one["outstanding"], one["pegged"]) for one in told["lines"]] == [
        (0, 4, 4),
        (5, 0, 0),
    ]
    assert warehouse.pegs(order) == {purchase: 4}
    change(warehouse, purchase, expected_on=warehouse.day(9))
    assert warehouse.pegs(order) == {purchase: 4}

    told = change(warehouse, purchase, LineChange(2, units=2))
    assert (told["lines"][1]["ordered"], told["lines"][1]["outstanding"]) == (2, 2)
    assert warehouse.pegs(order) == {purchase: 6}


def test_purchase_order_is_received_when_what_is_left_of_it_is_given_up(
    warehouse: Warehouse,
) -> None:
    purchase = warehouse.purchase([("K1", 4), ("K2", 5)])
    order = warehouse.order([("K1", 4), ("K2", 3)])
    warehouse.receive(purchase, {1: 3})
    warehouse.serve(purchase)

    told = change(warehouse, purchase, LineChange(1, units=3), LineChange(2, units=0))

    assert told["status"] == "received"
    assert (warehouse.allocated(order), warehouse.pegs(order)) == (3, {})


@pytest.mark.parametrize("status", [PurchaseOrderStatus.DRAFT, PurchaseOrderStatus.APPROVED])
def test_not_every_line_is_given_up_when_nothing_has_come(
    warehouse: Warehouse, status: PurchaseOrderStatus
) -> None:
    purchase = warehouse.purchase([("K1", 4), ("K2", 5)], status=status)
    both = (LineChange(1, units=0), LineChange(2, units=0))
    assert refused(lambda: change(warehouse, purchase, *both)).code == "nothing_left"
    told = change(warehouse, purchase, *both, add=(line(3, "K3"),))
    assert (told["status"], told["lines"][2]["outstanding"]) == (status, 5)


def test_line_of_which_something_came_is_not_given_up_as_a_whole(warehouse: Warehouse) -> None:
    purchase = warehouse.purchase([("K1", 4)])
    warehouse.receive(purchase, {1: 1})
    warehouse.serve(purchase)
    refusal = refused(lambda: change(warehouse, purchase, LineChange(1, units=0)))
    assert (refusal.code, refusal.fields[0]["field"]) == ("bad_quantity", "lines[0].units")


def test_what_is_given_up_on_a_draft_is_to_be_bought_again(warehouse: Warehouse) -> None:
    purchase = warehouse.purchase([("K1", 4), ("K2", 5)], status=PurchaseOrderStatus.DRAFT)
    warehouse.order([("K2", 3)])
    assert suggested(warehouse) == []
    change(warehouse, purchase, LineChange(2, units=0))
    assert suggested(warehouse) == [("K2", 3)]


def suggested(warehouse: Warehouse) -> list[tuple[str, int]]:
    page = warehouse.store.read(
        MERCHANT, lambda tx: list_suggestions(tx, Window(50), Wanted(None, None, None))
    )
    return [(one.sku, one.units) for one in page.items if one.units]


def test_line_is_added_once_when_the_same_change_comes_twice_at_once(warehouse: Warehouse) -> None:
    purchase = warehouse.purchase([("K1", 4)])
    order = warehouse.order([("K2", 9)])
    first, second = at_once(
        *[lambda: change(warehouse, purchase, add=(line(2, "K2"),), key="one")] * 2
    )
    assert first == second
    assert warehouse.pegs(order) == {purchase: 5}


def test_one_of_two_lines_of_one_number_is_refused_when_they_come_at_once(
    warehouse: Warehouse,
) -> None:
    purchase = warehouse.purchase([("K1", 4)])
    results = at_once(
        lambda: change(warehouse, purchase, add=(line(2, "K2"),)),
        lambda: change(warehouse, purchase, add=(line(2, "K3"),)),
    )
    assert sorted(type(result).__name__ for result in results) == ["dict", "str"]
    assert len(warehouse.rows("SELECT 1 FROM purchase_order_line")) == 2


def test_pegs_on_an_added_line_go_when_the_purchase_order_is_cancelled_at_once(
    warehouse: Warehouse,
) -> None:
    for _ in range(4):
        purchase = warehouse.purchase([("K1", 4)])
        order = warehouse.order([("K2", 5)])
        at_once(
            partial(change, warehouse, purchase, add=(line(2, "K2"),)),
            partial(warehouse.move, purchase, "cancelled"),
        )
        assert warehouse.pegs(order) == {}
        assert warehouse.rows("SELECT 1 FROM supply WHERE inbound") == []


def test_queue_of_a_line_that_was_added_meanwhile_is_locked_too(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    purchase = warehouse.purchase([("K1", 4), ("K2", 5)])
    order = warehouse.order([("K2", 5)])
    id_ = warehouse.one("SELECT id FROM purchase_order")
    before_it_was_added = (id_, frozenset({"K1"}))
    monkeypatch.setattr(
        "fulfillment.store.commands.supply.purchase_orders.writing.find",
        lambda *_: before_it_was_added,
    )
    warehouse.move(purchase, "cancelled")
    assert warehouse.pegs(order) == {}


# --- packs ---


def test_a_line_in_packs_orders_base_units_and_shows_the_packs(warehouse: Warehouse) -> None:
    warehouse.products("TEA", packs={"carton": 12})
    lines = (
        NewPurchaseLine(1, "TEA", 5, "A", pack="carton"),
        NewPurchaseLine(2, "TEA", 5, "A"),
    )
    new = purchase_orders.NewPurchaseOrder("PO", lines)
    made = purchase_orders.create_purchase_order(warehouse.store, command("purchase"), new)
    assert [(line.ordered, str(line.pack)) for line in made.lines] == [
        (60, "5 cartons"),
        (5, "None"),
    ]

    warehouse.products("TEA", packs={"carton": 10})
    told = warehouse.change("PO", LineChange(1, units=63))
    assert [line["pack"] and line["pack"]["loose"] for line in told["lines"]] == [3, None]
    added = NewPurchaseLine(3, "TEA", 2, "A", pack="carton")
    change = purchase_orders.PurchaseChange("PO", added=(added,))
    changed = purchase_orders.change_purchase_order(warehouse.store, command("change"), change)
    assert [line.ordered for line in changed.lines] == [63, 5, 20]


@pytest.mark.parametrize(
    ("line", "code", "field"),
    [
        (NewPurchaseLine(1, "TEA", 5, "A", pack="crate"), "unknown_pack", "lines[0].pack"),
        (NewPurchaseLine(1, "K1", 5, "A", pack="carton"), "unknown_pack", "lines[0].pack"),
        (
            NewPurchaseLine(1, "TEA", 1_000_000, "A", pack="pallet"),
            "too_many_units",
            "lines[0].units",
        ),
    ],
)
def test_a_line_is_refused_when_its_pack_is_unknown_or_holds_too_much(
    warehouse: Warehouse, line: NewPurchaseLine, code: str, field: str
) -> None:
    warehouse.products("TEA", packs={"carton": 12, "pallet": 1_000_000})
    new = purchase_orders.NewPurchaseOrder("PO", (line,))
    with pytest.raises(RefusedError) as refused:
        purchase_orders.create_purchase_order(warehouse.store, command("purchase"), new)
    assert (refused.value.code, refused.value.fields[0]["field"]) == (code, field)
