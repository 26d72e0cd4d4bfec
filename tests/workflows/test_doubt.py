"""What an order can not have been told so makes it ask the database."""

from collections import deque
from dataclasses import replace

from temporalio import activity
from temporalio.testing import TimeSkipper

from fulfillment.contracts.messages import Hold, Progress, Standing
from fulfillment.domain.insight.restored import AtOdds
from fulfillment.domain.model.statuses import OrderStatus, PurchaseOrderStatus
from tests.workflows.desk import Desk, picked, progress, purchase_order, ready, refusal, shipped
from tests.workflows.stage import Stage, staged

P = PurchaseOrderStatus
CHECK = "check_with_database"


async def test_plain_news_costs_no_question(stage: Stage, desk: Desk) -> None:
    desk.prepare.append(ready(1))
    handle = await stage.start_order()
    await stage.until_seq(handle, 1)
    for told in (ready(1), picked(2), picked(2), shipped(40)):
        await stage.tell(handle, told)
    await handle.result()
    assert desk.calls == ["prepare_fulfillment"]


async def test_news_from_far_ahead_is_not_believed_before_the_database_says_so(
    stage: Stage, desk: Desk
) -> None:
    desk.prepare.append(ready(1))
    desk.standing.append(Standing(ready(2)))
    handle = await stage.start_order()
    await stage.until_seq(handle, 1)
    await stage.tell(handle, shipped(1_000_000))
    state = await stage.until_seq(handle, 2)
    await stage.tell(handle, picked(3))
    await stage.until_seq(handle, 3)
    await stage.tell(handle, shipped(4))
    assert (await handle.result()).seq == 4
    assert (state.progress, state.at_odds) == (ready(2), None)
    assert desk.calls == ["prepare_fulfillment", CHECK]


async def test_news_of_another_epoch_is_asked_for_and_counts_although_its_seq_is_lower(
    stage: Stage, desk: Desk
) -> None:
    restored = replace(ready(3), epoch=9)
    desk.prepare.append(ready(7))
    desk.standing.append(Standing(restored))
    handle = await stage.start_order()
    await stage.until_seq(handle, 7)
    await stage.tell(handle, restored)
    await stage.until(handle, lambda state: state.progress == restored)
    await stage.tell(handle, replace(shipped(4), epoch=9))
    assert (await handle.result()).version == (9, 4)
    assert desk.known == [ready(7)]


async def test_claim_that_the_database_forgot_is_made_again(stage: Stage, desk: Desk) -> None:
    unclaimed = progress(0, OrderStatus.RECEIVED, claimed=False, epoch=9)
    claimed = replace(ready(1), epoch=9)
    desk.prepare.extend([ready(7), claimed])
    desk.standing.append(Standing(unclaimed))
    handle = await stage.start_order()
    await stage.until_seq(handle, 7)
    await stage.tell(handle, unclaimed)
    await stage.until(handle, lambda state: state.progress == claimed)
    await stage.tell(handle, replace(shipped(2), epoch=9))
    await handle.result()
    assert desk.calls == ["prepare_fulfillment", CHECK, "prepare_fulfillment"]


async def test_workflow_says_so_when_it_knows_more_than_the_database(
    stage: Stage, desk: Desk
) -> None:
    desk.prepare.append(ready(7))
    desk.standing.append(Standing(ready(3), AtOdds.DATABASE_BEHIND))
    handle = await stage.start_order()
    await stage.until_seq(handle, 7)
    await stage.tell(handle, picked(4))
    state = await stage.until(handle, lambda state: state.at_odds is not None)
    assert (state.progress, state.at_odds) == (ready(3), AtOdds.DATABASE_BEHIND)
    await stage.tell(handle, shipped(4))
    await handle.result()


async def test_workflow_of_another_order_says_so_and_goes_on_when_it_is_known_again(
    stage: Stage, desk: Desk
) -> None:
    desk.prepare.append(ready(7))
    desk.standing.extend([Standing(None, AtOdds.UNKNOWN_ORDER), Standing(ready(7))])
    handle = await stage.start_order()
    await stage.until_seq(handle, 7)
    await stage.tell(handle, replace(ready(8), order=8))
    await stage.until(handle, lambda state: state.at_odds is AtOdds.UNKNOWN_ORDER)
    await stage.tell(handle, picked(8))
    await stage.until(handle, lambda state: state.at_odds is None)
    await stage.tell(handle, shipped(8))
    await handle.result()
    assert "hold_order" not in " ".join(desk.calls)


async def test_order_that_the_database_never_knew_is_not_put_on_hold_for_ever(
    stage: Stage, desk: Desk
) -> None:
    desk.prepare.extend([refusal("unknown_order"), ready(1)])
    desk.standing.append(Standing(progress(0, OrderStatus.RECEIVED, claimed=False)))
    handle = await stage.start_order()
    await stage.until(handle, lambda state: state.at_odds is AtOdds.UNKNOWN_ORDER)
    await stage.tell(handle, progress(0, OrderStatus.RECEIVED, claimed=False))
    await stage.until_seq(handle, 1)
    await stage.tell(handle, shipped(2))
    await handle.result()
    assert desk.calls == ["prepare_fulfillment", CHECK, "prepare_fulfillment"]


async def test_order_that_is_gone_when_it_is_to_be_held_waits_for_it(
    skipper: TimeSkipper,
) -> None:
    desk = ForgetfulDesk()
    desk.prepare.append(refusal("no_longer_sold"))
    desk.standing.append(Standing(shipped(9)))
    async with staged(skipper, desk) as stage:
        handle = await stage.start_order()
        await stage.until(handle, lambda state: state.at_odds is AtOdds.UNKNOWN_ORDER)
        await stage.tell(handle, ready(1))
        assert (await handle.result()).seq == 9


class ForgetfulDesk(Desk):
    """Its database was put back between the claim and the hold."""

    @activity.defn
    async def hold_order(self, _: Hold) -> Progress:
        raise refusal("unknown_order")


async def test_purchase_order_asks_before_it_believes_news_from_far_ahead(
    stage: Stage, desk: Desk
) -> None:
    desk.purchase_orders = deque([purchase_order(2, P.IN_TRANSIT)])
    handle = await stage.start_purchase_order(purchase_order(1, P.APPROVED))
    await stage.tell(handle, purchase_order(1_000_000, P.CANCELLED))
    await stage.until_purchase_order(handle, (0, 2))
    await stage.tell(handle, purchase_order(3, P.RECEIVED, received=10))
    assert (await handle.result()).seq == 3


async def test_purchase_order_goes_on_when_its_database_was_put_back(
    stage: Stage, desk: Desk
) -> None:
    restored = purchase_order(4, P.APPROVED, epoch=9)
    desk.purchase_orders = deque([restored])
    handle = await stage.start_purchase_order(purchase_order(7, P.IN_TRANSIT))
    await stage.tell(handle, restored)
    await stage.until_purchase_order(handle, (9, 4))
    await stage.tell(handle, purchase_order(5, P.CANCELLED, epoch=9))
    assert (await handle.result()).version == (9, 5)
