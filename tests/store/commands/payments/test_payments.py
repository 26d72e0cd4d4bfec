"""Payments: the ledger, refunds that cancels make due, and the gate before a release."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import permutations
from typing import Any

import pytest

from fulfillment.domain.model.payments import EntryStatus, PaymentKind
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands import catalogue, intake
from fulfillment.store.commands.orders import lifecycle, line_changes, manual
from fulfillment.store.commands.payments import record
from fulfillment.store.commands.payments.asking import claim_due
from fulfillment.store.insight.order import read_explanation
from fulfillment.store.reading.paging import Window
from fulfillment.store.reading.payments import list_payments, read_payments
from tests.builders.calling import at_once, codes
from tests.builders.plain import plain
from tests.builders.warehouse import MERCHANT, Warehouse, command

ACME = catalogue.NewMerchant(MERCHANT, "Acme")


def merchant(warehouse: Warehouse, **more: Any) -> None:
    catalogue.put_merchant(warehouse.store, replace(ACME, **more))


def priced(
    warehouse: Warehouse,
    *wants: tuple[str, int, int],
    **more: Any,
) -> int:
    """An order of lines (SKU, units, price), claimed."""
    lines = tuple(
        intake.NewLine(at, sku, units, unit_price_minor=price)
        for at, (sku, units, price) in enumerate(wants, start=1)
    )
    new = replace(warehouse.new_order(**more), lines=lines)
    taken = intake.create_order(warehouse.store, MERCHANT, new, "tester")
    assert taken.order is not None
    warehouse.claim(taken.order)
    return taken.order


def pay(
    warehouse: Warehouse, order: int, kind: str, amount: int, *, key: str | None = None
) -> dict[str, Any]:
    new = record.NewPayment(PaymentKind(kind), amount)
    number = warehouse.number(order)
    asked = command("payment", key, kind=kind, amount=amount)
    return dict(plain(record.record_payment(warehouse.store, asked, number, new)))


def settle(
    warehouse: Warehouse, entry: int, status: str = "done", reference: str | None = None
) -> dict[str, Any]:
    settled = record.Settlement(EntryStatus(status), reference)
    return dict(plain(record.settle_payment(warehouse.store, command("settle"), entry, settled)))


def due(warehouse: Warehouse, order: int) -> list[tuple[str, int]]:
    rows = warehouse.rows(
        "SELECT kind, amount_minor FROM payment_entry WHERE order_id = :id AND status = 'due'"
        " ORDER BY id",
        id=order,
    )
    return [tuple(row) for row in rows]


def axis(warehouse: Warehouse, order: int) -> dict[str, Any]:
    number = warehouse.number(order)
    return dict(plain(warehouse.store.read(MERCHANT, lambda tx: read_payments(tx, number)).payment))


# --- the ledger ----------------------------------------------------------------------------------


def test_an_invoiced_order_is_not_complete_when_it_waits_for_stock(warehouse):
    mine = priced(warehouse, ("K1", 2, 500))
    pay(warehouse, mine, "invoice", 1000)
    pay(warehouse, mine, "capture", 1000)
    shown = axis(warehouse, mine)
    assert (shown["invoiced"], shown["status"], shown["is_complete"]) == (True, "captured", False)

    warehouse.stock(2)
    (shipment,) = warehouse.shipments("ready")
    warehouse.pick(shipment)
    warehouse.ship(shipment)
    assert axis(warehouse, mine)["is_complete"]
    assert warehouse.status(mine) == "shipped"


def test_a_shipped_order_is_not_complete_when_it_was_not_captured(warehouse):
    warehouse.stock(1)
    mine = priced(warehouse, ("K1", 1, 500))
    (shipment,) = warehouse.shipments("ready")
    warehouse.pick(shipment)
    warehouse.ship(shipment)
    assert not axis(warehouse, mine)["is_complete"]
    pay(warehouse, mine, "capture", 500)
    assert axis(warehouse, mine)["is_complete"]


def test_what_was_recorded_is_in_the_history(warehouse):
    mine = priced(warehouse, ("K1", 1, 500))
    pay(warehouse, mine, "authorise", 500)

    assert warehouse.happened(mine, "payment_recorded") == [
        {"payment": "authorise", "amount_minor": 500}
    ]


def test_a_capture_counts_once_when_its_key_comes_twice_at_once(warehouse):
    mine = priced(warehouse, ("K1", 1, 500))
    results = at_once(*[partial(pay, warehouse, mine, "capture", 500, key="c-1")] * 4)

    assert codes(results) == []
    assert axis(warehouse, mine)["captured_minor"] == 500


def test_one_refund_is_recorded_when_two_would_give_back_more_than_there_is(warehouse):
    mine = priced(warehouse, ("K1", 1, 500))
    pay(warehouse, mine, "capture", 500)
    results = at_once(*[partial(pay, warehouse, mine, "refund", 300)] * 2)

    assert codes(results) == ["more_than_captured"]
    assert axis(warehouse, mine)["status"] == "partially_refunded"


# --- refunds -------------------------------------------------------------------------------------


def test_a_refund_is_due_when_a_captured_order_is_cancelled(warehouse):
    mine = priced(warehouse, ("K1", 2, 500), ("K2", 1, 50))
    pay(warehouse, mine, "capture", 1050)
    warehouse.cancel(mine)

    assert due(warehouse, mine) == [("refund", 1050)]
    assert axis(warehouse, mine)["status"] == "refund_due"
    assert warehouse.happened(mine, "refund_due") == [{"amount_minor": 1050}]


def test_a_refund_is_due_for_the_units_that_an_edit_takes_out(warehouse):
    mine = priced(warehouse, ("K1", 3, 500), ("K2", 1, 50))
    pay(warehouse, mine, "capture", 1550)
    warehouse.edit(mine, {1: ("K1", 2)}, revision=1)
    assert due(warehouse, mine) == [("refund", 550)]
    warehouse.edit(mine, {1: ("K1", 1)}, revision=2)
    assert due(warehouse, mine) == [("refund", 1050)]


def test_a_refund_is_due_when_what_is_missing_is_removed(warehouse):
    warehouse.stock(1)
    mine = priced(warehouse, ("K1", 3, 500), policy={"max_shipments": 1})
    pay(warehouse, mine, "capture", 1500)
    warehouse.do(manual.remove_unavailable(warehouse.number(mine)))

    assert due(warehouse, mine) == [("refund", 1000)]


def test_nothing_is_due_when_what_was_captured_pays_for_the_rest(warehouse):
    mine = priced(warehouse, ("K1", 3, 500))
    pay(warehouse, mine, "capture", 1000)
    warehouse.edit(mine, {1: ("K1", 2)}, revision=1)

    assert due(warehouse, mine) == []


def test_nothing_is_due_when_lines_have_no_price(warehouse):
    mine = warehouse.order([("K1", 3)])
    pay(warehouse, mine, "capture", 1000)
    warehouse.cancel(mine)

    assert due(warehouse, mine) == []


def test_a_refund_is_due_once_when_two_cancel_at_once(warehouse):
    mine = priced(warehouse, ("K1", 2, 500))
    pay(warehouse, mine, "capture", 1000)
    results = at_once(*[partial(warehouse.cancel, mine)] * 2)

    assert codes(results) == ["nothing_to_cancel"]
    assert due(warehouse, mine) == [("refund", 1000)]


def test_a_cancel_sends_as_many_statements_for_a_priced_line_as_for_ten(warehouse, statements):
    sent = []
    for many in (1, 10):
        mine = priced(warehouse, *[("K1", 1, 500)] * many)
        pay(warehouse, mine, "capture", 500 * many)
        with statements() as counted:
            warehouse.cancel(mine)
        sent.append(len(counted))

    assert sent[0] == sent[1]


# --- settling ------------------------------------------------------------------------------------


def test_one_settles_and_one_is_refused_when_two_settle_at_once(warehouse):
    mine = priced(warehouse, ("K1", 1, 500))
    pay(warehouse, mine, "capture", 500)
    warehouse.cancel(mine)
    entry = warehouse.one("SELECT id FROM payment_entry WHERE status = 'due'")
    results = at_once(
        partial(settle, warehouse, entry, "done"), partial(settle, warehouse, entry, "failed")
    )

    assert codes(results) == ["already_settled"]
    told = Counter(row.kind for row in warehouse.rows("SELECT kind FROM happening"))
    assert told["payment_done"] + told["payment_failed"] == 1


def test_what_is_due_is_listed_until_it_is_settled(warehouse):
    mine = priced(warehouse, ("K1", 1, 500))
    pay(warehouse, mine, "capture", 500)
    warehouse.cancel(mine)

    def listed() -> list[tuple[str, str, int]]:
        page = warehouse.store.read(MERCHANT, lambda tx: list_payments(tx, Window(9), "due"))
        return [(one.order, one.kind, one.amount_minor) for one in page.items]

    assert listed() == [(warehouse.number(mine), "refund", 500)]
    entry = warehouse.one("SELECT id FROM payment_entry WHERE status = 'due'")
    settle(warehouse, entry, "done", "re_1")
    assert listed() == []
    shown = axis(warehouse, mine)
    assert (shown["status"], shown["is_complete"]) == ("refunded", True)


# --- due follows from the state ------------------------------------------------------------------


Step = Callable[[Warehouse, int], Any]


def cancel_one(warehouse: Warehouse, order: int) -> None:
    """Cancel one unit more of the line's."""
    _more(warehouse, order, -1)


