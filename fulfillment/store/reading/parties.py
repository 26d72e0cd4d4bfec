"""Merchants, locations and products as they are read."""

from typing import Any

from fulfillment.domain.refusals import missing
from fulfillment.store.reading.paging import Page, Sort, Window, page_of, page_sql
from fulfillment.store.session import Tx

MERCHANT_SORT = Sort(("m.id",), ("text",))
LOCATION_SORT = Sort(("l.id",), ("text",))
PRODUCT_SORT = Sort(("p.sku",), ("text",))

MERCHANT_FIELDS = (
    "id", "name", "time_zone", "currency", "authorise_before_release", "reauthorise_on_release",
)  # fmt: skip
LOCATION_FIELDS = (
    "id", "name", "time_zone", "active", "serves", "cutoff", "working_days", "holidays",
    "handling_days", "closures",
)  # fmt: skip
PRODUCT_FIELDS = (
    "sku", "name", "manage_stock", "allow_backorder", "backorder_limit", "future_inventory",
    "packs", "supplier", "reorder_level", "active",
)  # fmt: skip

MERCHANTS = """
SELECT m.id, m.name, m.time_zone, m.currency, m.authorise_before_release,
       m.reauthorise_on_release, {keys}
  FROM merchant m WHERE {conditions} ORDER BY {order_by} LIMIT :most
"""

LOCATIONS = """
SELECT l.id, l.name, l.time_zone, l.active, to_char(l.cutoff, 'HH24:MI') AS cutoff,
       l.working_days, l.holidays, l.handling_days,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('day', c.on_day, 'reason', c.reason)
                                  ORDER BY c.on_day), '[]'::jsonb)
          FROM location_closure c WHERE c.location = l.id) AS closures,
       coalesce((SELECT jsonb_object_agg(ml.merchant, ml.priority) FROM merchant_location ml
                  WHERE ml.location = l.id), '{{}}'::jsonb) AS serves, {keys}
  FROM location l WHERE {conditions} ORDER BY {order_by} LIMIT :most
"""

PRODUCTS = """
SELECT p.sku, p.name, p.manage_stock, p.allow_backorder, p.backorder_limit, p.future_inventory,
       p.packs, p.supplier, p.reorder_level, p.active, {keys}
  FROM product p WHERE p.merchant = :merchant AND {conditions} ORDER BY {order_by} LIMIT :most
"""


def merchant_exists(tx: Tx, merchant: str) -> bool:
    """Whether there is a merchant of this name."""
    return bool(tx.rows("SELECT 1 FROM merchant WHERE id = :id", id=merchant))


def read_merchant(tx: Tx, merchant: str) -> dict[str, Any]:
    """One merchant, or a refusal."""
    page = _merchants(tx, Window(1), "m.id = :id", {"id": merchant})
    if not page.items:
        raise missing("merchant", merchant)
    return page.items[0]


def list_merchants(tx: Tx, window: Window) -> Page:
    """Every merchant by name."""
    return _merchants(tx, window, "true", {})


def _merchants(tx: Tx, window: Window, which: str, parameters: dict[str, object]) -> Page:
    behind, key = MERCHANT_SORT.after(window.after)
    rows = tx.rows(
        page_sql(MERCHANTS, MERCHANT_SORT, [which, *behind]),
        most=window.limit + 1,
        **parameters,
        **key,
    )
    return page_of(rows, window.limit, lambda row: _named(row, MERCHANT_FIELDS))


def read_location(tx: Tx, location: str) -> dict[str, Any]:
    """One location with the merchants it serves, or a refusal."""
    page = _locations(tx, Window(1), "l.id = :id", {"id": location})
    if not page.items:
        raise missing("location", location)
    return page.items[0]


def check_serves(tx: Tx, location: str, merchant: str | None) -> None:
    """Refuse a location that there is not, or that does not serve this merchant."""
    rows = tx.rows(
        "SELECT 1 FROM location l WHERE l.id = :id AND (CAST(:merchant AS text) IS NULL OR EXISTS ("
        " SELECT 1 FROM merchant_location m WHERE m.location = l.id AND m.merchant = :merchant))",
        id=location,
        merchant=merchant,
    )
    if not rows:
        raise missing("location", location)


def list_locations(tx: Tx, window: Window) -> Page:
    """Every location by name."""
    return _locations(tx, window, "true", {})


def _locations(tx: Tx, window: Window, which: str, parameters: dict[str, object]) -> Page:
    behind, key = LOCATION_SORT.after(window.after)
    rows = tx.rows(
        page_sql(LOCATIONS, LOCATION_SORT, [which, *behind]),
        most=window.limit + 1,
        **parameters,
        **key,
    )
    return page_of(rows, window.limit, lambda row: _named(row, LOCATION_FIELDS))


def read_product(tx: Tx, sku: str) -> dict[str, Any]:
    """One product of the merchant, or a refusal."""
    page = _products(tx, Window(1), "p.sku = :sku", {"sku": sku})
    if not page.items:
        raise missing("product", sku)
    return page.items[0]


def list_products(tx: Tx, window: Window, *, active: bool | None = None) -> Page:
    """The merchant's products by SKU."""
    if active is None:
        return _products(tx, window, "true", {})
    return _products(tx, window, "p.active = :active", {"active": active})


def _products(tx: Tx, window: Window, which: str, parameters: dict[str, object]) -> Page:
    behind, key = PRODUCT_SORT.after(window.after)
    rows = tx.rows(
        page_sql(PRODUCTS, PRODUCT_SORT, [which, *behind]),
        merchant=tx.merchant,
        most=window.limit + 1,
        **parameters,
        **key,
    )
    return page_of(rows, window.limit, lambda row: _named(row, PRODUCT_FIELDS))


def _named(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
