"""What a database that was put back and Temporal make of each other, for people."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from cli.output import console, table
from fulfillment import engine
from fulfillment.relay.reconciling import Asked, Report, compare_all, preview, reconcile
from fulfillment.store.transactions.session import Store

ACTOR = "reconcile"


def run(
    store: Store, at: Callable[[str], None], *, only_preview: bool, end_unknown: bool
) -> Report:
    """Reconcile, or look at what it would do, saying where it is; Temporal must answer."""

    async def ask() -> Report:
        at("comparing with what Temporal knows")
        client = await engine.connect()
        if only_preview:
            return preview(await compare_all(store, client))
        asked = Asked(ACTOR, end_unknown, at)
        return await reconcile(store, client, asked)

    return asyncio.run(ask())


def show(report: Report, *, only_preview: bool) -> None:
    """What was done, then what a person has to look at."""
    if only_preview:
        console.print(f"the database is in epoch {report.epoch}; nothing was done")
    else:
        console.print(
            f"epoch {report.epoch} has begun; {report.orders} orders and"
            f" {report.purchase_orders} purchase orders go on with the next worker that runs"
        )
    if report.claimed:
        console.print(f"{report.claimed} first claims that were still to come were made")
    if report.ended:
        console.print(f"{report.ended} workflows of unknown orders were ended")
    _list("On hold: look whether the parcel left", ORDERS, report.on_hold)
    _list("Purchase orders with receipts to be counted again", PURCHASES, report.receipts)
    _list("Unknown to the database: take them in again", UNKNOWN, report.unknown)
    if report.other_merchants:
        console.print(
            "Temporal also has workflows of merchants that the database does not know:"
            f" {', '.join(report.other_merchants)}"
        )
    if forgotten := len(report.ahead) - len(report.on_hold):
        console.print(f"of {forgotten} other orders changes were lost; they go on without these")


ORDERS = ("merchant", "order", "engine", "database", "on_hold_for")
PURCHASES = ("merchant", "purchase_order", "engine", "received_by_engine", "received")
UNKNOWN = ("merchant", "number", "engine", "workflow", "running")


def _list(title: str, names: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        columns = [name.replace("_", " ") for name in names]
        console.print(table(title, columns, ([row[name] for name in names] for row in rows)))
