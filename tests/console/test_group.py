"""The group of an order drawn: which shipment came from which, where each stands, and a table."""

import html
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from console import group
from console.group import drawn
from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.store.reading.views.shipments import (
    Actions,
    ShipmentLineView,
    ShipmentView,
    VoidedDispatch,
)
from tests.api.world import World
from tests.console.furnishing import ask, furnish
from tests.console.visitors import Visitor, make, visitor

S = ShipmentStatus
NOON = datetime(2031, 3, 10, 12, 0, tzinfo=UTC)


def shipment(
    number: int, status: ShipmentStatus, parent: int | None = None, **more: Any
) -> ShipmentView:
    line = ShipmentLineView(
        line=1, sku="TEA", units=2, pack=None, allocated=0, not_yet_received=0, pegged=0
    )
    told: dict[str, Any] = {
        "id": number, "order": "SO-1", "merchant": "acme", "number": number, "status": status,
        "location": "vienna", "assigned_location": None, "wave": None, "expected_on": None,
        "released_at": None, "target_ship_on": None, "parent": parent, "children": (),
        "carrier": None, "tracking": None, "shipped_at": None, "holds": (), "lines": (line,),
        "packages": (), "actions": Actions((), ()),
    }  # fmt: skip
    return ShipmentView(**(told | more))


def places(shipments: list[ShipmentView]) -> dict[int, tuple[int, int]]:
    """Column and row of each box."""
    across, down = group.WIDTH + group.ACROSS, group.HEIGHT + group.DOWN
    boxes = drawn(shipments, "Europe/Vienna").boxes
    return {box.number: ((box.x - 1) // across, (box.y - 1) // down) for box in boxes}


def test_what_was_split_stands_right_of_what_it_came_from_and_no_two_in_one_place():
    found = places([
        shipment(1, S.REASSIGNED), shipment(2, S.SHIPPED, 1), shipment(3, S.REASSIGNED, 1),
        shipment(4, S.READY, 3), shipment(5, S.BACKORDER, 3), shipment(6, S.READY),
    ])  # fmt: skip
    assert found == {1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (2, 1), 5: (2, 2), 6: (0, 3)}


def test_a_box_says_where_it_is_and_how_far_and_a_long_text_ends():
    (box,) = drawn([shipment(1, S.SHIPPED, shipped_at=NOON, tracking="T" * 99)], "UTC").boxes
    assert box.rows == ["vienna", "2 units, TEA", "shipped 10 Mar 2031, 12:00", "T" * 27 + "…"]
    assert not box.is_ended
    (ended,) = drawn([shipment(1, S.CANCELLED, location=None)], "UTC").boxes
    assert (ended.rows, ended.is_ended) == (["2 units, TEA"], True)


def test_a_long_group_is_drawn_as_far_as_it_can_be_read():
    drawing = drawn([shipment(at, S.SHIPPED, at - 1 or None) for at in range(1, 100)], "UTC")
    assert (len(drawing.boxes), drawing.more) == (group.MOST_DRAWN, 99 - group.MOST_DRAWN)
    assert len(drawing.lines) == group.MOST_DRAWN - 1


def test_a_dispatch_that_was_voided_is_drawn_right_of_its_shipment_which_is_here_again():
    voided = [VoidedDispatch(shipment=2, units=1, at=NOON)]
    shipments = [shipment(1, S.REASSIGNED), shipment(2, S.PACKED, 1), shipment(3, S.READY, 1)]
    drawing = drawn(shipments, "UTC", voided)
    box = drawing.boxes[-1]
    assert (box.title, box.is_ended) == ("2: not sent", True)
    assert box.rows == ("dispatch voided", "1 unit", "10 Mar 2031, 12:00")
    assert box.x > next(one.x for one in drawing.boxes if one.number == 2)
    assert len({(one.x, one.y) for one in drawing.boxes}) == 4
    assert len(drawing.lines) == 3


@pytest.fixture
def mara(world: World) -> Visitor:
    furnish(world)
    make(world, "mara")
    return visitor(world, "mara")


SCRIPT = "<script>alert(1)</script>"


def test_a_split_is_drawn_with_its_tracking_as_text_and_a_table_behind(mara):
    ask(mara.world, "POST", "/v1/orders/SO-2/split")
    (ready,) = [one for one in ask(mara.world, "GET", "/v1/orders/SO-2")["shipments"]
                if one["status"] == "ready"]  # fmt: skip
    ask(mara.world, "POST", f"/v1/shipments/{ready['id']}/pick")
    ask(mara.world, "POST", f"/v1/shipments/{ready['id']}/ship", carrier="Post", tracking=SCRIPT)
    text = mara.get("/m/acme/orders/SO-2/group").text

    boxes = re.findall(r'class="first">(\d+): ([\w ]+)<', text)
    assert dict(boxes)[str(ready["number"])] == "shipped"
    assert {status for _, status in boxes} >= {"reassigned", "shipped", "backorder"}
    assert text.count('<path class="from"') == len(boxes) - 1
    assert SCRIPT not in text
    assert html.escape(SCRIPT) in text
    assert "all of it went on in others" in text
    assert "split into" in text
    ask(mara.world, "POST", f"/v1/shipments/{ready['id']}/void-dispatch", reason="No van came.")
    text = mara.get("/m/acme/orders/SO-2/group").text
    assert f"{ready['number']}: not sent" in text
    assert "Dispatches that were voided" in text
    assert mara.get("/m/acme/orders/SO-9/group").status_code == 404
