"""What the engine knows and the database does not: it was put back from an older copy."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from temporalio.client import Client

from fulfillment.contracts import names
from fulfillment.contracts.messages import Progress
from fulfillment.domain.insight.restored import is_ahead
from fulfillment.relay.differences import Ahead, Behind, Forgotten, Unknown
from fulfillment.relay.listing import Listed, Name, gathered, listed
from fulfillment.relay.remembering import OrderMemory, order_memory, purchase_order_memory
from fulfillment.store.reading.standing import (
    Life,
    OrderHead,
    PurchaseOrderHead,
    heads_of,
    known_merchants,
    life,
    progress_of_orders,
    purchase_order_heads,
    settled_since,
    unfinished_heads,
)
from fulfillment.store.transactions.session import Store
from fulfillment.store.transactions.threads import in_thread


@dataclass
class Comparison:
    """All in which the two disagree, with the latest epoch and the highest id that one knows."""

    life: Life
    merchants: frozenset[str]
    listed: dict[Name, Listed] = field(default_factory=dict)
    other_merchants: set[str] = field(default_factory=set)
    unfinished: list[OrderHead] = field(default_factory=list)
    ahead: list[Ahead] = field(default_factory=list)
    behind: list[Behind] = field(default_factory=list)
    unknown: list[Unknown] = field(default_factory=list)
    ended: list[OrderHead] = field(default_factory=list)
    forgotten: list[Forgotten] = field(default_factory=list)
    open_purchase_orders: list[PurchaseOrderHead] = field(default_factory=list)
    latest_epoch: int = 0
    highest_id: int = 0

    @property
    def lost(self) -> list[Unknown]:
        """What the database should know: it was given away in the epoch that it believes in."""
        return [each for each in self.unknown if each.epoch >= self.life.epoch]

    def ours(self, runs: dict[Name, Listed]) -> dict[Name, Listed]:
        """The runs for merchants that the database knows; the other merchants are noted."""
        self.other_merchants |= {merchant for merchant, _ in runs} - self.merchants
        return {name: run for name, run in runs.items() if name[0] in self.merchants}

    def saw(self, epoch: int, id_: int) -> None:
        """Remember what is not to be given away again."""
        self.latest_epoch = max(self.latest_epoch, epoch)
        self.highest_id = max(self.highest_id, id_)


async def compare(
    store: Store, client: Client, closed_since: Callable[[Life], datetime]
) -> Comparison:
    """Read both sides.

    The engine is asked for what an order's run knows only where its list does not show that this is
    what the database knows.
    """
    merchants = await in_thread(None, known_merchants, store)
    found = Comparison(await in_thread(None, life, store), merchants)
    since = closed_since(found.life)
    await _compare_orders(store, client, found, since)
    await _compare_purchase_orders(store, client, found, since)
    return found


async def _compare_orders(store: Store, client: Client, found: Comparison, since: datetime) -> None:
    runs = found.ours(await listed(client, names.ORDER_WORKFLOW, names.ORDER, since))
    found.listed = runs
    opened = {
        (head.merchant, head.number): head
        for head in await in_thread(None, unfinished_heads, store)
    }
    others = await heads_by_name(store, runs.keys() - opened.keys())
    found.ended = [others[name] for name, run in runs.items() if run.is_running and name in others]
    memories = await gathered(
        [
            run
            for name, run in runs.items()
            if name not in others and not _agrees(found, run, opened.get(name))
        ],
        lambda run: order_memory(client, run.workflow_id, run.run_id),
    )
    # After the engine: else what is decided meanwhile would look as if the database lacked it.
    found.unfinished = await in_thread(None, unfinished_heads, store)
    heads = await heads_by_name(store, [(run.merchant, run.number) for run, _ in memories])
    stored = await _stored(store, heads.values())
    for run, memory in memories:
        if memory is not None:
            _compare_order(found, run, memory, heads, stored)
        else:
            _note_foreign(found, run, heads, stored)


def _agrees(found: Comparison, run: Listed, head: OrderHead | None) -> bool:
    """Whether a run shows that it knows of its order what the database knows: no more, no less."""
    shown = run.shown
    if shown is None or head is None or shown.order != head.id:
        return False
    if shown.version != (found.life.epoch, head.seq):
        return False
    found.saw(max(shown.epoch, found.life.epoch), shown.order)
    return True


def _note_foreign(
    found: Comparison, run: Listed, heads: dict[Name, OrderHead], stored: dict[int, Progress]
) -> None:
    """A run that somebody started in an order's name, and not for it, stands in its way."""
    head = heads.get((run.merchant, run.number))
    if run.is_running and head is not None and head.id in stored and not head.finished_at:
        found.behind.append(Behind(run, None, stored[head.id], is_foreign=True))


