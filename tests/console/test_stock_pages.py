"""Stock as pages: lists, one SKU, its ledger, and what comes of the forms."""

import csv
import io
import re
from collections.abc import Iterator

import httpx
import pytest

from console.stock_lists import VIEWS
from fulfillment.domain.model.permissions import Role
from fulfillment.domain.model.scope import Scope
from fulfillment.store.reading import stock_item as reading
from fulfillment.store.reading.cursors import cursor_of, key_of
from fulfillment.store.reading.stock_lists import SORTS
from tests.api.world import ACME, World, made
from tests.console.furnishing import ask, furnish, send
from tests.console.test_order_pages import link, page
from tests.console.visitors import Visitor, make, visitor

SKU = re.compile(r'<th scope="rowgroup"[^>]*><a href="/m/acme/stock/([^"]+)">')
CELL = re.compile(r"<t[dh][^>]*>(.*?)</t[dh]>", re.DOTALL)


@pytest.fixture
def mara(world: World) -> Visitor:
    return furnished(world)


@pytest.fixture(scope="module")
def looking(shared: World) -> Visitor:
    """Somebody who changes nothing, for the tests of a file."""
    return furnished(shared)


def furnished(world: World) -> Visitor:
    furnish(world)
    make(world, "mara", full="Mara Holm")
    make(world, "wim", Role.WAREHOUSE)
    make(world, "pia", Role.PURCHASING)
    make(world, "graz", Role.WAREHOUSE, Scope(frozenset({ACME}), frozenset({"graz"})))
    return visitor(world, "mara")


def rows(text: str) -> list[list[str]]:
    """The cells of each row of a page, as text."""
    found = re.findall(r"<tr[^>]*>(.*?)</tr>", text, re.DOTALL)
    return [[re.sub(r"<[^>]*>|\s+", " ", cell).strip() for cell in CELL.findall(row)]
            for row in found]  # fmt: skip


def levels(world: World, sku: str = "TEA") -> dict[str, tuple[int, int]]:
    (found,) = ask(world, "GET", f"/v1/stock?{httpx.QueryParams({'sku': sku})}")["items"]
    return {one["location"]: (one["on_hand"], one["allocated"]) for one in found["locations"]}


# --- lists ---------------------------------------------------------------------------------------


def test_every_list_shows_its_products_and_counts_them(mara):
    world = mara.world
    ask(world, "PUT", "/v1/products/LOW", name="Low", reorder_level=3)
    world.stock("LOW", 2)
    ask(
        world,
        "POST",
        "/v1/stock/adjustments",
        adjustments=[
            {
                "sku": "LOW",
                "location": "graz",
                "units": 1,
                "reason": "wet",
                "disposition": "damaged",
            }
        ],
    )
    ask(world, "POST", "/v1/orders/SO-3/hold", reason="x")
    send(world, "SO-4", ("LIMITED", 2), lock_location="graz")
    world.stock("LIMITED", 1)
    shown = {view.name: SKU.findall(page(mara, f"/m/acme/stock?view={view.name}"))
             for view in VIEWS}  # fmt: skip

    assert shown["all"] == ["CARD", "CUP", "LIMITED", "LOW", "OLD", "STRICT", "TEA"]
    assert shown["short"] == ["CUP", "TEA"]
    assert shown["idle"] == ["LIMITED"]
    assert shown["damaged"] == ["LOW"]
    assert shown["low"] == ["LOW"]
    text = page(mara, "/m/acme/stock")
    counted = re.findall(r'>([\w ]+) <span class="count">([\d,+]+)</span>', text)
    assert dict(counted) == {view.title: str(len(shown[view.name])) for view in VIEWS}
    low = ["LOW", "Low", "—", "all places", "2", "0", "2", "0", "1"]
    assert low in rows(text)
    assert ["graz", "0", "0", "0", "0", "1"] in rows(text)
    assert ["TEA", "Tea", "5", "vienna", "10", "10", "0", "5", "—"] in rows(text)


