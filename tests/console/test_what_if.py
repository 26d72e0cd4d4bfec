"""What-ifs as pages: a link that shows who gains and who loses, and that is applied once."""

import html
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from console.wishes import KINDS
from fulfillment.domain.insight.what_if import FORMS
from fulfillment.domain.model.permissions import Role
from fulfillment.domain.model.scope import Scope
from tests.api.world import ACME, World, made
from tests.console.furnishing import ask, furnish, send
from tests.console.visitors import PASSWORD, Visitor, make, visitor

expect.set_options(timeout=30_000)
PATH = "/m/acme/what-if"
LATER = f"{PATH}?if=PO-1:%2B5d"
STACK = f"{LATER}&if=order:SO-3:priority%3D10&if=buy:TEA:20@2031-01-05"


@pytest.fixture
def desk(database_url: str) -> Iterator[World]:
    with made(database_url) as world:
        furnished(world)
        yield world


@pytest.fixture(scope="module")
def looking(shared: World) -> World:
    """A desk that nobody changes, for the tests of a file."""
    return furnished(shared)


def furnished(world: World) -> World:
    furnish(world)
    make(world, "mara", full="Mara Holm")
    make(world, "ivo", Role.INTAKE)
    make(world, "paula", Role.PURCHASING)
    make(world, "greta", Role.WAREHOUSE, Scope(frozenset({ACME}), frozenset({"graz"})))
    return world


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.text
    return html.unescape(answer.text)


def purchase(world: World) -> dict[str, Any]:
    found: dict[str, Any] = ask(world, "GET", "/v1/purchase-orders/PO-1")
    return found


def hidden(one: Visitor, path: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in one.hidden(path).items()}


def test_it_shows_who_gains_and_who_loses_and_changes_nothing(looking):
    mara, before = visitor(looking, "mara"), purchase(looking)
    later = text(mara.get(LATER))
    assert "purchase order PO-1, line 1: 5 of TEA to vienna" in later
    assert later.index("Who loses") < later.index(">SO-2<") < later.index(">SO-3<")
    assert "8 later, by 7 days" in later
    stacked = text(mara.get(STACK))
    assert "Who loses" not in stacked
    assert stacked.index("Who gains") < stacked.index(">SO-3<") < stacked.index(">SO-2<")
    assert purchase(looking) == before


@pytest.mark.parametrize(
    "asked",
    ["add=buy&sku={0}&units=5&on=2031-02-02&location=", "add=move&number={0}&line=&days=5&on="],
)
def test_what_is_too_long_is_refused_whole_and_not_cut(looking, asked):
    typed = "K" * 1_900
    told = text(visitor(looking, "mara").get(f"{PATH}?{asked.format(typed)}"), 422)
    assert f'value="{typed}"' in told
    assert 'role="alert"' in told


def test_no_field_is_cut_before_it_can_be_refused(looking):
    told = text(visitor(looking, "mara").get(LATER))
    assert {int(most) for most in re.findall(r'maxlength="(\d+)"', told)} == {2_000, 20_000}


def test_without_a_part_it_says_what_to_do(looking):
    page = text(visitor(looking, "mara").get(PATH))
    assert "Add a first part below" in page
    assert all(kind.title in page for kind in KINDS)
    assert "Apply all of it" not in page


FORMS_AND_PARTS = [
    ("add=move&number=PO-1&line=&days=5&on=", "PO-1:%2B5d"),
    ("add=move&number=PO-1&line=1&days=&on=2031-05-01", "PO-1/1:2031-05-01"),
    ("add=status&number=PO-1&status=in transit", "PO-1:in_transit"),
    ("add=units&number=PO-1&line=1&units=0", "PO-1%2F1:units%3D0"),
    ("add=buy&sku=A/7&units=5&on=2031-02-02&location=", "buy:A%252F7:5@2031-02-02"),
    ("add=buy&sku=TEA&units=5&on=2031-02-02&location=graz", "buy:TEA:5@2031-02-02:graz"),
    ("add=receive&number=PO-1&line=1&units=5", "receive:PO-1%2F1:5"),
    ("add=priority&order=SO-3&priority=10", "order:SO-3:priority%3D10"),
    ("add=cancel&order=SO-3&line=&units=", "order:SO-3:cancel"),
    ("add=cancel&order=SO-3&line=1&units=2", "order:SO-3%2F1:cancel%3D2"),
    ("add=stock&sku=TEA&units=-5&location=vienna", "stock:TEA:-5:vienna"),
]


