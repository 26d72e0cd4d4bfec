"""What must always be true (behaviour.md §9), checked on a test's database or a live one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import text

from fulfillment.domain.orders import Order
from fulfillment.domain.planning import plan
from fulfillment.domain.progress import progress_of
from fulfillment.domain.supply import Snapshot
from fulfillment.store.loading import (
    load_levels,
    load_locations,
    load_orders,
    load_products,
    load_supplies,
)
from fulfillment.store.session import Store, Tx

SHOWN = 20
"""Rows that one finding shows at most."""


@dataclass(frozen=True, slots=True)
class Check:
    """One rule: the number it has in behaviour.md §9, its sentence, and SQL that finds no row."""

    number: str
    rule: str
    sql: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that does not hold, with some of the rows that show it."""

    number: str
    rule: str
    rows: tuple[dict[str, Any], ...]


CHECKS = (
    Check(
        "1a",
        "0 <= allocated <= on hand, picked + staged <= allocated",
        """
        SELECT v.* FROM stock_level v
          JOIN product p USING (merchant, sku)
         WHERE p.manage_stock AND NOT (allocated BETWEEN 0 AND on_hand AND picked >= 0
               AND staged >= 0 AND picked + staged <= allocated)
        """,
    ),
    Check(
        "1b",
        "the sum of the ledger is on hand",
        """
        SELECT merchant, sku, location, disposition, coalesce(v.on_hand, 0) AS on_hand,
               coalesce(l.units, 0) AS ledger
          FROM stock_level v
          FULL JOIN (SELECT merchant, sku, location, disposition, sum(units) AS units
                       FROM stock_ledger GROUP BY 1, 2, 3, 4) l
               USING (merchant, sku, location, disposition)
         WHERE coalesce(v.on_hand, 0) <> coalesce(l.units, 0)
        """,
    ),
    Check(
        "2a",
        "allocated, picked and staged equal the sums of live allocations",
        """
        SELECT merchant, sku, location, v.allocated, v.picked, v.staged, a.units AS claimed,
               a.picked AS claimed_picked, a.staged AS claimed_staged
          FROM (SELECT * FROM stock_level WHERE disposition = 'sellable') v
          FULL JOIN (SELECT a.merchant, a.sku, a.location, sum(a.units) AS units,
                            sum(a.picked) AS picked, sum(a.staged) AS staged
                       FROM allocation a JOIN product p USING (merchant, sku)
                      WHERE p.manage_stock GROUP BY 1, 2, 3) a USING (merchant, sku, location)
         WHERE (coalesce(v.allocated, 0), coalesce(v.picked, 0), coalesce(v.staged, 0))
            <> (coalesce(a.units, 0), coalesce(a.picked, 0), coalesce(a.staged, 0))
        """,
    ),
    Check(
        "2b",
        "pegs never exceed what is outstanding on a supply line",
        """
        SELECT u.id, u.merchant, u.sku, u.ordered - u.received - u.closed AS outstanding,
               sum(p.units) AS pegged
          FROM supply u JOIN peg p ON p.supply = u.id GROUP BY u.id
        HAVING sum(p.units) > CASE WHEN u.inbound THEN u.ordered - u.received - u.closed ELSE 0 END
        """,
    ),
    Check(
        "2c",
        "a line's claims and pegs never exceed its units",
        """
        SELECT l.id, l.order_id, l.units, coalesce(a.units, 0) AS claimed,
               coalesce(p.units, 0) AS pegged
          FROM shipment_line l
          LEFT JOIN (SELECT shipment_line, sum(units) AS units FROM allocation GROUP BY 1) a
               ON a.shipment_line = l.id
          LEFT JOIN (SELECT shipment_line, sum(units) AS units FROM peg GROUP BY 1) p
               ON p.shipment_line = l.id
         WHERE coalesce(a.units, 0) + coalesce(p.units, 0) > l.units
        """,
    ),
    Check(
        "3",
        "ordered = in live shipments + shipped + cancelled, for each order line",
        """
        SELECT o.merchant, o.number, l.line, l.ordered, coalesce(live.units, 0) AS live,
               l.shipped, l.cancelled
          FROM order_line l JOIN orders o ON o.id = l.order_id
          LEFT JOIN (SELECT sl.order_id, sl.order_line, sum(sl.units) AS units
                       FROM shipment_line sl JOIN shipment s ON s.id = sl.shipment
                      WHERE s.status NOT IN ('shipped', 'reassigned', 'cancelled')
                      GROUP BY 1, 2) live
               ON live.order_id = l.order_id AND live.order_line = l.line
         WHERE l.ordered <> coalesce(live.units, 0) + l.shipped + l.cancelled
        """,
    ),
    Check(
        "4a",
        "every unit of a released shipment is allocated, at the shipment's location",
        """
        SELECT s.id, s.order_id, s.status, l.id AS line, l.units, coalesce(sum(a.units), 0) AS here
          FROM shipment s JOIN shipment_line l ON l.shipment = s.id
          LEFT JOIN allocation a ON a.shipment_line = l.id AND a.location = s.location
         WHERE s.status IN ('ready', 'picking', 'picked', 'packed')
         GROUP BY s.id, l.id HAVING coalesce(sum(a.units), 0) <> l.units
        """,
    ),
    Check(
        "4b",
        "what has ended holds no claim, no peg and no place in a queue",
        """
        SELECT s.id, s.order_id, s.status, l.id AS line
          FROM shipment s JOIN shipment_line l ON l.shipment = s.id
         WHERE s.status IN ('shipped', 'reassigned', 'cancelled')
           AND (EXISTS (SELECT 1 FROM allocation a WHERE a.shipment_line = l.id)
             OR EXISTS (SELECT 1 FROM peg p WHERE p.shipment_line = l.id)
             OR EXISTS (SELECT 1 FROM open_demand d WHERE d.shipment_line = l.id))
        """,
    ),
    Check(
        "5a",
        "every shipped unit of a managed product left on hand exactly once",
        """
        SELECT l.id AS line, l.order_id, l.units, coalesce(g.units, 0) AS gone
          FROM shipment s JOIN shipment_line l ON l.shipment = s.id
          JOIN order_line ol ON ol.order_id = l.order_id AND ol.line = l.order_line
          JOIN product p ON p.merchant = ol.merchant AND p.sku = ol.sku AND p.manage_stock
          LEFT JOIN (SELECT reference, -sum(units) AS units FROM stock_ledger
                      WHERE kind = 'dispatch' GROUP BY 1) g ON g.reference = l.id::text
         WHERE (s.status = 'shipped' AND coalesce(g.units, 0) <> l.units)
            OR (s.status <> 'shipped' AND g.units IS NOT NULL)
        """,
    ),
    Check(
        "5b",
        "every received unit is in a receipt, and in the ledger, exactly once",
        """
        SELECT u.id AS supply, u.sku, u.received, coalesce(sum(r.units), 0) AS in_receipts
          FROM supply u LEFT JOIN receipt_line r ON r.supply = u.id
         GROUP BY u.id HAVING u.received <> coalesce(sum(r.units), 0)
        UNION ALL
        SELECT r.id, u.sku, sum(l.units), coalesce((
                 SELECT sum(g.units) FROM stock_ledger g
                  WHERE g.merchant = r.merchant AND g.kind = 'receipt'
                    AND g.reference = r.number AND g.sku = u.sku), 0)
          FROM receipt r JOIN receipt_line l ON l.receipt = r.id JOIN supply u ON u.id = l.supply
         GROUP BY r.id, u.sku HAVING sum(l.units) <> coalesce((
                 SELECT sum(g.units) FROM stock_ledger g
                  WHERE g.merchant = r.merchant AND g.kind = 'receipt'
                    AND g.reference = r.number AND g.sku = u.sku), 0)
        """,
    ),
    Check(
        "6b",
        "the queue holds each waiting line once, with what it wants and holds",
        """
        SELECT coalesce(d.shipment_line, w.line) AS line, d.wanted, d.held, w.wanted AS should_want,
               w.held AS should_hold
          FROM open_demand d
          FULL JOIN (SELECT l.id AS line, l.units - coalesce(a.units, 0) AS wanted,
                            coalesce(a.loose, 0) AS held
                       FROM shipment s JOIN shipment_line l ON l.shipment = s.id
                       JOIN order_line ol ON ol.order_id = l.order_id AND ol.line = l.order_line
                       JOIN product p ON p.merchant = ol.merchant AND p.sku = ol.sku
                            AND p.manage_stock
                       LEFT JOIN (SELECT shipment_line, sum(units) AS units,
                                         sum(units - picked - staged) AS loose
                                    FROM allocation GROUP BY 1) a ON a.shipment_line = l.id
                      WHERE s.status IN ('backorder', 'future')) w ON w.line = d.shipment_line
         WHERE (d.shipment_line IS NULL AND w.wanted + w.held > 0)
            OR (w.line IS NULL)
            OR (d.wanted, d.held) <> (w.wanted, w.held)
        """,
    ),
)


