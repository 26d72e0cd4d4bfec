"""What has left, and was told wrong: a dispatch is voided, labels are corrected."""

from functools import partial
from typing import Any

import pytest

from fulfillment.domain.actions.line_changes import LineUnits
from fulfillment.domain.floor.after_dispatch import Label
from fulfillment.domain.floor.packing import Contents
from fulfillment.domain.model.payments import PaymentKind
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands.catalogue import NewProduct, put_products
from fulfillment.store.commands.floor import after_dispatch, packing
from fulfillment.store.commands.floor.packing import Dispatch
from fulfillment.store.commands.orders import sent_again
from fulfillment.store.commands.payments import record
from fulfillment.store.insight.shipment_pages import read_shipment
from tests.builders import floor as hands
from tests.builders import moves
from tests.builders.calling import at_once, codes
from tests.builders.warehouse import MERCHANT, Warehouse, command


def sent(warehouse: Warehouse, *wants: Any, **more: Any) -> tuple[int, int]:
    """An order that left as one shipment; both ids."""
    wanted = wants or (("K1", 3),)
    for row in wanted:
        warehouse.stock(row[1], row[0])
    mine = warehouse.order(wanted, **more)
    (shipment,) = warehouse.shipments("ready")
    warehouse.pick(shipment)
    label = Label("Example Post", "Parcel", "EP1")
    packing.ship(warehouse.store, command("ship"), shipment, Dispatch(label))
    return mine, shipment


def void(warehouse: Warehouse, mine: int, shipment: int) -> dict[str, Any]:
    return warehouse.do(after_dispatch.voiding(warehouse.number(mine), shipment))


def correct(warehouse: Warehouse, mine: int, shipment: int, *said: Any) -> dict[str, Any]:
    change = after_dispatch.correcting(warehouse.number(mine), shipment, *said)
    return warehouse.do(change)


def shown(warehouse: Warehouse, shipment: int) -> Any:
    return warehouse.store.read(MERCHANT, lambda tx: read_shipment(tx, shipment))


def ledger(warehouse: Warehouse) -> list[tuple[str, int]]:
    rows = warehouse.rows(
        "SELECT kind, units FROM stock_ledger WHERE kind LIKE 'dispatch%' ORDER BY id"
    )
    return [tuple(row) for row in rows]


def refused(deed: Any) -> str:
    with pytest.raises(RefusedError) as refusal:
        deed()
    return refusal.value.code


def test_what_was_sent_is_packed_and_on_hand_when_its_dispatch_is_voided(warehouse):
    mine, shipment = sent(warehouse)
    assert warehouse.status(mine) == "shipped"
    was = shown(warehouse, shipment)
    warehouse.clock.pass_days(3)

    answer = void(warehouse, mine, shipment)

    assert answer["status"] == "picking"
    assert warehouse.parts(mine) == [("packed", "A", 3)]
    assert warehouse.level() == (3, 3)
    assert warehouse.one("SELECT finished_at IS NULL AND shipped_units = 0 FROM orders, LATERAL"
                         " (SELECT sum(shipped) AS shipped_units FROM order_line) l")  # fmt: skip
    found = shown(warehouse, shipment)
    assert (found.shipped_at, found.carrier, found.tracking) == (None, None, None)
    assert (found.released_at, found.target_ship_on) == (was.released_at, was.target_ship_on)
    assert [(one.status, one.tracking) for one in found.packages] == [("packed", None)]
    assert "ship" in found.actions.allowed
    (told,) = warehouse.happened(mine, "dispatch_voided")
    assert told == {"shipment": 1, "units": 3}
    assert len(warehouse.happened(mine, "allocated")) == 1
    wakes = warehouse.rows("SELECT payload -> 'progress' ->> 'status' FROM outbox")
    assert ("picking",) in [tuple(row) for row in wakes]


def test_it_leaves_once_more_as_often_as_it_is_voided(warehouse):
    mine, shipment = sent(warehouse)
    for _ in range(2):
        void(warehouse, mine, shipment)
        warehouse.ship(shipment)

    assert [units for _, units in ledger(warehouse)] == [-3, 3, -3, 3, -3]
    assert (warehouse.level(), warehouse.status(mine)) == ((0, 0), "shipped")


