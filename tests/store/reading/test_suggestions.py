"""What should be bought, with the orders behind it, and purchase orders drafted from it."""

import random
from functools import partial
from typing import Any

import pytest

from fulfillment.domain.actions.manual_prepare import Choice, Choose
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.domain.model.statuses import PurchaseOrderStatus
from fulfillment.store.commands.orders import manual
from fulfillment.store.commands.supply.purchase_orders import (
    Draft,
    NewPurchaseLine,
    NewPurchaseOrder,
    create_purchase_order,
    draft_purchase_orders,
    drafting,
)
from fulfillment.store.reading.paging import Window
from fulfillment.store.reading.purchase_orders import read_purchase_order
from fulfillment.store.reading.suggestions import Wanted, list_suggestions
from tests.builders.calling import at_once
from tests.builders.plain import plain, stored
from tests.builders.warehouse import MERCHANT, NOON, Warehouse, command


def suggested(warehouse: Warehouse, limit: int = 200, **wanted: Any) -> list[dict[str, Any]]:
    asked = Wanted(**wanted)
    page = warehouse.store.read(MERCHANT, lambda tx: list_suggestions(tx, Window(limit), asked))
    return list(plain(page.items))


def bought(warehouse: Warehouse, **wanted: Any) -> list[tuple[str, str, int]]:
    """SKU, location and units of each suggestion."""
    return [(one["sku"], one["location"], one["units"]) for one in suggested(warehouse, **wanted)]


def draft(warehouse: Warehouse, key: str | None = None, **wanted: Any) -> list[dict[str, Any]]:
    """The purchase orders that are drafted."""
    asked = Draft(**wanted)
    done = draft_purchase_orders(warehouse.store, command("draft", key, draft=str(asked)), asked)
    drafted: list[dict[str, Any]] = stored(done)["purchase_orders"]
    return drafted


def lines(document: dict[str, Any]) -> list[tuple[str, str, int]]:
    return [(line["sku"], line["location"], line["ordered"]) for line in document["lines"]]


def refused(call: Any) -> tuple[str, object]:
    with pytest.raises(RefusedError) as refusal:
        call()
    return refusal.value.code, refusal.value.fields[0]["field"]


@pytest.fixture
def shop(warehouse: Warehouse) -> Warehouse:
    """K1 and K2 are Leaf's, K3 is Clay's."""
    warehouse.products("K1", "K2", supplier="Leaf")
    warehouse.products("K3", supplier="Clay")
    return warehouse


# --- what is suggested ---


def test_what_waits_is_suggested_with_the_orders_behind_it(shop: Warehouse) -> None:
    shop.stock(2)
    shop.order([("K1", 3)], "SO-1")
    shop.order([("K1", 4)], "SO-2")

    assert suggested(shop) == [
        {
            "supplier": "Leaf", "sku": "K1", "name": "K1", "location": "A", "units": 5,
            "for_waiting": 5, "for_reorder_level": 0, "waiting": 5, "free": 0, "coming": 0,
            "drafted": 0, "surplus": 0, "drafts": [], "oldest": NOON, "order_count": 2,
            "orders": [
                {"number": "SO-1", "units": 1, "priority": 50, "placed_at": NOON},
                {"number": "SO-2", "units": 4, "priority": 50, "placed_at": NOON},
            ],
        },
    ]  # fmt: skip


def test_only_who_is_short_stands_behind_a_suggestion_when_some_are_pegged(shop: Warehouse) -> None:
    shop.order([("K1", 3)], "SO-1")
    shop.purchase([("K1", 4)])
    shop.clock.pass_days(1)
    shop.order([("K1", 3)], "SO-2")
    shop.order([("K1", 1)], "SO-3")

    (one,) = suggested(shop)

    assert (one["units"], one["waiting"], one["coming"]) == (3, 7, 4)
    assert [(order["number"], order["units"]) for order in one["orders"]] == [
        ("SO-2", 2), ("SO-3", 1),
    ]  # fmt: skip
    assert one["oldest"] == shop.clock.now


def test_orders_are_counted_beyond_those_that_are_named(shop: Warehouse) -> None:
    for n in range(23):
        shop.order([("K1", 1), ("K1", 1)], f"SO-{n}")

    (one,) = suggested(shop)

    assert (one["units"], one["order_count"]) == (46, 23)
    assert [order["units"] for order in one["orders"]] == [2] * 20


