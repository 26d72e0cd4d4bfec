"""After the database was put back: a new epoch, and everything that it knows goes on."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from fulfillment.contracts.messages import Progress
from fulfillment.relay.comparing import Comparison, compare
from fulfillment.relay.differences import Unknown
from fulfillment.store.commands.administration.restoring import (
    begin_epoch,
    hold_lost,
    restart_orders,
    restart_purchase_orders,
)
from fulfillment.store.integrity.invariants import unheard
from fulfillment.store.planning.first_claims import claim_all
from fulfillment.store.transactions.session import Store
from fulfillment.store.transactions.threads import in_thread

MARGIN = timedelta(hours=1)
"""The engine's clock and the database's may differ, and its lists lag a little behind."""


@dataclass
class Report:
    """What was done, and what a person has to look at."""

    epoch: int
    orders: int = 0
    claimed: int = 0
    purchase_orders: int = 0
    on_hold: list[dict[str, Any]] = field(default_factory=list)
    ahead: list[dict[str, Any]] = field(default_factory=list)
    unknown: list[dict[str, Any]] = field(default_factory=list)
    receipts: list[dict[str, Any]] = field(default_factory=list)
    other_merchants: list[str] = field(default_factory=list)
    ended: int = 0

    @property
    def plain(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "epoch": self.epoch,
            "orders": self.orders,
            "first_claims_made": self.claimed,
            "purchase_orders": self.purchase_orders,
            "orders_on_hold": self.on_hold,
            "orders_ahead": self.ahead,
            "unknown": self.unknown,
            "purchase_orders_ahead": self.receipts,
            "unknown_merchants": self.other_merchants,
            "workflows_ended": self.ended,
        }


async def compare_all(store: Store, client: Client) -> Comparison:
    """Compare with all that the engine has kept since this epoch of the database began."""
    return await compare(store, client, lambda life: life.began_at - MARGIN)


def preview(found: Comparison) -> Report:
    """What reconciling would find, with nothing done; the epoch is the one that it is in."""
    return Report(
        found.life.epoch,
        len(found.unfinished),
        purchase_orders=len(found.open_purchase_orders),
        on_hold=[ahead.row for ahead in found.ahead if ahead.reasons],
        ahead=[ahead.row for ahead in found.ahead],
        unknown=[unknown.row for unknown in found.unknown],
        receipts=[forgotten.row for forgotten in found.forgotten],
        other_merchants=sorted(found.other_merchants),
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """Who reconciles, whether workflows of unknown orders end, and whom it tells where it is."""

    actor: str
    end_unknown: bool = False
    at: Callable[[str], None] = unheard


async def reconcile(store: Store, client: Client, asked: Asked) -> Report:
    """Begin an epoch, hold what left or ended, and owe every unfinished order a start.

    First claims that the database has forgotten are made here, in rank order: thousands of
    workflows would take many minutes to ask for theirs. A worker's relay delivers the starts. Done
    again, it begins one more epoch and changes nothing else.
    """
    found = await compare_all(store, client)
    report = preview(found)
    lost: dict[str, dict[int, Progress]] = defaultdict(dict)
    for ahead in found.ahead:
        if ahead.reasons:
            lost[ahead.merchant][ahead.known.order] = ahead.known
    for merchant, known in sorted(lost.items()):
        asked.at(f"holding what left of {merchant}")
        await in_thread(None, hold_lost, store, merchant, known, asked.actor)
    asked.at("beginning an epoch")
    report.epoch = await in_thread(
        None,
        begin_epoch,
        store,
        found.latest_epoch,
        found.highest_id,
        found.life.newest,
        asked.actor,
    )
    for merchant in sorted({head.merchant for head in found.unfinished}):
        asked.at(f"first claims of {merchant}, {report.claimed} made")
        report.claimed += await in_thread(None, claim_all, store, merchant)
    await in_thread(None, _restart_all, store, found, asked)
    if asked.end_unknown:
        for unknown in found.unknown:
            asked.at(f"ending unknown workflows, {report.ended} of {len(found.unknown)}")
            report.ended += await _end(client, unknown)
    return report


def _restart_all(store: Store, found: Comparison, asked: Asked) -> None:
    orders: dict[str, list[int]] = defaultdict(list)
    for head in found.unfinished:
        orders[head.merchant].append(head.id)
    for merchant, mine in sorted(orders.items()):
        asked.at(f"owing starts to {len(mine)} orders of {merchant}")
        restart_orders(store, merchant, mine, asked.actor)
    purchases: dict[str, list[int]] = defaultdict(list)
    for purchase in found.open_purchase_orders:
        purchases[purchase.merchant].append(purchase.id)
    for merchant, ids in sorted(purchases.items()):
        restart_purchase_orders(store, merchant, ids)


async def _end(client: Client, unknown: Unknown) -> int:
    if not unknown.run.is_running:
        return 0
    handle = client.get_workflow_handle(unknown.run.workflow_id, run_id=unknown.run.run_id)
    try:
        await handle.terminate("the database does not know it: pegboard reconcile --end-unknown")
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return 0
    return 1