def test_voided_goods_are_unpacked_put_back_and_free_when_their_order_is_cancelled(warehouse):
    """Three of them came from a container: the list knew of two."""
    warehouse.stock(3)
    mine = warehouse.order([("K1", 5)], policy={"max_shipments": 1})
    hands.stage(warehouse, mine)
    warehouse.stock(2)
    (shipment,) = warehouse.shipments("ready")
    taken = hands.take(warehouse)
    hands.confirm(warehouse, taken["id"])
    warehouse.ship(shipment)

    void(warehouse, mine, shipment)
    packing.unpack(warehouse.store, command("unpack"), shipment, 1)
    hands.unpick(warehouse, taken["id"], {(shipment, 1): 4})

    assert warehouse.parts(mine) == [("picking", "A", 5)]
    warehouse.cancel(mine)
    assert warehouse.level() == (5, 0)


def test_nobody_loses_a_free_unit_when_a_dispatch_is_voided(warehouse):
    mine, shipment = sent(warehouse)
    warehouse.stock(2)
    later = warehouse.order([("K1", 4)])

    void(warehouse, mine, shipment)

    assert (warehouse.allocated(later), warehouse.level()) == (2, (5, 5))


def test_a_part_that_left_before_the_rest_is_voided_by_itself(warehouse):
    warehouse.stock(5)
    mine = warehouse.order([("K1", 5)])
    (shipment,) = warehouse.shipments("ready")
    warehouse.pick(shipment)
    contents = [Contents(((1, n),)) for n in (3, 2)]
    packing.pack(warehouse.store, command("pack"), shipment, contents)
    one = Dispatch(labels=[(1, Label(tracking="EP1"))])
    packing.ship(warehouse.store, command("ship"), shipment, one)
    (left,) = warehouse.shipments("shipped")

    void(warehouse, mine, left)

    assert warehouse.parts(mine) == [("packed", "A", 2), ("packed", "A", 3)]
    assert warehouse.status(mine) == "picking"
    for each in (shipment, left):
        warehouse.ship(each)
    assert warehouse.status(mine) == "shipped"


def test_the_books_agree_when_a_part_of_what_was_voided_leaves_as_a_shipment_of_its_own(warehouse):
    """The lines that the first dispatch named are gone then, and its units are sent once."""
    for sku in ("K1", "K2"):
        warehouse.stock(3, sku)
    mine = warehouse.order([("K1", 3), ("K2", 3)])
    (shipment,) = warehouse.shipments("ready")
    warehouse.pick(shipment)
    contents = [Contents(((line, 3),)) for line in (1, 2)]
    packing.pack(warehouse.store, command("pack"), shipment, contents)
    warehouse.ship(shipment)
    void(warehouse, mine, shipment)

    one = Dispatch(labels=[(1, Label(tracking="EP1"))])
    packing.ship(warehouse.store, command("ship"), shipment, one)

    assert warehouse.findings() == []
    assert [warehouse.level(sku) for sku in ("K1", "K2")] == [(0, 0), (3, 3)]
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql(
            "DELETE FROM stock_ledger WHERE kind = 'dispatch_void' AND sku = 'K1'"
        )
    assert "5a" in " ".join(map(str, warehouse.findings()))
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO stock_ledger (merchant, sku, location, units, kind, reference, actor, at)"
            " SELECT merchant, sku, location, -units, 'dispatch_void', reference || '.1', actor, at"
            " FROM stock_ledger WHERE kind = 'dispatch' AND sku = 'K1' ORDER BY id LIMIT 1"
        )


def test_what_is_due_follows_when_a_dispatch_is_voided(warehouse):
    """A void of the rest is due once nothing is left to ship, and not before."""
    warehouse.stock(2)
    mine = warehouse.order([("K1", 2, None, 100)])
    authorised = record.NewPayment(PaymentKind.AUTHORISE, 500)
    captured = record.NewPayment(PaymentKind.CAPTURE, 200)
    for payment in (authorised, captured):
        record.record_payment(warehouse.store, command("pay"), warehouse.number(mine), payment)
    (shipment,) = warehouse.shipments("ready")
    warehouse.pick(shipment)
    warehouse.ship(shipment)
    due = "SELECT sum(amount_minor)::int FROM payment_entry WHERE kind = 'void' AND status = 'due'"
    assert warehouse.one(due) == 300

    void(warehouse, mine, shipment)

    assert warehouse.one(due) is None


def test_drop_shipped_units_are_the_suppliers_again_when_their_dispatch_is_voided(warehouse):
    mine, shipment = sent(warehouse)
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE shipment_line SET drop_shipped = true")
        connection.exec_driver_sql("ALTER TABLE stock_ledger DISABLE TRIGGER USER")
        connection.exec_driver_sql("DELETE FROM stock_ledger WHERE kind = 'dispatch'")
        connection.exec_driver_sql("ALTER TABLE stock_ledger ENABLE TRIGGER USER")
        connection.exec_driver_sql("UPDATE stock_level SET on_hand = 3 WHERE sku = 'K1'")

    void(warehouse, mine, shipment)

    assert (warehouse.parts(mine), warehouse.level()) == ([("packed", "A", 3)], (3, 0))
    warehouse.ship(shipment)
    assert ledger(warehouse) == []


