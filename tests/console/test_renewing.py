"""Pages renew themselves: what changes is seen without a reload, and what is typed stays."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from console.changes import Changes
from console.pages import stream
from fulfillment.domain.model.permissions import Role
from fulfillment.domain.model.scope import Scope
from fulfillment.settings import Settings
from fulfillment.store.commands.administration.users import disable_user
from fulfillment.store.commands.supply.serving import serve_due
from fulfillment.store.transactions.session import Store, connect
from starter.app import build_app
from tests.api.world import World, serving, settle
from tests.builders.feed import tell
from tests.console.furnishing import ask, furnish, send
from tests.console.visitors import PASSWORD, Visitor, make, visitor

expect.set_options(timeout=30_000)
STREAM = "/m/acme/stream"


@dataclass
class Desk:
    world: World
    changes: Changes

    def change(self, number: str, priority: int) -> None:
        ask(self.world, "POST", f"/v1/orders/{number}/priority", priority=priority)
        tell(self.world.store)


@pytest.fixture(scope="module")
def desk(new_database) -> Iterator[Desk]:
    store = Store(connect(new_database()))
    settle(store)
    app = build_app(store, None, Settings())
    with serving(app) as url:
        world = World(store, url)
        furnish(world)
        tell(store)
        for name in ("mara", "eve"):
            make(world, name)
        make(world, "linz", Role.WAREHOUSE, Scope(None, frozenset({"linz"})))
        make(world, "vienna", Role.WAREHOUSE, Scope(None, frozenset({"vienna"})))
        yield Desk(world, app.state.desk.changes)
        for client in world.clients:
            client.close()
    store.engine.dispose()


def until(is_so: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


# --- the stream ----------------------------------------------------------------------------------


@contextmanager
def listening(one: Visitor, path: str = STREAM, **headers: str) -> Iterator[Iterator[Any]]:
    accept = {"Accept": "text/event-stream", **headers}
    with one.client.stream("GET", path, headers=accept) as answer:
        assert answer.status_code == 200
        yield messages(answer)


def messages(answer: httpx.Response) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What a stream says: the name, the cursor, the content."""
    found: dict[str, str] = {}
    for line in answer.iter_lines():
        name, _, value = line.partition(": ")
        found[name] = value
        if not line:
            yield found["event"], found["id"], json.loads(found["data"])


def change_in(told: Iterator[Any]) -> tuple[str, dict[str, Any]]:
    """The next change that it tells, with its cursor; signs of life may come before."""
    return next((at, content) for name, at, content in told if name == "change")


def test_it_tells_which_orders_changed_and_by_what_and_nothing_else(desk):
    with listening(visitor(desk.world, "mara")) as told:
        assert next(told)[0] == "here"
        desk.change("SO-1", 21)
        _, news = change_in(told)
    assert news == {"orders": ["SO-1"], "kinds": ["order.changed"], "more": False}


def test_who_comes_again_is_told_that_something_changed_if_it_did(desk):
    mara = visitor(desk.world, "mara")
    with listening(mara) as told:
        _, at, _ = next(told)
        with listening(mara, **{"Last-Event-ID": at}) as again, listening(mara) as fresh:
            assert next(again)[0] == next(fresh)[0] == "here"
            desk.change("SO-1", 22)
            for each in (again, fresh, told):
                assert change_in(each)[1]["orders"] == ["SO-1"]
        with listening(mara, f"{STREAM}?after={at}") as missed:
            assert [next(missed)[0], next(missed)[2]["more"]] == ["here", True]


def test_the_feed_is_read_once_for_all_and_not_at_all_while_nobody_looks_on(desk, monkeypatch):
    asked: list[set[str]] = []
    look = desk.changes._look

    def watched(after: Any, merchants: Any) -> Any:
        asked.append(merchants)
        return look(after, merchants)

    monkeypatch.setattr(desk.changes, "_look", watched)
    mara = visitor(desk.world, "mara")
    with listening(mara) as first, listening(mara) as second:
        next(first), next(second)
        assert desk.changes.count == 2
        desk.change("SO-1", 23)
        assert change_in(first)[1] == change_in(second)[1]
    until(lambda: desk.changes.count == 0 and desk.changes._begun is None)
    assert asked
    assert all(merchants == {"acme"} for merchants in asked)


def test_who_works_elsewhere_is_told_nothing_of_it(desk, monkeypatch):
    monkeypatch.setattr(stream, "SIGN_OF_LIFE_SECONDS", 1.5)
    linz, vienna = visitor(desk.world, "linz"), visitor(desk.world, "vienna")
    with listening(vienna) as here, listening(linz) as elsewhere:
        next(here), next(elsewhere)
        desk.change("SO-1", 24)
        place, news = change_in(here)
        assert news["orders"] == ["SO-1"]
        assert next(name for name, at, _ in elsewhere if at == place) == "here"


def test_a_stream_ends_with_its_session_and_keeps_none_alive(desk):
    make(desk.world, "ida")
    ida = visitor(desk.world, "ida")
    seen = "SELECT seen_at FROM user_session WHERE user_name = 'ida'"
    old = "UPDATE user_session SET seen_at = seen_at - interval '5 min' WHERE user_name = 'ida'"
    desk.world.store.transact("*", lambda tx: tx.run(old))
    before = desk.world.store.read("*", lambda tx: tx.rows(seen)[0].seen_at)
    ida.client.get("/m/acme/orders", headers={"Pegboard-Renews": "1"})
    with listening(ida) as told:
        next(told)
        assert desk.world.store.read("*", lambda tx: tx.rows(seen)[0].seen_at) == before
        disable_user(desk.world.store, "ida")
        desk.change("SO-1", 25)
        assert [name for name, _, _ in told if name == "change"] == []


