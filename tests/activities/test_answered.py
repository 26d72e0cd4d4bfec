"""Whose workflows have their answer is told together, and one merchant's fault is not another's."""

import asyncio
from collections.abc import Callable

from structlog.testing import capture_logs

from activities.answered import Answered


async def test_answers_that_come_together_are_told_together() -> None:
    told: list[tuple[str, list[int]]] = []

    async def tell(merchant: str, orders: list[int]) -> None:
        told.append((merchant, orders))

    answered = Answered(tell)
    for order in (1, 2, 3):
        answered.note("shop", order)
    await _until(lambda: bool(told))
    answered.note("shop", 4)
    await _until(lambda: len(told) > 1)
    assert told == [("shop", [1, 2, 3]), ("shop", [4])]


async def test_what_can_not_be_told_for_one_merchant_is_told_for_the_other() -> None:
    told: list[str] = []

    async def tell(merchant: str, _: list[int]) -> None:
        if merchant == "bad":
            raise RuntimeError("away")
        told.append(merchant)

    answered = Answered(tell)
    with capture_logs() as lines:
        answered.note("bad", 1)
        answered.note("good", 2)
        await _until(lambda: bool(told))
    assert [(line["event"], line["merchant"]) for line in lines] == [
        ("answered_starts_not_told", "bad")
    ]


async def test_what_was_noted_is_told_before_it_has_ended() -> None:
    told: list[str] = []

    async def tell(merchant: str, _: list[int]) -> None:
        told.append(merchant)

    answered = Answered(tell)
    await answered.ended()
    answered.note("shop", 1)
    await answered.ended()
    assert told == ["shop"]


async def _until(is_so: Callable[[], bool]) -> None:
    for _ in range(200):
        if is_so():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not become so")
