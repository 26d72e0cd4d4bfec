"""Whether every unfinished order has its workflow and its wake-ups (behaviour.md §9.7)."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

from temporalio.client import Client

from fulfillment.contracts import names
from fulfillment.relay import lateness
from fulfillment.relay.comparing import Comparison, compare, still_behind
from fulfillment.relay.listing import is_running, runs
from fulfillment.store.integrity.check import SHOWN, Finding
from fulfillment.store.integrity.restarts import start_unfinished
from fulfillment.store.reading.unfinished import OrderName, owed_since, unfinished_orders
from fulfillment.store.transactions.session import Store

PATIENCE = timedelta(minutes=1)
"""What was committed within this time may still be under way."""

RULES = {
    "7a": "every order that is not finished has a running workflow",
    "7b": "nothing has been owed to a workflow for more than a minute",
    "7c": "the database knows all that it ever told the workflows of its orders",
    "7d": "the database knows every order and purchase order that a workflow runs for",
    "7e": "nothing that left or ended is about to be shipped again",
    "7f": "no workflow lives on after its order was finished",
    "7g": "the database knows all that it ever told the workflows of its purchase orders",
    "7j": "no workflow has stood behind its order for more than a minute",
} | {rule.number: rule.sentence for rule in lateness.RULES}

WINDOW = timedelta(days=1)
"""So far back runs that have closed are compared; `pegboard reconcile` looks at all."""


async def audit_both_sides(store: Store, client: Client) -> tuple[list[OrderName], list[Finding]]:
    """The orders without a workflow and all findings of §9.7, by one list of the engine's runs."""
    found = await _compared(store, client)
    running = {run.workflow_id for run in found.listed.values() if run.is_running}
    missing = await _without_workflow(store, client, running)
    memories = await _of_memories(store, client, found)
    return missing, [*await audit_engine(store, missing), *memories]


async def orders_without_workflow(store: Store, client: Client) -> list[OrderName]:
    """Unfinished orders that no workflow carries; those taken in a moment ago aside."""
    running = {run.execution.workflow_id async for run in runs(client, _query())}
    return await _without_workflow(store, client, running)


async def _without_workflow(
    store: Store, client: Client, running: Collection[str]
) -> list[OrderName]:
    """Those not among the running ones.

    The lists are compared as sets. Temporal's list lags a little behind, and is older than the
    other, so what seems to be missing is asked for by its id before it is believed.
    """
    before = store.clock() - PATIENCE
    open_orders = await asyncio.to_thread(unfinished_orders, store, before)
    missing = [order for order in open_orders if _id(order) not in running]
    found = [order for order in missing if not await is_running(client, _id(order))]
    if not found:
        return []
    still_open = set(await asyncio.to_thread(unfinished_orders, store, before))
    return [order for order in found if order in still_open]


async def audit_engine(store: Store, missing: Collection[OrderName]) -> list[Finding]:
    """The findings of §9.7, given the orders that have no workflow."""
    findings = []
    if missing:
        rows = tuple({"merchant": o.merchant, "order": o.number} for o in sorted(missing)[:SHOWN])
        rule = f"{RULES['7a']} ({len(missing)} have none)"
        findings.append(Finding("7a", rule, rows))
    late = await asyncio.to_thread(owed_since, store, store.clock() - PATIENCE, SHOWN)
    if late:
        findings.append(Finding("7b", RULES["7b"], tuple(late)))
    return findings + await asyncio.to_thread(lateness.late, store)


async def audit_memories(store: Store, client: Client) -> list[Finding]:
    """What the engine knows and the database does not: it was put back, or told what is not so."""
    return await _of_memories(store, client, await _compared(store, client))


async def _compared(store: Store, client: Client) -> Comparison:
    now = store.clock()
    return await compare(store, client, lambda life: min(life.newest, now) - WINDOW)


async def _of_memories(store: Store, client: Client, found: Comparison) -> list[Finding]:
    late = store.clock() - PATIENCE
    behind = await still_behind(store, client, found.behind, late)
    ended = [head for head in found.ended if head.finished_at and head.finished_at < late]
    rows: dict[str, list[dict[str, Any]]] = {
        "7c": [ahead.row for ahead in found.ahead],
        "7d": [each.row for each in found.unknown if each.run.is_running or each in found.lost],
        "7e": [ahead.row for ahead in found.ahead if ahead.reasons],
        "7f": [{"merchant": head.merchant, "order": head.number} for head in ended],
        "7g": [forgotten.row for forgotten in found.forgotten],
        "7j": [each.row for each in behind],
    }
    return [
        Finding(number, f"{RULES[number]} ({len(each)} break it)", tuple(each[:SHOWN]))
        for number, each in rows.items()
        if each
    ]


def start_again(store: Store, orders: Iterable[OrderName]) -> int:
    """Owe a start to these orders; how many of them are still not finished."""
    numbers: dict[str, list[str]] = defaultdict(list)
    for order in orders:
        numbers[order.merchant].append(order.number)
    return sum(start_unfinished(store, merchant, mine) for merchant, mine in numbers.items())


def _id(order: OrderName) -> str:
    return names.order_workflow_id(order.merchant, order.number)


def _query() -> str:
    return f"WorkflowType = '{names.ORDER_WORKFLOW}' AND ExecutionStatus = 'Running'"
