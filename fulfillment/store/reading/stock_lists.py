"""Stock as lists that people look through: what is short, idle, damaged or low, in some sorts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fulfillment.store.reading.orders import Counted
from fulfillment.store.reading.paging import (
    Page,
    Sort,
    Window,
    page_both_ways,
    page_sql,
    plan_by_values,
)
from fulfillment.store.reading.rows import view
from fulfillment.store.reading.stock import STOCK, USABLE, horizon
from fulfillment.store.reading.views.stock import ListedStock
from fulfillment.store.transactions.session import Tx

WAITS = """
LEFT JOIN (SELECT w.sku, sum(w.wanted) AS units FROM waiting_units w
            WHERE w.merchant = :merchant GROUP BY w.sku) waits USING (sku)
"""
FREE_UNITS = """
SELECT v.sku, sum(v.on_hand - v.allocated) AS units FROM stock_level v
 WHERE v.merchant = :merchant AND v.disposition = 'sellable' AND v.on_hand > v.allocated
   AND v.location = ANY(ARRAY(SELECT location FROM usable))
   AND (CAST(:places AS text[]) IS NULL OR v.location = ANY(:places)) AND {which}
 GROUP BY v.sku
"""
FREE = f"LEFT JOIN ({FREE_UNITS.format(which='true')}) free USING (sku)"
FREE_OF_EACH = f"""
LEFT JOIN LATERAL ({FREE_UNITS.format(which="v.sku = p.sku")}) free ON true
"""
COMING = """
LEFT JOIN (SELECT u.sku, sum(u.outstanding) AS units FROM inbound_supply u
            WHERE u.merchant = :merchant
              AND u.location = ANY(ARRAY(SELECT location FROM usable))
            GROUP BY u.sku) coming USING (sku)
"""
SOURCES = {"waits": WAITS, "free": FREE, "free_of_each": FREE_OF_EACH, "coming": COMING}
"""Sums by SKU. What is free is looked up for each SKU where few are asked about: those that are
waited for; elsewhere it is summed up for all of them at once."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a list holds: the sums that it is chosen by, and the condition on them."""

    sums: tuple[str, ...] = ()
    condition: str = "true"


KINDS: Mapping[str, _Kind] = {
    "all": _Kind(),
    "short": _Kind(
        ("waits", "free_of_each"), "waits.units > 0 AND free.units IS NULL AND p.manage_stock"
    ),
    "idle": _Kind(("waits", "free_of_each"), "waits.units > 0 AND free.units > 0"),
    "damaged": _Kind(
        (),
        "EXISTS (SELECT 1 FROM stock_level v WHERE v.merchant = :merchant AND v.sku = p.sku"
        " AND v.disposition <> 'sellable' AND v.on_hand > 0"
        " AND (CAST(:places AS text[]) IS NULL OR v.location = ANY(:places)))",
    ),
    "low": _Kind(
        ("waits", "free", "coming"),
        "p.active AND p.manage_stock AND p.reorder_level > 0 AND coalesce(free.units, 0)"
        " + coalesce(coming.units, 0) - coalesce(waits.units, 0) < p.reorder_level",
    ),
}
"""Short: somebody waits, and nothing is free where the merchant is served from; idle: something is
free while somebody waits; damaged: on hand and not sellable; low: what is free and comes, less what
waits, is below the reorder level, as purchase suggestions count it but for drafts."""

SORTS: Mapping[str, Sort] = {
    "sku": Sort(("p.sku",), ("text",)),
    "waiting": Sort(("-coalesce(waits.units, 0)::bigint", "p.sku"), ("bigint", "text")),
    "available": Sort(("coalesce(free.units, 0)::bigint", "p.sku"), ("bigint", "text")),
    "-available": Sort(("-coalesce(free.units, 0)::bigint", "p.sku"), ("bigint", "text")),
}
SUMS_OF_SORTS = {"waiting": "waits", "available": "free", "-available": "free"}

SEARCHED = """
starts_with(lower(p.sku), lower(:q)) OR strpos(lower(p.name), lower(:q)) > 0
OR p.sku IN (SELECT b.sku FROM product_barcode b WHERE b.merchant = :merchant AND b.code = :q)
"""
AT_PLACES = """
EXISTS (SELECT 1 FROM stock_level f WHERE f.merchant = p.merchant AND f.sku = p.sku
           AND f.location = ANY(:at))
OR EXISTS (SELECT 1 FROM inbound_supply f WHERE f.merchant = p.merchant AND f.sku = p.sku
              AND f.location = ANY(:at))
"""
COUNT = f"""
WITH {USABLE} SELECT count(*) AS found
  FROM (SELECT 1 FROM {{source}} WHERE {{conditions}} LIMIT :most) f
"""  # noqa: S608 -- a constant


@dataclass(frozen=True, slots=True)
class StockAsked:
    """Which SKUs. `places` are all that the caller sees; at a `location` only what is there.

    `q` is how a SKU begins, a part of a name, in capitals or not, or a barcode.
    """

    kind: str = "all"
    q: str | None = None
    location: str | None = None
    places: Sequence[str] | None = None


def list_stock_by(tx: Tx, asked: StockAsked, sort: str, window: Window) -> Page[ListedStock]:
    """One page of a list, read both ways; somebody bound to places sees what is there alone."""
    by = SORTS[sort].backwards if window.backwards else SORTS[sort]
    behind, key = by.after(window.after)
    source, which, parameters = _chosen(asked, SUMS_OF_SORTS.get(sort))
    sql = page_sql(STOCK, by, [*which, *behind], source=source, shown_by=by.by_keys)
    plan_by_values(tx)
    rows = tx.rows(
        sql, merchant=tx.merchant, most=window.limit + 1, **parameters, **key, **horizon(tx)
    )
    return page_both_ways(rows, window, lambda row: _item(row, is_all=asked.places is None))


def count_stock(tx: Tx, asked: StockAsked, most: int) -> Counted:
    """How many SKUs a list has, counted as far as `most`."""
    source, which, parameters = _chosen(asked, None)
    sql = COUNT.format(source=source, conditions=" AND ".join(f"({one})" for one in which))
    plan_by_values(tx)
    (row,) = tx.rows(sql, merchant=tx.merchant, most=most + 1, **parameters)
    return Counted(min(row.found, most), row.found > most)


def _chosen(asked: StockAsked, sum_of_sort: str | None) -> tuple[str, list[str], dict[str, object]]:
    """Of what the list is chosen, by which conditions, with their parameters."""
    kind = KINDS[asked.kind]
    sums = dict.fromkeys(kind.sums)
    if sum_of_sort and f"{sum_of_sort}_of_each" not in sums:
        sums[sum_of_sort] = None
    source = " ".join(["product p", *(SOURCES[name] for name in sums)])
    which = ["p.merchant = :merchant", kind.condition]
    places = None if asked.places is None else list(asked.places)
    parameters: dict[str, object] = {"location": asked.location, "places": places}
    if asked.q is not None:
        which.append(SEARCHED)
        parameters["q"] = asked.q
    at = places if asked.location is None else [asked.location]
    if at is not None:
        which.append(AT_PLACES)
        parameters["at"] = at
    return source, which, parameters


def _item(row: Any, *, is_all: bool) -> ListedStock:
    return view(ListedStock, row, atp=row.atp if row.managed and is_all else None)
