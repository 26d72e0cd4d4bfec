"""Lists and orders as pages: what they show, how they page, and what comes of their forms."""

import csv
import io
import re
from collections.abc import Iterator

import pytest

from console.actions import ACTIONS
from console.csv_lines import defused
from console.lists import VIEWS
from console.pages import order
from console.reasons import TITLES
from console.words import with_days
from fulfillment.domain.actions.allowed import OrderAction
from fulfillment.domain.insight.explanation import ReasonCode
from fulfillment.domain.insight.remedy import RemedyCode
from fulfillment.domain.model.permissions import Role
from fulfillment.store.commands.supply.serving import serve_due
from fulfillment.store.reading.orders import SORTS
from tests.api.world import ACME, World, made
from tests.console.furnishing import ask, furnish, send
from tests.console.reading import faults
from tests.console.visitors import Visitor, make, visitor

LINK = re.compile(r'<a class="button" rel="(?P<rel>prev|next)" href="(?P<to>[^"]+)">')
ISO_DAY = re.compile(r"20\d\d-\d\d-\d\d")
NUMBER = re.compile(r'<th scope="row" class="plain"><a href="/m/acme/orders/(SO-\d+)">')


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
    return visitor(world, "mara")


def page(one: Visitor, path: str) -> str:
    answer = one.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def link(text: str, rel: str) -> str | None:
    found = (one["to"] for one in LINK.finditer(text) if one["rel"] == rel)
    return next((to.replace("&amp;", "&") for to in found), None)


def test_every_list_shows_its_orders_and_counts_them(mara):
    ask(mara.world, "POST", "/v1/orders/SO-3/hold", reason="payment_review")
    shown = {view.name: NUMBER.findall(page(mara, f"/m/acme/orders?view={view.name}"))
             for view in VIEWS}  # fmt: skip

    assert shown["open"] == shown["all"] == ["SO-1", "SO-2", "SO-3"]
    assert shown["backordered"] == ["SO-2", "SO-3"]
    assert shown["awaiting-stock"] == ["SO-2"]
    assert shown["ready"] == ["SO-1"]
    assert shown["on-hold"] == ["SO-3"]
    assert shown["overdue"] == []
    text = page(mara, "/m/acme/orders")
    counted = re.findall(r'(\w[\w ]+) <span class="count">([\d,+]+)</span>', text)
    expected = {view.title: str(len(shown[view.name])) for view in VIEWS}
    assert dict(counted) == expected
    assert "2 TEA" in text
    assert "PO-1, 10 Mar 2031" in text


MANY = [f"SO-{at}" for at in range(120)]


@pytest.fixture(scope="module")
def crowd(new_database) -> Iterator[Visitor]:
    """Somebody who looks at many orders."""
    with made(new_database()) as world:
        make(world, "mara")
        body = [{"number": number, "lines": [{"line": 1, "sku": "CARD", "quantity": 1}],
                 "address": {"name": "Z", "line1": "1", "city": "Wien", "country": "AT"}}
                for number in MANY]  # fmt: skip
        ask(world, "POST", "/v1/orders/batch", orders=body)
        yield visitor(world, "mara")


@pytest.mark.parametrize("sort", SORTS)
def test_pages_lead_on_and_back_in_every_sort(crowd, sort):
    mara, seen = crowd, []
    path = last = f"/m/acme/orders?view=all&sort={sort}"
    assert link(page(mara, path), "prev") is None
    while path:
        seen.append(NUMBER.findall(text := page(mara, path)))
        last, path = path, link(text, "next") or ""
    assert [len(some) for some in seen] == [50, 50, 20]
    assert sorted(number for some in seen for number in some) == sorted(MANY)
    back = [NUMBER.findall(page(mara, last))]
    while to := link(page(mara, last), "prev"):
        back.append(NUMBER.findall(page(mara, last := to)))
    assert back == seen[::-1]
    assert link(page(mara, last), "next") is not None


def test_a_list_is_narrowed_by_what_its_address_says(looking):
    assert NUMBER.findall(page(looking, "/m/acme/orders?sku=CUP")) == ["SO-3"]
    assert NUMBER.findall(page(looking, "/m/acme/orders?view=all&q=so-2")) == ["SO-2"]
    assert NUMBER.findall(page(looking, "/m/acme/orders?purchase_order=PO-1")) == ["SO-2", "SO-3"]
    assert "No order of this list is like that" in page(looking, "/m/acme/orders?q=nothing")
    assert "No open order is past its ship-by date" in page(looking, "/m/acme/orders?view=overdue")


