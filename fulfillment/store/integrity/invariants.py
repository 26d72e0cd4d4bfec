"""What must always be true (behaviour.md §9), checked on a test's database or a live one."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from fulfillment.domain.insight.progress import progress_of
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.supply import Snapshot
from fulfillment.domain.planning.plan import plan
from fulfillment.store.commands.supply.overdue import PASSED
from fulfillment.store.integrity.asking import broken_checks
from fulfillment.store.integrity.check import SHOWN, Finding
from fulfillment.store.records.days import MERCHANTS_DAY, days_now
from fulfillment.store.records.loading import (
    load_levels,
    load_locations,
    load_orders,
    load_products,
    load_supplies,
)
from fulfillment.store.transactions.dialogue import IN_ONE_PICTURE
from fulfillment.store.transactions.session import Store, Tx


def unheard(_: str) -> None:
    """Nobody asks where it is."""


def audit(
    store: Store, at: Callable[[str], None] = unheard, *, whole: bool = False
) -> list[Finding]:
    """Every rule of §9 that the database alone can show to be broken; empty when all is well.

    Reads one consistent snapshot, so that it can run while the system works; says what it is at.
    The past up to where it was proven is not looked at again, unless the `whole` is asked for.
    """

    def body(tx: Tx) -> list[Finding]:
        told = replace(tx, actor="audit")
        return [*broken_checks(told, at, whole=whole), *_plans_not_kept(told, at)]

    return store.read("*", body, IN_ONE_PICTURE)


def _plans_not_kept(tx: Tx, at: Callable[[str], None]) -> Iterator[Finding]:
    merchants = tx.rows("SELECT id, time_zone FROM merchant ORDER BY id")
    for merchant in merchants:
        at(f"the plans of {merchant.id}")
        mine = replace(tx, merchant=merchant.id)
        orders = _claimed_orders(mine)
        if wrong := tuple(_wrong_statuses(mine, orders))[:SHOWN]:
            rule = "stored statuses and counts are those that the rules compute"
            yield Finding("6c", rule, wrong)
        if changed := tuple(_changes(mine, orders, merchant.time_zone))[:SHOWN]:
            rule = "no order waits while a unit that it may take is free"
            yield Finding("6a", rule, changed)


def _claimed_orders(tx: Tx) -> dict[int, Order]:
    rows = tx.rows(
        "SELECT id FROM orders WHERE merchant = :merchant AND finished_at IS NULL"
        " AND first_claimed ORDER BY id",
        merchant=tx.merchant,
    )
    return load_orders(tx, [row.id for row in rows])


def _wrong_statuses(tx: Tx, orders: dict[int, Order]) -> Iterator[dict[str, Any]]:
    """Of orders to whose queues nothing is owed: what counts as met may have come meanwhile."""
    stored = tx.rows(
        "SELECT o.id, o.number, o.status, o.waiting_units,"
        " o.ready_since IS NOT NULL AS is_ready FROM orders o WHERE o.id = ANY(:ids)"
        " AND NOT EXISTS (SELECT 1 FROM order_line l JOIN sku_queue q ON q.merchant = l.merchant"
        " AND q.sku = l.sku WHERE l.order_id = o.id AND q.due_since IS NOT NULL) ORDER BY o.id",
        ids=list(orders),
    )
    for row in stored:
        progress = progress_of(orders[row.id])
        is_ready = orders[row.id].is_ready_to_ship
        stored_facts = [row.status, row.waiting_units, row.is_ready]
        computed = [str(progress.status), progress.waiting_units, is_ready]
        if stored_facts != computed:
            yield {"order": row.number, "stored": stored_facts, "computed": computed}


def _changes(tx: Tx, orders: dict[int, Order], time_zone: str) -> Iterator[dict[str, Any]]:
    """Orders that the planner would change, run on everything to which nothing is owed."""
    snapshot = _whole_snapshot(tx, orders, time_zone)
    for after in plan(snapshot):
        before = orders[after.id]
        if after == before or _units(after) == _units(before):
            continue
        if all(line.sku in snapshot.skus for line in before.lines):
            yield {"order": after.number, "is": _told(before), "should_be": _told(after)}


def _units(order: Order) -> Order:
    """The order without what was told of it: a promise may move by the day alone."""
    lines = (replace(line, promise=None, first_promise=None) for line in order.lines)
    return replace(order.with_lines(lines), waiting_told=None)


def _whole_snapshot(tx: Tx, orders: dict[int, Order], time_zone: str) -> Snapshot:
    owed = {
        row.sku
        for row in tx.rows(
            "SELECT sku FROM sku_queue"  # noqa: S608 -- constants
            " WHERE merchant = :merchant AND due_since IS NOT NULL"
            " UNION SELECT l.sku FROM order_line l JOIN orders o ON o.id = l.order_id"
            " JOIN merchant m ON m.id = o.merchant"
            " WHERE o.merchant = :merchant AND o.finished_at IS NULL AND (m.replan_due"
            f" OR o.recheck_on <= {MERCHANTS_DAY})"
            f" UNION SELECT u.sku {PASSED} AND u.merchant = :merchant",
            merchant=tx.merchant,
            days=days_now(tx),
            latest=tx.latest_today,
        )
    }
    all_skus = {line.sku for order in orders.values() for line in order.lines}
    skus = frozenset(all_skus - owed)
    locations = load_locations(tx)
    return Snapshot(
        today=tx.today(time_zone),
        skus=skus,
        locations=tuple(locations),
        day_at=locations,
        products=load_products(tx, all_skus),
        orders=tuple(orders.values()),
        levels=load_levels(tx, skus, locations),
        supplies=load_supplies(tx, skus, orders),
    )


def _told(order: Order) -> list[str]:
    return [
        f"{shipment.number} {shipment.status} {shipment.location or ''}"
        f" {sum(line.allocated for line in shipment.lines)}"
        f"+{sum(line.pegged for line in shipment.lines)}"
        f"/{sum(line.units for line in shipment.lines)}"
        for shipment in order.shipments
    ]
