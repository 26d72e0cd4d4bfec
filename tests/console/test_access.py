"""Who sees little, uses no mouse or has a phone can use every page: axe finds nothing serious."""

import json
from collections.abc import Iterator

import pytest

from fulfillment.domain.model.permissions import Role
from fulfillment.domain.model.scope import Scope
from tests.api.world import World, made
from tests.console.axe import problems
from tests.console.furnishing import ask, furnish
from tests.console.visitors import PASSWORD, make

LOOKS = (("light", 1280), ("dark", 320))
"""Colours and widths do not depend on each other: two looks have all of both."""

PAGES = {
    "start": "/",
    "board": "/m/acme",
    "orders": "/m/acme/orders",
    "orders, narrowed to none": "/m/acme/orders?q=nothing&view=all",
    "order": "/m/acme/orders/SO-2",
    "why": "/m/acme/orders/SO-2/why",
    "history": "/m/acme/orders/SO-2/history",
    "action": "/m/acme/orders/SO-2/priority",
    "action with its preview": "/m/acme/orders/SO-2/split?look=1",
    "action that is not possible": "/m/acme/orders/SO-3/unhold",
    "nothing there": "/m/acme/orders/NONE",
}


@pytest.fixture(scope="module")
def world(new_database) -> Iterator[World]:
    with made(new_database()) as one:
        furnish(one)
        ask(one, "POST", "/v1/orders/SO-1/hold", reason="payment_review")
        make(one, "mara", Role.ADMIN, Scope())
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
    assert wrong == {}, json.dumps(wrong, indent=1)
