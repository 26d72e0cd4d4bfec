"""What is in staging, for how long and for what it waits; and what could be put there."""

from collections.abc import Collection
from itertools import groupby
from typing import Any

from fulfillment.store.reading.paging import Listing, Page, Sort, Window
from fulfillment.store.reading.rows import rows_as, view
from fulfillment.store.reading.views.floor import (
    ContainerView,
    StageableOrder,
    StagingSuggestion,
)
from fulfillment.store.transactions.session import Tx

OLDEST_FIRST = Sort(("c.created_at", "c.id"), ("timestamptz", "bigint"))

MOST_ORDERS = 200
"""Orders that one suggestion names at most, those that rank first."""

WAITED_FOR = """
coalesce((SELECT jsonb_agg(jsonb_build_object('sku', w.sku, 'units', w.units) ORDER BY w.sku)
            FROM (SELECT d.sku, sum(d.wanted) AS units FROM open_demand d
                   WHERE d.order_id = o.id AND d.wanted > 0 GROUP BY d.sku) w), '[]'::jsonb)
"""

LIST = f"""
SELECT c.id, c.location, c.label, o.number AS "order", o.status, o.holds,
       c.created_at AS since,
       extract(epoch FROM CAST(:now AS timestamptz) - c.created_at)::bigint AS seconds,
       (SELECT jsonb_agg(jsonb_build_object('line', l.order_line, 'sku', ol.sku, 'units', l.units,
                                            'since', l.staged_at) ORDER BY l.order_line)
          FROM container_line l
          JOIN order_line ol ON ol.order_id = o.id AND ol.line = l.order_line
         WHERE l.container = c.id) AS lines,
       {WAITED_FOR} AS waits_for, {{keys}}
  FROM container c JOIN orders o ON o.id = c.order_id
 WHERE {{conditions}} ORDER BY {{order_by}} LIMIT :most
"""  # noqa: S608 -- WAITED_FOR is a constant


def list_staged(
    tx: Tx,
    window: Window,
    *,
    locations: Collection[str] | None = None,
    order: str | None = None,
) -> Page[ContainerView]:
    """One page of the containers in use, the oldest first."""
    places = None if locations is None else list(locations)
    return CONTAINERS.page(tx, window, {"locations": places, "order": order}, now=tx.now)


CONTAINERS = Listing(
    LIST,
    OLDEST_FIRST,
    rows_as(ContainerView),
    {"locations": "c.location = ANY(:locations)", "order": "o.number = :order"},
    always=("c.merchant = :merchant", "c.emptied_at IS NULL"),
)


SUGGESTED = """
WITH loose AS (
    SELECT o.id, o.number, o.priority, o.placed_at, o.intake_seq, a.location,
           sum(a.units - a.picked - a.staged)::bigint AS units,
           jsonb_agg(jsonb_build_object('line', l.order_line, 'sku', a.sku,
                                        'units', a.units - a.picked - a.staged)
                     ORDER BY l.order_line, l.id) AS lines
      FROM open_demand d
      JOIN shipment_line l ON l.id = d.shipment_line
      JOIN allocation a ON a.shipment_line = l.id AND a.units > a.picked + a.staged
           AND NOT a.drop_ship
      JOIN orders o ON o.id = d.order_id
     WHERE d.merchant = :merchant AND d.held > 0 AND o.verified AND o.first_claimed
       AND cardinality(o.holds) = 0
       AND (CAST(:locations AS text[]) IS NULL OR a.location = ANY(:locations))
     GROUP BY o.id, a.location
), awaited AS (
    SELECT DISTINCT d.order_id, d.sku FROM open_demand d
     WHERE d.merchant = :merchant AND d.wanted > 0 AND d.order_id IN (SELECT id FROM loose)
), grouped AS (
    SELECT a.sku AS waits_for, l.*,
           count(*) OVER same AS orders, sum(l.units) OVER same AS units_in_all,
           row_number() OVER (same ORDER BY l.priority, l.placed_at, l.intake_seq) AS place
      FROM awaited a JOIN loose l ON l.id = a.order_id
    WINDOW same AS (PARTITION BY l.location, a.sku)
), ranked AS (
    SELECT g.*, dense_rank() OVER (ORDER BY orders DESC, units_in_all DESC, waits_for, location)
                AS suggestion
      FROM grouped g
)
SELECT * FROM ranked WHERE suggestion <= :limit AND place <= :most
 ORDER BY suggestion, place
"""


def staging_suggestions(
    tx: Tx, limit: int, locations: Collection[str] | None = None
) -> list[StagingSuggestion]:
    """Orders that wait for the same SKU and have something loose at one location, together.

    The largest group comes first. An order that waits for two SKUs is in two groups.
    """
    rows = tx.rows(
        SUGGESTED,
        merchant=tx.merchant,
        locations=None if locations is None else list(locations),
        limit=limit,
        most=MOST_ORDERS,
    )
    return [_suggestion(list(group)) for _, group in groupby(rows, key=lambda r: r.suggestion)]


def _suggestion(rows: list[Any]) -> StagingSuggestion:
    first = rows[0]
    return StagingSuggestion(
        location=first.location,
        waits_for=first.waits_for,
        order_count=first.orders,
        units=int(first.units_in_all),
        orders=tuple(view(StageableOrder, row, order=row.number) for row in rows),
    )
