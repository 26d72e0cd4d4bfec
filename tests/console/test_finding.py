"""The search of every page: it leads to the thing, or lists what was found, to who may see it."""

import pytest

from console import finding
from fulfillment.domain.model.permissions import Role
from fulfillment.domain.model.scope import Scope
from tests.api.world import World
from tests.console.furnishing import ask, furnish
from tests.console.visitors import Visitor, make, visitor

HOME = "/m/acme"


@pytest.fixture(scope="module")
def world(shared: World) -> World:
    furnish(shared)
    make(shared, "mara")
    make(shared, "paul", Role.PURCHASING)
    make(shared, "ines", Role.INTAKE)
    make(shared, "linz", Role.WAREHOUSE, Scope(None, frozenset({"linz"})))
    (ready,) = ask(shared, "GET", "/v1/orders/SO-1")["shipments"]
    ask(shared, "POST", f"/v1/shipments/{ready['id']}/pick")
    ask(shared, "POST", f"/v1/shipments/{ready['id']}/ship", carrier="Post", tracking="EP77AT")
    return shared


@pytest.fixture(scope="module")
def mara(world: World) -> Visitor:
    return visitor(world, "mara")


def leads_to(one: Visitor, text: str) -> str:
    answer = one.client.get(f"{HOME}/find", params={"q": text})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("SO-2", "orders/SO-2"),
        ("so-2", "orders/SO-2"),
        ("PO-1", "purchase-orders/PO-1"),
        ("po-1", "purchase-orders/PO-1"),
        ("TEA", "skus/TEA"),
        ("EP77AT", "orders/SO-1"),
    ],
)
def test_what_is_called_like_that_is_opened(mara, text, path):
    assert leads_to(mara, text) == f"{HOME}/{path}"


def test_several_things_are_listed_with_what_they_are(mara):
    text = mara.client.get(f"{HOME}/find", params={"q": "SO-"}).text
    assert [f"/orders/SO-{n}" in text for n in (1, 2, 3)] == [True] * 3
    assert "awaiting stock" in text
    assert "Purchase orders" not in text


def test_more_than_are_shown_lead_to_the_list(mara, monkeypatch):
    monkeypatch.setattr(finding, "MOST_SHOWN", 2)
    text = mara.client.get(f"{HOME}/find", params={"q": "SO-"}).text
    assert f'href="{HOME}/orders?view=all&amp;q=SO-"' in text


def test_nothing_is_said_where_nothing_is_found(mara):
    answer = mara.client.get(f"{HOME}/find", params={"q": "no such thing"})
    assert "Nothing that you may see is called like that." in answer.text
    assert mara.get(f"{HOME}/find").status_code == 200
    assert mara.client.get(f"{HOME}/find", params={"q": "a\nb"}).status_code == 422


def test_each_finds_what_the_role_may_see_and_nothing_else(world):
    paul, ines = visitor(world, "paul"), visitor(world, "ines")
    assert leads_to(paul, "PO-1") == f"{HOME}/purchase-orders/PO-1"
    assert leads_to(paul, "TEA") == f"{HOME}/stock/TEA"
    assert "/orders/SO-2" not in paul.client.get(f"{HOME}/find", params={"q": "SO-2"}).text
    assert "/purchase-orders/" not in ines.client.get(f"{HOME}/find", params={"q": "PO-1"}).text


@pytest.mark.parametrize("text", ["SO-2", "PO-1", "TEA"])
def test_who_works_elsewhere_finds_nothing(world, text):
    answer = visitor(world, "linz").client.get(f"{HOME}/find", params={"q": text})
    assert answer.status_code == 200
    assert "Nothing that you may see is called like that." in answer.text