MANY = [f"P-{at:03}" for at in range(115)]


@pytest.fixture(scope="module")
def crowd(new_database) -> Iterator[Visitor]:
    """Somebody who looks at many products, some of which are here, and are waited for."""
    with made(new_database()) as world:
        make(world, "mara")
        names = {sku: f"Blend {sku[-1]}" for sku in MANY} | {"Käse.klein": "Käse"}
        ask(world, "POST", "/v1/products/batch", products=[
            {"sku": sku, "name": name} for sku, name in names.items()])  # fmt: skip
        ask(world, "POST", "/v1/stock/adjustments", adjustments=[
            {"sku": sku, "location": "graz", "units": at % 7 + 1, "reason": "x"}
            for at, sku in enumerate(MANY[:60])])  # fmt: skip
        send(world, "SO-1", *((sku, at % 5 + 9) for at, sku in enumerate(MANY[30:50])))
        yield visitor(world, "mara")


@pytest.mark.parametrize("sort", SORTS)
def test_pages_lead_on_and_back_in_every_sort(crowd, sort):
    seen: list[list[str]] = []
    path = last = f"/m/acme/stock?sort={sort}"
    assert link(page(crowd, path), "prev") is None
    while path:
        seen.append(SKU.findall(text := page(crowd, path)))
        last, path = path, link(text, "next") or ""
    found = [sku for some in seen for sku in some]
    assert len(found) == len(set(found)) == len(MANY) + 1 + 6
    back = [SKU.findall(page(crowd, last))]
    while to := link(page(crowd, last), "prev"):
        back.append(SKU.findall(page(crowd, last := to)))
    assert back == seen[::-1]


def test_a_sort_puts_first_what_it_says(crowd):
    waits = [int(row[2]) for row in rows(page(crowd, "/m/acme/stock?sort=waiting"))
             if len(row) == 9 and row[2].isdecimal()]  # fmt: skip
    assert waits == sorted(waits, reverse=True)
    assert len(waits) == 20
    text = page(crowd, "/m/acme/stock?sort=-available")
    free = [int(row[6]) for row in rows(text) if len(row) == 9 and row[6].isdecimal()]
    assert free == sorted(free, reverse=True)
    assert free[0] == 7


def test_a_list_is_narrowed_by_sku_name_barcode_and_place(looking):
    ask(looking.world, "PUT", "/v1/products/CUP", name="Cup", barcodes={"4006381333931": None})
    for query, found in {
        "q=tE": ["LIMITED", "TEA"], "q=CARD": ["CARD"], "q=ric": ["STRICT"],
        "q=4006381333931": ["CUP"], "q=nothing": [], "q=%25": [],
        "location=vienna": ["TEA"], "location=graz": [],
        "location=vienna&q=cup": [],
    }.items():  # fmt: skip
        assert SKU.findall(page(looking, f"/m/acme/stock?{query}")) == found, query
    assert "No product of this list is like that" in page(looking, "/m/acme/stock?q=nothing")
    assert "can be sold" in page(looking, "/m/acme/stock?view=damaged")


@pytest.mark.parametrize("query", [
    "view=lost", "sort=size", "limit=3", "after=x", "q=%00", "before=%F0%9F%98%80",
    "location=%3Cb%3E",
])  # fmt: skip
def test_what_an_address_can_not_mean_is_refused_as_a_page(looking, query):
    paths = ("stock",) if "after" in query or "before" in query else ("stock", "stock.csv")
    for path in paths:
        answer = looking.get(f"/m/acme/{path}?{query}")
        assert answer.status_code == 422
        assert "Not possible" in answer.text