@pytest.mark.parametrize("due", [None, -3, 5])
def test_units_that_are_bought_already_are_not_bought_again_whatever_their_date(
    shop: Warehouse, due: int | None
) -> None:
    shop.order([("K1", 6)])
    shop.purchase([("K1", 4)], due=due)
    shop.announce(1, due=due)

    assert bought(shop) == [("K1", "A", 1)]


def test_need_is_the_same_when_its_purchase_order_moves_on(shop: Warehouse) -> None:
    shop.order([("K1", 6)])
    (drafted,) = draft(shop)
    number = drafted["number"]
    seen = [suggested(shop)]
    for status in ("approved", "in_transit", "arrived"):
        shop.move(number, status)
        seen.append(suggested(shop))
    shop.receive(number, {1: 2})
    seen.append(suggested(shop))
    shop.serve(number)
    seen.append(suggested(shop))
    assert seen == [[]] * 6

    shop.move(number, "closed")

    assert bought(shop) == [("K1", "A", 4)]


def test_demand_is_met_at_its_own_location_only_when_it_is_bound_to_one(shop: Warehouse) -> None:
    shop.order([("K1", 2)], lock_location="B")
    shop.order([("K2", 2)], pickup_location="B")
    shop.stock(5, "K1", "A")
    shop.stock(5, "K2", "A")

    assert bought(shop) == [("K1", "B", 2), ("K2", "B", 2)]


def test_units_pegged_to_an_earlier_order_do_not_count_for_one_that_is_bound_there(
    shop: Warehouse,
) -> None:
    shop.order([("K1", 5)], "SO-1")
    shop.order([("K1", 5)], "SO-2", lock_location="B")
    shop.purchase([("K1", 5)], at="B")

    (one,) = suggested(shop)

    assert (one["location"], one["units"], one["waiting"], one["coming"]) == ("B", 5, 10, 5)
    assert [order["number"] for order in one["orders"]] == ["SO-2"]


def test_order_is_counted_when_it_is_held_unclaimed_or_by_hand(shop: Warehouse) -> None:
    shop.hold(shop.order([("K1", 1)]))
    shop.take([("K1", 2)])
    shop.stock(1, "K2")
    mine = shop.order([("K2", 3)])
    shop.do(manual.unallocate(shop.number(mine), None))

    assert bought(shop) == [("K1", "A", 3), ("K2", "A", 2)]


def test_nothing_is_suggested_when_no_unit_of_it_waits_any_more(shop: Warehouse) -> None:
    shop.cancel(shop.order([("K1", 1)]))
    rejected = shop.order([("K2", 1)], policy={"on_shortage": "reject"})
    dropped = shop.order([("K3", 1)], policy={"prepare": "manual"})
    shop.do(manual.prepare(shop.number(dropped), [Choice(1, Choose.DROP_SHIP, "B")]))

    assert shop.status(rejected) == "rejected"
    assert suggested(shop) == []


def test_product_is_never_suggested_when_it_is_inactive_or_its_stock_is_not_managed(
    shop: Warehouse,
) -> None:
    shop.products("K4", manage_stock=False, reorder_level=5)
    shop.order([("K4", 1), ("K2", 1)])
    shop.products("K2", active=False, reorder_level=5)

    assert suggested(shop) == []


def test_location_counts_nowhere_when_it_is_not_used_any_more(shop: Warehouse) -> None:
    shop.stock(4, at="B")
    shop.order([("K1", 2)], lock_location="A")
    shop.order([("K2", 3)])
    shop.location("B", 2, active=False)
    assert bought(shop) == [("K1", "A", 2), ("K2", "A", 3)]

    shop.location("A", 1, active=False)

    assert suggested(shop) == []


def test_what_is_below_its_reorder_level_is_suggested_behind_all_that_waits(
    shop: Warehouse,
) -> None:
    shop.products("K1", reorder_level=10, supplier="Leaf")
    shop.products("K2", reorder_level=3, supplier="Leaf")
    shop.stock(4, "K1")
    shop.order([("K2", 2)])

    found = suggested(shop)

    assert [(one["sku"], one["for_waiting"], one["for_reorder_level"]) for one in found] == [
        ("K2", 2, 3), ("K1", 0, 6),
    ]  # fmt: skip
    assert (found[1]["oldest"], found[1]["order_count"], found[1]["orders"]) == (None, 0, [])