@pytest.mark.parametrize(
    "query", ["view=lost", "sort=size", "limit=3", "after=x", "q=%00", "before=%F0%9F%98%80"]
)
def test_what_an_address_can_not_mean_is_refused_as_a_page(looking, query):
    answer = looking.get(f"/m/acme/orders?{query}")
    assert answer.status_code == 422
    assert "Not possible" in answer.text


def test_the_file_has_all_orders_and_no_formula(mara):
    send(mara.world, "=1+cmd|x", ("TEA", 1))
    answer = mara.get("/m/acme/orders.csv?view=all")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))

    assert answer.headers["Content-Disposition"] == 'attachment; filename="orders-acme-all.csv"'
    assert [row["number"] for row in rows] == ["SO-1", "SO-2", "SO-3", "'=1+cmd|x"]
    assert rows[1]["waits_for"] == "2 TEA of PO-1 2031-03-10"


@pytest.mark.parametrize("cell", ["=A1", "+1", "-1", "@x", "\t=A1", "\r=A1"])
def test_a_formula_in_text_is_text_and_a_number_is_a_number(cell):
    assert defused(cell) == f"'{cell}"
    assert defused(-5) == -5
    assert defused("5") == "5"


def test_an_order_shows_its_lines_its_waiting_total_and_whose_word_its_policy_is(looking):
    text = page(looking, "/m/acme/orders/SO-2")

    assert "2 units wait." in text
    assert re.search(r'<tfoot><tr class="waiting">.*Waiting in all.*>2</td>', text)
    policy = re.search(r">max_shipments</code></th><td>1</td><td>(.*?)</td>", text)
    assert policy is not None
    assert policy[1] == "<strong>this order</strong>"
    assert "built in" in text
    assert "Zebedee" not in text


def test_buttons_are_what_the_order_allows_and_the_rest_says_why(looking):
    actions = ask(looking.world, "GET", "/v1/orders/SO-1")["actions"]
    text = page(looking, "/m/acme/orders/SO-1")
    buttons = set(re.findall(r'href="/m/acme/orders/SO-1/(\w+)" title', text))

    ours = {str(action.name) for action in ACTIONS}
    assert buttons == ours & set(actions["allowed"])
    for refused in actions["refused"]:
        if refused["action"] in ours:
            assert refused["why"].replace("'", "&#39;") in text
    assert ours <= {str(action) for action in OrderAction}


def test_who_may_only_look_has_no_button_and_is_told_why(looking):
    text = page(visitor(looking.world, "wim"), "/m/acme/orders/SO-1")
    assert re.findall(r'href="/m/acme/orders/SO-1/(\w+)" title', text) in ([], ["mark_backordered"])
    assert "a user with the role warehouse may not do it" in text


def test_a_number_with_a_slash_has_its_pages(mara):
    send(mara.world, "A/7 #1", ("TEA", 1))
    assert "/m/acme/orders/A%2F7%20%231" in page(mara, "/m/acme/orders")
    for part in ("", "/why", "/history", "/hold?look=1&reason=x"):
        assert "A/7 #1" in page(mara, f"/m/acme/orders/A%2F7%20%231{part}")
    done = mara.do("/m/acme/orders/A%2F7%20%231/hold", reason="x")
    assert done.headers["Location"] == "/m/acme/orders/A%2F7%20%231?done=hold"


def test_an_order_that_there_is_not_is_a_page_that_says_so(looking):
    for part in ("", "/why", "/history", "/hold", "/nonsense"):
        answer = looking.get(f"/m/acme/orders/SO-9{part}")
        assert answer.status_code == 404
        assert "There is no such thing" in answer.text


# --- what is asked for by forms ------------------------------------------------------------------


def test_what_is_previewed_is_what_is_done_and_history_names_the_user(mara):
    path = "/m/acme/orders/SO-3/priority"
    text = page(mara, f"{path}?look=1&priority=10")
    rows = re.findall(r"<td>([\w ]+)</td><td>(\d+)</td><td><strong>(\d+)</strong></td>", text)
    assert "another order" in text
    assert ("allocated", "0", "3") in rows

    done = mara.do(path, priority="10")
    assert (done.status_code, done.headers["Location"]) == (
        303,
        "/m/acme/orders/SO-3?done=priority",
    )
    assert "Done: Change priority." in page(mara, done.headers["Location"])
    assert ask(mara.world, "GET", "/v1/orders/SO-3")["lines"][0]["allocated"] == 3
    history = ask(mara.world, "GET", "/v1/orders/SO-3/history")["items"]
    assert {"priority_changed"} <= {one["kind"] for one in history
                                    if one["actor"] == "Mara Holm (user mara)"}  # fmt: skip
    assert "Mara Holm (user mara)" in page(mara, "/m/acme/orders/SO-3/history")


