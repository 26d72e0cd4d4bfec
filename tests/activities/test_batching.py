"""First claims that share transactions: merchants beside each other, a bad order alone."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import DataError, OperationalError

from activities.batches import Bounds
from activities.batching import Batching, Lane
from fulfillment.contracts.messages import OrderRef
from fulfillment.domain.model.rank import Rank
from fulfillment.domain.model.refusals import missing
from fulfillment.store.reading.first_claims import Claimant

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SOON = 5.0


class SqlError(Exception):
    def __init__(self, sqlstate: str | None = None) -> None:
        self.sqlstate = sqlstate


def operational(sqlstate: str | None = None) -> OperationalError:
    return OperationalError("UPDATE", None, SqlError(sqlstate))


@dataclass
class Desk:
    """The database's side: each transaction waits until its merchant may go on."""

    faults: dict[int, Exception] = field(default_factory=dict)
    closed: dict[str, asyncio.Event] = field(default_factory=dict)
    lines: dict[int, int] = field(default_factory=dict)
    on_their_way: set[int] = field(default_factory=set)
    not_yet: set[int] = field(default_factory=set)
    done: list[tuple[str, list[int]]] = field(default_factory=list)
    begun: list[tuple[str, list[int]]] = field(default_factory=list)

    async def prepare(self, merchant: str, orders: list[int]) -> dict[int, str]:
        self.begun.append((merchant, orders))
        if merchant in self.closed:
            await self.closed[merchant].wait()
        for order in orders:
            if order in self.faults:
                raise self.faults[order]
        self.done.append((merchant, orders))
        return {order: f"claimed {order}" for order in orders}

    async def measure(self, _: str, orders: list[int]) -> dict[int, Claimant]:
        claimed = {order for _, batch in self.done for order in batch}
        return {
            order: Claimant(order, Rank(50, NOON, order), self.lines.get(order, 1), frozenset("A"))
            for order in [*orders, *self.on_their_way - (claimed - self.not_yet)]
            if order < 1_000
        }

    def is_claimed(self, answer: str) -> bool:
        return int(answer.removeprefix("claimed ")) not in self.not_yet

    def batching(self, **bounds: int) -> Batching[str]:
        return Batching(self.prepare, self.measure, self.is_claimed, Bounds(**bounds))

    def batches(self, merchant: str = "m") -> list[list[int]]:
        return [orders for who, orders in self.done if who == merchant]


