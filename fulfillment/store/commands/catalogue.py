"""Merchants, locations and products: put by name, deactivated, never deleted."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fulfillment.domain.refusals import conflict, invalid, missing
from fulfillment.store.session import Store, Tx


@dataclass(frozen=True, slots=True)
class NewMerchant:
    """Whose goods and orders they are."""

    id: str
    name: str
    time_zone: str = "UTC"
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class NewLocation:
    """A warehouse or store, and the merchants it serves with its priority for each."""

    id: str
    name: str
    time_zone: str = "UTC"
    active: bool = True
    serves: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewProduct:
    """A product. Packs are base units by name (carton = 12)."""

    sku: str
    name: str
    manage_stock: bool = True
    allow_backorder: bool = True
    backorder_limit: int | None = None
    future_inventory: bool = True
    packs: Mapping[str, int] = field(default_factory=dict)
    supplier: str | None = None
    reorder_level: int = 0
    active: bool = True


def put_merchant(store: Store, new: NewMerchant) -> None:
    """Create a merchant, or change its name, zone or currency."""
    _check_zone(new.time_zone, "time_zone")

    def body(tx: Tx) -> None:
        tx.run(
            "INSERT INTO merchant (id, name, time_zone, currency) VALUES (:id, :name, :zone,"
            " :currency) ON CONFLICT (id) DO UPDATE SET name = excluded.name,"
            " time_zone = excluded.time_zone, currency = excluded.currency",
            id=new.id,
            name=new.name,
            zone=new.time_zone,
            currency=new.currency,
        )

    store.transact(new.id, body)


def put_location(store: Store, new: NewLocation) -> None:
    """Create or change a location, and whom it serves; merchants that are not named keep theirs."""
    _check_zone(new.time_zone, "time_zone")

    def body(tx: Tx) -> None:
        tx.run(
            "INSERT INTO location (id, name, time_zone, active) VALUES (:id, :name, :zone, :active)"
            " ON CONFLICT (id) DO UPDATE SET name = excluded.name, time_zone = excluded.time_zone,"
            " active = excluded.active",
            id=new.id,
            name=new.name,
            zone=new.time_zone,
            active=new.active,
        )
        known = {row.id for row in tx.rows("SELECT id FROM merchant")}
        if unknown := sorted(set(new.serves) - known):
            raise missing("merchant", unknown[0])
        tx.run(
            "INSERT INTO merchant_location (merchant, location, priority)"
            " SELECT s.merchant, :location, s.priority"
            " FROM unnest(CAST(:merchants AS text[]), CAST(:priorities AS int[]))"
            " AS s(merchant, priority)"
            " ON CONFLICT (merchant, location) DO UPDATE SET priority = excluded.priority",
            location=new.id,
            merchants=list(new.serves),
            priorities=list(new.serves.values()),
        )

    store.transact("*", body)


def put_products(store: Store, merchant: str, products: Sequence[NewProduct]) -> None:
    """Create or change products, any number in one transaction."""
    for index, product in enumerate(products):
        _check_product(product, index)

    def body(tx: Tx) -> None:
        _refuse_managed_change(tx, products)
        tx.run(PUT_PRODUCTS, merchant=merchant, rows=json.dumps([_row(p) for p in products]))

    store.transact(merchant, body)


PUT_PRODUCTS = """
WITH rows AS (
    SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(
        sku text, name text, manage_stock boolean, allow_backorder boolean, backorder_limit int,
        future_inventory boolean, packs jsonb, supplier text, reorder_level int, active boolean)
), put AS (
    INSERT INTO product (merchant, sku, name, manage_stock, allow_backorder, backorder_limit,
                         future_inventory, packs, supplier, reorder_level, active)
    SELECT :merchant, r.* FROM rows r ORDER BY r.sku
    ON CONFLICT (merchant, sku) DO UPDATE SET
        name = excluded.name, manage_stock = excluded.manage_stock,
        allow_backorder = excluded.allow_backorder, backorder_limit = excluded.backorder_limit,
        future_inventory = excluded.future_inventory, packs = excluded.packs,
        supplier = excluded.supplier, reorder_level = excluded.reorder_level,
        active = excluded.active
)
INSERT INTO sku_queue (merchant, sku) SELECT :merchant, sku FROM rows ORDER BY sku
ON CONFLICT DO NOTHING
"""


def _row(product: NewProduct) -> dict[str, Any]:
    return {name: getattr(product, name) for name in NewProduct.__slots__} | {
        "packs": dict(product.packs)
    }


def _check_product(product: NewProduct, index: int) -> None:
    for pack, units in product.packs.items():
        if units < 1:
            message = f"pack {pack!r} of {product.sku} holds at least one base unit"
            raise invalid("bad_pack", message, f"[{index}].packs.{pack}", sku=product.sku)
    if product.backorder_limit is not None and product.backorder_limit < 0:
        message = f"the backorder limit of {product.sku} is zero or more"
        raise invalid("bad_limit", message, f"[{index}].backorder_limit", sku=product.sku)


def _refuse_managed_change(tx: Tx, products: Sequence[NewProduct]) -> None:
    """Claims count against stock or they do not: while there are any, that can not change."""
    rows = tx.rows(
        "SELECT p.sku FROM product p JOIN"
        " unnest(CAST(:skus AS text[]), CAST(:managed AS boolean[]))"
        " AS n(sku, managed) ON n.sku = p.sku WHERE p.merchant = :merchant"
        " AND p.manage_stock <> n.managed AND EXISTS (SELECT 1 FROM order_line l"
        " JOIN orders o ON o.id = l.order_id WHERE l.merchant = p.merchant AND l.sku = p.sku"
        " AND o.finished_at IS NULL)",
        merchant=tx.merchant,
        skus=[product.sku for product in products],
        managed=[product.manage_stock for product in products],
    )
    if rows:
        message = f"manage_stock of {rows[0].sku} can not change while orders for it are open"
        raise conflict("orders_open", message, sku=rows[0].sku)


def _check_zone(name: str, field_name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise invalid("unknown_time_zone", f"there is no time zone {name!r}", field_name) from error