# --- in a browser --------------------------------------------------------------------------------


def sign_in(tab: Page, desk: Desk, name: str = "mara") -> None:
    tab.goto(f"{desk.world.url}/sign-in")
    tab.get_by_label("User").fill(name)
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    expect(tab.get_by_role("heading", name="Board")).to_be_visible()


def test_a_list_shows_what_changed_and_keeps_what_is_typed_the_focus_and_the_place(tab, desk):
    sign_in(tab, desk)
    tab.goto(f"{desk.world.url}/m/acme/orders?sort=rank")
    until(lambda: desk.changes.count == 1)
    tab.get_by_label("SKU", exact=True).fill("half a wo")
    tab.evaluate("document.marked = true")
    row = tab.get_by_role("row").filter(has=tab.get_by_role("link", name="SO-1", exact=True))
    desk.change("SO-1", 31)
    expect(row.get_by_role("cell", name="31", exact=True)).to_be_visible()
    expect(tab.get_by_label("SKU", exact=True)).to_have_value("half a wo")
    expect(tab.get_by_label("SKU", exact=True)).to_be_focused()

    link = tab.get_by_role("link", name="SO-2", exact=True)
    link.focus()
    ahead = tab.locator("tbody tr th").first
    desk.change("SO-3", 1)
    send(desk.world, "SO-9", ("CUP", 1))
    tell(desk.world.store)
    expect(tab.get_by_role("link", name="SO-9", exact=True)).to_be_visible()
    expect(link).to_be_focused()
    expect(ahead).to_have_text("SO-3")
    assert tab.evaluate("document.marked")


def test_an_order_keeps_what_was_opened_and_its_form_stays_as_it_was_looked_at(tab, desk):
    sign_in(tab, desk)
    tab.goto(f"{desk.world.url}/m/acme/orders/SO-2")
    until(lambda: desk.changes.count == 1)
    tab.get_by_text("Each setting, and whose word it is").click()
    asked: list[str] = []
    tab.on("request", lambda sent: asked.append(sent.url))
    desk.change("SO-1", 41)
    desk.change("SO-2", 42)
    facts = tab.get_by_label("Facts")
    expect(facts.get_by_text("42", exact=True)).to_be_visible()
    expect(tab.get_by_role("columnheader", name="Set by")).to_be_visible()
    assert len(asked) == 1

    tab.get_by_role("link", name="Hold", exact=True).click()
    expect(tab.get_by_label("Reason")).to_be_visible()
    until(lambda: desk.changes.count == 0)


def test_what_a_colleague_counts_in_is_seen_on_the_order_that_it_releases(tab, desk):
    world = desk.world
    ask(world, "POST", "/v1/purchase-orders", number="PO-40", supplier="Clay",
        expected_on="2031-03-10",
        lines=[{"line": 1, "sku": "LIMITED", "units": 9, "location": "vienna"}])  # fmt: skip
    send(world, "SO-40", ("LIMITED", 1), priority=10)
    make(world, "pia", Role.PURCHASING)
    sign_in(tab, desk)
    tab.goto(f"{world.url}/m/acme/orders/SO-40")
    expect(tab.get_by_text("awaiting stock").first).to_be_visible()
    until(lambda: desk.changes.count == 1)

    pia, receive = visitor(world, "pia"), "/m/acme/purchase-orders/PO-40/receive"
    counted = pia.do(receive, location="vienna", u1="1", d1="1")
    assert counted.status_code == 303, counted.text
    while serve_due(world.store, "acme"):
        pass
    tell(world.store)

    expect(tab.get_by_text("ready to pick").first).to_be_visible()
    left = ask(world, "GET", "/v1/purchase-orders/PO-40")["lines"][0]["outstanding"]
    assert left == 7


HIDE = """hidden => {
    Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_tabs_that_nobody_sees_hold_no_connection(tab, desk):
    sign_in(tab, desk)
    tabs = [tab, *(tab.context.new_page() for _ in range(7))]
    for each in tabs:
        each.goto(f"{desk.world.url}/m/acme/orders")
        each.evaluate(HIDE, arg=True)
    until(lambda: desk.changes.count == 0)
    desk.change("SO-1", 51)
    tab.evaluate(HIDE, arg=False)
    until(lambda: desk.changes.count == 1)
    expect(tab.get_by_role("cell", name="51", exact=True)).to_be_visible()


def test_a_page_says_that_it_is_lost_and_that_one_is_signed_out(tab, desk):
    sign_in(tab, desk, "eve")
    tab.route("**/stream*", lambda route: route.abort())
    tab.clock.install()
    tab.goto(f"{desk.world.url}/m/acme/orders")
    status = tab.get_by_role("status")
    tab.wait_for_load_state("networkidle")
    tab.clock.fast_forward(7_000)
    expect(status).to_contain_text("Not live")
    tab.get_by_label("SKU", exact=True).fill("kept")
    disable_user(desk.world.store, "eve")
    tab.clock.fast_forward(16_000)
    tab.clock.fast_forward(3_000)
    expect(status).to_contain_text("You are signed out")
    expect(tab.get_by_label("SKU", exact=True)).to_have_value("kept")
