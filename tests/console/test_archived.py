"""Archived orders on the desk: their list, a search that finds them, and one that is opened."""

import pytest

from tests.api.test_archived import archive, done
from tests.api.world import World
from tests.console.furnishing import furnish
from tests.console.visitors import Visitor, make, visitor


@pytest.fixture
def mara(world: World) -> Visitor:
    furnish(world)
    make(world, "mara")
    admin = world.client()
    done(admin.patch("/v1/settings", json={"archive_after_days": 90}))
    done(admin.post("/v1/orders/SO-3/cancel"))
    archive(world)
    return visitor(world, "mara")


def page(one: Visitor, path: str) -> str:
    answer = one.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_an_archived_order_is_listed_found_and_opened(world, mara):
    link = '<a href="/m/acme/orders/SO-3">SO-3</a>'
    assert link in page(mara, "/m/acme/archived-orders")
    assert link in page(mara, "/m/acme/archived-orders?q=SO-3")
    assert "No archived order is like that." in page(mara, "/m/acme/archived-orders?month=2020-01")
    assert mara.get("/m/acme/archived-orders?month=May").status_code == 422
    too_long = mara.get(f"/m/acme/archived-orders?q={chr(120) * 150}")
    assert too_long.status_code == 422
    assert "at most 100 characters, not 150" in too_long.text

    found = page(mara, "/m/acme/orders?view=all&q=SO-3")
    assert link in found
    assert "No order of this list is like that." in found
    assert "Archived, and brought back" not in page(mara, "/m/acme/orders?view=all")

    assert "Order SO-3" in page(mara, "/m/acme/orders/SO-3")
    assert world.count("archived_order") == 0
    assert link not in page(mara, "/m/acme/archived-orders")
