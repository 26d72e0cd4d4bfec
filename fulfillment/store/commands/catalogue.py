"""Merchants, locations and products: put by name, deactivated, never deleted."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fulfillment.domain.refusals import conflict, invalid, missing
from fulfillment.store.calendars import check_holidays
from fulfillment.store.commands.closures import renew_targets
from fulfillment.store.owing import owe_replan
from fulfillment.store.session import Store, Tx


@dataclass(frozen=True, slots=True)
class NewMerchant:
    """Whose goods and orders they are."""

    id: str
    name: str
    time_zone: str = "UTC"
    currency: str = "USD"
    authorise_before_release: bool = False
    reauthorise_on_release: bool = False


@dataclass(frozen=True, slots=True)
class NewLocation:
    """A warehouse or store, and the merchants it serves with its priority for each.

    Released before the `cutoff` on one of its `working_days` (ISO), goods should leave that day,
    or `handling_days` working days later. `holidays` names whose public holidays it keeps.
    """

    id: str
    name: str
    time_zone: str = "UTC"
    active: bool = True
    serves: Mapping[str, int] = field(default_factory=dict)
    cutoff: time = time(15)
    working_days: tuple[int, ...] = (1, 2, 3, 4, 5)
    holidays: str | None = None
    handling_days: int = 0


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
    """Create a merchant, or change its name, zone, currency or what it asks of payments.

    What waits for its payment's authorisation, or need not any more, is planned again.
    """
    _check_zone(new.time_zone, "time_zone")

    def body(tx: Tx) -> None:
        rows = tx.rows(
            "SELECT authorise_before_release FROM merchant WHERE id = :id FOR NO KEY UPDATE",
            id=new.id,
        )
        tx.run(
            PUT_MERCHANT,
            id=new.id,
            name=new.name,
            zone=new.time_zone,
            currency=new.currency,
            first=new.authorise_before_release,
            anew=new.reauthorise_on_release,
        )
        if rows and rows[0].authorise_before_release is not new.authorise_before_release:
            tx.run("UPDATE merchant SET replan_due = true WHERE id = :id", id=new.id)
            owe_replan(tx)

    store.transact(new.id, body)


PUT_MERCHANT = """
INSERT INTO merchant (id, name, time_zone, currency, authorise_before_release,
                      reauthorise_on_release)
VALUES (:id, :name, :zone, :currency, :first, :anew)
ON CONFLICT (id) DO UPDATE
   SET name = excluded.name, time_zone = excluded.time_zone, currency = excluded.currency,
       authorise_before_release = excluded.authorise_before_release,
       reauthorise_on_release = excluded.reauthorise_on_release
"""


def put_location(store: Store, new: NewLocation) -> None:
    """Create or change a location, and whom it serves; merchants that are not named keep theirs.

    What is ready there gets the target days of its calendar as it is then.
    """
    _check_zone(new.time_zone, "time_zone")
    if new.holidays is not None:
        check_holidays(new.holidays, "holidays")

    def body(tx: Tx) -> None:
        # Waits for those who released by the calendar as it was (see `closures`).
        tx.rows("SELECT 1 FROM location WHERE id = :id FOR UPDATE", id=new.id)
        tx.run(
            PUT_LOCATION,
            id=new.id,
            name=new.name,
            zone=new.time_zone,
            active=new.active,
            cutoff=new.cutoff,
            working_days=sorted(set(new.working_days)),
            holidays=new.holidays,
            handling_days=new.handling_days,
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
    renew_targets(store, new.id)


PUT_LOCATION = """
INSERT INTO location (id, name, time_zone, active, cutoff, working_days, holidays, handling_days)
VALUES (:id, :name, :zone, :active, :cutoff, :working_days, :holidays, :handling_days)
ON CONFLICT (id) DO UPDATE
   SET name = excluded.name, time_zone = excluded.time_zone, active = excluded.active,
       cutoff = excluded.cutoff, working_days = excluded.working_days,
       holidays = excluded.holidays, handling_days = excluded.handling_days
"""


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