def test_the_file_has_a_row_for_each_place_and_no_formula(mara):
    ask(mara.world, "PUT", "/v1/products/=1+cmd", name="@SUM(A1)")
    mara.world.stock("TEA", 2, "graz")
    answer = mara.get("/m/acme/stock.csv")
    found = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))

    assert answer.headers["Content-Disposition"] == 'attachment; filename="stock-acme-all.csv"'
    tea = [row for row in found if row["sku"] == "TEA"]
    assert [(row["location"], row["on_hand"], row["waiting"]) for row in tea] == [
        ("graz", "2", "3"), ("vienna", "10", "")]  # fmt: skip
    assert ("'=1+cmd", "'@SUM(A1)", "") in {
        (row["sku"], row["name"], row["location"]) for row in found}  # fmt: skip


# --- one SKU -------------------------------------------------------------------------------------


def test_a_sku_shows_its_places_who_holds_it_who_waits_and_what_comes(looking):
    ask(looking.world, "PUT", "/v1/products/TEA", name="Tea", packs={"carton": 12}, weight_g=250,
        bins={"vienna": "A-07"}, barcodes={"96385074": "carton"})  # fmt: skip
    text = page(looking, "/m/acme/stock/TEA")
    found = rows(text)

    assert "5 units wait" in text
    assert "carton of 12" in text
    assert "250 g" in text
    assert "96385074" in text
    assert ["vienna", "A-07", "10", "10", "0", "0", "0", "5", "—"] in [row[:9] for row in found]
    assert ["SO-2", "awaiting stock", "50"] in [row[:3] for row in found]
    assert ["2", "2", "anywhere"] in [row[4:] for row in found]
    assert ["SO-1", "1", "ready", "vienna", "4", "0", "0"] in found
    assert ["SO-2", "1", "backorder", "vienna", "6", "0", "0"] in found
    assert ["PO-1", "purchase order", "vienna", "10 Mar 2031", "5", "5", "approved"] in found
    assert "Zebedee" not in text


def test_of_many_the_first_in_rank_are_shown_and_the_rest_is_counted(looking, monkeypatch):
    monkeypatch.setattr(reading, "SHOWN", 1)
    monkeypatch.setattr(reading, "LOOKED_AT", 1)
    text = page(looking, "/m/acme/stock/TEA")
    assert "2 orders wait for 5 units. The first 1 in rank" in text
    assert "1+ shipments hold units" in text or "1+ shipment holds units" in text


def test_who_works_elsewhere_sees_neither_levels_nor_orders(looking):
    graz = visitor(looking.world, "graz")
    assert SKU.findall(page(graz, "/m/acme/stock")) == []
    text = page(graz, "/m/acme/stock/TEA")
    assert "SO-" not in text
    assert "PO-1" not in text
    assert "vienna" not in text
    assert "nothing at your places: 2 orders." in text
    assert "Nothing of it has moved" in page(graz, "/m/acme/stock/TEA/ledger")
    for path in ("stock?location=vienna", "stock.csv?location=vienna",
                 "stock/TEA/ledger?location=vienna", "stock/TEA/adjust?location=vienna",
                 "stock/TEA/transfer?look=1&location=vienna&destination=graz&units=1&when=now",
                 "stock/TEA/move?location=vienna"):  # fmt: skip
        assert graz.get(f"/m/acme/{path}").status_code == 403, path


def test_what_a_role_may_not_do_has_no_button_and_no_link(looking):
    wim = page(visitor(looking.world, "wim"), "/m/acme/stock/TEA")
    assert 'href="/m/acme/stock/TEA/transfer"' in wim
    assert 'href="/m/acme/stock/TEA/adjust"' not in wim
    assert "may not adjust stock" in wim
    pia = page(visitor(looking.world, "pia"), "/m/acme/stock/TEA")
    assert "SO-2" in pia
    assert 'href="/m/acme/orders/SO-2"' not in pia


