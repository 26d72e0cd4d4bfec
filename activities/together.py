"""Let activities that wait for the same transaction share one."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from fulfillment.contracts.messages import OrderRef
from fulfillment.domain.refusals import RefusedError
from fulfillment.store.pacing import Pace

Answer = TypeVar("Answer")
Prepare = Callable[[str, list[int]], Awaitable[dict[int, Answer]]]
Waiter = tuple[OrderRef, asyncio.Future[Answer]]

MOST = 50
"""Orders in one transaction, at most: their queues stay locked while it lasts."""


BUSY_WITHIN = 0.5
GATHER = 0.25
"""Seconds: while transactions follow each other so closely, the next waits so long for more."""


@dataclass
class Together(Generic[Answer]):
    """While one transaction runs, those who come meanwhile gather for the next.

    An order that comes alone waits for nobody. Where a rule refuses the batch, each is done
    alone, so that only the one at fault is refused.
    """

    prepare: Prepare[Answer]
    _waiting: deque[Waiter[Answer]] = field(default_factory=deque)
    _leader: asyncio.Task[None] | None = None
    _pace: Pace = field(default_factory=lambda: Pace(BUSY_WITHIN, GATHER))

    async def answer(self, order: OrderRef) -> Answer:
        """The answer for one order, out of a transaction that may have served others too."""
        mine: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((order, mine))
        if self._leader is None or self._leader.done():
            self._leader = asyncio.create_task(self._lead())
        return await mine

    async def _lead(self) -> None:
        while self._waiting:
            await self._pace.next()
            merchant = self._waiting[0][0].merchant
            batch = [w for w in self._waiting if w[0].merchant == merchant][:MOST]
            for waiter in batch:
                self._waiting.remove(waiter)
            await self._serve(merchant, batch)

    async def _serve(self, merchant: str, batch: list[Waiter[Answer]]) -> None:
        try:
            answers = await self.prepare(merchant, sorted({ref.order for ref, _ in batch}))
        except Exception as error:  # each waiter raises it: a refusal is final, the rest retried
            if isinstance(error, RefusedError) and len(batch) > 1:
                for waiter in batch:
                    await self._serve(merchant, [waiter])
            else:
                failure = error
                _tell(batch, lambda _, waiting: waiting.set_exception(failure))
        else:
            _tell(batch, lambda ref, waiting: waiting.set_result(answers[ref.order]))


def _tell(
    batch: list[Waiter[Answer]], tell: Callable[[OrderRef, asyncio.Future[Answer]], None]
) -> None:
    for ref, waiting in batch:
        if not waiting.done():
            tell(ref, waiting)