def test_the_oldest_need_comes_first_and_priority_before_age(shop: Warehouse) -> None:
    for sku, priority in (("K3", 50), ("K2", 50), ("K1", 60)):
        shop.order([(sku, 1)], priority=priority)
    assert [sku for sku, *_ in bought(shop)] == ["K3", "K2", "K1"]

    shop.order([("K1", 1)], priority=10)

    assert [sku for sku, *_ in bought(shop)] == ["K1", "K3", "K2"]


def test_suggestions_are_chosen_by_supplier_sku_and_location(shop: Warehouse) -> None:
    shop.products("K9")
    shop.order([("K1", 1), ("K2", 2), ("K3", 3), ("K9", 9)])
    shop.order([("K1", 4)], lock_location="B")

    assert bought(shop, suppliers=("Clay",)) == [("K3", "A", 3)]
    assert bought(shop, suppliers=("",)) == [("K9", "A", 9)]
    assert bought(shop, skus=("K1",)) == [("K1", "A", 1), ("K1", "B", 4)]
    assert bought(shop, skus=("K1", "K2"), location="A") == [("K1", "A", 1), ("K2", "A", 2)]
    assert bought(shop, skus=("K1", "K2"), location="B") == [("K1", "B", 5), ("K2", "B", 2)]
    assert refused(lambda: bought(shop, location="C")) == ("unknown_location", "location")


def test_pages_together_are_the_whole_list(shop: Warehouse) -> None:
    shop.products("K4", "K5", reorder_level=2)
    shop.order([("K3", 1), ("K1", 1), ("K2", 1)])
    found, after = [], None
    while True:
        read = partial(list_suggestions, window=Window(2, after), wanted=Wanted())
        page = shop.store.read(MERCHANT, read)
        found += plain(page.items)
        if (after := page.next_key) is None:
            break

    assert [one["sku"] for one in found] == ["K1", "K2", "K3", "K4", "K5"]
    assert found == suggested(shop)


def test_as_many_statements_are_sent_for_fifty_orders_as_for_one(
    shop: Warehouse, statements: Any
) -> None:
    sent = []
    for many in (1, 50):
        for n in range(many):
            shop.products(f"S{many}-{n}", reorder_level=1)
            shop.order([("K1", 1), ("K2", 1), (f"S{many}-{n}", 1)])
        with statements() as counted:
            suggested(shop)
        sent.append(len(counted))

    assert sent[0] == sent[1] <= 5


# --- drafts ---


def test_one_purchase_order_is_drafted_for_each_supplier(shop: Warehouse) -> None:
    shop.order([("K2", 2), ("K3", 3)])
    shop.order([("K1", 1)], lock_location="B")

    drafted = draft(shop, expected_on=shop.day(9))

    assert [(one["number"], one["supplier"], one["status"]) for one in drafted] == [
        ("PO-1", "Clay", "draft"), ("PO-2", "Leaf", "draft"),
    ]  # fmt: skip
    assert list(map(lines, drafted)) == [[("K3", "A", 3)], [("K2", "A", 2), ("K1", "B", 1)]]
    assert {one["expected_on"] for one in drafted} == {shop.day(9).isoformat()}
    starts = shop.one("SELECT count(*) FROM outbox WHERE kind = 'start_purchase_order'")
    assert starts == 2


def test_nothing_is_drafted_when_it_is_drafted_already(shop: Warehouse) -> None:
    shop.order([("K1", 2), ("K3", 3)])
    assert len(draft(shop)) == 2
    assert draft(shop) == []
    shop.order([("K1", 5)])

    assert [lines(one) for one in draft(shop)] == [[("K1", "A", 5)]]


def test_orders_are_pegged_to_a_draft_when_it_is_approved(shop: Warehouse) -> None:
    shop.settings(future_inventory=True)
    anywhere, bound = shop.order([("K1", 2)]), shop.order([("K1", 3)], lock_location="B")
    (drafted,) = draft(shop, expected_on=shop.day(4))
    assert (shop.pegs(anywhere), shop.parts(bound)) == ({}, [("backorder", None, 3)])

    told = shop.move(drafted["number"], "approved")

    assert [line["pegged"] for line in told["lines"]] == [2, 3]
    assert (shop.pegs(anywhere), shop.pegs(bound)) == ({"PO-1": 2}, {"PO-1": 3})
    assert (shop.parts(anywhere), shop.parts(bound)) == ([("future", "A", 2)], [("future", "B", 3)])