def raise_one(warehouse: Warehouse, order: int) -> None:
    """One unit more is wanted."""
    _more(warehouse, order, +1)


def _more(warehouse: Warehouse, order: int, units: int) -> None:
    number = warehouse.number(order)
    (line,) = warehouse.rows("SELECT ordered - cancelled AS n FROM order_line WHERE line = 1")
    warehouse.do(line_changes.quantity(number, 1, line.n + units))


def cancel_all(warehouse: Warehouse, order: int) -> None:
    warehouse.cancel(order)


def paid(kind: str, amount: int) -> Step:
    """What the shop tells of."""
    return lambda warehouse, order: pay(warehouse, order, kind, amount)


EVENTS: dict[str, tuple[list[Step], list[tuple[str, int]]]] = {
    "a late capture": ([paid("capture", 1000), cancel_all], [("refund", 1000)]),
    "an authorisation": ([paid("authorise", 1000), cancel_all], [("void", 1000)]),
    "both": (
        [paid("authorise", 1000), paid("capture", 600), cancel_all],
        [("refund", 600), ("void", 400)],
    ),
    "one less, one more": ([paid("capture", 1000), cancel_one, raise_one], []),
    "one less": ([paid("capture", 1000), cancel_one], [("refund", 500)]),
    "two captures": (
        [paid("capture", 500), paid("capture", 500), cancel_one],
        [("refund", 500)],
    ),
    "more than it is worth": ([paid("capture", 1200), cancel_one, raise_one], [("refund", 200)]),
}


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        pytest.param(turn, expected, id=f"{name}-{at}")
        for name, (steps, expected) in EVENTS.items()
        for at, turn in enumerate(permutations(steps))
    ],
)
def test_the_same_is_due_whatever_comes_first(warehouse, steps, expected):
    mine = priced(warehouse, ("K1", 2, 500))
    for step in steps:
        step(warehouse, mine)

    assert sorted(due(warehouse, mine)) == expected