def test_it_is_voided_once_when_two_ask_at_the_same_moment(warehouse):
    for _ in range(3):
        mine, shipment = sent(warehouse)
        results = at_once(*[partial(void, warehouse, mine, shipment)] * 2)

        assert codes(results) == ["not_shipped"]
        assert warehouse.level() == (3, 3)
        assert warehouse.findings() == []
        warehouse.cancel(mine)
        warehouse.stock(-3)


def test_one_of_them_wins_when_a_void_meets_a_return(warehouse):
    for n in range(3):
        mine, shipment = sent(warehouse)
        back = partial(moves.announce, warehouse, [("K1", 1, 1)], order=mine, number=f"RMA-{n}")
        voided, returned = at_once(partial(void, warehouse, mine, shipment), back)

        assert (voided == "came_back") is (returned != "more_than_shipped")
        assert warehouse.findings() == []
        if voided != "came_back":
            warehouse.cancel(mine)
            warehouse.stock(-3)


def test_it_is_refused_when_it_has_not_left_or_units_of_it_came_back(warehouse):
    warehouse.stock(1)
    waits = warehouse.order()
    (ready,) = warehouse.shipments("ready")
    assert refused(partial(void, warehouse, waits, ready)) == "not_shipped"
    assert refused(partial(correct, warehouse, waits, ready, Label("X"))) == "not_shipped"
    warehouse.cancel(waits)
    warehouse.stock(-1)

    mine, shipment = sent(warehouse)
    moves.announce(warehouse, [("K1", 1, 1)], order=mine)
    assert refused(partial(void, warehouse, mine, shipment)) == "came_back"
    (told,) = [one for one in shown(warehouse, shipment).actions.refused
               if one.action == "void_dispatch"]  # fmt: skip
    assert told.code == "came_back"


def test_it_is_refused_when_the_stock_of_a_product_is_not_managed_any_more(warehouse):
    mine, shipment = sent(warehouse)
    put_products(warehouse.store, MERCHANT, [NewProduct("K1", "K1", manage_stock=False)])

    assert refused(partial(void, warehouse, mine, shipment)) == "managed_otherwise"


def test_labels_are_corrected_and_told_when_they_were_wrong(warehouse):
    mine, shipment = sent(warehouse)

    correct(warehouse, mine, shipment, Label(tracking="EP2"))

    found = shown(warehouse, shipment)
    assert (found.carrier, found.tracking, found.status) == ("Example Post", "EP2", "shipped")
    (told,) = warehouse.happened(mine, "tracking_corrected")
    was = {"carrier": "Example Post", "service": "Parcel", "tracking": "EP1"}
    assert told == {
        "shipment": 1, "packages": [{"package": 1, "from": was, "to": was | {"tracking": "EP2"}}],
    }  # fmt: skip
    assert warehouse.status(mine) == "shipped"
    correct(warehouse, mine, shipment, Label(), [(1, Label(carrier="Other Post"))])
    assert shown(warehouse, shipment).carrier == "Other Post"
    correct(warehouse, mine, shipment, Label("Other Post"))
    assert len(warehouse.happened(mine, "tracking_corrected")) == 2


def test_a_correction_is_refused_naming_the_field_when_it_says_nothing_that_could_be(warehouse):
    mine, shipment = sent(warehouse)

    for said, code in (
        ((Label(),), "nothing_corrected"),
        ((Label(), [(2, Label("X"))]), "unknown_package"),
        ((Label(), [(1, Label("X")), (1, Label("Y"))]), "package_twice"),
    ):
        assert refused(partial(correct, warehouse, mine, shipment, *said)) == code


def test_a_preview_of_a_void_tells_what_it_does_and_changes_nothing(warehouse):
    mine, shipment = sent(warehouse)
    number = warehouse.number(mine)

    told = warehouse.preview(after_dispatch.voiding(number, shipment))

    assert [told[number][n]["status"] for n in (0, 1)] == ["shipped", "picking"]
    assert warehouse.shipments("shipped") == [shipment]
    assert shown(warehouse, shipment).tracking == "EP1"


# --- sent again ----------------------------------------------------------------------------------


def again(warehouse: Warehouse, mine: int, shipment: int, *asked: LineUnits) -> dict[str, Any]:
    return warehouse.do(sent_again.replacing(warehouse.number(mine), shipment, asked))