def _compare_order(
    found: Comparison,
    run: Listed,
    memory: OrderMemory,
    heads: dict[Name, OrderHead],
    stored: dict[int, Progress],
) -> None:
    known = memory.progress
    epoch = max(memory.epoch, known.epoch if known else 0)
    found.saw(epoch, memory.order)
    head = heads.get((run.merchant, run.number))
    if head is None or head.id != memory.order:
        found.unknown.append(Unknown(run, epoch, str(known.status) if known else "received"))
    elif known is not None and head.id in stored and is_ahead(known, stored[head.id]):
        found.ahead.append(Ahead(run.merchant, known, stored[head.id]))
    elif run.is_running and head.id in stored and _is_behind(known, stored[head.id]):
        found.behind.append(Behind(run, known, stored[head.id]))


def _is_behind(known: Progress | None, stored: Progress) -> bool:
    """Whether a run has not heard where its order stands; before the claim it asks anyway."""
    return stored.claimed if known is None else known.version < stored.version


async def behind_among(
    store: Store, client: Client, runs: Collection[tuple[Listed, OrderHead]], before: datetime
) -> list[OrderHead]:
    """Those whose run has not heard where the order stands, read off its history."""
    memories = await gathered(
        list(runs), lambda each: order_memory(client, each[0].workflow_id, each[0].run_id)
    )
    stored = await _stored(store, [head for _, head in runs])
    behind = {
        head.id: Behind(run, memory.progress, stored[head.id])
        for (run, head), memory in memories
        if memory is not None and head.id in stored and _is_behind(memory.progress, stored[head.id])
    }
    confirmed = await still_behind(store, client, list(behind.values()), before)
    still = {each.stored.order for each in confirmed}
    return [head for _, head in runs if head.id in still]


async def still_behind(
    store: Store, client: Client, behind: Collection[Behind], before: datetime
) -> list[Behind]:
    """Those to whom nothing is on its way: nothing has happened since, and nothing is owed.

    What they know is read once more after that: what was delivered meanwhile, they know by now.
    """
    ids: dict[str, list[int]] = defaultdict(list)
    for each in behind:
        ids[each.run.merchant].append(each.stored.order)
    settled: set[int] = set()
    for merchant, mine in sorted(ids.items()):
        settled |= await in_thread(None, settled_since, store, merchant, mine, before)
    left = [each for each in behind if each.stored.order in settled]
    memories = await gathered(
        left, lambda each: order_memory(client, each.run.workflow_id, each.run.run_id)
    )
    return [
        each
        for each, memory in memories
        if each.is_foreign or (memory is not None and _is_behind(memory.progress, each.stored))
    ]


async def _compare_purchase_orders(
    store: Store, client: Client, found: Comparison, since: datetime
) -> None:
    kind = names.PURCHASE_ORDER_WORKFLOW
    runs = found.ours(await listed(client, kind, names.PURCHASE_ORDER, since))
    memories = await gathered(
        list(runs.values()),
        lambda run: purchase_order_memory(client, run.workflow_id, run.run_id),
    )
    heads = await in_thread(None, purchase_order_heads, store, runs.keys())
    by_name = {(head.merchant, head.number): head for head in heads}
    found.open_purchase_orders = [head for head in heads if head.is_open]
    for run, known in memories:
        if known is None:
            continue
        found.saw(known.epoch, known.purchase_order)
        head = by_name.get((run.merchant, run.number))
        if head is None or head.id != known.purchase_order:
            found.unknown.append(Unknown(run, known.epoch, str(known.status)))
        elif known.version > (found.life.epoch, head.seq):
            found.forgotten.append(Forgotten(run.merchant, known, head))


async def heads_by_name(store: Store, wanted: Iterable[Name]) -> dict[Name, OrderHead]:
    """Those of these orders that the database knows."""
    numbers: dict[str, list[str]] = defaultdict(list)
    for merchant, number in wanted:
        numbers[merchant].append(number)
    found: dict[Name, OrderHead] = {}
    for merchant, mine in sorted(numbers.items()):
        heads = await in_thread(None, heads_of, store, merchant, mine)
        found |= {(merchant, number): head for number, head in heads.items()}
    return found


async def _stored(store: Store, heads: Collection[OrderHead]) -> dict[int, Progress]:
    ids: dict[str, list[int]] = defaultdict(list)
    for head in heads:
        ids[head.merchant].append(head.id)
    found: dict[int, Progress] = {}
    for merchant, mine in sorted(ids.items()):
        standing = await in_thread(None, _standing, store, merchant, mine)
        found |= {progress.order: progress for progress in standing}
    return found


def _standing(store: Store, merchant: str, ids: Collection[int]) -> list[Progress]:
    return progress_of_orders(store, merchant, ids)