def test_what_is_not_due_any_more_is_withdrawn_and_told(warehouse):
    mine = priced(warehouse, ("K1", 2, 500))
    pay(warehouse, mine, "capture", 1000)
    cancel_one(warehouse, mine)
    raise_one(warehouse, mine)

    (_, entry) = warehouse.store.read(
        MERCHANT, lambda tx: read_payments(tx, warehouse.number(mine))
    ).items
    assert (entry.kind, entry.status, entry.amount_minor) == ("refund", "withdrawn", 500)
    assert warehouse.happened(mine, "payment_withdrawn") == [
        {"payment": "refund", "amount_minor": 500}
    ]


def test_what_the_provider_was_asked_for_stays_until_it_answers(warehouse):
    mine = priced(warehouse, ("K1", 3, 500))
    pay(warehouse, mine, "capture", 1500)
    cancel_one(warehouse, mine)
    taken = claim_due(warehouse.store, timedelta(minutes=2))
    assert taken is not None
    cancel_one(warehouse, mine)
    assert due(warehouse, mine) == [("refund", 500), ("refund", 500)]
    raise_one(warehouse, mine)
    raise_one(warehouse, mine)
    assert due(warehouse, mine) == [("refund", 500)]

    settle(warehouse, taken.id, "done", "rf_1")
    assert due(warehouse, mine) == []
    cancel_one(warehouse, mine)
    assert due(warehouse, mine) == []