def test_a_note_stands_in_the_history_and_never_in_an_address(mara):
    fields = mara.hidden("/m/acme/orders/SO-1/hold?look=1&reason=fraud")
    done = mara.post("/m/acme/orders/SO-1/hold", **fields, note="Called the bank.\r\nNo answer.")
    assert done.headers["Location"] == "/m/acme/orders/SO-1?done=hold"
    history = ask(mara.world, "GET", "/v1/orders/SO-1/history")["items"]
    assert history[-1]["reason"] == "Called the bank.\nNo answer."


def test_a_form_that_is_sent_twice_is_done_once(mara):
    fields = mara.hidden("/m/acme/orders/SO-1/priority?look=1&priority=40")
    answers = [mara.post("/m/acme/orders/SO-1/priority", **fields) for _ in range(2)]

    assert [one.status_code for one in answers] == [303, 303]
    history = ask(mara.world, "GET", "/v1/orders/SO-1/history")["items"]
    assert [one["kind"] for one in history].count("priority_changed") == 1


def test_a_stale_page_does_nothing_shows_what_changed_and_has_the_button_again(mara):
    path = "/m/acme/orders/SO-1/priority"
    fields = mara.hidden(f"{path}?look=1&priority=40")
    ask(mara.world, "POST", "/v1/orders/SO-1/hold", reason="payment_review", note="Declined.")
    stale = mara.post(path, **fields)

    assert stale.status_code == 409
    assert "Nothing was done" in stale.text
    assert "Declined." in stale.text
    assert "admin test" in stale.text
    assert ask(mara.world, "GET", "/v1/orders/SO-1")["priority"] == 50
    again = dict(re.findall(r'name="(\w+)" value="([^"]*)"', stale.text))
    assert again["version"] != fields["version"]
    assert mara.post(path, **(fields | again)).status_code == 303
    assert ask(mara.world, "GET", "/v1/orders/SO-1")["priority"] == 40


def test_who_goes_back_after_units_were_cancelled_is_told_of_it(mara):
    path = "/m/acme/orders/SO-1/cancel"
    seen = mara.hidden(path)["seen"]
    asked = f"{path}?look=1&seen={seen}&lines=1:1"
    first = mara.get(asked)
    assert first.status_code == 200
    assert "since the form was filled in" not in first.text
    assert mara.post(path, **mara.hidden(asked)).status_code == 303

    back = mara.get(asked)
    assert "This happened to the order since the form was filled in:" in back.text
    assert "would be done beside it, once more" in back.text


def test_a_key_that_is_sent_with_something_else_is_refused(mara):
    path = "/m/acme/orders/SO-1/priority"
    fields = mara.hidden(f"{path}?look=1&priority=40")
    assert mara.post(path, **fields).status_code == 303
    other = mara.post(path, **(fields | {"priority": "30"}))
    assert other.status_code == 409
    assert ask(mara.world, "GET", "/v1/orders/SO-1")["priority"] == 40


@pytest.mark.parametrize(
    ("action", "values", "words"),
    [
        ("priority", {"priority": "101"}, "A priority is a whole number from 0 to 100"),
        ("priority", {"priority": "ten"}, "A priority is a whole number"),
        ("hold", {"reason": "Not A Code"}, "A reason is a short code"),
        ("lock", {"location": "nowhere"}, "is not an active location"),
        ("policy", {"set": "max_shipments"}, "as name=value"),
        ("policy", {"set": "no_such=1"}, "no_such"),
        ("policy", {"unset": "no_such"}, "There is no setting"),
        ("cancel", {"lines": "1:x"}, "Write lines as 1"),
        ("cancel", {"lines": "9"}, "9"),
        ("quantity", {"line": "1", "units": "0"}, "Units is a whole number from 1"),
        ("cancel_date", {"on": "tomorrow"}, "Write a day as 2026-03-31"),
        ("pins", {"line": "1", "document": "PO-9", "kind": "purchase_order"}, "PO-9"),
        ("pins", {"line": "1", "document": "PO-1", "kind": "gift"}, "Kind is one of"),
    ],
)
def test_what_a_form_can_not_mean_is_told_at_the_form(looking, action, values, words):
    path = f"/m/acme/orders/SO-2/{action}"
    looked = looking.client.get(path, params={"look": "1", **values})
    assert looked.status_code in {404, 409, 422}
    assert words in looked.text
    fields = looking.hidden("/m/acme/orders/SO-2/hold?look=1&reason=x")
    sent = looking.post(path, **(fields | {"reason": ""} | values))
    assert sent.status_code in {404, 409, 422}
    assert words in sent.text


