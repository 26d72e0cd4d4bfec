"""Who sees little, uses no mouse or has a phone can use every page: axe finds nothing serious."""

import json
from collections.abc import Iterator

import pytest

from console.app import ROUTERS
from console.permissions import PUBLIC_PAGES
from console.routing import PageRoute
from fulfillment.domain.model.permissions import Role
from fulfillment.domain.model.scope import Scope
from fulfillment.store.commands.administration.saved_views import NewView, save_view
from fulfillment.store.transactions.session import Command
from tests.api.world import ACME, World, made
from tests.console.axe import problems
from tests.console.furnishing import ask, furnish
from tests.console.visitors import PASSWORD, make

LOOKS = (("light", 1280), ("dark", 320))
"""Colours and widths do not depend on each other: two looks have all of both."""

PLACE = "look=1&location=vienna&destination=graz&when=now&disposition=sellable"
LONG = "x" * 200

PAGES = {
    "start": "/",
    "board": "/m/acme",
    "orders": "/m/acme/orders",
    "orders, narrowed to none": "/m/acme/orders?q=nothing&view=all",
    "archived orders": "/m/acme/archived-orders",
    "found": "/m/acme/find?q=SO",
    "nothing found": "/m/acme/find?q=nothing",
    "order": "/m/acme/orders/SO-2",
    "why": "/m/acme/orders/SO-2/why",
    "history": "/m/acme/orders/SO-2/history",
    "action": "/m/acme/orders/SO-2/priority",
    "action with its preview": "/m/acme/orders/SO-2/split?look=1",
    "action that is not possible": "/m/acme/orders/SO-3/unhold",
    "nothing there": "/m/acme/orders/NONE",
    "group": "/m/acme/orders/SO-2/group",
    "many orders": "/m/acme/together?order=SO-2&order=SO-3",
    "saved views": "/m/acme/views",
    "a view": "/m/acme/views/1",
    "a new view": "/m/acme/views/new?list=view%3Dall",
    "stock": "/m/acme/stock",
    "a product": "/m/acme/stock/TEA",
    "ledger": "/m/acme/stock/TEA/ledger",
    "queue": "/m/acme/skus/TEA",
    "what if": "/m/acme/what-if?if=PO-1:%2B5d",
    "purchasing": "/m/acme/purchasing",
    "suppliers": "/m/acme/purchasing/suppliers",
    "a purchase order": "/m/acme/purchase-orders/PO-1",
    "who waits for it": "/m/acme/purchase-orders/PO-1/orders",
    "its history": "/m/acme/purchase-orders/PO-1/history",
    "its next status": "/m/acme/purchase-orders/PO-1/status/closed",
    "dates with their preview": "/m/acme/purchase-orders/PO-1/dates?look=1&expected_on=2031-04-01",
    "receipt with its preview": "/m/acme/purchase-orders/PO-1/receive?look=1&location=vienna&u1=2",
    "adjust with its preview": f"/m/acme/stock/TEA/adjust?{PLACE}&how=set&units=12",
    "action, wrong": "/m/acme/orders/SO-2/policy?look=1&set=x&unset=X!",
    "many orders, wrong": "/m/acme/together?order=SO-2&action=hold&look=1&reason=Not+a+code",
    "adjust, wrong": f"/m/acme/stock/TEA/adjust?{PLACE}&how=set&units=x",
    "move, wrong": "/m/acme/stock/TEA/move?look=1&location=vienna&units=x",
    "transfer, wrong": f"/m/acme/stock/TEA/transfer?{PLACE}&units=0&expected_on=soon",
    "receipt, wrong": "/m/acme/purchase-orders/PO-1/receive?look=1&u1=x&d1=-1&number=%07",
    "dates, wrong": "/m/acme/purchase-orders/PO-1/dates?look=1&expected_on=soon&u1=x&e1=2031-02-30",
    "new purchase order, wrong": "/m/acme/purchasing/new?look=1&over=x&sku1=!&units1=x&on1=soon",
    "suggestions, wrong": f"/m/acme/purchasing/suggestions?look=1&expected_on=x&supplier={LONG}",
}
APART = frozenset({"order_csv", "stock_csv", "purchase_csv", "stream", "order_remedy",
                   "together_result"})  # fmt: skip
"""Files, what no eye sees, and pages that there are only for a while."""


def test_every_page_is_looked_at():
    shown = [route for router in ROUTERS for route in router.routes
             if isinstance(route, PageRoute) and "GET" in (route.methods or ())]  # fmt: skip
    looked_at = {next(one.name for one in shown if one.path_regex.match(path.partition("?")[0]))
                 for path in PAGES.values()}  # fmt: skip
    assert {one.name for one in shown} - looked_at == {*APART, *PUBLIC_PAGES - {"sign_in"}}


@pytest.fixture(scope="module")
def world(new_database) -> Iterator[World]:
    with made(new_database()) as one:
        furnish(one)
        ask(one, "POST", "/v1/orders/SO-1/hold", reason="payment_review")
        make(one, "mara", Role.ADMIN, Scope())
        saved = NewView("mara", "Waits", {"view": "backordered"}, shared=True)
        save_view(one.store, Command(ACME, "save_view", "save_view:access", "test"), saved)
        yield one


def test_no_page_has_a_serious_problem_in_light_or_dark_wide_or_narrow(tab, world):
    tab.set_default_timeout(60_000)
    wrong: dict[str, list[str]] = {}

    def look(name: str) -> None:
        for scheme, width in LOOKS:
            for problem in problems(tab, scheme, width):
                wrong.setdefault(f"{name}, {scheme}, {width}", []).append(problem)

    tab.goto(f"{world.url}/sign-in")
    look("sign-in")
    tab.get_by_label("User").fill("mara")
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    tab.get_by_role("heading", name="Whose orders?").wait_for()
    for name, path in PAGES.items():
        tab.goto(f"{world.url}{path}")
        tab.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        look(name)
    tab.goto(f"{world.url}/m/acme/orders/SO-2/hold?look=1&reason=x")
    tab.context.clear_cookies()
    tab.get_by_role("button", name="Hold", exact=True).click()
    look("sign-in with a form that is kept")
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    tab.get_by_role("button", name="Send it again").wait_for()
    look("a form that was kept")
    assert wrong == {}, json.dumps(wrong, indent=1)