@pytest.fixture(autouse=True)
def _no_gathering(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("activities.batching.GATHER", 0.0)


def asked(batching: Batching[str], *orders: int, merchant: str = "m") -> list[asyncio.Task[str]]:
    return [asyncio.create_task(batching.answer(OrderRef(merchant, n))) for n in orders]


async def until(found: Callable[[], object]) -> None:
    async with asyncio.timeout(SOON):
        while not found():  # noqa: ASYNC110 -- what is waited for tells nobody
            await asyncio.sleep(0.005)


async def answers(*tasks: asyncio.Task[str]) -> list[str | BaseException]:
    async with asyncio.timeout(SOON):
        return await asyncio.gather(*tasks, return_exceptions=True)


async def test_those_who_come_meanwhile_share_the_next_transaction() -> None:
    desk = Desk(closed={"m": asyncio.Event()})
    batching = desk.batching()
    first = asked(batching, 1)
    await until(lambda: desk.begun)
    others = asked(batching, 3, 2, 4)
    await asyncio.sleep(0)
    desk.closed["m"].set()
    assert await answers(*first, *others) == [f"claimed {n}" for n in (1, 3, 2, 4)]
    assert desk.batches() == [[1], [2, 3, 4]]


async def test_another_merchant_waits_for_nobody_when_one_has_much_to_claim() -> None:
    desk = Desk(closed={"big": asyncio.Event()})
    batching = desk.batching(orders=2)
    big = asked(batching, *range(1, 10), merchant="big")
    await until(lambda: desk.begun)
    assert await answers(*asked(batching, 77, merchant="small")) == ["claimed 77"]
    assert not any(task.done() for task in big)
    desk.closed["big"].set()
    await answers(*big)
    assert all(len(batch) <= 2 for batch in desk.batches("big"))


async def test_batch_is_bounded_by_lines() -> None:
    desk = Desk(lines={1: 6, 2: 4, 3: 1})
    await answers(*asked(desk.batching(lines=10), 1, 2, 3))
    assert desk.batches() == [[1, 2], [3]]


@pytest.mark.parametrize(
    "fault",
    [
        KeyError("a bug"),
        missing("order", "5"),
        DataError("SELECT", None, SqlError("22003")),
        operational("57014"),
        operational("55P03"),
    ],
)
async def test_one_order_fails_alone_when_it_can_not_be_claimed(fault: Exception) -> None:
    desk = Desk(faults={5: fault})
    found = await answers(*asked(desk.batching(), *range(1, 11)))
    assert found[4] is fault
    assert found[:4] + found[5:] == [f"claimed {n}" for n in range(1, 11) if n != 5]
    # Halves, not one by one: 10, 5, 2 and 3, 1 and 2, 1 and 1.
    assert len(desk.begun) <= 9


async def test_order_that_failed_alone_takes_no_batch_with_it_when_it_is_tried_again() -> None:
    desk = Desk(faults={5: KeyError("a bug")})
    batching = desk.batching()
    await answers(*asked(batching, 5))
    desk.begun.clear()
    found = await answers(*asked(batching, 4, 5, 6))
    assert [isinstance(each, KeyError) for each in found] == [False, True, False]
    assert desk.begun == [("m", [4, 6]), ("m", [5])]
    desk.faults.clear()
    assert await answers(*asked(batching, 5)) == ["claimed 5"]
    desk.begun.clear()
    await answers(*asked(batching, 4, 5, 6))
    assert desk.begun == [("m", [4, 5, 6])]


@pytest.mark.parametrize("fault", [operational(), operational("57P01"), ConnectionResetError()])
async def test_all_are_to_be_tried_again_when_the_database_is_away(fault: Exception) -> None:
    desk = Desk(faults={5: fault})
    found = await answers(*asked(desk.batching(), 4, 5, 6))
    assert found == [fault] * 3
    assert len(desk.begun) == 1


async def test_orders_on_their_way_go_with_one_that_ranks_behind_them() -> None:
    desk = Desk(on_their_way={2, 9})
    batching = desk.batching()
    assert await answers(*asked(batching, 1, 4)) == ["claimed 1", "claimed 4"]
    assert desk.batches() == [[1, 2, 4]]
    assert await answers(*asked(batching, 2)) == ["claimed 2"]
    assert desk.batches() == [[1, 2, 4]]


async def test_order_on_its_way_goes_with_others_once_only_when_its_turn_has_not_come() -> None:
    desk = Desk(on_their_way={1}, not_yet={1})
    batching = desk.batching(orders=1)
    assert await answers(*asked(batching, 2, 3)) == ["claimed 2", "claimed 3"]
    assert desk.batches() == [[1], [2], [3]]
    await answers(*asked(batching, 1))
    assert desk.batches() == [[1], [2], [3], [1]]


async def test_order_that_the_merchant_does_not_have_is_asked_for_alone() -> None:
    desk = Desk(faults={1_234: missing("order", "1234")})
    found = await answers(*asked(desk.batching(), 1, 1_234, 2))
    assert found[::2] == ["claimed 1", "claimed 2"]
    assert desk.batches() == [[1, 2]]


async def test_two_calls_for_one_order_have_one_answer() -> None:
    desk = Desk()
    assert await answers(*asked(desk.batching(), 1, 1)) == ["claimed 1"] * 2
    assert desk.batches() == [[1]]


async def test_call_that_was_given_up_is_not_served() -> None:
    desk = Desk(closed={"m": asyncio.Event()})
    batching = desk.batching()
    first = asked(batching, 1)
    await until(lambda: desk.begun)
    given_up, other = asked(batching, 2, 3)
    await asyncio.sleep(0)
    given_up.cancel()
    desk.closed["m"].set()
    await answers(*first, other)
    assert desk.batches() == [[1], [3]]


async def test_nobody_waits_for_ever_when_the_orders_can_not_be_measured() -> None:
    async def measure(*_: object) -> dict[int, Claimant]:
        raise operational()

    lane: Lane[str] = Lane("m", Desk().prepare, measure, bool, Bounds())
    tasks = [asyncio.create_task(lane.answer(order)) for order in (1, 2)]
    assert [type(each) for each in await answers(*tasks)] == [OperationalError] * 2


async def test_nobody_waits_for_ever_when_an_answer_is_missing() -> None:
    async def prepare(*_: object) -> dict[int, str]:
        return {}

    lane: Lane[str] = Lane("m", prepare, Desk().measure, bool, Bounds())
    tasks = [asyncio.create_task(lane.answer(order)) for order in (1, 2)]
    assert [type(each) for each in await answers(*tasks)] == [KeyError] * 2


async def test_a_lane_has_ended_when_the_transaction_has_that_nobody_waits_for_any_more() -> None:
    """A worker that stops gives its activities up; their transaction must not outlive its pool."""
    desk = Desk(closed={"shop": asyncio.Event()})
    batching = Batching(desk.prepare, desk.measure, lambda _: True)
    asked = asyncio.create_task(batching.answer(OrderRef("shop", 1)))
    while not desk.begun:  # noqa: ASYNC110 -- nothing else tells of it
        await asyncio.sleep(0)
    asked.cancel()
    ended = asyncio.create_task(batching.ended())
    await asyncio.sleep(0.05)
    assert not ended.done()
    desk.closed["shop"].set()
    await asyncio.wait_for(ended, SOON)
    assert desk.done == [("shop", [1])]