def test_a_refund_that_failed_is_still_due_and_left_to_a_person(warehouse):
    mine, entry = refund_due(warehouse)
    settle(warehouse, entry, "failed")

    assert due(warehouse, mine) == [("refund", 500)]
    assert claim_due(warehouse.store, timedelta(minutes=2)) is None


def test_a_new_authorisation_is_for_what_is_still_wanted(warehouse):
    merchant(warehouse, reauthorise_on_release=True)
    mine = priced(warehouse, ("K1", 3, 500))
    pay(warehouse, mine, "authorise", 1500)
    warehouse.stock(1)
    assert due(warehouse, mine) == [("void", 1500), ("authorise", 1500)]
    assert warehouse.findings() == []
    cancel_one(warehouse, mine)
    assert due(warehouse, mine) == [("void", 1500), ("authorise", 1000)]
    pay(warehouse, mine, "capture", 300)
    assert due(warehouse, mine) == [("void", 1200), ("authorise", 700)]
    warehouse.cancel(mine)
    assert due(warehouse, mine) == [("void", 1200), ("refund", 300)]


def test_a_void_is_not_due_while_what_was_shipped_is_to_be_captured(warehouse):
    warehouse.stock(1)
    mine = priced(warehouse, ("K1", 2, 500))
    pay(warehouse, mine, "authorise", 1000)
    (shipment,) = warehouse.shipments("ready")
    warehouse.pick(shipment)
    warehouse.ship(shipment)
    warehouse.cancel(mine)
    assert due(warehouse, mine) == []
    pay(warehouse, mine, "capture", 500)

    assert due(warehouse, mine) == [("void", 500)]


@pytest.mark.parametrize(
    "wrong",
    [
        "DELETE FROM payment_entry WHERE status = 'due'",
        "UPDATE payment_entry SET amount_minor = 400 WHERE status = 'due'",
        "UPDATE payment_entry SET kind = 'void' WHERE status = 'due'",
    ],
)
def test_the_audit_tells_when_the_ledger_says_something_else(warehouse, wrong):
    mine, _ = refund_due(warehouse)
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql(wrong)
    assert [found.split()[0] for found in warehouse.findings()] == ["9a"]
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM payment_entry")
    assert due(warehouse, mine) == []


# --- the gate ------------------------------------------------------------------------------------


def waits_for_payment(warehouse: Warehouse, order: int) -> bool:
    number = warehouse.number(order)
    found = plain(warehouse.store.simulate(MERCHANT, lambda tx: read_explanation(tx, number)))
    return any(
        reason["code"] == "payment_not_authorised"
        for line in found["waiting"]
        for reason in line["reasons"]
    )


def test_nothing_is_released_before_its_payment_is_authorised(warehouse):
    merchant(warehouse, authorise_before_release=True)
    warehouse.stock(2)
    mine = priced(warehouse, ("K1", 2, 500))
    assert warehouse.parts(mine) == [("backorder", None, 2)]
    assert warehouse.allocated(mine) == 2
    assert waits_for_payment(warehouse, mine)

    pay(warehouse, mine, "authorise", 999)
    assert warehouse.shipments("ready") == []
    pay(warehouse, mine, "authorise", 1)
    assert warehouse.parts(mine) == [("ready", "A", 2)]
    assert not waits_for_payment(warehouse, mine)


def test_the_gate_is_named_when_a_split_is_asked_for(warehouse):
    merchant(warehouse, authorise_before_release=True)
    warehouse.stock(1)
    mine = priced(warehouse, ("K1", 2, 500))
    number = warehouse.number(mine)

    assert warehouse.refusal(manual.split(number)) == "payment_not_authorised"
    told = warehouse.read(mine)["actions"]["refused"]
    assert ("split", "payment_not_authorised") in [(one["action"], one["code"]) for one in told]
    back = warehouse.do(manual.back_to_ship(number))
    assert back["why_not_released"]["code"] == "payment_not_authorised"


