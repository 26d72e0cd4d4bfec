"""What brings a database that was put back, and the workflows that know more, together again."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from functools import partial
from typing import Any

from fulfillment.domain.insight.progress import Progress, progress_of
from fulfillment.domain.insight.restored import AtOdds, holds_for, is_ahead
from fulfillment.store.commands.supply.purchase_orders.finding import purchase_order_progress, tell
from fulfillment.store.planning.opening import open_orders
from fulfillment.store.planning.workspace import Workspace
from fulfillment.store.records.loading import load_orders
from fulfillment.store.transactions import outbox
from fulfillment.store.transactions.apart import together_or_apart
from fulfillment.store.transactions.session import Store, Tx

BATCH = 200
IDS_A_SECOND = 10_000
FEWEST_IDS = 1_000_000
"""So many ids are passed over for each second, and at least, since the copy was made."""


def check_order(store: Store, merchant: str, order: int, known: Progress | None) -> dict[str, Any]:
    """Where an order stands, for a workflow that was told what it does not believe.

    Where the workflow knows more than the database, the database was put back: what left or ended
    meanwhile is held for a person.
    """
    found = store.read(merchant, lambda tx: load_orders(tx, [order])).get(order)
    if found is None:
        return {"progress": None, "at_odds": AtOdds.UNKNOWN_ORDER}
    stored = progress_of(found)
    if known is None or not is_ahead(known, stored):
        return {"progress": asdict(stored), "at_odds": None}

    def body(tx: Tx) -> dict[str, Any]:
        space = open_orders(tx, [order])
        if is_ahead(known, progress_of(space.after[order])):
            _hold(space, order, known)
            space.save(silent=[order])
        told = asdict(progress_of(space.after[order]))
        return {"progress": told, "at_odds": AtOdds.DATABASE_BEHIND}

    return store.transact(merchant, body, actor="workflow", reason="restored")


def begin_epoch(store: Store, beyond: int, highest_id: int, since: datetime, actor: str) -> int:
    """Begin an epoch later than any that is known, with ids that were never given away.

    `since` is the newest moment that the database knows: what it gave away later, it forgot.
    """

    def body(tx: Tx) -> int:
        tx.run("LOCK TABLE epoch IN SHARE ROW EXCLUSIVE MODE")
        (row,) = tx.rows("SELECT coalesce(max(number), 0) AS number FROM epoch")
        number = max(row.number + 1, beyond + 1, int(tx.now.timestamp()))
        tx.run(
            "INSERT INTO epoch (number, actor, began_at) VALUES (:number, :actor, :now)",
            number=number,
            actor=actor,
            now=tx.now,
        )
        lost = max((tx.now - since).total_seconds(), 0)
        tx.rows(
            "SELECT setval(c.oid::regclass,"
            " greatest(nextval(c.oid::regclass), CAST(:highest AS bigint)) + :gap)"
            " FROM pg_class c WHERE c.relkind = 'S'"
            " AND c.relnamespace = current_schema()::regnamespace",
            highest=highest_id,
            gap=max(FEWEST_IDS, int(lost * IDS_A_SECOND)),
        )
        return int(number)

    return store.transact("*", body, actor=actor)


def hold_lost(store: Store, merchant: str, known: Mapping[int, Progress], actor: str) -> int:
    """Put orders on hold of which the engine knows that they left, ended or were held; how many.

    This comes before the epoch begins: after that nobody can tell any more who knew more.
    """

    def body(tx: Tx) -> int:
        space = open_orders(tx, known)
        for id_ in space.after.keys() & known.keys():
            _hold(space, id_, known[id_])
        changed = sum(space.after[id_] != space.before[id_] for id_ in space.after)
        space.save(silent=known)
        return changed

    return store.transact(merchant, body, actor=actor, reason="restored")


def restart_orders(store: Store, merchant: str, ids: Collection[int], actor: str) -> int:
    """Owe these orders' workflows a start with where they stand; how many are not finished.

    One that can not be read is set aside and told of in the log.
    """

    def restart(batch: Sequence[int]) -> int:
        return store.transact(merchant, partial(_restart, ids=batch), actor=actor)

    return _by_batches("restart_orders", ids, restart)


def _restart(tx: Tx, ids: Collection[int]) -> int:
    standing = [progress_of(order) for order in open_orders(tx, ids).after.values()]
    payloads = [(str(p.order), start_payload(tx.merchant, p)) for p in standing if not p.finished]
    outbox.put(tx, outbox.Kind.START_ORDER, payloads, lane=outbox.RESTART_LANE)
    return len(payloads)


def start_payload(merchant: str, progress: Progress) -> dict[str, Any]:
    """What a workflow needs to go on from where its order stands."""
    return {
        "merchant": merchant,
        "order": progress.order,
        "number": progress.number,
        "priority": progress.priority,
        "progress": asdict(progress),
    }


def wake_orders_again(store: Store, merchant: str, ids: Collection[int]) -> None:
    """Tell these orders' workflows once more where they stand, also those of finished orders.

    One that can not be read is set aside and told of in the log.
    """

    def wake(batch: Sequence[int]) -> int:
        return store.transact(merchant, partial(_wake, ids=batch), actor="sweep")

    _by_batches("wake_orders_again", ids, wake)


def _wake(tx: Tx, ids: Collection[int]) -> int:
    standing = [progress_of(order) for order in open_orders(tx, ids).after.values()]
    outbox.wake_orders(tx, standing, tx.merchant)
    return len(standing)


def _by_batches(step: str, ids: Collection[int], do: Callable[[Sequence[int]], int]) -> int:
    wanted = sorted(ids)
    batches = [wanted[at : at + BATCH] for at in range(0, len(wanted), BATCH)]
    return sum(together_or_apart(step, batch, do) for batch in batches)


def check_purchase_order(store: Store, merchant: str, purchase_order: int) -> dict[str, Any] | None:
    """Where a purchase order stands; None where the database does not know it."""

    def body(tx: Tx) -> dict[str, Any] | None:
        sql = "SELECT 1 FROM purchase_order WHERE merchant = :merchant AND id = :id"
        is_known = tx.rows(sql, merchant=merchant, id=purchase_order)
        return purchase_order_progress(tx, purchase_order) if is_known else None

    return store.read(merchant, body)


def restart_purchase_orders(store: Store, merchant: str, ids: Collection[int]) -> None:
    """Owe these purchase orders' workflows a start with where they stand."""

    def body(tx: Tx) -> None:
        rows = tx.rows(
            "SELECT id FROM purchase_order WHERE merchant = :merchant AND id = ANY(:ids)"
            " ORDER BY id FOR NO KEY UPDATE",
            merchant=merchant,
            ids=sorted(ids),
        )
        for row in rows:
            tell(tx, row.id, outbox.Kind.START_PURCHASE_ORDER)

    store.transact(merchant, body, actor="reconcile")


def _hold(space: Workspace, order: int, known: Progress) -> None:
    found = space.after[order]
    reasons = holds_for(known, progress_of(found))
    space.put(replace(found, holds=tuple(sorted({*found.holds, *reasons}))))