@pytest.mark.parametrize(("form", "part"), FORMS_AND_PARTS)
def test_each_form_leads_to_the_address_with_its_part(looking, form, part):
    answer = visitor(looking, "mara").get(f"{PATH}?if=PO-1:-1d&{form}")
    assert answer.status_code == 303, answer.text
    target = answer.headers["Location"].replace("/1", "%2F1")
    assert target == f"{PATH}?if=PO-1:-1d&if={part}".replace("/1", "%2F1")


@pytest.mark.parametrize(
    ("query", "status", "why"),
    [
        ("if=nonsense", 422, FORMS["order"]),
        ("if=PO-9:%2B1d", 404, "There is no purchase order PO-9"),
        ("if=order:SO-9:cancel", 404, "There is no order SO-9"),
        ("if=stock:TEA:-90:vienna", 409, "can not go below zero"),
        ("add=move&number=PO-1&days=&on=", 422, "Write either how many days later, or the day"),
        ("add=move&number=&days=3&on=", 422, "the number is empty"),
        ("add=wish", 422, "Add is one of"),
    ],
)
def test_what_can_not_be_is_refused_with_its_reason_and_can_be_left_out(
    looking, query, status, why
):
    page = text(visitor(looking, "mara").get(f"{PATH}?if=PO-1:-1d&{query}"), status)
    assert why in page
    assert page.count("Leave out</a>") == 1 + query.startswith("if=")
    assert "Apply all of it" not in page


def test_the_button_is_for_who_may_do_every_part_of_it(looking):
    ivo, paula = visitor(looking, "ivo"), visitor(looking, "paula")
    seen = text(ivo.get(STACK))
    assert "Apply all of it" not in seen
    assert "a user with the role intake may not write purchase orders" in seen
    assert text(ivo.post(STACK, **ivo.hidden("/m/acme/orders"), key="k", seen="s"), 403)
    assert "Apply all of it" in text(ivo.get(f"{PATH}?if=order:SO-3:priority%3D10"))
    bought = text(paula.get(LATER))
    assert "Apply all of it" in bought
    assert "/orders/SO-3" not in bought


def test_who_is_bound_to_a_place_sees_and_does_nothing_elsewhere(looking):
    greta = visitor(looking, "greta")
    for elsewhere in ("PO-1:%2B5d", "order:SO-2:priority%3D10", "stock:TEA:-1:vienna"):
        assert "SO-2" not in text(greta.get(f"{PATH}?if={elsewhere}"), 403)
    here = text(greta.get(f"{PATH}?if=stock:TEA:%2B50:graz"))
    assert "SO-" not in here
    assert "2 orders elsewhere than where you work would stand differently too" in here


