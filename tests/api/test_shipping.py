"""How and until when an order is to be there, and what its packer should know."""

import pytest

from fulfillment.store.commands.administration.keys import Role
from fulfillment.store.commands.catalogue import NewMerchant, put_merchant
from tests.api.world import ACME, World, order
from tests.documents.reading import text_of

NOTE = "Wrap it for Zebedee.\nNo invoice."
SAID = {"shipping_method": "standard", "deliver_by": "2190-03-10", "packer_note": NOTE}
PAST = {"deliver_by": "2020-03-10"}


@pytest.fixture(scope="module", autouse=True)
def methods(shared: World) -> None:
    ways = {"express": 1, "standard": 3}
    put_merchant(
        shared.store, NewMerchant(ACME, "Acme", "Europe/Vienna", "EUR", shipping_methods=ways)
    )


@pytest.mark.parametrize(
    ("said", "leave_by"),
    [
        ({}, None),
        ({"ship_by": "2190-03-05"}, "2190-03-05"),
        (SAID, "2190-03-07"),
        (SAID | {"ship_by": "2190-03-05"}, "2190-03-05"),
        (SAID | {"ship_by": "2190-03-09"}, "2190-03-07"),
        (SAID | {"shipping_method": "by mule"}, "2190-03-10"),
        ({"deliver_by": "2190-03-10"}, "2190-03-10"),
    ],
)
def test_order_leaves_as_many_days_before_as_its_method_needs(shared_admin, said, leave_by):
    number = f"L {leave_by} {len(str(said))}"
    assert shared_admin.post("/v1/orders", json=order(number) | said).status_code == 202
    (row,) = shared_admin.get("/v1/orders", params={"q": number}).json()["items"]
    shown = shared_admin.get(f"/v1/orders/{number}").json()
    for told in (row, shown):
        assert told["leave_by"] == leave_by
        assert told["deliver_by"] == said.get("deliver_by")
        assert told["shipping_method"] == said.get("shipping_method")


def test_list_is_sorted_and_overdue_by_the_day_to_leave(shared_admin):
    late = {"deliver_by": "2026-01-02", "shipping_method": "express"}
    shared_admin.post("/v1/orders", json=order("LATE") | late)
    shared_admin.post("/v1/orders", json=order("IN TIME") | {"deliver_by": "2190-01-02"})
    found = shared_admin.get("/v1/orders?sort=ship_by").json()["items"]
    assert (found[0]["number"], found[0]["leave_by"]) == ("LATE", "2026-01-01")
    overdue = shared_admin.get("/v1/orders?overdue=true").json()["items"]
    assert [one["number"] for one in overdue] == ["LATE"]


def test_edit_changes_how_it_is_sent_and_tells_no_content(shared, shared_admin):
    shared_admin.post("/v1/orders", json=order("EDIT") | SAID)
    lines = order("EDIT")["lines"]
    dated = {"revision": 1, "lines": [lines[0] | {"wanted_on": "2190-03-01"}]}
    shared_admin.put("/v1/orders/EDIT", json=dated)
    sent = {"revision": 2, "lines": lines, "shipping_method": "express", "packer_note": "None."}
    assert shared_admin.put("/v1/orders/EDIT", json=sent).status_code == 200
    assert shared_admin.put("/v1/orders/EDIT", json=sent).status_code == 200
    shown = shared_admin.get("/v1/orders/EDIT").json()
    assert (shown["leave_by"], shown["customer"]["packer_note"]) == ("2190-03-09", "None.")
    assert shown["lines"][0]["wanted_on"] == "2190-03-01"
    (row,) = shared_admin.get("/v1/orders?q=EDIT").json()["items"]
    assert row["wanted_on"] == "2190-03-01"
    history = shared_admin.get("/v1/orders/EDIT/history").json()["items"]
    assert history[-1]["facts"] == {"revision": 2, "also": ["packer_note", "shipping_method"]}
    clash = shared_admin.put("/v1/orders/EDIT", json=sent | {"packer_note": "Other."})
    assert clash.json()["code"] == "stale_revision"


def test_note_is_on_the_pickers_paper_and_on_nothing_of_the_customers(world):
    client = world.client()
    world.stock("TEA", 4)
    put_merchant(world.store, NewMerchant(ACME, "Acme", shipping_methods={"standard": 3}))
    client.post("/v1/orders", json=order("FIRST", ("TEA", 1)) | {"ship_by": "2190-03-08"})
    client.post("/v1/orders", json=order("URGENT", ("TEA", 1)) | SAID | PAST)
    for number in ("FIRST", "URGENT"):
        world.prepare(number)
    picker = world.client(Role.WAREHOUSE)
    work = picker.post("/v1/locations/vienna/pick-lists", json={"most_shipments": 1}).json()
    (listed,) = work["shipments"]
    assert (listed["order"], listed["packer_note"]) == ("URGENT", NOTE)
    paper = text_of(picker.get(f"/v1/pick-lists/{work['id']}/document.pdf").content)
    slip = text_of(picker.get(f"/v1/shipments/{listed['shipment']}/packing-slip.pdf").content)
    assert ("Wrap it" in paper, "No invoice." in paper, "2020-03-10" in paper) == (True,) * 3
    assert ("standard" in slip, "Wrap it" in slip) == (True, False)
    kept = world.store.read(
        ACME,
        lambda tx: tx.rows(
            "SELECT (SELECT string_agg(CAST(e AS text), '') FROM order_event e)"
            " || (SELECT string_agg(CAST(x AS text), '') FROM outbox x) AS said"
        ),
    )
    assert "Wrap it" not in str(kept[0].said)


def test_days_are_days_of_the_calendar(shared_admin):
    for wrong in ("2190-02-30", 7, "tomorrow"):
        answer = shared_admin.post("/v1/orders", json=order("BAD") | {"deliver_by": wrong})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "deliver_by")