def test_a_sku_with_a_slash_has_its_pages_and_one_that_there_is_not_says_so(mara):
    ask(mara.world, "PUT", "/v1/products/A%2F7%20%23%C3%A4", name="<b>Bold</b>")
    mara.world.stock("A/7 #ä", 3)
    assert "/m/acme/stock/A%2F7%20%23%C3%A4" in page(mara, "/m/acme/stock")
    for part in ("", "/ledger", "/adjust", "/move", "/transfer"):
        text = page(mara, f"/m/acme/stock/A%2F7%20%23%C3%A4{part}")
        assert "A/7 #ä" in text
        assert "<b>" not in text
        assert mara.get(f"/m/acme/stock/NONE{part}").status_code == 404
    path = "/m/acme/stock/A%2F7%20%23%C3%A4/adjust"
    done = mara.post(path, **looked(mara, path, **counted(1)), note="lost")
    assert done.headers["Location"] == "/m/acme/stock/A%2F7%20%23%C3%A4?done=adjust"
    assert levels(mara.world, "A/7 #ä") == {"vienna": (1, 0)}


# --- the ledger ----------------------------------------------------------------------------------


def test_the_ledger_tells_what_moved_and_what_was_there_then_over_pages(mara, monkeypatch):
    monkeypatch.setattr("console.pages.stock_item.ON_A_PAGE", 2)
    for units, at in ((5, "graz"), (3, "vienna"), (-2, "graz"), (1, "vienna")):
        mara.world.stock("TEA", units, at)
    seen: list[list[str]] = []
    path: str | None = "/m/acme/stock/TEA/ledger"
    while path:
        text = page(mara, path)
        seen += [row[1:5] for row in rows(text) if len(row) == 8]
        path = link(text, "next")
    assert [row for row in seen if row[0] != "Place"] == [
        ["vienna", "adjustment", "+1", "14"],
        ["graz", "adjustment", "-2", "3"],
        ["vienna", "adjustment", "+3", "13"],
        ["graz", "adjustment", "+5", "5"],
        ["vienna", "adjustment", "+10", "10"],
    ]
    at_graz = page(mara, "/m/acme/stock/TEA/ledger?location=graz")
    assert [row[1:5] for row in rows(at_graz)[1:]] == [
        ["graz", "adjustment", "-2", "3"],
        ["graz", "adjustment", "+5", "5"],
    ]


# --- what is asked for by forms ------------------------------------------------------------------


@pytest.mark.parametrize("query", ["after=x", "location=%3Cb%3E"])
def test_what_the_address_of_a_ledger_can_not_mean_is_refused(looking, query):
    assert looking.get(f"/m/acme/stock/TEA/ledger?{query}").status_code == 422


def test_a_page_may_end_at_a_sku_of_any_letters():
    sort = SORTS["sku"]
    assert key_of(str(cursor_of(("Käse.klein",), sort)), sort) == ("Käse.klein",)


def counted(units: object, how: str = "set", **more: str) -> dict[str, str]:
    return {"location": "vienna", "disposition": "sellable", "how": how, "units": str(units),
            **more}  # fmt: skip


ADJUST, MOVE, TRANSFER = (f"/m/acme/stock/TEA/{name}" for name in ("adjust", "move", "transfer"))
SENT = {"location": "graz", "destination": "vienna", "units": "4", "expected_on": "2031-02-01",
        "when": "now"}  # fmt: skip


def looked(one: Visitor, path: str, **values: str) -> dict[str, str]:
    """The hidden fields of the page that shows what a change would make."""
    fields = one.hidden(f"{path}?{httpx.QueryParams({'look': '1', **values})}")
    assert "key" in fields, values
    return fields