def test_product_without_a_supplier_is_drafted_only_when_one_is_named_for_it(
    shop: Warehouse,
) -> None:
    shop.products("K9")
    shop.order([("K1", 1), ("K9", 9)])
    done = stored(draft_purchase_orders(shop.store, command("draft"), Draft()))
    assert [lines(one) for one in done["purchase_orders"]] == [[("K1", "A", 1)]]
    assert done["without_supplier"] == ["K9"]
    assert draft(shop, supplier="Clay") == []

    (drafted,) = draft(shop, supplier="Clay", skus=("K9", "K1"))

    assert (drafted["supplier"], lines(drafted)) == ("Clay", [("K9", "A", 9)])


def test_product_without_a_supplier_is_bought_from_the_last_one_that_brought_it(
    shop: Warehouse,
) -> None:
    shop.products("K9")
    for number, supplier in (("OLD", "Old"), ("NEW", "Novum"), ("GONE", "Gone")):
        new = NewPurchaseOrder(number, (NewPurchaseLine(1, "K9", 1, "A"),), supplier=supplier)
        create_purchase_order(shop.store, command("purchase"), new)
    shop.move("GONE", "cancelled")
    shop.order([("K9", 9)])
    assert bought(shop, suppliers=("Novum",)) == [("K9", "A", 7)]
    (drafted,) = draft(shop)
    assert (drafted["supplier"], lines(drafted)) == ("Novum", [("K9", "A", 7)])


@pytest.mark.parametrize(
    ("skus", "status", "supplier"),
    [
        (("K1", "K2"), "draft", "Leaf"),
        (("K1", "K3"), "draft", ""),
        (("K9",), "draft", ""),
        (("K1",), "approved", ""),
    ],
)
def test_draft_without_a_supplier_takes_that_of_all_its_products(
    shop: Warehouse, skus: tuple[str, ...], status: str, supplier: str
) -> None:
    shop.products("K9")
    wanted = tuple(NewPurchaseLine(at, sku, 1, "A") for at, sku in enumerate(skus, 1))
    new = NewPurchaseOrder("PO-X", wanted, status=PurchaseOrderStatus(status))
    told = create_purchase_order(shop.store, command("purchase"), new)
    assert told.supplier == supplier


def test_only_what_is_named_is_drafted(shop: Warehouse) -> None:
    shop.order([("K1", 1), ("K2", 2), ("K3", 3)])

    assert [lines(one) for one in draft(shop, supplier="Clay")] == [[("K3", "A", 3)]]
    assert [lines(one) for one in draft(shop, skus=("K2",))] == [[("K2", "A", 2)]]
    assert [lines(one) for one in draft(shop, location="B")] == [[("K1", "B", 1)]]


def test_draft_is_refused_naming_the_field_when_there_is_no_such_sku_or_location(
    shop: Warehouse,
) -> None:
    assert refused(lambda: draft(shop, skus=("K1", "NONE"))) == ("unknown_sku", "skus[1]")
    assert refused(lambda: draft(shop, location="NOWHERE")) == ("unknown_location", "location")


def test_a_supplier_of_many_gets_several_purchase_orders(
    shop: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafting, "MOST_LINES", 2)
    shop.products("K4", "K5", supplier="Leaf")
    shop.order([(f"K{n}", n) for n in range(1, 6)])

    drafted = draft(shop)

    assert [(one["supplier"], len(one["lines"])) for one in drafted] == [
        ("Clay", 1), ("Leaf", 2), ("Leaf", 2),
    ]  # fmt: skip
    assert draft(shop) == []


def test_number_is_the_next_that_is_free_behind_its_prefix(shop: Warehouse) -> None:
    shop.purchase([("K1", 1)], number="PO-7")
    shop.purchase([("K1", 1)], number="PO-70-B")
    shop.purchase([("K1", 1)], number="X%7")
    shop.order([("K2", 1), ("K3", 3)])
    assert [one["number"] for one in draft(shop)] == ["PO-8", "PO-9"]
    shop.order([("K2", 1)])

    assert [one["number"] for one in draft(shop, prefix="X%")] == ["X%8"]


