"""The board: its sums are those of the lists, and it is made once for all who see the same."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from console.recent import SECONDS, SOON, Recent
from fulfillment.domain.model.permissions import Role
from fulfillment.domain.model.scope import Scope
from fulfillment.store.reading.board import read_board
from tests.api.world import ACME, World, made
from tests.builders.calling import at_once
from tests.builders.counting import sent_statements
from tests.console.furnishing import ask, furnish, send
from tests.console.visitors import make, visitor


@pytest.fixture(scope="module")
def world(new_database) -> Iterator[World]:
    with made(new_database()) as one:
        furnish(one)
        old = (datetime.now(UTC) - timedelta(days=10)).isoformat()
        send(one, "SO-8", ("CUP", 7), placed_at=old)
        ask(one, "POST", "/v1/orders/SO-1/hold", reason="payment_review")
        today = datetime.now(UTC).date()
        for number, days in (("PO-2", 3), ("PO-3", 30)):
            lines = [{"line": 1, "sku": "CUP", "units": 4, "location": "graz"}]
            day = (today + timedelta(days=days)).isoformat()
            ask(one, "POST", "/v1/purchase-orders", number=number, supplier="Leaf",
                expected_on=day, lines=lines)  # fmt: skip
        make(one, "mara")
        make(one, "linz", Role.WAREHOUSE, Scope(None, frozenset({"linz"})))
        yield one


def test_the_sums_are_those_of_the_orders(world):
    board = world.store.read(ACME, lambda tx: read_board(tx, None))
    orders = ask(world, "GET", "/v1/orders")["items"]

    told = {one.status: (one.orders, one.to_go, one.waiting_units) for one in board.stages}
    for status in {one["status"] for one in orders}:
        mine = [one for one in orders if one["status"] == status]
        assert told.pop(status) == (
            len(mine), sum(one["to_go"] for one in mine), sum(one["waiting_units"] for one in mine),
        )  # fmt: skip
    assert told == {}
    assert [(one.days, one.orders, one.waiting_units) for one in board.ages] == [
        (0, 2, 7), (2, 0, 0), (7, 1, 7), (14, 0, 0), (30, 0, 0), (60, 0, 0),
    ]  # fmt: skip
    waited = [(one.sku, one.units, one.orders) for one in board.waited_for]
    assert waited == [("CUP", 9, 2), ("TEA", 5, 2)]
    assert [(one.number, one.outstanding, one.overdue) for one in board.due] == [("PO-2", 4, False)]


def test_who_works_elsewhere_sees_nothing_of_it(world):
    board = world.store.read(ACME, lambda tx: read_board(tx, ["linz"]))
    assert (board.stages, board.waited_for, board.due) == ((), (), ())
    assert sum(one.orders for one in board.ages) == 0
    assert "Nothing is open" in visitor(world, "linz").get("/m/acme").text


def test_the_page_says_what_the_board_says_and_how_old_it_is(world):
    text = visitor(world, "mara").get("/m/acme").text
    assert re.search(r"\d+ s ago", text)
    assert re.search(r'view=backordered">14<', text)
    on_hold = re.search(r"status=on_hold.*?</tr>", text, re.DOTALL)
    assert on_hold is not None
    assert re.findall(r">([\d,]+)</td>", on_hold[0])[:2] == ["1", "4"]
    assert "status=on_hold" in text
    assert "SO-1" in visitor(world, "mara").get("/m/acme/orders?view=all&status=on_hold").text


def test_the_sums_take_a_fixed_number_of_statements(world):
    with sent_statements() as sent:
        world.store.read(ACME, lambda tx: read_board(tx, None))
    assert len([one for one in sent if "SELECT" in one]) <= 6


def test_what_many_ask_for_at_once_is_computed_once_and_again_when_it_is_old():
    now, computed = [0.0], []
    recent = Recent(now=lambda: now[0])

    def compute() -> int:
        computed.append(now[0])
        return len(computed)

    assert at_once(*[lambda: recent.get("x", compute)] * 8) == [(1, 0)] * 8
    now[0] = SOON - 1
    assert recent.get("x", compute) == (1, int(SOON - 1))
    assert recent.get("y", compute) == (2, 0)
    now[0] = SECONDS
    assert recent.get("x", compute) == (3, 0)
    assert computed == [0.0, SOON - 1, SECONDS]