def test_it_is_applied_once_and_history_has_who_and_why(desk):
    mara = visitor(desk, "mara")
    fields = hidden(mara, STACK) | {"note": "Leaf wrote."}
    answers = [mara.post(STACK, **fields) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {303}
    target = answers[0].headers["Location"]
    assert target.endswith("&done=1")
    assert "all 3 parts of it were applied" in text(mara.get(target))
    assert purchase(desk)["expected_on"] == "2031-03-15"
    assert ask(desk, "GET", "/v1/orders/SO-3")["priority"] == 10
    bought = [one for one in ask(desk, "GET", "/v1/purchase-orders")["items"]
              if one["number"] != "PO-1"]  # fmt: skip
    assert [one["number"] for one in bought] == ["PO-2"]
    told = [one for one in ask(desk, "GET", "/v1/orders/SO-3/history")["items"]
            if one["kind"] == "priority_changed"]  # fmt: skip
    assert [(one["actor"], one["reason"]) for one in told] == [
        ("Mara Holm (user mara)", "Leaf wrote.")
    ]


def test_a_link_that_was_applied_says_so_and_is_tried_again_only_on_purpose(desk):
    mara = visitor(desk, "mara")
    make(desk, "nils")
    nils = visitor(desk, "nils")
    seen_before = hidden(nils, STACK)
    mara.post(STACK, **hidden(mara, STACK))
    ask(desk, "PATCH", "/v1/purchase-orders/PO-1", expected_on="2031-03-20")

    later = text(nils.get(STACK))
    assert "by Mara Holm (user mara)." in later
    assert "It wrote purchase order PO-2." in later
    row = later[later.index("5 of TEA to vienna") :]
    days = ("10 Mar 2031", "15 Mar 2031", "20 Mar 2031")
    assert [row.index(day) for day in days] == sorted(row.index(day) for day in days)
    assert "Apply all of it" not in later

    late = text(nils.post(STACK, **seen_before), 409)
    assert "This was applied already, by Mara Holm (user mara)" in late
    assert purchase(desk)["expected_on"] == "2031-03-20"

    again = re.search(r'href="([^"]+)">Try it again as a new what-if', later)
    assert again is not None
    assert "Apply all of it" in text(nils.get(again[1]))
    assert nils.post(STACK, **hidden(nils, again[1])).status_code == 303
    assert purchase(desk)["expected_on"] == "2031-03-25"
    twice = text(nils.get(STACK))
    assert twice.count("Applied on") == 2


def test_a_day_that_is_over_is_refused_with_the_part_and_what_to_do(looking):
    mara = visitor(looking, "mara")
    for part in ("PO-1:2020-01-01", "buy:TEA:20@2020-01-01", "PO-1/1:2020-01-01"):
        page = text(mara.get(f"{PATH}?if=order:SO-3:priority%3D10&if={part}"), 422)
        assert f"Part 2 of the what-if, “{part}" in page
        assert "is over" in page
        assert "name a day from" in page


def test_of_two_who_apply_at_once_one_is_refused_with_what_moved(desk):
    earlier = f"{PATH}?if=PO-1:2031-01-10"
    make(desk, "nils")
    both = {name: visitor(desk, name) for name in ("mara", "nils")}
    asked = {"mara": LATER, "nils": earlier}
    forms = {name: hidden(both[name], path) for name, path in asked.items()}
    barrier = Barrier(2)

    def press(name: str) -> Any:
        barrier.wait()
        return both[name].post(asked[name], **forms[name])

    with ThreadPoolExecutor(2) as pool:
        answers = dict(zip(both, pool.map(press, both), strict=True))
    lost = {name for name, answer in answers.items() if answer.status_code == 409}
    assert [one.status_code for one in answers.values() if one.status_code != 409] == [303]
    page = text(answers[lost.pop()], 409)
    assert "the world has moved since this page was made" in page
    assert "expected on 10 Mar 2031 →" in page
    assert "Apply all of it" in page


def sign_in(tab: Page, world: World, name: str, path: str) -> None:
    tab.set_default_timeout(60_000)
    tab.goto(f"{world.url}{path}")
    tab.get_by_label("User").fill(name)
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()


def test_a_what_if_is_sent_as_a_link_refused_after_the_world_moved_and_applied(tab, desk):
    sign_in(tab, desk, "ivo", PATH)
    tab.set_viewport_size({"width": 320, "height": 640})
    tab.get_by_text("A purchase order comes on another day").click()
    form = tab.locator("details[open]")
    form.get_by_label("Purchase order").fill("PO-1")
    form.get_by_label("Days later").fill("5")
    form.get_by_label("Days later").press("Enter")
    expect(tab.get_by_role("heading", name="Who loses")).to_be_visible()
    assert tab.evaluate("document.documentElement.scrollWidth") <= 320
    expect(tab.get_by_role("button", name="Apply all of it")).to_have_count(0)
    expect(tab.get_by_text("may not write purchase orders")).to_be_visible()
    link = tab.url.removeprefix(desk.url)

    tab.context.clear_cookies()
    sign_in(tab, desk, "mara", link)
    expect(tab.get_by_role("row", name="SO-2")).to_contain_text("8 later, by 7 days")
    send(desk, "SO-4", ("TEA", 2), priority=1)
    ask(desk, "PATCH", "/v1/purchase-orders/PO-1", expected_on="2031-03-12")
    tab.get_by_label("Why (for the history)").fill("Leaf wrote.")
    tab.get_by_role("button", name="Apply all of it").click()
    moved = tab.get_by_role("alert")
    expect(moved).to_contain_text("Nothing was done: the world has moved")
    expect(moved).to_contain_text("expected on 10 Mar 2031 → 15 Mar 2031")
    expect(moved).to_contain_text("expected on 12 Mar 2031 → 17 Mar 2031")
    expect(moved).to_contain_text("allocated 4; backordered 4; promised 8 on 12 Mar 2031")
    assert purchase(desk)["expected_on"] == "2031-03-12"

    tab.get_by_role("button", name="Apply all of it").dblclick()
    expect(tab.get_by_role("status")).to_contain_text("Done: it was applied")
    assert purchase(desk)["expected_on"] == "2031-03-17"

    is_told_of_when_it_is_opened_again(tab, f"{desk.url}{link}")


def is_told_of_when_it_is_opened_again(tab: Page, link: str) -> None:
    tab.goto(link)
    expect(tab.get_by_text("by Mara Holm (user mara).")).to_be_visible()
    expect(tab.get_by_role("row", name="expected on")).to_contain_text("17 Mar 2031")
    expect(tab.get_by_role("button", name="Apply all of it")).to_have_count(0)
    tab.get_by_role("link", name="Try it again as a new what-if").click()
    expect(tab.get_by_role("button", name="Apply all of it")).to_be_visible()
