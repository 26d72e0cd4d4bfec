"""Whatever is sent to a workflow, it neither stands still nor is anything lost silently."""

from collections import deque
from dataclasses import asdict
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue

from fulfillment.contracts import names
from fulfillment.contracts.messages import Standing
from fulfillment.domain.model.statuses import PurchaseOrderStatus
from tests.workflows.desk import Desk, awaiting, picked, purchase_order, ready, shipped
from tests.workflows.stage import Stage

P = PurchaseOrderStatus
BROKEN = RawValue(Payload(metadata={"encoding": b"json/plain"}, data=b"{not json"))
FOREIGN = RawValue(Payload(metadata={"encoding": b"binary/of-another-system"}, data=b"\x00"))
BARE = RawValue(Payload(data=b"x"))

ANYTHING: dict[str, tuple[Any, ...]] = {
    "nothing": (),
    "null": (None,),
    "two words": ("PO-1", "K1"),
    "a word and null": ("PO-1", None),
    "an object": ({"purchase_order": "PO-1"},),
    "an empty object": ({},),
    "a number": (7,),
    "a list": (["PO-1"],),
    "broken JSON": (BROKEN,),
    "another system's": (FOREIGN,),
    "no encoding": (BARE,),
    "broken among others": ("PO-1", BROKEN),
}

NEXT = asdict(ready(2))

NO_NEWS: dict[str, tuple[Any, ...]] = ANYTHING | {
    "twice at once": (NEXT, NEXT),
    "a status that is none": ({**NEXT, "status": "eaten"},),
    "a number that is too large": ({**NEXT, "waiting_units": 10**30},),
    "a negative number": ({**NEXT, "seq": -1},),
    "the last date of all": ({**NEXT, "next_date": "9999-12-31"},),
    "a date before all": ({**NEXT, "next_date": "0001-01-01"},),
    "such a date within": (
        {**NEXT, "shipments": [{"number": 1, "status": "ready", "expected_on": "9999-12-31"}]},
    ),
}


@pytest.mark.parametrize("sent", ANYTHING.values(), ids=ANYTHING.keys())
async def test_odd_hint_is_a_hint(stage: Stage, desk: Desk, sent: tuple[Any, ...]) -> None:
    desk.prepare.append(awaiting(1))
    desk.look.append(ready(2))
    handle = await stage.start_order()
    await stage.until_seq(handle, 1)
    await handle.signal(names.PO_RECEIVED, args=sent)
    await stage.until_seq(handle, 2)
    await stage.tell(handle, shipped(3))
    await handle.result()
    assert desk.calls == ["prepare_fulfillment", "look_again"]


@pytest.mark.parametrize("sent", NO_NEWS.values(), ids=NO_NEWS.keys())
async def test_odd_news_makes_an_order_look_in_the_database(
    stage: Stage, desk: Desk, sent: tuple[Any, ...]
) -> None:
    desk.prepare.append(ready(1))
    desk.standing.append(Standing(picked(2)))
    handle = await stage.start_order()
    await stage.until_seq(handle, 1)
    await handle.signal(names.PROGRESS, args=sent)
    await stage.until(handle, lambda state: state.progress == picked(2))
    await stage.tell(handle, shipped(3))
    await handle.result()
    assert desk.calls == ["prepare_fulfillment", "check_with_database"]


@pytest.mark.parametrize("name", ["po_recieved", "again", "shiped"])
async def test_signal_of_another_name_makes_an_order_look_in_the_database(
    stage: Stage, desk: Desk, name: str
) -> None:
    desk.prepare.append(awaiting(1))
    desk.standing.append(Standing(ready(2)))
    handle = await stage.start_order()
    await stage.until_seq(handle, 1)
    await handle.signal(name, "PO-1")
    await stage.until_seq(handle, 2)
    await stage.tell(handle, shipped(3))
    await handle.result()


@pytest.mark.parametrize("name", [names.PROGRESS, names.PO_RECEIVED])
@pytest.mark.parametrize("sent", ANYTHING.values(), ids=ANYTHING.keys())
async def test_odd_news_makes_a_purchase_order_look_in_the_database(
    stage: Stage, desk: Desk, name: str, sent: tuple[Any, ...]
) -> None:
    desk.purchase_orders = deque([purchase_order(2, P.IN_TRANSIT)])
    handle = await stage.start_purchase_order(purchase_order(1, P.APPROVED))
    await handle.signal(name, args=sent)
    await stage.until_purchase_order(handle, (0, 2))
    await stage.tell(handle, purchase_order(3, P.CANCELLED))
    await handle.result()


@pytest.mark.parametrize("sent", ANYTHING.values(), ids=ANYTHING.keys())
async def test_replan_goes_on_whatever_it_is_sent(
    stage: Stage, desk: Desk, sent: tuple[Any, ...]
) -> None:
    handle = await stage.start_replan()
    await handle.signal(names.AGAIN, args=sent)
    await handle.result()
