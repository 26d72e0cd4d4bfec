"""Purchase orders as pages: lists, one of them, goods counted in, other dates, drafts."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest

from fulfillment.domain.model.permissions import Role
from fulfillment.domain.model.scope import Scope
from tests.api.world import World, made
from tests.console.furnishing import ask, furnish, send
from tests.console.visitors import Visitor, make, visitor

PO = "/m/acme/purchase-orders/PO-1"
LISTED = re.compile(r'<th scope="row" class="plain"><a href="/m/acme/purchase-orders/([^"]+)">')


def furnished(world: World) -> Visitor:
    """PO-1 brings five of TEA, two for SO-2, which goes whole, three for SO-3."""
    furnish(world)
    make(world, "mara", full="Mara Holm")
    return visitor(world, "mara")


@pytest.fixture
def mara(world: World) -> Visitor:
    return furnished(world)


@pytest.fixture(scope="module")
def busy(shared: World) -> Visitor:
    """One world for tests that each write something of their own."""
    return furnished(shared)


@pytest.fixture(scope="module")
def looking(new_database) -> Iterator[Visitor]:
    """Somebody who changes nothing, beside purchase orders in each state."""
    with made(new_database()) as world:
        one = furnished(world)
        make(world, "pia", Role.PURCHASING)
        make(world, "wim", Role.WAREHOUSE)
        make(world, "vie", Role.WAREHOUSE, Scope(None, frozenset({"vienna"})))
        buy(world, "PO-LATE", "2026-01-10", supplier="Snail")
        buy(world, "PO-SNAIL", "2031-05-10", supplier="Snail")
        buy(world, "PO-SOON", "2026-12-02", sku="CUP")
        buy(world, "PO-DRAFT", None, status="draft")
        buy(world, "PO-OVER", "2031-01-10")
        ask(world, "POST", "/v1/purchase-orders/PO-OVER/status", status="cancelled")
        yield one


def buy(world: World, number: str, on: str | None, *, sku: str = "TEA", **more: object) -> None:
    lines = [{"line": 1, "sku": sku, "units": 4, "location": "graz"}]
    body = {"number": number, "supplier": "Leaf", "lines": lines, "expected_on": on, **more}
    ask(world, "POST", "/v1/purchase-orders", **body)


def page(one: Visitor, path: str, status: int = 200) -> str:
    answer = one.get(path)
    assert answer.status_code == status, answer.text
    return answer.text


def purchase(world: World, number: str = "PO-1") -> Any:
    return ask(world, "GET", f"/v1/purchase-orders/{number}")


# --- lists ---------------------------------------------------------------------------------------


def test_every_list_shows_its_purchase_orders_and_counts_them(looking):
    views = ("open", "due", "overdue", "late-suppliers", "draft", "closed", "all")
    shown = {
        view: LISTED.findall(page(looking, f"/m/acme/purchasing?view={view}")) for view in views
    }
    assert shown["open"] == ["PO-LATE", "PO-SOON", "PO-1", "PO-SNAIL"]
    assert shown["overdue"] == ["PO-LATE"]
    assert shown["late-suppliers"] == ["PO-LATE", "PO-SNAIL"]
    assert shown["draft"] == ["PO-DRAFT"]
    assert shown["closed"] == ["PO-OVER"]
    assert len(shown["all"]) == 6
    text = page(looking, "/m/acme/purchasing")
    counted = re.findall(r'([\w ]+) <span class="count">([\d,+]+)</span>', text)
    assert [count for _, count in counted] == [str(len(shown[view])) for view in views]


def test_a_list_is_narrowed_sorted_and_read_page_by_page(looking, monkeypatch):
    def listed(query: str) -> list[str]:
        return LISTED.findall(page(looking, f"/m/acme/purchasing?view=all&{query}"))

    assert listed("q=po-s") == ["PO-SOON", "PO-SNAIL"]
    assert listed("q=nai") == ["PO-LATE", "PO-SNAIL"]
    assert listed("q=cu") == ["PO-SOON"]
    assert listed("supplier=Snail&sort=newest") == ["PO-SNAIL", "PO-LATE"]
    assert listed("location=vienna") == ["PO-1"]
    assert listed("sort=waited_for")[0] == "PO-1"
    assert "No purchase order of this list is like that" in page(
        looking, "/m/acme/purchasing?q=none"
    )
    monkeypatch.setattr("console.pages.purchasing.ON_A_PAGE", 4)
    for sort in ("due", "newest", "oldest", "waited_for"):
        first = page(looking, f"/m/acme/purchasing?view=all&sort={sort}")
        to = re.search(r'rel="next" href="([^"]+)"', first)
        assert to is not None
        second = page(looking, to[1].replace("&amp;", "&"))
        back = re.search(r'rel="prev" href="([^"]+)"', second)
        assert back is not None
        assert len({*LISTED.findall(first), *LISTED.findall(second)}) == 6
        again = page(looking, back[1].replace("&amp;", "&"))
        assert LISTED.findall(again) == LISTED.findall(first)


@pytest.mark.parametrize("query", ["view=lost", "sort=size", "limit=3", "after=x", "q=%00"])
def test_what_an_address_can_not_mean_is_refused_as_a_page(looking, query):
    assert "Not possible" in page(looking, f"/m/acme/purchasing?{query}", 422)


def test_the_file_has_the_list_and_no_formula(busy):
    lines = [{"line": 1, "sku": "CUP", "units": 4, "location": "vienna"}]
    buy(busy.world, "=1+cmd|x", None, status="draft", lines=lines)
    answer = busy.get("/m/acme/purchasing.csv?view=all&sort=oldest&supplier=Leaf&location=vienna")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["number"] for row in rows] == ["PO-1", "'=1+cmd|x"]
    assert (rows[0]["outstanding"], rows[0]["pegged"], rows[0]["due_on"]) == (
        "5", "5", "2031-03-10",
    )  # fmt: skip


def test_a_supplier_is_known_by_what_is_late_and_how_the_last_ones_came(mara):
    buy(mara.world, "PO-LATE", "2026-01-10", supplier="Snail")
    ask(mara.world, "POST", "/v1/purchase-orders/PO-1/receipts", number="R-1",
        location="vienna", lines=[{"line": 1, "units": 5}])  # fmt: skip
    rows = re.findall(r"<tr>(.*?)</tr>", page(mara, "/m/acme/purchasing/suppliers"), re.DOTALL)
    cells = [re.findall(r'<td class="number[^>]*>([^<]*)</td>', row) for row in rows[1:]]
    assert cells == [
        ["1", "4", "1", "4", "—", "—", "0"],
        ["0", "0", "0", "0", "1 of 1", "0", "0"],
    ]


# --- one purchase order --------------------------------------------------------------------------


def test_a_purchase_order_shows_what_came_who_waits_and_its_dates(mara):
    ask(mara.world, "PATCH", "/v1/purchase-orders/PO-1", expected_on="2031-03-20", note="A storm.")
    ask(mara.world, "POST", "/v1/purchase-orders/PO-1/receipts", number="R-1", location="vienna",
        lines=[{"line": 1, "units": 1, "disposition": "damaged"}])  # fmt: skip
    text = page(mara, PO)
    cells = re.findall(r'<td class="number[^>]*>([\d,]+)', text.partition('id="lines"')[2])
    assert cells[:7] == ["1", "5", "1", "1", "0", "4", "4"]
    assert text.count("/m/acme/orders/SO-2") == 1
    assert "R-1" in text
    waiting = page(mara, f"{PO}/orders")
    assert re.findall(r"/m/acme/orders/(SO-\d)", waiting) == ["SO-2", "SO-3"]
    history = page(mara, f"{PO}/history")
    assert "Another day: 5 TEA 20 Mar 2031, before 10 Mar 2031." in history
    assert "A storm." in history
    assert "10 Mar 2031" in history
    assert "20 Mar 2031" in history


def test_who_may_not_read_orders_sees_their_numbers_and_no_way_there(looking):
    pia = visitor(looking.world, "pia")
    assert pia.get("/").headers["Location"] == "/m/acme/purchasing"
    text = page(pia, PO)
    assert "SO-2" in text
    assert "/m/acme/orders" not in text
    assert ">Board<" not in text
    assert pia.get("/m/acme").headers["Location"] == "/m/acme/purchasing"
    assert 'href="/m/acme/purchasing"' in page(pia, "/m/acme/orders", 403)
    assert visitor(looking.world, "wim").get("/").headers["Location"] == "/m/acme"


def test_buttons_are_what_is_possible_and_the_rest_says_why(looking):
    text = page(looking, PO)
    buttons = set(re.findall(rf'href="{PO}/([a-z_/]+)" title', text))
    assert buttons == {
        "receive", "dates", "status/in_transit", "status/arrived", "status/closed",
        "status/cancelled",
    }  # fmt: skip
    over = page(looking, "/m/acme/purchase-orders/PO-OVER")
    assert "/receive" not in over
    assert "it is cancelled" in over
    mine = page(visitor(looking.world, "wim"), PO)
    assert set(re.findall(rf'href="{PO}/([a-z_/]+)" title', mine)) == {"receive"}
    assert "a user with the role warehouse may not do it" in mine


def test_what_there_is_not_is_a_page_that_says_so(looking):
    for part in ("", "/orders", "/history", "/receive", "/dates", "/status/closed"):
        path = f"/m/acme/purchase-orders/PO-9{part}"
        assert "There is no such thing" in page(looking, path, 404)
    assert "There is no such thing" in page(looking, f"{PO}/status/received", 404)


# --- goods are counted in ------------------------------------------------------------------------


def test_a_receipt_first_shows_whom_it_would_release_and_is_counted_once(mara):
    path = f"{PO}/receive"
    text = page(mara, f"{path}?look=1&location=vienna&u1=2&d1=1")
    assert "<strong>1</strong> order would be released" in text
    row = re.search(r">SO-2</a>.*?</tbody>", text, re.DOTALL)
    assert row is not None
    assert "<td>awaiting stock</td><td><strong>ready to pick</strong></td>" in row[0]
    assert purchase(mara.world)["lines"][0]["received"] == 0

    fields = mara.hidden(f"{path}?look=1&location=vienna&u1=2&d1=1")
    answers = [mara.post(path, **fields) for _ in range(2)]
    assert [one.headers.get("Location") for one in answers] == [f"{PO}?done=receive"] * 2
    assert purchase(mara.world)["lines"][0]["received"] == 3
    (receipt,) = ask(mara.world, "GET", "/v1/receipts")["items"]
    assert (receipt["number"], receipt["actor"]) == ("PO-1/1", "Mara Holm (user mara)")
    assert "Done: goods counted in." in page(mara, f"{PO}?done=receive")


def test_who_goes_back_after_a_delivery_was_counted_is_told_of_it(mara):
    seen = mara.hidden(f"{PO}/receive")["seen"]
    asked = f"{PO}/receive?look=1&seen={seen}&location=vienna&u1=2"
    assert "since the form was filled in" not in page(mara, asked)
    assert mara.post(f"{PO}/receive", **mara.hidden(asked)).status_code == 303

    back = page(mara, asked)
    assert "This happened to the purchase order since the form was filled in:" in back
    assert "PO-1/1" in back
    assert "Count these goods in" in back
    assert "since the form was filled in" not in page(
        mara, f"{PO}/receive?look=1&location=vienna&u1=1"
    )


def test_two_who_count_in_the_same_from_two_pages_are_two_deliveries(mara):
    asked = f"{PO}/receive?look=1&location=vienna&u1=2"
    first, second = mara.hidden(asked), mara.hidden(asked)
    assert mara.post(f"{PO}/receive", **first).status_code == 303
    stale = mara.post(f"{PO}/receive", **second)
    assert stale.status_code == 409
    assert "Nothing was done" in stale.text
    assert "received" in stale.text
    assert purchase(mara.world)["lines"][0]["received"] == 2
    again = second | dict(re.findall(r'name="(\w+)" value="([^"]*)"', stale.text))
    assert mara.post(f"{PO}/receive", **again).status_code == 303
    assert purchase(mara.world)["lines"][0]["received"] == 4


def test_a_whole_receipt_is_filled_in_and_ends_it(mara):
    text = page(mara, f"{PO}/receive?fill=1")
    assert 'name="u1" value="5"' in text
    fields = mara.hidden(f"{PO}/receive?look=1&location=vienna&u1=5&number=R-77")
    assert mara.post(f"{PO}/receive", **fields).status_code == 303
    assert purchase(mara.world)["status"] == "received"
    other = fields | {"lines": "1:4:"}
    refused = mara.post(f"{PO}/receive", **other)
    assert refused.status_code == 409
    assert "R-77 exists with other content" in refused.text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"u1": "6"}, "Line 1 has 5 units outstanding, not 6"),
        ({"u1": "4", "d1": "2"}, "Line 1 has 1 unit outstanding, not 2"),
        ({"u1": "0"}, "Say of at least one line how many units came"),
        ({"u1": "-1"}, "Units is a whole number from 0"),
        ({"u1": "two"}, "Units is a whole number from 0"),
        ({"d1": "9999999999999"}, "Units is a whole number from 0"),
        ({"u9": "1"}, "has no line 9"),
        ({"u0": "1"}, "The number of a line is a whole number from 1"),
        ({}, "Say of at least one line how many units came"),
        ({"u1": "1", "location": "linz"}, "Linz is not a location of this merchant"),
        ({"u1": "1", "location": "no/where"}, "Choose one of the locations"),
        ({"u1": "1", "location": ""}, "Choose one of the locations"),
        ({"u1": "1", "number": "\t\x07-"}, "The number "),
        ({"u1": "1", "reason": "x" * 201}, "It has 201 characters, at most 200 are taken"),
    ],
)
def test_what_a_receipt_can_not_mean_is_told_at_the_form(looking, typed, words):
    values = {"look": "1", "location": "vienna", **typed}
    looked = looking.client.get(f"{PO}/receive", params=values)
    assert looked.status_code == 422
    assert words in looked.text
    fields = looking.hidden(f"{PO}/receive?look=1&location=vienna&u1=1")
    packed = " ".join(
        f"{n}:{typed.get(f'u{n}', '')}:{typed.get(f'd{n}', '')}"
        for n in sorted({name[1:] for name in typed if name[1:].isdecimal()})
    )
    more = {name: value for name, value in typed.items() if not name[1:].isdecimal()}
    sent = looking.post(f"{PO}/receive", **(fields | {"lines": packed} | more))
    assert sent.status_code == 422
    assert words in sent.text
    assert purchase(looking.world)["lines"][0]["received"] == 0


def test_goods_are_counted_in_only_where_one_works(looking):
    bound = visitor(looking.world, "vie")
    assert "graz" not in page(bound, f"{PO}/receive")
    refused = bound.get(f"{PO}/receive?look=1&location=graz&u1=1")
    assert refused.status_code == 403
    assert "You work elsewhere" in refused.text
    fields = bound.hidden(f"{PO}/receive?look=1&location=vienna&u1=1")
    assert bound.post(f"{PO}/receive", **(fields | {"location": "graz"})).status_code == 403
    assert purchase(looking.world)["lines"][0]["received"] == 0


# --- dates, units, status ------------------------------------------------------------------------


def test_a_date_that_is_moved_first_shows_who_is_later_and_earlier(mara):
    path = f"{PO}/dates"
    text = page(mara, f"{path}?look=1&expected_on=2031-04-01")
    assert "<strong>2</strong> orders would be later" in text
    assert "10 Mar 2031" in text
    assert "<strong>8 on 1 Apr 2031</strong>" in text
    fields = mara.hidden(f"{path}?look=1&expected_on=2031-04-01")
    answers = [mara.post(path, **fields, note="Late ship.") for _ in range(2)]
    assert [one.headers.get("Location") for one in answers] == [f"{PO}?done=dates"] * 2
    assert purchase(mara.world)["expected_on"] == "2031-04-01"
    history = page(mara, f"{PO}/history")
    assert history.count("Another day: ") == 1
    assert "Late ship." in history
    assert "Mara Holm (user mara)" in history
    back = page(mara, f"{path}?look=1&expected_on=2031-03-11")
    assert "<strong>2</strong> orders would be earlier" in back


def test_units_and_the_day_of_one_line_are_changed(busy):
    buy(busy.world, "PO-U", "2031-03-10")
    path = "/m/acme/purchase-orders/PO-U"
    fields = busy.hidden(f"{path}/dates?look=1&expected_on=2031-03-10&u1=3&n1=1")
    assert fields["lines"] == "n1=1 u1=3"
    assert busy.post(f"{path}/dates", **fields).status_code == 303
    (line,) = purchase(busy.world, "PO-U")["lines"]
    assert (line["ordered"], line["expected_on"]) == (3, None)
    assert purchase(busy.world, "PO-U")["expected_on"] == "2031-03-10"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"expected_on": "2031-03-10"}, "Name another day, or other units"),
        ({"expected_on": "soon"}, "Write a day as 2026-03-31"),
        ({"expected_on": "1999-01-01"}, "Write a day as 2026-03-31"),
        ({"expected_on": "2020-01-01"}, "2020-01-01 is over; name a day from"),
        ({"e1": "2031-02-30"}, "Write a day as 2026-03-31"),
        ({"u1": "some"}, "Units is a whole number from 0"),
        ({"u1": "-4"}, "Units of line 1 ordered in all: Units is a whole number from 0"),
        ({"u7": "4"}, "has no line 7"),
    ],
)
def test_what_a_change_can_not_mean_is_told_at_the_form(looking, typed, words):
    looked = looking.client.get(f"{PO}/dates", params={"look": "1", **typed})
    assert looked.status_code == 422
    assert words in looked.text


@pytest.mark.parametrize(
    ("lines", "words"),
    [("u1=x", "Units of line 1"), ("e1=x", "Write a day"), ("u7=4", "no line 7"), ("", "name")],
)
def test_a_button_that_was_tampered_with_changes_nothing(looking, lines, words):
    fields = looking.hidden(f"{PO}/dates?look=1&expected_on=2031-04-01")
    sent = looking.post(f"{PO}/dates", **(fields | {"lines": lines, "expected_on": ""}))
    assert sent.status_code == 422
    assert words in sent.text
    for name, value in (("key", ""), ("version", "x"), ("version", "9" * 40), ("key", "k" * 99)):
        broken = looking.post(f"{PO}/dates", **(fields | {name: value}))
        assert broken.status_code == 422
        assert "its form is not whole" in broken.text
    assert purchase(looking.world)["expected_on"] == "2031-03-10"


def test_a_stale_date_is_not_moved_and_says_what_happened(mara):
    fields = mara.hidden(f"{PO}/dates?look=1&expected_on=2031-04-01")
    ask(mara.world, "POST", "/v1/purchase-orders/PO-1/status", status="in_transit", note="Left.")
    stale = mara.post(f"{PO}/dates", **fields, note="My note.")
    assert stale.status_code == 409
    assert "Nothing was done" in stale.text
    assert "Left." in stale.text
    assert "My note." in stale.text
    assert purchase(mara.world)["expected_on"] == "2031-03-10"
    again = fields | dict(re.findall(r'name="(\w+)" value="([^"]*)"', stale.text))
    assert mara.post(f"{PO}/dates", **again).status_code == 303
    assert purchase(mara.world)["expected_on"] == "2031-04-01"


def test_closing_short_first_shows_who_loses_and_is_done_once(mara):
    path = f"{PO}/status/closed"
    assert "<strong>2</strong> orders would lose units" in page(mara, path)
    fields = mara.hidden(path)
    answers = [mara.post(path, **fields) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert purchase(mara.world)["status"] == "closed"
    assert "cannot become closed" in page(mara, path, 409)


def test_a_status_that_is_stale_is_refused_and_one_that_is_impossible_says_why(mara):
    fields = mara.hidden(f"{PO}/status/in_transit")
    ask(mara.world, "POST", "/v1/purchase-orders/PO-1/receipts", number="R-1",
        location="vienna", lines=[{"line": 1, "units": 1}])  # fmt: skip
    stale = mara.post(f"{PO}/status/in_transit", **fields)
    assert stale.status_code == 409
    assert "R-1" in stale.text
    assert purchase(mara.world)["status"] == "approved"
    assert "1 unit of it came, so it can not be cancelled" in page(
        mara, f"{PO}/status/cancelled", 409
    )


# --- drafts --------------------------------------------------------------------------------------


def test_suggestions_are_picked_shown_and_drafted_once(mara):
    send(mara.world, "SO-4", ("TEA", 9))
    ask(mara.world, "PUT", "/v1/products/TEA", name="Tea", supplier="Leaf")
    path = "/m/acme/purchasing/suggestions"
    assert re.findall(r'name="sku" value="(\w+)"', page(mara, path)) == ["CUP", "TEA"]
    text = page(mara, f"{path}?look=1&sku=TEA&sku=CUP")
    assert "For Leaf" in text
    assert "Left out, since they have no supplier: CUP." in text

    asked = f"{path}?look=1&sku=TEA&sku=CUP&supplier=Leaf&expected_on=2031-06-01"
    fields, other = mara.hidden(asked), mara.hidden(asked)
    answers = [mara.post(path, **fields) for _ in range(2)]
    draft = "/m/acme/purchase-orders/PO-2?done=new"
    assert [one.headers.get("Location") for one in answers] == [draft] * 2
    found = purchase(mara.world, "PO-2")
    assert {(line["sku"], line["ordered"]) for line in found["lines"]} == {("TEA", 9), ("CUP", 2)}
    assert (found["status"], found["expected_on"]) == ("draft", "2031-06-01")
    assert "Nothing has to be bought" in page(mara, path)
    stale = mara.post(path, **other)
    assert stale.status_code == 409
    assert "the needs have changed" in stale.text
    assert 'name="supplier" value="Leaf"' in stale.text
    assert 'name="expected_on" value="2031-06-01"' in stale.text
    approved = page(mara, "/m/acme/purchase-orders/PO-2/status/approved")
    assert "<strong>2</strong> orders would have supply for more of them" in approved
    assert mara.do("/m/acme/purchase-orders/PO-2/status/approved").status_code == 303
    assert purchase(mara.world, "PO-2")["status"] == "approved"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "Pick what is to be bought"),
        ("sku=CUP&expected_on=x", "Write a day as"),
        ("sku=CUP&supplier=%07", "It holds a character that can not be shown"),
        ("sku=%07-", "A SKU "),
        ("&".join(f"sku=S{n}" for n in range(51)), "Pick 50 products at most"),
    ],
)
def test_what_can_not_be_drafted_is_told_at_the_form(looking, query, words):
    assert words in page(looking, f"/m/acme/purchasing/suggestions?look=1&{query}", 422)


NEW = "/m/acme/purchasing/new"


def test_a_new_draft_is_checked_shown_and_written_once(busy):
    asked = "number=NEW+1&supplier=Leaf&expected_on=2031-05-01&sku1=TEA&units1=7&at1=vienna"
    asked += "&sku3=CUP&units3=2&at3=graz&on3=2031-05-09"
    assert "2 lines, 9 units" in page(busy, f"{NEW}?look=1&{asked}")
    fields = busy.hidden(f"{NEW}?look=1&{asked}")
    fields["lines"] = fields["lines"].replace("&#34;", '"')
    answers = [busy.post(NEW, **fields) for _ in range(2)]
    to = "/m/acme/purchase-orders/NEW%201?done=new"
    assert [one.headers.get("Location") for one in answers] == [to] * 2
    found = purchase(busy.world, "NEW%201")
    told = [(one["sku"], one["ordered"], one["expected_on"]) for one in found["lines"]]
    assert told == [("TEA", 7, "2031-05-01"), ("CUP", 2, "2031-05-09")]
    assert found["status"] == "draft"
    taken = busy.get(f"{NEW}?look=1&{asked}")
    assert (taken.status_code, "NEW 1 is taken" in taken.text) == (409, True)
    other = busy.post(NEW, **(fields | {"supplier": "Else"}))
    assert other.status_code == 409


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("sku1=TEA&units1=1&at1=vienna", "Give it a number"),
        ("number=N", "at least one line"),
        ("number=N&sku1=NONE&units1=1&at1=vienna", "There is no product NONE"),
        ("number=N&sku1=OLD&units1=1&at1=vienna", "OLD"),
        ("number=N&sku1=TEA&units1=0&at1=vienna", "Units is a whole number from 1"),
        ("number=N&sku1=TEA&units1=x&at1=vienna", "Units is a whole number from 1"),
        ("number=N&sku1=TEA&at1=vienna", "Units is a whole number from 1"),
        ("number=N&units1=1&at1=vienna", "SKU of line 1: The SKU is empty"),
        ("number=N&sku1=TEA&units1=1", "Location of line 1: Choose one of the locations"),
        ("number=N&sku1=TEA&units1=1&at1=linz", "Linz is not a location"),
        ("number=N&sku1=TEA&units1=1&at1=vienna&on1=x", "Write a day"),
        ("number=N&sku1=TEA&units1=1&at1=vienna&expected_on=x", "Write a day"),
        (
            "number=N&sku1=TEA&units1=1&at1=vienna&over=101",
            "A percentage is a whole number from 0 to 100",
        ),
        ("number=PO-1&sku1=TEA&units1=1&at1=vienna", "PO-1 is taken"),
    ],
)
def test_what_a_new_one_can_not_mean_is_told_at_the_form(looking, query, words):
    answer = looking.get(f"{NEW}?look=1&{query}")
    assert answer.status_code in {409, 422}
    assert words in answer.text


NO_LINES = ("", "x", "{}", "[1]", "[[1]]", '[["TEA"]]', "[" * 5000, "null", '"TEA"',
            '[["a","b","c","d","e"]]')  # fmt: skip


def test_lines_that_no_form_of_ours_sent_write_nothing(looking):
    fields = looking.hidden(f"{NEW}?look=1&number=N&sku1=TEA&units1=1&at1=vienna")
    for lines in NO_LINES:
        assert looking.post(NEW, **(fields | {"lines": lines})).status_code == 422, lines


def test_a_number_with_a_slash_has_its_pages(busy):
    buy(busy.world, "A/7 #1", "2031-01-01")
    path = "/m/acme/purchase-orders/A%2F7%20%231"
    assert path in page(busy, "/m/acme/purchasing")
    for part in ("", "/orders", "/history", "/receive", "/dates", "/status/closed"):
        assert "A/7 #1" in page(busy, f"{path}{part}")
    done = busy.do(f"{path}/receive", location="graz", u1="1")
    assert done.headers["Location"] == f"{path}?done=receive"