EVERY = {
    "verify": {}, "unhold": {}, "back_to_ship": {}, "split": {}, "allocate": {},
    "remove_unavailable": {}, "resume_allocation": {}, "priority": {"priority": "40"},
    "hold": {"reason": "x"}, "lock": {"location": "vienna"}, "policy": {"set": "max_shipments=2"},
    "pins": {"line": "1", "document": "PO-1", "kind": "purchase_order"},
    "unallocate": {}, "mark_backordered": {"line": "1"},
    "quantity": {"line": "1", "units": "9"}, "cancel_date": {"on": "2031-05-01"}, "cancel": {},
}  # fmt: skip


def test_every_action_does_what_its_order_allows_and_refuses_the_rest(mara):
    done: set[str] = set()
    for action in (str(action.name) for action in ACTIONS):
        number = f"X-{action}"
        send(mara.world, number, ("TEA", 2), ("CARD", 1), policy={"max_shipments": 1})
        actions = ask(mara.world, "GET", f"/v1/orders/{number}")["actions"]
        path = f"/m/acme/orders/{number}/{action}"
        if action in actions["allowed"]:
            answer = mara.do(path, **EVERY[action])
            assert answer.headers.get("Location") == f"/m/acme/orders/{number}?done={action}"
            done.add(action)
        else:
            answer = mara.get(f"{path}?look=1")
            why = next(one["why"] for one in actions["refused"] if one["action"] == action)
            assert why[1:].replace("'", "&#39;") in answer.text
            assert "What it would change" not in answer.text
    assert {"split", "cancel", "priority", "policy", "pins", "lock", "back_to_ship"} <= done


# --- why -----------------------------------------------------------------------------------------


def test_why_shows_reasons_and_remedies_with_whom_they_touch(looking):
    told = ask(looking.world, "GET", "/v1/orders/SO-2/explanation")
    text = page(looking, "/m/acme/orders/SO-2/why")
    for waiting in told["waiting"]:
        for reason in waiting["reasons"]:
            assert f"{TITLES[reason['code']]}.</strong> {with_days(reason['sentence'])}" in text
            assert f'<li title="{reason["code"]}"><strong>' in text
    for remedy in told["remedies"]:
        assert with_days(remedy["sentence"]) in text
    assert re.search(ISO_DAY, re.sub(r"<[^>]+>", "", text)) is None
    codes = {one["code"] for one in told["remedies"]}
    assert {RemedyCode.SPLIT_NOW, RemedyCode.CANCEL_SHORT, RemedyCode.RECEIVE_MORE} <= codes


def test_each_remedy_of_an_order_leads_to_its_preview_and_is_done(mara):
    text = page(mara, "/m/acme/orders/SO-2/why")
    links = re.findall(r'<a class="button main" href="([^"]+)">', text)
    assert len(links) >= 3
    for to in links:
        assert "What it would change" in page(mara, to.replace("&amp;", "&"))

    split = next(to for to in links if "/split" in to)
    fields = mara.hidden(split)
    assert mara.post(split.partition("?")[0], **fields).status_code == 303
    assert ask(mara.world, "GET", "/v1/orders/SO-2")["status"] == "partially_backordered"


