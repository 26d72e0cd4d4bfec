"""Merchants, locations and products as they are read."""

from typing import Any

from fulfillment.domain.refusals import missing
from fulfillment.store.reading.paging import (
    Page,
    Sort,
    Window,
    conditions,
    key_columns,
    page_of,
)
from fulfillment.store.session import Tx

MERCHANT_SORT = Sort(("m.id",), ("text",))
LOCATION_SORT = Sort(("l.id",), ("text",))
PRODUCT_SORT = Sort(("p.sku",), ("text",))

PRODUCT_FIELDS = (
    "sku", "name", "manage_stock", "allow_backorder", "backorder_limit", "future_inventory",
    "packs", "supplier", "reorder_level", "active",
)  # fmt: skip


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
        f"SELECT m.id, m.name, m.time_zone, m.currency, {key_columns(MERCHANT_SORT)}"  # noqa: S608
        f" FROM merchant m WHERE {conditions(which, *behind)}"
        f" ORDER BY {MERCHANT_SORT.order_by} LIMIT :most",
        most=window.limit + 1,
        **parameters,
        **key,
    )
    return page_of(
        rows, window.limit, lambda row: _named(row, ("id", "name", "time_zone", "currency"))
    )


def read_location(tx: Tx, location: str) -> dict[str, Any]:
    """One location with the merchants it serves, or a refusal."""
    page = _locations(tx, Window(1), "l.id = :id", {"id": location})
    if not page.items:
        raise missing("location", location)
    return page.items[0]


def list_locations(tx: Tx, window: Window) -> Page:
    """Every location by name."""
    return _locations(tx, window, "true", {})


def _locations(tx: Tx, window: Window, which: str, parameters: dict[str, object]) -> Page:
    behind, key = LOCATION_SORT.after(window.after)
    rows = tx.rows(
        "SELECT l.id, l.name, l.time_zone, l.active, coalesce((SELECT"  # noqa: S608
        " jsonb_object_agg(ml.merchant, ml.priority) FROM merchant_location ml"
        f" WHERE ml.location = l.id), '{{}}'::jsonb) AS serves, {key_columns(LOCATION_SORT)}"
        f" FROM location l WHERE {conditions(which, *behind)}"
        f" ORDER BY {LOCATION_SORT.order_by} LIMIT :most",
        most=window.limit + 1,
        **parameters,
        **key,
    )
    names = ("id", "name", "time_zone", "active", "serves")
    return page_of(rows, window.limit, lambda row: _named(row, names))


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
    columns = ", ".join(f"p.{name}" for name in PRODUCT_FIELDS)
    rows = tx.rows(
        f"SELECT {columns}, {key_columns(PRODUCT_SORT)} FROM product p"  # noqa: S608
        f" WHERE {conditions('p.merchant = :merchant', which, *behind)}"
        f" ORDER BY {PRODUCT_SORT.order_by} LIMIT :most",
        merchant=tx.merchant,
        most=window.limit + 1,
        **parameters,
        **key,
    )
    return page_of(rows, window.limit, lambda row: _named(row, PRODUCT_FIELDS))


def _named(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