def test_number_is_passed_over_when_somebody_takes_it_at_the_same_moment(
    shop: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.order([("K2", 1), ("K3", 3)])
    shop.purchase([("K1", 1)], number="PO-2")
    monkeypatch.setattr(drafting, "_next_number", lambda _tx, _prefix: 1)

    assert [one["number"] for one in draft(shop)] == ["PO-1", "PO-3"]


# --- at the same moment ---


def test_no_need_is_drafted_twice_when_drafts_are_asked_for_at_the_same_moment(
    shop: Warehouse,
) -> None:
    for turn in range(1, 6):
        shop.order([("K1", 2), ("K2", 3), ("K3", 1)])

        drafted = at_once(*[lambda: draft(shop)] * 3)

        assert sorted(map(len, drafted)) == [0, 0, 2]
        assert shop.one("SELECT count(*) FROM purchase_order") == 2 * turn
        assert shop.one("SELECT sum(ordered) FROM supply") == 6 * turn


def test_first_answer_is_given_when_a_draft_comes_twice_with_its_key(shop: Warehouse) -> None:
    shop.order([("K1", 2)])

    first, second = at_once(*[lambda: draft(shop, "one")] * 2)

    assert first == second
    assert len(first) == 1
    assert shop.one("SELECT count(*) FROM purchase_order") == 1


def test_no_need_is_bought_twice_when_a_draft_is_approved_at_the_same_moment(
    shop: Warehouse,
) -> None:
    for _ in range(5):
        shop.order([("K1", 2), ("K2", 3)])
        (drafted,) = draft(shop)

        again, _ = at_once(lambda: draft(shop), partial(shop.move, drafted["number"], "approved"))

        assert again == []


def test_each_has_its_number_when_a_purchase_order_is_written_at_the_same_moment(
    shop: Warehouse,
) -> None:
    for _ in range(5):
        shop.order([("K1", 1), ("K3", 1)])
        count = shop.one("SELECT count(*) FROM purchase_order")

        drafted, by_hand = at_once(
            lambda: draft(shop),
            partial(shop.purchase, [("K2", 1)], number=f"PO-{count + 1}"),
        )

        taken = [one["number"] for one in drafted] + [by_hand] * (by_hand != "number_in_use")
        assert sorted(taken) == sorted(f"PO-{count + n}" for n in range(1, len(taken) + 1))
        assert len(drafted) == 2


# --- what is drafted is enough ---


@pytest.mark.parametrize("seed", range(8))
def test_nobody_is_short_any_more_when_all_that_is_suggested_comes(
    shop: Warehouse, seed: int
) -> None:
    """Dated behind what is pegged already, so that nobody's pegs move to other places."""
    chance = random.Random(seed)
    for _ in range(12):
        wants = [(f"K{chance.randint(1, 3)}", chance.randint(1, 5))]
        place = chance.choice([{}, {}, {"lock_location": "A"}, {"lock_location": "B"}])
        shop.order(wants, priority=chance.choice([10, 50]), **place)
        if chance.random() < 0.4:
            shop.purchase([(f"K{chance.randint(1, 3)}", 4)], at=chance.choice("AB"))
        if chance.random() < 0.3:
            shop.stock(3, f"K{chance.randint(1, 3)}", chance.choice("AB"))
    for document in draft(shop, expected_on=shop.day(9)):
        shop.move(document["number"], "approved")

    short = shop.rows(
        "SELECT d.shipment_line FROM open_demand d WHERE d.wanted >"
        " coalesce((SELECT sum(units) FROM peg WHERE shipment_line = d.shipment_line), 0)"
    )
    assert (short, suggested(shop)) == ([], [])


# --- a need that has gone ---


def surplus(warehouse: Warehouse, number: str) -> int:
    found = warehouse.store.read(MERCHANT, lambda tx: read_purchase_order(tx, number))
    return found.lines[0].surplus


def test_a_draft_tells_what_nothing_asks_for_when_its_need_has_gone(warehouse: Warehouse) -> None:
    _, gone = warehouse.order([("K1", 3)]), warehouse.order([("K1", 4)])
    (first,) = draft(warehouse, supplier="Leaf", skus=("K1",))
    warehouse.order([("K1", 2)])
    (second,) = draft(warehouse, supplier="Leaf", skus=("K1",))
    assert [found["lines"][0]["surplus"] for found in (first, second)] == [0, 0]

    warehouse.cancel(gone)

    assert [surplus(warehouse, one["number"]) for one in (first, second)] == [2, 2]
    (told,) = suggested(warehouse)
    assert (told["units"], told["surplus"], told["drafted"]) == (0, 4, 9)
    assert told["drafts"] == [first["number"], second["number"]]
    assert draft(warehouse, supplier="Leaf", skus=("K1",)) == []
    warehouse.move(second["number"], "cancelled")
    (told,) = suggested(warehouse)
    assert (told["surplus"], told["drafts"]) == (2, [first["number"]])
    approved = warehouse.move(first["number"], "approved")
    assert (approved["lines"][0]["surplus"], suggested(warehouse)) == (0, [])