def test_a_capture_is_as_good_as_an_authorisation(warehouse):
    merchant(warehouse, authorise_before_release=True)
    warehouse.stock(1)
    mine = priced(warehouse, ("K1", 1, 500))
    pay(warehouse, mine, "capture", 500)

    assert warehouse.parts(mine) == [("ready", "A", 1)]


def test_the_gate_opens_when_fewer_units_are_worth_what_is_authorised(warehouse):
    merchant(warehouse, authorise_before_release=True)
    warehouse.stock(3)
    mine = priced(warehouse, ("K1", 3, 500))
    pay(warehouse, mine, "authorise", 1000)
    assert warehouse.shipments("ready") == []
    warehouse.edit(mine, {1: ("K1", 2)}, revision=1)

    assert warehouse.parts(mine) == [("ready", "A", 2)]


def test_the_gate_opens_when_a_due_authorisation_is_settled(warehouse):
    merchant(warehouse, authorise_before_release=True)
    warehouse.stock(1)
    mine = priced(warehouse, ("K1", 1, 500))
    pay(warehouse, mine, "authorise", 400)
    warehouse.store.transact(
        MERCHANT,
        lambda tx: tx.run(
            "INSERT INTO payment_entry (merchant, order_id, kind, status, amount_minor, currency,"
            " cause, actor) VALUES ('acme', :id, 'authorise', 'due', 100, 'USD', 'test', 'test')",
            id=mine,
        ),
    )
    entry = warehouse.one("SELECT id FROM payment_entry WHERE status = 'due'")
    settle(warehouse, entry, "done")

    assert warehouse.parts(mine) == [("ready", "A", 1)]


@pytest.mark.parametrize("limit", [None, 1])
def test_what_is_added_waits_for_its_own_authorisation_and_what_is_released_goes(warehouse, limit):
    merchant(warehouse, authorise_before_release=True)
    for sku in ("K1", "K2"):
        warehouse.stock(2, sku)
    mine = priced(warehouse, ("K1", 2, 500), policy={"max_shipments": limit})
    pay(warehouse, mine, "authorise", 1000)
    new = line_changes.Added("K2", 1, unit_price_minor=300)
    warehouse.do(line_changes.add_line(warehouse.number(mine), new))
    assert warehouse.parts(mine) == [("ready", "A", 2), ("backorder", None, 1)]
    assert waits_for_payment(warehouse, mine)
    (first,) = warehouse.shipments("ready")
    warehouse.pick(first)
    warehouse.ship(first)
    assert warehouse.parts(mine) == [("backorder", None, 1)]
    pay(warehouse, mine, "authorise", 300)

    assert warehouse.parts(mine) == [("ready", "A", 1)]


def test_all_goes_together_when_what_is_added_is_authorised_before_the_pick(warehouse):
    merchant(warehouse, authorise_before_release=True)
    warehouse.stock(3)
    mine = priced(warehouse, ("K1", 2, 500), policy={"max_shipments": 1})
    pay(warehouse, mine, "authorise", 1000)
    warehouse.do(line_changes.quantity(warehouse.number(mine), 1, 3))
    assert warehouse.parts(mine) == [("ready", "A", 2), ("backorder", None, 1)]
    pay(warehouse, mine, "authorise", 500)

    assert {part[:2] for part in warehouse.parts(mine)} == {("ready", "A")}
    assert warehouse.read(mine)["waves"] == {"spent": 1, "left": 0}


def test_everything_is_planned_again_when_the_merchant_gives_up_the_gate(warehouse):
    merchant(warehouse, authorise_before_release=True)
    warehouse.stock(1)
    mine = priced(warehouse, ("K1", 1, 500))
    merchant(warehouse)
    warehouse.serve_due()

    assert warehouse.parts(mine) == [("ready", "A", 1)]


def test_an_order_keeps_its_place_while_its_payment_is_awaited(warehouse):
    merchant(warehouse, authorise_before_release=True)
    mine = priced(warehouse, ("K1", 1, 500))
    other = priced(warehouse, ("K1", 1, 500))
    pay(warehouse, other, "authorise", 500)
    warehouse.stock(1)

    assert (warehouse.allocated(mine), warehouse.allocated(other)) == (1, 0)


