"""A what-if as a picture: what is drawn before it is applied is what is drawn afterwards."""

import html
import re
from urllib.parse import quote, urlencode

import pytest

from fulfillment.domain.model.permissions import Role
from fulfillment.domain.model.scope import Scope
from tests.api.world import ACME, made
from tests.console.furnishing import furnish
from tests.console.test_sku_queue import figure, page
from tests.console.visitors import make, visitor

QUEUE = "/m/acme/skus/TEA"
FIGURES = ("Orders that wait", "Units that wait", "Of these, pegged", "Nothing yet")


def with_parts(path: str, *parts: str) -> str:
    return f"{path}?{urlencode([('if', part) for part in parts])}"


@pytest.fixture
def world(database_url):
    with made(database_url) as one:
        furnish(one)
        make(one, "mara")
        yield one


@pytest.mark.parametrize(
    "parts",
    [
        ("PO-1:+5d",),
        ("order:SO-3:priority=10",),
        ("receive:PO-1/1:2",),
        ("stock:TEA:+3:vienna",),
        ("order:SO-2:cancel", "PO-1:+2d"),
        ("buy:TEA:20@2031-01-05:vienna",),
        ("PO-1:arrived",),
        ("PO-1:cancelled",),
        ("PO-1/1:units=3",),
    ],
)
def test_what_is_drawn_before_is_what_is_drawn_after_it_was_applied(world, parts):
    mara = visitor(world, "mara")
    as_is, as_would_be = page(mara, QUEUE), page(mara, with_parts(QUEUE, *parts))
    assert "As it would be" in as_would_be
    assert drawing(as_would_be) != drawing(as_is)

    what_if = with_parts("/m/acme/what-if", *parts)
    fields = {name: html.unescape(value) for name, value in mara.hidden(what_if).items()}
    answer = mara.post(what_if, **fields)
    assert answer.status_code == 303, answer.text

    after = page(mara, QUEUE)
    assert "As it would be" not in after
    assert [figure(after, name) for name in FIGURES] == [
        figure(as_would_be, name) for name in FIGURES
    ]
    assert drawing(after) == drawing(as_would_be)


def drawing(text: str) -> str:
    """What is drawn, without addresses and the name of what is bought, numbered once written."""
    found = "".join(re.findall(r"<svg.*?</svg>", text, re.DOTALL))
    return re.sub(r'href="[^"]*"', "", found).replace("PO-2", "new")


def test_the_page_of_a_what_if_leads_to_the_picture_and_back(world):
    mara = visitor(world, "mara")
    text = page(mara, with_parts("/m/acme/what-if", "PO-1:+5d"))
    assert f'href="{QUEUE}?if=PO-1:%2B5d"' in text
    assert 'href="/m/acme/what-if?if=PO-1:%2B5d"' in page(mara, f"{QUEUE}?if=PO-1:%2B5d")


def test_a_part_that_is_none_is_refused_with_what_is_possible(world):
    mara = visitor(world, "mara")
    assert "Not possible" in page(mara, with_parts(QUEUE, "PO-1:soon"), 422)
    assert "PO-99" in page(mara, with_parts(QUEUE, "PO-99:+5d"), 404)


def test_it_is_not_drawn_for_who_sees_some_places_only(world):
    make(world, "greta", Role.WAREHOUSE, Scope(frozenset({ACME}), frozenset({"vienna"})))
    greta = visitor(world, "greta")
    assert quote("PO-1") in page(greta, QUEUE)
    assert "sees all places" in page(greta, with_parts(QUEUE, "PO-1:+5d"), 403)
