"""Queues to which a distribution is owed: noted, told to a workflow, settled."""

from collections.abc import Collection
from dataclasses import replace

from fulfillment.store.transactions import outbox
from fulfillment.store.transactions.session import Tx


def owe(tx: Tx, skus: Collection[str], *, by_po_status: bool = False) -> None:
    """Note that these queues are still to be served, and have a workflow go on with it."""
    note_owed(tx, skus, by_po_status=by_po_status)
    owe_replan(tx)


def owe_replan(tx: Tx) -> None:
    """Have a workflow serve the merchant's queues to which a distribution is owed."""
    outbox.put(tx, outbox.Kind.REPLAN, [(tx.merchant, {"merchant": tx.merchant})])


def owe_replan_of_all(tx: Tx, merchants: Collection[str]) -> None:
    """Every open order of these merchants is planned again, by what holds when that is done."""
    tx.run(
        "UPDATE merchant SET replan_due = true WHERE id IN"
        " (SELECT id FROM merchant WHERE id = ANY(:merchants) ORDER BY id FOR NO KEY UPDATE)",
        merchants=sorted(merchants),
    )
    for merchant in sorted(merchants):
        owe_replan(replace(tx, merchant=merchant))


def note_owed(tx: Tx, skus: Collection[str], *, by_po_status: bool = False) -> None:
    """Note that these queues are still to be served; the caller has it done.

    That a purchase order's change of status started it stays noted until they are.
    """
    tx.run(
        "UPDATE sku_queue SET due_since = coalesce(due_since, :now),"
        " by_po_status = by_po_status OR :by_po_status"
        " WHERE merchant = :merchant AND sku = ANY(:skus)",
        merchant=tx.merchant,
        skus=sorted(skus),
        now=tx.now,
        by_po_status=by_po_status,
    )


def settle(tx: Tx, skus: Collection[str]) -> None:
    """Note that nothing is owed to these queues any more."""
    tx.run(
        "UPDATE sku_queue SET due_since = NULL, by_po_status = false"
        " WHERE merchant = :merchant AND sku = ANY(:skus)",
        merchant=tx.merchant,
        skus=sorted(skus),
    )