def test_the_gate_is_asked_after_a_person_verified(warehouse):
    merchant(warehouse, authorise_before_release=True)
    warehouse.settings(verify="manual")
    warehouse.stock(1)
    mine = priced(warehouse, ("K1", 1, 500))
    pay(warehouse, mine, "authorise", 500)
    assert warehouse.status(mine) == "verifying"
    warehouse.do(lifecycle.verify(warehouse.number(mine)))

    assert warehouse.parts(mine) == [("ready", "A", 1)]


@pytest.mark.parametrize("times", range(3))
def test_a_stock_that_comes_as_it_is_authorised_is_released(warehouse, times):
    merchant(warehouse, authorise_before_release=True)
    mine = priced(warehouse, ("K1", 1, 500))
    results = at_once(partial(warehouse.stock, 1), partial(pay, warehouse, mine, "authorise", 500))

    assert codes(results) == []
    assert warehouse.parts(mine) == [("ready", "A", 1)]


# --- authorised anew -----------------------------------------------------------------------------


def test_the_authorisation_is_made_anew_when_what_waited_is_released(warehouse):
    merchant(warehouse, reauthorise_on_release=True)
    warehouse.stock(1)
    mine = priced(warehouse, ("K1", 3, 500))
    pay(warehouse, mine, "authorise", 1500)
    assert due(warehouse, mine) == []
    pay(warehouse, mine, "capture", 500)
    warehouse.stock(1)
    assert due(warehouse, mine) == [("void", 1000), ("authorise", 1000)]
    warehouse.stock(1)
    assert due(warehouse, mine) == [("void", 1000), ("authorise", 1000)]
    entries = [
        row.id for row in warehouse.rows("SELECT id FROM payment_entry WHERE status = 'due'")
    ]
    for entry in entries:
        settle(warehouse, entry)
    shown = axis(warehouse, mine)
    assert (shown["authorised_minor"], shown["captured_minor"]) == (1500, 500)


def test_nothing_is_authorised_anew_when_it_is_released_at_its_first_claim(warehouse):
    merchant(warehouse, reauthorise_on_release=True)
    warehouse.stock(1)
    mine = priced(warehouse, ("K1", 1, 500))

    assert warehouse.parts(mine) == [("ready", "A", 1)]
    assert due(warehouse, mine) == []


def test_nothing_is_recorded_for_another_merchants_entry(warehouse):
    with pytest.raises(RefusedError) as refusal:
        settle(warehouse, 999)
    assert refusal.value.code == "unknown_payment"


# --- one reference of the provider counts once ---------------------------------------------------


def recorded(warehouse: Warehouse, order: int, kind: str, amount: int, reference: str) -> Any:
    new = record.NewPayment(PaymentKind(kind), amount, reference)
    asked = command("payment", kind=kind, amount=amount, reference=reference)
    return plain(record.record_payment(warehouse.store, asked, warehouse.number(order), new))


def refund_due(warehouse: Warehouse, captured: int = 1500) -> tuple[int, int]:
    """An order of which 500 are to be given back; its id and that of the entry."""
    mine = priced(warehouse, ("K1", 3, 500))
    pay(warehouse, mine, "capture", captured)
    warehouse.edit(mine, {1: ("K1", 2)}, revision=1)
    return mine, warehouse.one("SELECT id FROM payment_entry WHERE status = 'due'")


@pytest.mark.parametrize("gated", [False, True])
@pytest.mark.parametrize("kind", ["invoice", "authorise", "capture"])
def test_a_reference_counts_once_when_it_comes_with_another_key(warehouse, kind, gated):
    merchant(warehouse, authorise_before_release=gated)
    mine = priced(warehouse, ("K1", 3, 500))
    first = recorded(warehouse, mine, kind, 400, "ch_1")

    assert recorded(warehouse, mine, kind, 400, "ch_1") == first
    with pytest.raises(RefusedError) as refusal:
        recorded(warehouse, mine, kind, 401, "ch_1")
    assert refusal.value.code == "reference_in_use"
    recorded(warehouse, mine, kind, 400, "ch_2")
    other = priced(warehouse, ("K1", 3, 500))
    recorded(warehouse, other, kind, 400, "ch_1")
    name = {"invoice": "invoiced", "authorise": "authorised", "capture": "captured"}[kind]
    assert [axis(warehouse, each)[f"{name}_minor"] for each in (mine, other)] == [800, 400]
    assert len(warehouse.happened(mine, "payment_recorded")) == 2