def again(text: str) -> dict[str, str]:
    """The hidden fields of a page that was answered to a button."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', text))


def test_more_shows_who_gains_and_does_just_that(mara):
    text = page(mara, f"{ADJUST}?{httpx.QueryParams({'look': '1', **counted(12)})}")
    assert "vienna would have <strong>12</strong>" in text
    assert "SO-2" in text
    assert "SO-3" not in text
    assert "another order" not in text
    assert ["SO-2", "status", "awaiting stock", "ready to pick"] in rows(text)
    assert ["allocated", "6", "8"] in rows(text)
    assert levels(mara.world) == {"vienna": (10, 10)}

    done = mara.post(ADJUST, **again(text), note="Found two behind the shelf.")
    assert (done.status_code, done.headers["Location"]) == (303, "/m/acme/stock/TEA?done=adjust")
    assert "Done: the adjustment." in page(mara, done.headers["Location"])
    assert levels(mara.world) == {"vienna": (12, 12)}
    assert ask(mara.world, "GET", "/v1/orders/SO-2")["status"] == "awaiting_pick_and_pack"
    newest = rows(page(mara, "/m/acme/stock/TEA/ledger"))[1]
    assert newest[1:5] == ["vienna", "adjustment", "+2", "12"]
    assert newest[6:] == ["Mara Holm (user mara)", "Found two behind the shelf."]


def test_fewer_than_are_allocated_shows_who_loses_and_does_just_that(mara):
    text = page(mara, f"{ADJUST}?{httpx.QueryParams({'look': '1', **counted(3, 'fewer')})}")
    assert ["SO-2", "allocated", "6", "3"] in rows(text)
    assert "SO-1" not in text
    assert mara.post(ADJUST, **again(text), note="broken").status_code == 303
    assert levels(mara.world) == {"vienna": (7, 7)}
    assert ask(mara.world, "GET", "/v1/orders/SO-2")["lines"][0]["allocated"] == 3
    fields = looked(mara, ADJUST, **counted(3, "more"))
    assert mara.post(ADJUST, **fields, note="found").status_code == 303
    assert levels(mara.world) == {"vienna": (10, 10)}


def test_a_form_that_is_sent_twice_is_done_once(mara):
    fields = looked(mara, ADJUST, **counted(6, "more"))
    answers = [mara.post(ADJUST, **fields, note="found") for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert levels(mara.world)["vienna"] == (16, 15)
    fields = looked(mara, TRANSFER, **(SENT | {"location": "vienna", "destination": "graz",
                                               "units": "1"}))  # fmt: skip
    answers = [mara.post(TRANSFER, **fields) for _ in range(2)]
    assert [one.headers["Location"] for one in answers] == ["/m/acme/stock/TEA?done=transfer"] * 2
    assert levels(mara.world)["vienna"] == (15, 15)
    assert len(ask(mara.world, "GET", "/v1/transfers")["items"]) == 1
    other = mara.post(ADJUST, **(looked(mara, ADJUST, **counted(5, "more")) | {"key": "same"}),
                      note="x")  # fmt: skip
    assert other.status_code == 303
    reused = mara.post(ADJUST, **(looked(mara, ADJUST, **counted(6, "more")) | {"key": "same"}),
                       note="x")  # fmt: skip
    assert reused.status_code == 409


def test_a_stale_form_does_nothing_tells_what_moved_and_has_the_button_again(mara):
    fields = looked(mara, ADJUST, **counted(12))
    mara.world.stock("TEA", 1)
    stale = mara.post(ADJUST, **fields, note="two more")

    assert stale.status_code == 409
    assert "Nothing was done" in stale.text
    assert ["vienna", "adjustment", "+1", "11"] in [row[1:5] for row in rows(stale.text)]
    assert "two more" in stale.text
    assert levels(mara.world) == {"vienna": (11, 11)}
    now = again(stale.text)
    assert (now["seen"], fields["seen"]) == ("11.11", "10.10")
    assert mara.post(ADJUST, **now, note="two more").status_code == 303
    assert levels(mara.world) == {"vienna": (12, 12)}


def test_who_goes_back_after_stock_was_changed_is_told_of_it(mara):
    moved = mara.hidden(ADJUST)["moved"]
    typed = {**counted(2, "more"), "moved": moved}
    first = looked(mara, ADJUST, **typed)
    assert mara.post(ADJUST, **first, note="two more").status_code == 303

    back = mara.get(f"{ADJUST}?{httpx.QueryParams({'look': '1', **typed})}")
    assert "This happened at the place since the form was filled in:" in back.text
    assert ["vienna", "adjustment", "+2", "12"] in [row[1:5] for row in rows(back.text)]


def test_a_form_is_stale_too_where_only_claims_have_moved(mara):
    ask(mara.world, "POST", "/v1/orders/SO-2/cancel")
    fields = looked(mara, ADJUST, **counted(20))
    send(mara.world, "SO-9", ("TEA", 1))
    stale = mara.post(ADJUST, **fields, note="x")
    assert stale.status_code == 409
    assert "Nothing that the ledger tells" in stale.text
    assert mara.post(ADJUST, **again(stale.text), note="x").status_code == 303


def test_units_become_damaged_and_sellable_again_in_one_step(mara):
    there = {"location": "vienna", "from": "sellable", "to": "damaged", "units": "2"}
    text = page(mara, f"{MOVE}?{httpx.QueryParams({'look': '1', **there})}")
    assert "vienna would have <strong>2</strong> damaged" in text
    assert ["SO-2", "allocated", "6", "4"] in rows(text)
    fields = again(text)
    assert fields["seen"] == "10.10,0.0"
    assert [mara.post(MOVE, **fields, note="wet").status_code for _ in range(2)] == [303, 303]
    assert "2 damaged" in page(mara, "/m/acme/stock/TEA")
    assert levels(mara.world) == {"vienna": (8, 8)}

    back = there | {"from": "damaged", "to": "sellable", "units": "1"}
    fields = looked(mara, MOVE, **back)
    ask(mara.world, "POST", "/v1/stock/adjustments", adjustments=[
        {"sku": "TEA", "location": "vienna", "units": -1, "reason": "x",
         "disposition": "damaged"}])  # fmt: skip
    stale = mara.post(MOVE, **fields, note="dry again")
    assert (stale.status_code, again(stale.text)["seen"]) == (409, "1.0,8.8")
    assert mara.post(MOVE, **again(stale.text), note="dry again").status_code == 303
    assert levels(mara.world) == {"vienna": (9, 9)}


def test_a_transfer_shows_whom_it_would_serve_and_is_written(mara):
    wim = visitor(mara.world, "wim")
    mara.world.stock("CUP", 3, "graz")
    mara.world.stock("STRICT", 3, "graz")
    send(mara.world, "SO-7", ("STRICT", 2), lock_location="graz")
    send(mara.world, "SO-8", ("CUP", 2), lock_location="vienna")
    path = "/m/acme/stock/CUP/transfer"
    text = page(wim, f"{path}?{httpx.QueryParams({'look': '1', **SENT, 'units': '1'})}")
    assert ["SO-8", "pegged", "0", "1"] in [row[:4] for row in rows(text)]
    planned = page(wim, f"{path}?{httpx.QueryParams({'look': '1', **SENT, 'when': 'later'})}")
    assert "No order would stand differently" in planned

    fields = again(text)
    assert wim.post(path, **fields, note="van on Friday").status_code == 303
    transfer = ask(mara.world, "GET", f"/v1/transfers/{fields['key']}")
    assert (transfer["status"], transfer["lines"][0]["pegged"]) == ("in_transit", 1)
    assert fields["key"] in page(wim, "/m/acme/stock/CUP")


def test_a_transfer_whose_source_has_changed_is_not_sent(mara):
    mara.world.stock("CARD", 1)
    mara.world.stock("STRICT", 5, "graz")
    path = "/m/acme/stock/STRICT/transfer"
    fields = looked(mara, path, **SENT)
    send(mara.world, "SO-7", ("STRICT", 1))
    stale = mara.post(path, **fields)
    assert stale.status_code == 409
    assert "Nothing was done" in stale.text
    assert mara.post(path, **again(stale.text)).status_code == 303
    fields = looked(mara, path, **(SENT | {"units": "9", "when": "later"}))
    assert mara.post(path, **fields).status_code == 303
    statuses = {one["status"] for one in ask(mara.world, "GET", "/v1/transfers")["items"]}
    assert statuses == {"in_transit", "planned"}


@pytest.mark.parametrize(("path", "values", "words"), [
    (ADJUST, counted("x"), "Units is a whole number from 0"),
    (ADJUST, counted(-1), "Units is a whole number from 0"),
    (ADJUST, counted(0, "more"), "Units is a whole number from 1"),
    (ADJUST, counted("9999999999"), "Units is a whole number"),
    (ADJUST, counted(10), "changes nothing"),
    (ADJUST, counted(11, "fewer"), "can not go below zero"),
    (ADJUST, counted(5, "sideways"), "How is one of"),
    (ADJUST, counted(5, disposition="lost"), "Disposition is one of"),
    (ADJUST, counted(5, location=""), "Choose one of the locations"),
    (ADJUST, counted(5, location="<b>"), "Choose one of the locations"),
    (ADJUST, counted(5, location="linz"), "Linz is not a location of this merchant"),
    (MOVE, {"location": "vienna", "from": "damaged", "to": "damaged", "units": "1"}, "already"),
    (MOVE, {"location": "vienna", "from": "damaged", "to": "sellable", "units": "1"}, "below zero"),
    (MOVE, {"location": "vienna", "from": "lost", "to": "sellable", "units": "1"}, "From is one"),
    (MOVE, {"location": "", "from": "sellable", "to": "damaged", "units": "1"}, "Choose one"),
    (MOVE, {"location": "vienna", "from": "sellable", "to": "damaged", "units": ""}, "Units is"),
    (TRANSFER, SENT, "Graz has only 0 of TEA available"),
    (TRANSFER, SENT | {"location": ""}, "Choose one of the locations"),
    (TRANSFER, SENT | {"destination": ""}, "Choose one of the locations"),
    (TRANSFER, SENT | {"destination": "graz"}, "from one location to another"),
    (TRANSFER, SENT | {"destination": "linz"}, "Linz is not a location"),
    (TRANSFER, SENT | {"units": "0"}, "Units is a whole number from 1"),
    (TRANSFER, SENT | {"expected_on": "soon"}, "Write a day as 2026-03-31"),
    (TRANSFER, SENT | {"when": "never"}, "When is one of"),
])  # fmt: skip
def test_what_a_form_can_not_mean_is_told_at_the_form(looking, path, values, words):
    answer = looking.client.get(path, params={"look": "1", **values})
    assert answer.status_code in {409, 422}
    assert words in answer.text
    assert 'name="key"' not in answer.text
    fields = looked(looking, ADJUST, **counted(11))
    sent = looking.post(path, **(fields | {"seen": fields["seen"]} | values), note="x")
    assert sent.status_code in {409, 422}
    assert levels(looking.world) == {"vienna": (10, 10)}


@pytest.mark.parametrize("wrong", [
    {"seen": ""}, {"seen": "1"}, {"seen": "1.2,3.4"}, {"seen": "x.y"}, {"seen": "-1.0"},
    {"key": ""}, {"key": "x" * 40}, {"note": ""}, {"note": "\x00"}, {"note": "x" * 501},
    {"moved": "x"},
])  # fmt: skip
def test_a_form_that_is_not_whole_does_nothing(looking, wrong):
    fields = looked(looking, ADJUST, **counted(11)) | {"note": "x", "seen": "9.9"}
    answer = looking.post(ADJUST, **(fields | wrong))
    assert answer.status_code == (409 if "moved" in wrong else 422)
    assert 'name="key"' in answer.text
    assert levels(looking.world) == {"vienna": (10, 10)}


def test_a_form_begins_with_the_place_that_has_the_most(looking):
    forms = [looking.get(f"/m/acme/stock/TEA/{name}").text for name in ("adjust", "move")]
    transfer = looking.get("/m/acme/stock/TEA/transfer").text
    assert all('<option value="vienna" selected>' in text for text in (*forms, transfer))
    assert '<option value="graz" selected>' in transfer.partition('name="destination"')[2]