def audit(store: Store) -> list[Finding]:
    """Every rule of §9 that the database alone can show to be broken; empty when all is well.

    Reads one consistent snapshot, so that it can run while the system works.
    """
    connection = store.engine.connect().execution_options(isolation_level="REPEATABLE READ")
    with connection:
        tx = Tx(connection, "*", store.clock(), "audit")
        return [*_broken_checks(tx), *_plans_not_kept(tx)]


def _broken_checks(tx: Tx) -> Iterator[Finding]:
    for check in CHECKS:
        rows = tx.connection.execute(text(check.sql)).mappings().fetchmany(SHOWN)
        if rows:
            yield Finding(check.number, check.rule, tuple(dict(row) for row in rows))


def _plans_not_kept(tx: Tx) -> Iterator[Finding]:
    merchants = tx.rows("SELECT id, time_zone FROM merchant ORDER BY id")
    for merchant in merchants:
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
    stored = tx.rows(
        "SELECT id, number, status, waiting_units FROM orders WHERE id = ANY(:ids) ORDER BY id",
        ids=list(orders),
    )
    for row in stored:
        progress = progress_of(orders[row.id])
        if (row.status, row.waiting_units) != (progress.status, progress.waiting_units):
            yield {
                "order": row.number,
                "stored": [row.status, row.waiting_units],
                "computed": [str(progress.status), progress.waiting_units],
            }


def _changes(tx: Tx, orders: dict[int, Order], time_zone: str) -> Iterator[dict[str, Any]]:
    """Orders that the planner would change, run on everything to which nothing is owed."""
    snapshot = _whole_snapshot(tx, orders, time_zone)
    for after in plan(snapshot):
        before = orders[after.id]
        if after != before and all(line.sku in snapshot.skus for line in before.lines):
            yield {"order": after.number, "is": _told(before), "should_be": _told(after)}


def _whole_snapshot(tx: Tx, orders: dict[int, Order], time_zone: str) -> Snapshot:
    owed = {
        row.sku
        for row in tx.rows(
            "SELECT sku FROM sku_queue WHERE merchant = :merchant AND due_since IS NOT NULL",
            merchant=tx.merchant,
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
