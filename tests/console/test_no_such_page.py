"""Who asks for a page gets one, also where there is none; a program gets what programs read."""

import pytest

from tests.api.world import ACME, made
from tests.console.furnishing import furnish
from tests.console.visitors import make, visitor

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture(scope="module")
def mara(new_database):
    with made(new_database()) as world:
        furnish(world)
        make(world, "mara")
        yield visitor(world, "mara")


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/nonsense", 404, "There is no such page"),
        (f"/m/{ACME}/unknown", 404, "There is no such page"),
        ("/sign-out", 405, "only what a form is sent to"),
        (f"/m/{ACME}/views/1/delete", 405, "only what a form is sent to"),
        (f"/m/{ACME}/orders/%00", 422, "There can be no such page"),
    ],
)
def test_where_there_is_no_page_a_browser_is_told_so_in_one(mara, path, status, said):
    answer = mara.client.get(path, headers=PAGE)
    assert (answer.status_code, said in answer.text) == (status, True)
    assert answer.headers["content-type"].startswith("text/html")
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "To the desk" in answer.text

    program = mara.client.get(path, headers={"Accept": "*/*"})
    assert program.status_code == status
    assert program.headers["content-type"] == "application/problem+json"


def test_what_nobody_foresaw_is_a_page_too(mara, monkeypatch):
    def fails(*_: object) -> None:
        raise ZeroDivisionError("Zebedee Quux")

    monkeypatch.setattr("console.pages.order.read_order", fails)
    answer = mara.client.get(f"/m/{ACME}/orders/SO-2", headers=PAGE)
    assert (answer.status_code, "Something went wrong" in answer.text) == (500, True)
    assert "Zebedee" not in answer.text


def test_the_api_stays_as_it_is_also_in_a_browser(mara):
    answer = mara.client.get("/v1/nothing", headers=PAGE)
    assert answer.headers["content-type"] == "application/problem+json"