def test_a_reference_counts_once_when_several_send_it_at_once(warehouse):
    mine = priced(warehouse, ("K1", 3, 500))
    results = at_once(*[partial(recorded, warehouse, mine, "capture", 400, "ch_1")] * 6)

    assert codes(results) == []
    assert axis(warehouse, mine)["captured_minor"] == 400


def test_a_refund_is_one_when_the_shop_tells_of_what_was_settled(warehouse):
    mine, entry = refund_due(warehouse)
    settle(warehouse, entry, "done", "rf_1")

    recorded(warehouse, mine, "refund", 500, "rf_1")

    assert axis(warehouse, mine)["refunded_minor"] == 500
    assert warehouse.happened(mine, "payment_recorded")[1:] == []


def test_a_refund_is_one_when_what_the_shop_told_of_is_settled(warehouse):
    mine, entry = refund_due(warehouse)
    recorded(warehouse, mine, "refund", 500, "rf_1")

    told = settle(warehouse, entry, "done", "rf_1")

    assert (due(warehouse, mine), axis(warehouse, mine)["refunded_minor"]) == ([], 500)
    (refund,) = (one for one in told["items"] if (one["kind"], one["status"]) == ("refund", "done"))
    assert warehouse.happened(mine, "payment_done") == [
        {"payment": "refund", "amount_minor": 500, "entry": refund["id"]}
    ]


@pytest.mark.parametrize("_", range(4))
def test_a_refund_is_one_when_it_is_settled_and_told_of_at_once(warehouse, _):
    mine, entry = refund_due(warehouse)

    results = at_once(
        partial(settle, warehouse, entry, "done", "rf_1"),
        partial(recorded, warehouse, mine, "refund", 500, "rf_1"),
    )

    assert codes(results) == []
    assert (due(warehouse, mine), axis(warehouse, mine)["refunded_minor"]) == ([], 500)


def test_what_is_due_stays_due_when_its_reference_is_that_of_another_amount(warehouse):
    mine, entry = refund_due(warehouse)
    recorded(warehouse, mine, "refund", 300, "rf_1")

    with pytest.raises(RefusedError) as refusal:
        settle(warehouse, entry, "done", "rf_1")

    assert refusal.value.code == "reference_in_use"
    assert due(warehouse, mine) == [("refund", 200)]
    with pytest.raises(RefusedError) as refusal:
        settle(warehouse, entry, "failed", "rf_1")
    assert refusal.value.code == "not_due"
    assert axis(warehouse, mine)["refunded_minor"] == 300


def test_two_that_are_due_are_not_settled_with_one_reference(warehouse):
    mine, entry = refund_due(warehouse)
    settle(warehouse, entry, "done", "rf_1")
    warehouse.edit(mine, {1: ("K1", 1)}, revision=2)
    other = warehouse.one("SELECT max(id) FROM payment_entry WHERE status = 'due'")

    with pytest.raises(RefusedError) as refusal:
        settle(warehouse, other, "done", "rf_1")

    assert refusal.value.code == "reference_in_use"
    assert due(warehouse, mine) == [("refund", 500)]
    assert axis(warehouse, mine)["refunded_minor"] == 500


def test_a_reference_that_failed_counts_when_it_is_done_later(warehouse):
    mine, entry = refund_due(warehouse)
    settle(warehouse, entry, "failed", "rf_1")

    recorded(warehouse, mine, "refund", 500, "rf_1")

    assert axis(warehouse, mine)["refunded_minor"] == 500


def test_the_audit_tells_when_a_reference_counts_twice(warehouse):
    mine = priced(warehouse, ("K1", 3, 500))
    for reference in ("ch_1", "ch_2"):
        recorded(warehouse, mine, "capture", 400, reference)

    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql("DROP INDEX uq_payment_entry_reference")
        connection.exec_driver_sql("UPDATE payment_entry SET reference = 'ch_1'")
    assert [found.split()[0] for found in warehouse.findings()] == ["9b"]
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE payment_entry SET reference = NULL")
