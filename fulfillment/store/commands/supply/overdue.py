"""Declare supply overdue: its date has passed, for all who wait for it at once."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from fulfillment.domain.model.moves import SupplyKind
from fulfillment.domain.model.statuses import PurchaseOrderStatus
from fulfillment.store.commands.supply.purchase_orders.finding import (
    lock,
    purchase_order_progress,
    skus_of,
    tell,
)
from fulfillment.store.commands.supply.purchase_orders.replanning import Was, replan
from fulfillment.store.commands.supply.receiving.receivable import lock_documents
from fulfillment.store.records.days import LOCATIONS_DAY, days_now
from fulfillment.store.records.saving.supplies import (
    TELLS,
    Facts,
    SupplyTold,
    supplied,
    telling,
)
from fulfillment.store.transactions import outbox
from fulfillment.store.transactions.locks import lock_queues
from fulfillment.store.transactions.session import Store, Tx

MOST_SKUS = 50
"""Queues that one transaction declares supply of, at most."""

MOST_WOKEN = 100

REMIND_AGAIN = timedelta(minutes=10)
"""A purchase order whose timer is late is told no more often than that."""

PASSED = f"""
  FROM inbound_supply u JOIN location at ON at.id = u.location
  JOIN supply_line n ON n.supply = u.id
 WHERE NOT u.overdue AND u.status IS DISTINCT FROM 'arrived'
   AND u.expected_on < :latest
   AND u.expected_on < {LOCATIONS_DAY}
"""
"""Supply whose date is over at its location. What has arrived is awaited no more."""


def declare_overdue(store: Store, merchant: str, purchase_order: int) -> dict[str, Any]:
    """Declare the lines of a purchase order overdue whose date has passed; where it stands then.

    All pegs on them are planned anew, and promises move (behaviour.md §5). Done again, it finds
    nothing left to declare.
    """

    def body(tx: Tx) -> dict[str, Any]:
        skus = skus_of(tx, purchase_order) | tx.also
        lock_queues(tx, skus)
        lock(tx, purchase_order, skus)
        passed = _passed(
            tx, "AND u.purchase_order = :purchase_order", purchase_order=purchase_order
        )
        if passed:
            _declare(tx, passed)
            tx.run(
                "UPDATE purchase_order SET wake_seq = wake_seq + 1 WHERE id = :id",
                id=purchase_order,
            )
        return purchase_order_progress(tx, purchase_order)

    return store.transact(merchant, body, actor="purchase order")


def declare_others_overdue(tx: Tx) -> bool:
    """Declare transfers, returns and restocks overdue, which no workflow watches; if any were."""
    which = "AND u.kind <> 'purchase_order' ORDER BY u.sku LIMIT :most"
    if not (found := _passed(tx, which, most=MOST_SKUS)):
        return False
    skus = {row.sku for row in found}
    lock_queues(tx, skus | tx.also)
    mine = "AND u.kind <> 'purchase_order' AND u.sku = ANY(:skus)"
    if passed := _passed(tx, mine, skus=sorted(skus)):
        lock_documents(tx, [(row.kind, row.document_id) for row in passed])
        _declare(tx, passed)
    return True


@dataclass(frozen=True, slots=True)
class Reminded:
    """A purchase order that is told that its timer is late."""

    merchant: str
    id: int


def note_reminded(tx: Tx, after: timedelta) -> list[Reminded]:
    """Purchase orders whose timers should have rung so long ago, noted as told.

    Who was told a while ago is left alone: while no worker runs, messages would only pile up. It
    is noted before it is done, so that those whom telling fails do not stay ahead of the others.
    """
    rows = tx.rows(
        f"SELECT DISTINCT u.merchant, u.purchase_order AS id {PASSED} AND EXISTS ("  # noqa: S608
        "SELECT 1 FROM purchase_order o WHERE o.id = u.purchase_order"
        " AND (o.reminded_at IS NULL OR o.reminded_at <= :told)) ORDER BY 1, 2 LIMIT :most",
        days=days_now(replace(tx, now=tx.now - after)),
        latest=tx.latest_today,
        told=tx.now - REMIND_AGAIN,
        most=MOST_WOKEN,
    )
    tx.run(
        "UPDATE purchase_order SET reminded_at = :at WHERE id IN (SELECT id FROM purchase_order"
        " WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE)",
        at=tx.now,
        ids=[row.id for row in rows],
    )
    return [Reminded(row.merchant, row.id) for row in rows]


def wake_reminded(tx: Tx, purchase_order: int) -> None:
    """Tell one of them: its workflow may have been ended, and the message starts it again."""
    tell(tx, purchase_order, outbox.Kind.WAKE_PURCHASE_ORDER)


def _passed(tx: Tx, which: str, **more: object) -> list[Any]:
    return tx.rows(
        "SELECT u.id, u.sku, u.location, u.kind, u.document AS number, u.outstanding,"
        f" u.expected_on, u.status, n.document AS document_id, n.line {PASSED}"
        f" AND u.merchant = :merchant {which}",
        merchant=tx.merchant,
        days=days_now(tx),
        latest=tx.latest_today,
        **more,
    )


def _told(passed: Sequence[Any]) -> Iterator[SupplyTold]:
    """What the history of each document tells: which of its lines did not come in time."""
    by_document: defaultdict[tuple[str, int, str], list[Facts]] = defaultdict(list)
    for row in sorted(passed, key=lambda row: (row.line or 0, row.id)):
        line = supplied(row.line, row.sku, row.location, row.outstanding, row.expected_on)
        by_document[row.kind, row.document_id, row.number].append(line)
    for (kind, document, number), lines in sorted(by_document.items()):
        told = [("overdue", {"lines": lines})]
        yield SupplyTold(SupplyKind(kind), document, number, told)


def _declare(tx: Tx, passed: Sequence[Any]) -> None:
    tx.run(
        f"WITH {TELLS} UPDATE supply SET overdue = true WHERE id = ANY(:ids)",  # noqa: S608 -- TELLS is a constant
        ids=[row.id for row in passed],
        **telling(tx, _told(passed)),
    )
    was = {
        row.id: Was(row.expected_on, PurchaseOrderStatus(row.status) if row.status else None)
        for row in passed
    }
    replan(tx, {row.sku for row in passed}, was)