def exchange(warehouse: Warehouse, mine: int, *asked: Any) -> dict[str, Any]:
    return warehouse.do(sent_again.exchanging(warehouse.number(mine), *asked))


def lines(warehouse: Warehouse, mine: int) -> list[tuple[Any, ...]]:
    names = ("sku", "ordered", "shipped", "replaces_line", "replaces_shipment", "unit_price_minor")
    return [tuple(line[name] for name in names) for line in warehouse.read(mine)["lines"]]


def test_what_was_lost_is_sent_again_in_a_line_that_is_tied_to_it(warehouse):
    once = {"max_shipments": 1}
    mine, shipment = sent(warehouse, ("K1", 3, None, 100), ("K2", 1, None, 50), policy=once)
    warehouse.stock(1)

    told = again(warehouse, mine, shipment, LineUnits(1, 2))

    assert told["lines"] == [{"line": 3, "sku": "K1", "units": 2}]
    assert lines(warehouse, mine)[2] == ("K1", 2, 0, 1, 1, 0)
    assert warehouse.parts(mine) == [("backorder", None, 2)]
    assert warehouse.status(mine) == "partially_shipped"
    warehouse.stock(1)
    (ready,) = warehouse.shipments("ready")
    warehouse.pick(ready)
    warehouse.ship(ready)
    assert (warehouse.status(mine), warehouse.level()) == ("shipped", (0, 0))
    (noted,) = warehouse.happened(mine, "sent_again")
    assert noted == {"shipment": 1, "lines": [{"line": 1, "sku": "K1", "units": 2, "into": 3}]}


def test_no_unit_is_sent_again_twice(warehouse):
    mine, shipment = sent(warehouse, ("K1", 3), ("K2", 1))
    ask = partial(again, warehouse, mine, shipment)
    ask(LineUnits(1, 2))

    assert refused(partial(ask, LineUnits(1, 2))) == "more_than_left"
    assert refused(partial(ask, LineUnits(4))) == "not_in_shipment"
    assert refused(partial(ask, LineUnits(1), LineUnits(1))) == "line_twice"
    assert refused(partial(void, warehouse, mine, shipment)) == "already_replaced"
    assert [row["units"] for row in ask()["lines"]] == [1, 1]
    assert refused(ask) == "nothing_to_replace"
    told = {one.action: one.code for one in shown(warehouse, shipment).actions.refused}
    assert (told["replace"], told["void_dispatch"]) == ("nothing_to_replace", "already_replaced")
    warehouse.cancel(mine)
    assert "replace" in shown(warehouse, shipment).actions.allowed


def test_one_is_refused_when_two_send_the_same_units_again_at_once(warehouse):
    mine, shipment = sent(warehouse)

    results = at_once(*[partial(again, warehouse, mine, shipment)] * 2)

    assert codes(results) == ["nothing_to_replace"]
    assert len(lines(warehouse, mine)) == 2


def test_what_comes_back_is_exchanged_for_its_surcharge_alone(warehouse):
    mine, _ = sent(warehouse, ("K1", 3, None, 100))
    paid = record.NewPayment(PaymentKind.CAPTURE, 300)
    record.record_payment(warehouse.store, command("pay"), warehouse.number(mine), paid)
    ask = partial(exchange, warehouse, mine)
    assert refused(partial(ask, LineUnits(1), "K2")) == "nothing_returned"
    moves.announce(warehouse, [("K1", 2, 1)], order=mine)
    warehouse.stock(2, "K2")

    assert refused(partial(ask, LineUnits(1, 3), "K2")) == "more_than_returned"
    ask(LineUnits(1, 1), "K2", 20)
    told = ask(LineUnits(1), "K1")

    assert (told["line"], told["units"]) == (3, 1)
    assert lines(warehouse, mine)[1:] == [
        ("K2", 1, 0, 1, None, 20), ("K1", 1, 0, 1, None, 0),
    ]  # fmt: skip
    assert refused(partial(ask, LineUnits(1), "K2")) == "nothing_returned"
    assert warehouse.one("SELECT count(*) FROM payment_entry WHERE status = 'due'") == 0
    assert "exchange_returned" not in warehouse.read(mine)["actions"]["allowed"]


def test_an_edit_of_the_channel_leaves_what_is_sent_again_alone(warehouse):
    mine, shipment = sent(warehouse)
    again(warehouse, mine, shipment)

    warehouse.edit(mine, {1: ("K1", 3)}, 1)

    assert [row[1] for row in lines(warehouse, mine)] == [3, 3]
    assert warehouse.parts(mine) == [("backorder", None, 3)]
