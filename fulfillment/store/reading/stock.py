"""Stock by SKU: what is there, what is claimed, what comes, who waits, what can be promised."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fulfillment.domain.model.policy import resolve
from fulfillment.store.reading.orders import merchant_today
from fulfillment.store.reading.paging import Page, Sort, Window, page_of, page_sql
from fulfillment.store.reading.rows import view
from fulfillment.store.reading.views.stock import StockView
from fulfillment.store.records.loading import load_settings
from fulfillment.store.transactions.session import Tx

BY_SKU = Sort(("p.sku",), ("text",))

AT_LOCATION = """
EXISTS (SELECT 1 FROM stock_level f WHERE f.merchant = p.merchant AND f.sku = p.sku
           AND f.location = :location)
OR EXISTS (SELECT 1 FROM inbound_supply f WHERE f.merchant = p.merchant AND f.sku = p.sku
              AND f.location = :location)
"""

USABLE = """
usable AS (
    SELECT ml.location FROM merchant_location ml JOIN location l ON l.id = ml.location AND l.active
     WHERE ml.merchant = :merchant
)
"""
"""Where the merchant is served from."""

STOCK = f"""
WITH {USABLE}, chosen AS MATERIALIZED (
    SELECT p.merchant, p.sku, p.name, p.active, p.reorder_level, p.manage_stock AS managed,
           {{keys}}
      FROM {{source}} WHERE {{conditions}} ORDER BY {{order_by}} LIMIT :most
), place AS (
    SELECT v.sku, v.location, v.on_hand, v.allocated, v.picked, v.staged, 0 AS inbound,
           0 AS not_sellable
      FROM stock_level v JOIN chosen c USING (merchant, sku) WHERE v.disposition = 'sellable'
    UNION ALL
    SELECT v.sku, v.location, 0, 0, 0, 0, 0, v.on_hand
      FROM stock_level v JOIN chosen c USING (merchant, sku) WHERE v.disposition <> 'sellable'
    UNION ALL
    SELECT u.sku, u.location, 0, 0, 0, 0, u.outstanding, 0
      FROM inbound_supply u JOIN chosen c USING (merchant, sku)
), at AS (
    SELECT sku, location,
           (SELECT CASE WHEN NOT l.active THEN 'closed' WHEN u.location IS NULL THEN 'not_serving'
                   END
              FROM location l LEFT JOIN usable u ON u.location = l.id WHERE l.id = place.location)
               AS out_of_use,
           sum(on_hand)::bigint AS on_hand, sum(allocated)::bigint AS allocated,
           sum(on_hand - allocated)::bigint AS available, sum(picked)::bigint AS picked,
           sum(staged)::bigint AS staged, sum(inbound)::bigint AS inbound,
           sum(not_sellable)::bigint AS not_sellable
      FROM place
     WHERE CAST(:places AS text[]) IS NULL OR location = ANY(:places)
     GROUP BY sku, location
), total AS (
    SELECT sku, sum(on_hand)::bigint AS on_hand, sum(allocated)::bigint AS allocated,
           sum(available)::bigint AS available, sum(picked)::bigint AS picked,
           sum(staged)::bigint AS staged, sum(inbound)::bigint AS inbound,
           sum(not_sellable)::bigint AS not_sellable,
           sum(available) FILTER (WHERE out_of_use IS NOT NULL)::bigint AS stranded,
           jsonb_agg(to_jsonb(at) - 'sku' ORDER BY location)
               FILTER (WHERE CAST(:location AS text) IS NULL OR location = :location) AS locations
      FROM at GROUP BY sku
), demand AS (
    SELECT d.sku, sum(d.wanted)::bigint AS waiting
      FROM chosen c JOIN waiting_units d USING (merchant, sku) GROUP BY d.sku
), coming AS (
    SELECT u.sku, sum(u.outstanding) FILTER (
               WHERE u.expected_on BETWEEN :today AND :horizon)::bigint AS in_horizon,
           sum(u.pegged)::bigint AS pegged,
           sum(u.pegged) FILTER (
               WHERE u.expected_on BETWEEN :today AND :horizon)::bigint AS pegged_in_horizon
      FROM inbound_supply u JOIN chosen c USING (merchant, sku) JOIN usable USING (location)
     GROUP BY u.sku
)
SELECT c.*, coalesce(total.on_hand, 0) AS on_hand,
       coalesce(total.allocated, 0) AS allocated, coalesce(total.available, 0) AS available,
       coalesce(total.picked, 0) AS picked, coalesce(total.staged, 0) AS staged,
       coalesce(total.inbound, 0) AS inbound, coalesce(total.not_sellable, 0) AS not_sellable,
       coalesce(total.stranded, 0) AS available_out_of_use, total.locations,
       coalesce(demand.waiting, 0) AS waiting,
       coalesce(coming.pegged, 0) AS pegged,
       coalesce(total.available, 0) - coalesce(total.stranded, 0) + coalesce(coming.in_horizon, 0)
           - coalesce(coming.pegged_in_horizon, 0)
           - (coalesce(demand.waiting, 0) - coalesce(coming.pegged, 0)) AS atp
  FROM chosen c LEFT JOIN total USING (sku) LEFT JOIN demand USING (sku)
  LEFT JOIN coming USING (sku)
 ORDER BY {{shown_by}}
"""  # noqa: S608 -- a constant


@dataclass(frozen=True, slots=True)
class StockFilter:
    """Which stock. `places` are the only locations that are looked at at all."""

    sku: str | None = None
    location: str | None = None
    places: Sequence[str] | None = None


def list_stock(tx: Tx, window: Window, asked: StockFilter) -> Page[StockView]:
    """One page of SKUs. ATP looks as far ahead as the merchant's `future_limit_days`.

    It is of all locations in use together, and not told to who sees only some of them.
    """
    which = ["p.merchant = :merchant"]
    if asked.sku is not None:
        which.append("p.sku = :sku")
    if asked.location is not None:
        which.append(AT_LOCATION)
    behind, key = BY_SKU.after(window.after)
    sql = page_sql(STOCK, BY_SKU, [*which, *behind], source="product p", shown_by=BY_SKU.by_keys)
    places = None if asked.places is None else list(asked.places)
    parameters: dict[str, object] = {"location": asked.location, "places": places, **key}
    parameters |= horizon(tx)
    if asked.sku is not None:
        parameters["sku"] = asked.sku
    rows = tx.rows(sql, merchant=tx.merchant, most=window.limit + 1, **parameters)
    return page_of(rows, window.limit, lambda row: _item(row, is_all=asked.places is None))


def horizon(tx: Tx) -> dict[str, object]:
    """Today and the last day that is promised, as the statement names them."""
    today = merchant_today(tx)
    days = resolve(*load_settings(tx)).future_limit_days
    return {"today": today, "horizon": today + timedelta(days=days)}


def _item(row: Any, *, is_all: bool) -> StockView:
    return view(StockView, row, atp=row.atp if row.managed and is_all else None)
