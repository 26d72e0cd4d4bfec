"""Every page, made from the routes themselves, asked by each role, merchant and location."""

import re
from collections.abc import Iterator

import pytest

from console.actions import ACTIONS, BY_NAME
from console.app import ROUTERS
from console.cookies import OVER_HTTP, token_of
from console.permissions import PAGES, PUBLIC_PAGES
from console.routing import PageRoute
from fulfillment.domain.insight.what_if import parse
from fulfillment.domain.insight.wishes import NEEDED
from fulfillment.domain.model.permissions import GRANTS, Permission, Role
from fulfillment.domain.model.scope import Scope
from fulfillment.store.commands.administration.saved_views import NewView, save_view
from fulfillment.store.commands.orders.together import Asking, ask_together
from fulfillment.store.reading.views.together import AskedTogether, SeenOrder
from fulfillment.store.transactions.session import Command
from tests.api.world import ACME, BOLT, World, made
from tests.console.furnishing import furnish
from tests.console.visitors import Visitor, make, visitor
from tests.crashes.ends import everything

PART = re.compile(r"{(\w+)}")
WHAT_IF = "receive:PO-1/1:5"
ROUTES = [route for router in ROUTERS for route in router.routes if isinstance(route, PageRoute)]


@pytest.fixture(scope="module")
def world(new_database) -> Iterator[World]:
    with made(new_database()) as one:
        furnish(one)
        for role in Role:
            make(one, f"acme-{role}", role)
            make(one, f"bolt-{role}", role, Scope(frozenset({BOLT})))
        make(one, "linz", Role.WAREHOUSE, Scope(None, frozenset({"linz"})))
        make(one, "vienna", Role.WAREHOUSE, Scope(None, frozenset({"vienna"})))
        saved = NewView("acme-admin", "Waits", {"view": "backordered"}, shared=True)
        save_view(one.store, Command(ACME, "save_view", "save_view:scope", "test"), saved)
        seen = (SeenOrder(number="SO-2", version=0),)
        asked = AskedTogether(action="hold", values={"reason": "x"}, orders=seen, note=None)
        ask_together(one.store, Asking(ACME, "test", TOGETHER), asked)
        yield one


TOGETHER = "0" * 36
"""The key of what was asked of many orders, and not done with any."""

OF_NO_ORDER = frozenset({"saved_views", "new_saved_view", "saved_view", "archived_orders"})
"""Pages of acme that name no order."""


def paths(route: PageRoute) -> Iterator[str]:
    """The paths of a route for acme's order; each action of an order by itself."""
    values = {"merchant": ACME, "number": "SO-2", "remedy": "0" * 16, "sku": "TEA"}
    values |= {"view": "1", "key": TOGETHER, "purchase": "PO-1", "target": "arrived"}
    if "{action}" in route.path:
        yield from (route.path.format(**values, action=action.name) for action in ACTIONS)
    elif route.name == "find":
        yield f"{route.path.format(**values)}?q=SO-"
    elif "what_if" in route.name:
        yield f"{route.path.format(**values)}?if={WHAT_IF}"
    else:
        assert set(PART.findall(route.path)) <= set(values)
        yield route.path.format(**values)


OF_MERCHANTS = [
    pytest.param(route, path, id=f"{method} {path}")
    for route in ROUTES
    if "{merchant}" in route.path
    for path in paths(route)
    for method in route.methods or ()
]
every_page = pytest.mark.parametrize(("route", "path"), OF_MERCHANTS)


def needed(route: PageRoute, path: str) -> set[Permission]:
    """What the page needs, and the action where it is one."""
    of_page = PAGES[route.name]
    action = BY_NAME.get(path.rpartition("/")[2]) if "{action}" in route.path else None
    wished = NEEDED[type(parse(WHAT_IF))] if route.name == "do_what_if" else None
    found = (of_page, action.permission if action else None, wished)
    return {one for one in found if one is not None}


def ask(one: Visitor, route: PageRoute, path: str) -> int:
    if "POST" in (route.methods or ()):
        return one.post(path, token=token(one)).status_code
    return one.get(path).status_code


def token(one: Visitor) -> str:
    if not one.token:
        one.token = token_of(one.client.cookies[OVER_HTTP], "somebody")
    return one.token


def signed_in(world: World, name: str, known: dict[str, Visitor] = {}) -> Visitor:  # noqa: B006
    if name not in known:
        known[name] = visitor(world, name)
    return known[name]


def test_every_page_has_a_permission_and_every_permission_a_page():
    assert {route.name for route in ROUTES} == {*PAGES, *PUBLIC_PAGES}


@every_page
def test_nobody_sees_it_who_is_not_signed_in(world, route, path):
    anybody = visitor(world)
    answer = anybody.post(path) if "POST" in route.methods else anybody.get(path)
    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (303, "/sign-in")


@every_page
def test_another_merchants_page_is_none(world, route, path):
    before = everything(world.store.engine)["orders"]
    for role in Role:
        one = signed_in(world, f"bolt-{role}")
        assert ask(one, route, path) == 404, role
        assert ask(one, route, path.replace(ACME, "nobody")) == 404, role
    assert everything(world.store.engine)["orders"] == before


@every_page
def test_it_is_forbidden_to_the_roles_that_lack_its_permission(world, route, path):
    for role in Role:
        status = ask(signed_in(world, f"acme-{role}"), route, path)
        if needed(route, path) <= GRANTS[role]:
            assert status in {200, 409, 422}, role
        elif route.name == "board" and Permission.READ_PURCHASE_ORDERS in GRANTS[role]:
            assert status == 303, role  # To where the work of this role begins.
        else:
            assert status == 403, role


SHOWN = {
    "stock_list": "TEA", "stock_csv": "TEA", "stock_ledger": "adjustment",
    "stock_transfer": "What is there now", "do_stock_transfer": "What is there now",
    "purchase_list": "PO-1", "purchase_csv": "PO-1", "supplier_list": "Leaf",
}  # fmt: skip
"""What the pages that name no order show to who works where it is, and to nobody else."""


@every_page
def test_an_order_is_shown_where_it_has_to_do_with_the_place_and_nowhere_else(world, route, path):
    if not needed(route, path) <= GRANTS[Role.WAREHOUSE]:
        return
    here, elsewhere = signed_in(world, "vienna"), signed_in(world, "linz")
    assert ask(here, route, path) in {200, 409, 422}
    if "{number}" in route.path or "{purchase}" in route.path:
        assert ask(elsewhere, route, path) == 403
    elif "POST" in route.methods or route.name in OF_NO_ORDER:
        assert "SO-2" not in elsewhere.get("/m/acme/views").text
    elif route.name == "board":
        assert "Nothing is open" not in here.get(path).text
        assert "Nothing is open" in elsewhere.get(path).text
    elif route.name == "stream":
        assert "SO-2" not in here.get(path).text  # What it tells whom: test_renewing.py.
    else:
        shown = SHOWN.get(route.name, "SO-2")
        assert shown in here.get(path).text
        assert shown not in elsewhere.get(path).text