def test_each_remedy_of_supply_is_looked_at_and_written_once(mara):
    text = page(mara, "/m/acme/orders/SO-3/why")
    found = re.findall(r'href="(/m/acme/orders/SO-3/remedies/\w+)"', text)
    assert len(found) == 2
    for path in found:
        assert "What it would change" in page(mara, path)

    receipt = next(path for path in found if "Count these goods in" in page(mara, path))
    fields = mara.hidden(receipt)
    done = mara.post(receipt, **fields)
    assert done.headers["Location"] == "/m/acme/orders/SO-3?done=counted"
    assert "Counted; being given out now" in page(mara, done.headers["Location"])
    serve_due(mara.world.store, ACME)
    assert "Done: counted, and given out." in page(mara, done.headers["Location"])
    (received,) = ask(mara.world, "GET", "/v1/receipts")["items"]
    assert received["number"] == "FOR-SO-3"
    again = mara.post(receipt, **fields)
    assert again.status_code == 409
    assert "no remedy any more" in again.text
    assert '<a href="/m/acme/orders/SO-3/why">Why order SO-3 waits</a>' in again.text
    assert len(ask(mara.world, "GET", "/v1/receipts")["items"]) == 1


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/m/acme/orders/SO-9", ["/m/acme"]),
        ("/m/acme/orders/SO-2/history?after=soon", ["/m/acme/orders/SO-2", "/m/acme"]),
        ("/m/acme/purchase-orders/PO-1/status/lost", ["/m/acme/purchase-orders/PO-1", "/m/acme"]),
    ],
)
def test_every_refusal_leads_back_to_what_it_is_about_and_to_where_one_came_from(
    looking, path, leads_to
):
    answer = looking.get(path)
    assert re.findall(r'<li><a href="([^"]+)">', answer.text) == leads_to
    came = f"{looking.world.url}/m/acme/orders?view=all"
    known = looking.client.get(path, headers={"Referer": came}).text
    assert '<a href="/m/acme/orders?view=all">Back to where you came from</a>' in known
    other = looking.client.get(path, headers={"Referer": "https://example.org/m/acme"}).text
    assert "came from" not in other


def test_a_purchase_that_would_help_is_written_by_who_may(mara):
    make(mara.world, "ines", Role.INTAKE)
    text = page(mara, "/m/acme/orders/SO-3/why")
    found = re.findall(r'href="(/m/acme/orders/SO-3/remedies/\w+)"', text)
    path = next(one for one in found if "Write this purchase order" in page(mara, one))
    assert visitor(mara.world, "ines").get(path).status_code == 403
    assert "/remedies/" not in page(visitor(mara.world, "ines"), "/m/acme/orders/SO-3/why")

    assert mara.post(path, **mara.hidden(path)).status_code == 303
    bought = ask(mara.world, "GET", "/v1/purchase-orders/FOR-SO-3")
    assert [(line["sku"], line["ordered"]) for line in bought["lines"]] == [("CUP", 2)]
    assert bought["status"] == "approved"


def test_who_may_not_do_a_remedy_sees_it_without_a_button(looking):
    text = page(visitor(looking.world, "wim"), "/m/acme/orders/SO-2/why")
    assert "/orders/SO-2/split" not in text
    assert "/orders/SO-2/remedies/" in text
    assert "A user with the role warehouse may not do it." in text


def test_every_reason_has_a_name():
    assert TITLES.keys() == set(ReasonCode)
    assert all(faults(f"{title}.") == [] for title in TITLES.values())


def test_a_hold_is_named_first_and_lifted_from_why(mara):
    ask(mara.world, "POST", "/v1/orders/SO-1/hold", reason="possible_duplicate")
    text = page(mara, "/m/acme/orders/SO-1/why")
    assert "Lift the hold: it may be a duplicate." in text
    (to,) = re.findall(r'<a class="button main" href="([^"]+/unhold[^"]+)">', text)
    to = to.replace("&amp;", "&")
    assert "What it would change" in page(mara, to)
    assert mara.post(to.partition("?")[0], **mara.hidden(to)).status_code == 303
    assert ask(mara.world, "GET", "/v1/orders/SO-1")["status"] == "awaiting_pick_and_pack"
    assert "Lift the hold" not in page(mara, "/m/acme/orders/SO-1/why")


def test_nothing_waits_is_said_where_nothing_does(looking):
    assert "Nothing of it waits." in page(looking, "/m/acme/orders/SO-1/why")


def test_history_goes_on_over_pages(looking, monkeypatch):
    monkeypatch.setattr(order, "ON_A_PAGE", 3)
    first = page(looking, "/m/acme/orders/SO-1/history")
    second = page(looking, str(link(first, "next")))
    numbers = [int(n) for text in (first, second)
               for n in re.findall(r'<td class="number">(\d+)</td>', text)]  # fmt: skip
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) > 3
