"""Let first claims of one merchant that wait for each other share transactions, by turns."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import structlog

from activities.batches import Bounds, next_batch
from fulfillment.contracts.messages import OrderRef
from fulfillment.store.reading.first_claims import Claimant
from fulfillment.store.transactions.faults import is_infrastructure
from fulfillment.store.transactions.pacing import Pace

log = structlog.get_logger(__name__)

Answer = TypeVar("Answer")
Prepare = Callable[[str, list[int]], Awaitable[dict[int, Answer]]]
Measure = Callable[[str, list[int]], Awaitable[dict[int, Claimant]]]
IsClaimed = Callable[[Answer], bool]

BUSY_WITHIN = 0.5
GATHER = 0.15
"""Seconds: while transactions follow each other so closely, the next waits so long for more."""

SLOW = 2.0
"""Seconds that no transaction should take; one that does is told of."""

MOST_KEPT = 1_000


@dataclass
class Waiter(Generic[Answer]):
    """An order whose turn has not come, and the calls that wait for it.

    Nobody waits yet for one that was found on its way.
    """

    claimant: Claimant
    passed: int = 0
    calls: list[asyncio.Future[Answer]] = field(default_factory=list)


@dataclass
class Lane(Generic[Answer]):
    """The first claims of one merchant, one transaction after the other.

    While one runs, those who come meanwhile gather for the next; one that comes alone waits for
    nobody. Orders on their way here go with those that rank behind them. A batch that fails is
    halved until the order at fault is alone with its fault; only what the way to the database
    does is every order's failure. An order that failed alone is a suspect: it is tried alone,
    after the others.
    """

    merchant: str
    prepare: Prepare[Answer]
    measure: Measure
    is_claimed: IsClaimed[Answer]
    bounds: Bounds
    _calls: dict[int, list[asyncio.Future[Answer]]] = field(default_factory=dict)
    _kept: dict[int, Answer] = field(default_factory=dict)
    _passed: dict[int, int] = field(default_factory=dict)
    _met: set[int] = field(default_factory=set)
    _under_way: Sequence[Waiter[Answer]] = ()
    _suspects: dict[int, None] = field(default_factory=dict)
    _leader: asyncio.Task[None] | None = None
    _more_than_fits: bool = False
    _pace: Pace = field(default_factory=lambda: Pace(BUSY_WITHIN, GATHER))

    async def answer(self, order: int) -> Answer:
        """The answer for one order, out of a transaction that may have served others too."""
        if order in self._kept:
            return self._kept.pop(order)
        mine: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._calls.setdefault(order, []).append(mine)
        if self._leader is None or self._leader.done():
            self._leader = asyncio.create_task(self._lead())
        return await mine

    async def ended(self) -> None:
        """Return when no transaction is under way, also where nobody waits for its answer."""
        if self._leader is not None:
            await asyncio.gather(self._leader, return_exceptions=True)

    async def _lead(self) -> None:
        try:
            while self._calls:
                await self._round()
            self._met.clear()
        except BaseException as error:
            # Nobody may wait for a leader that is gone; what is retried finds a new one.
            calls = [*self._calls.values(), *(waiter.calls for waiter in self._under_way)]
            _fail((call for each in calls for call in each), error)
            self._calls.clear()
            raise

    async def _round(self) -> None:
        """One transaction for those who go next, and one for a suspect."""
        if not self._more_than_fits:
            await self._pace.next()
        self._drop_what_was_given_up()
        asked = sorted(self._calls)
        if not asked:
            return
        try:
            known = await self.measure(self.merchant, asked)
        except Exception as error:
            _fail((call for order in asked for call in self._calls.pop(order)), error)
            return
        await self._go_on(asked, known)

    async def _go_on(self, asked: Sequence[int], known: Mapping[int, Claimant]) -> None:
        alone = [order for order in asked if order in self._suspects or order not in known]
        waiting = self._candidates(known)
        batch = next_batch(waiting, self.bounds)
        self._more_than_fits = len(batch) < len(waiting)
        self._note_passed(waiting, batch)
        if batch:
            await self._serve(self._called(batch))
        for order in alone[:1]:
            claimant = known.get(order) or Claimant.unknown(order)
            await self._serve(self._called([Waiter(claimant)]))

    def _candidates(self, known: Mapping[int, Claimant]) -> list[Waiter[Answer]]:
        """Those who were asked for, and once those on their way who rank before one of them."""
        good = [known[order] for order in known if order not in self._suspects]
        last = max((each.rank for each in good if each.order in self._calls), default=None)
        return [
            Waiter(each, self._passed.get(each.order, 0))
            for each in good
            if each.order in self._calls
            or (last and each.rank < last and each.order not in self._met)
        ]

    def _called(self, batch: Sequence[Waiter[Answer]]) -> Sequence[Waiter[Answer]]:
        """The batch with whoever waits for it by now."""
        for waiter in batch:
            waiter.calls = self._calls.pop(waiter.claimant.order, [])
            self._met.add(waiter.claimant.order)
        self._under_way = batch
        return batch

    def _drop_what_was_given_up(self) -> None:
        """Calls that were given up are asked again by whoever still wants an answer."""
        self._calls = {
            order: still
            for order, calls in self._calls.items()
            if (still := [call for call in calls if not call.done()])
        }

    def _note_passed(
        self, waiting: Sequence[Waiter[Answer]], batch: Sequence[Waiter[Answer]]
    ) -> None:
        going = {waiter.claimant.order for waiter in batch}
        last = max((waiter.claimant.rank for waiter in batch), default=None)
        self._passed = {
            waiter.claimant.order: waiter.passed + 1
            for waiter in waiting
            if last and waiter.claimant.rank < last and waiter.claimant.order not in going
        }

    async def _serve(self, batch: Sequence[Waiter[Answer]]) -> None:
        began = time.perf_counter()
        orders = [waiter.claimant.order for waiter in batch]
        try:
            answers = await self.prepare(self.merchant, orders)
            told = [answers[order] for order in orders]
        except Exception as error:
            await self._failed(batch, error)
            return
        self._tell_of(batch, time.perf_counter() - began)
        for waiter, answer in zip(batch, told, strict=True):
            self._suspects.pop(waiter.claimant.order, None)
            if not waiter.calls:
                self._keep(waiter.claimant.order, answer)
            for call in waiter.calls:
                if not call.done():
                    call.set_result(answer)

    async def _failed(self, batch: Sequence[Waiter[Answer]], error: Exception) -> None:
        if len(batch) > 1 and not is_infrastructure(error):
            middle = len(batch) // 2
            await self._serve(batch[:middle])
            await self._serve(batch[middle:])
            return
        _fail((call for waiter in batch for call in waiter.calls), error)
        if is_infrastructure(error):
            _fail((call for calls in self._calls.values() for call in calls), error)
            self._calls.clear()
        else:
            self._suspect(batch[0].claimant.order)

    def _keep(self, order: int, answer: Answer) -> None:
        """The answer of an order on its way, until it asks. What changes later is told by wakes."""
        if self.is_claimed(answer):
            self._kept[order] = answer
            if len(self._kept) > MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))

    def _suspect(self, order: int) -> None:
        self._suspects[order] = None
        if len(self._suspects) > MOST_KEPT:
            self._suspects.pop(next(iter(self._suspects)))

    def _tell_of(self, batch: Sequence[Waiter[Answer]], seconds: float) -> None:
        tell = log.warning if seconds > SLOW else log.info if len(batch) > 1 else log.debug
        tell(
            "first_claims",
            merchant=self.merchant,
            orders=len(batch),
            lines=sum(waiter.claimant.lines for waiter in batch),
            skus=len({sku for waiter in batch for sku in waiter.claimant.skus}),
            wait=len(self._calls),
            seconds=round(seconds, 3),
        )


@dataclass
class Batching(Generic[Answer]):
    """A lane for each merchant: nobody waits for the orders of another."""

    prepare: Prepare[Answer]
    measure: Measure
    is_claimed: IsClaimed[Answer]
    bounds: Bounds = field(default_factory=Bounds)
    _lanes: dict[str, Lane[Answer]] = field(default_factory=dict)

    async def answer(self, order: OrderRef) -> Answer:
        """The answer for one order, when its merchant's lane has come to it."""
        lane = self._lanes.get(order.merchant)
        if lane is None:
            lane = Lane(order.merchant, self.prepare, self.measure, self.is_claimed, self.bounds)
            self._lanes[order.merchant] = lane
        return await lane.answer(order.order)

    async def ended(self) -> None:
        """Return when no lane has a transaction under way."""
        await asyncio.gather(*(lane.ended() for lane in self._lanes.values()))


def _fail(calls: Iterable[asyncio.Future[Answer]], error: BaseException) -> None:
    for call in calls:
        if isinstance(error, asyncio.CancelledError):
            call.cancel()
        elif not call.done():
            call.set_exception(error)
