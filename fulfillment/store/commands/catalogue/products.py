"""Products, and what makes a plan another one."""

import json
from collections.abc import Sequence
from typing import Any

from fulfillment.domain.model.barcodes import is_gtin
from fulfillment.domain.model.refusals import conflict, invalid
from fulfillment.store.queue.pending_queues import owe_replan_of_all
from fulfillment.store.records.catalogue import NewProduct
from fulfillment.store.transactions.session import Store, Tx


def put_products(store: Store, merchant: str, products: Sequence[NewProduct]) -> None:
    """Create or change products, any number in one transaction.

    Where inbound units may release one now, or not any more, every open order is planned again.
    """
    for index, product in enumerate(products):
        _check_product(product, index)

    def body(tx: Tx) -> None:
        _check_bins(tx, products)
        _refuse_managed_change(tx, products)
        if _some_change_their_future(tx, products):
            owe_replan_of_all(tx, [merchant])
        tx.run(PUT_PRODUCTS, merchant=merchant, rows=json.dumps([_row(p) for p in products]))
        _put_barcodes(tx, products)
        _check_substitutes(tx, products)

    store.transact(merchant, body)


PUT_PRODUCTS = """
WITH rows AS (
    SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(
        sku text, name text, manage_stock boolean, allow_backorder boolean, backorder_limit int,
        future_inventory boolean, packs jsonb, supplier text, reorder_level int, active boolean,
        weight_g int, length_mm int, width_mm int, height_mm int, country_of_origin text,
        customs_code text, bins jsonb, substitutes text[])
), put AS (
    INSERT INTO product (merchant, sku, name, manage_stock, allow_backorder, backorder_limit,
                         future_inventory, packs, supplier, reorder_level, active, weight_g,
                         length_mm, width_mm, height_mm, country_of_origin, customs_code, bins,
                         substitutes)
    SELECT :merchant, r.* FROM rows r ORDER BY r.sku
    ON CONFLICT (merchant, sku) DO UPDATE SET
        name = excluded.name, manage_stock = excluded.manage_stock,
        allow_backorder = excluded.allow_backorder, backorder_limit = excluded.backorder_limit,
        future_inventory = excluded.future_inventory, packs = excluded.packs,
        supplier = excluded.supplier, reorder_level = excluded.reorder_level,
        active = excluded.active, weight_g = excluded.weight_g, length_mm = excluded.length_mm,
        width_mm = excluded.width_mm, height_mm = excluded.height_mm,
        country_of_origin = excluded.country_of_origin, customs_code = excluded.customs_code,
        bins = excluded.bins, substitutes = excluded.substitutes
)
INSERT INTO sku_queue (merchant, sku) SELECT :merchant, sku FROM rows ORDER BY sku
ON CONFLICT DO NOTHING
"""


def _row(product: NewProduct) -> dict[str, Any]:
    return {name: getattr(product, name) for name in NewProduct.__slots__} | {
        "packs": dict(product.packs),
        "barcodes": dict(product.barcodes),
        "bins": dict(product.bins),
    }


def _put_barcodes(tx: Tx, products: Sequence[NewProduct]) -> None:
    """Have each product those codes that it names; a code is on the goods of one product alone."""
    tx.run(
        "DELETE FROM product_barcode WHERE merchant = :merchant AND sku = ANY(:skus)",
        merchant=tx.merchant,
        skus=[product.sku for product in products],
    )
    wanted = sorted((code, p.sku, pack) for p in products for code, pack in p.barcodes.items())
    if not wanted:
        return
    put = tx.rows(
        "INSERT INTO product_barcode (merchant, code, sku, pack)"
        " SELECT :merchant, * FROM unnest(CAST(:codes AS text[]), CAST(:skus AS text[]),"
        " CAST(:packs AS text[])) ON CONFLICT DO NOTHING RETURNING code, sku",
        merchant=tx.merchant,
        codes=[code for code, _, _ in wanted],
        skus=[sku for _, sku, _ in wanted],
        packs=[pack for _, _, pack in wanted],
    )
    has = {(row.code, row.sku) for row in put}
    if taken := [(code, sku) for code, sku, _ in wanted if (code, sku) not in has]:
        code, sku = taken[0]
        message = f"the barcode {code} of {sku} is on another product already"
        raise conflict("barcode_in_use", message, sku=sku, barcode=code)


def _check_product(product: NewProduct, index: int) -> None:
    for pack, units in product.packs.items():
        if units < 1:
            message = f"pack {pack!r} of {product.sku} holds at least one base unit"
            raise invalid("bad_pack", message, f"[{index}].packs.{pack}", sku=product.sku)
    for code, on in product.barcodes.items():
        if not is_gtin(code):
            message = (
                f"a barcode of {product.sku} is no GTIN (8, 12, 13 or 14 digits, the last a check)"
            )
            raise invalid("bad_barcode", message, f"[{index}].barcodes", sku=product.sku)
        if on is not None and on not in product.packs:
            message = f"a barcode of {product.sku} is on a pack that it does not have"
            raise invalid("bad_barcode", message, f"[{index}].barcodes.{code}", sku=product.sku)
    _check_others(product, index)
    if product.backorder_limit is not None and product.backorder_limit < 0:
        message = f"the backorder limit of {product.sku} is zero or more"
        raise invalid("bad_limit", message, f"[{index}].backorder_limit", sku=product.sku)


def _check_substitutes(tx: Tx, products: Sequence[NewProduct]) -> None:
    """Refuse what nobody sells; those that are put together may name each other."""
    named = {sku for product in products for sku in product.substitutes}
    if not named:
        return
    rows = tx.rows(
        "SELECT sku FROM product WHERE merchant = :merchant AND sku = ANY(:named)",
        merchant=tx.merchant,
        named=sorted(named),
    )
    unknown = named - {row.sku for row in rows}
    for index, product in enumerate(products):
        for at, sku in enumerate(product.substitutes):
            if sku in unknown:
                message = f"{sku}, which is to stand in for {product.sku}, is no product"
                raise invalid("unknown_sku", message, f"[{index}].substitutes[{at}]", sku=sku)


def _check_others(product: NewProduct, index: int) -> None:
    if product.sku in product.substitutes:
        message = f"{product.sku} can not stand in for itself; name other products"
        field = f"[{index}].substitutes[{product.substitutes.index(product.sku)}]"
        raise invalid("same_sku", message, field, sku=product.sku)
    for at, sku in enumerate(product.substitutes):
        if sku in product.substitutes[:at]:
            message = f"{sku} is named twice in place of {product.sku}"
            raise invalid("sku_twice", message, f"[{index}].substitutes[{at}]", sku=sku)


def _check_bins(tx: Tx, products: Sequence[NewProduct]) -> None:
    """A bin is at a location that serves the merchant; refused with the one that is not."""
    named = {location for product in products for location in product.bins}
    if not named:
        return
    rows = tx.rows(
        "SELECT location FROM merchant_location"
        " WHERE merchant = :merchant AND location = ANY(:named)",
        merchant=tx.merchant,
        named=sorted(named),
    )
    unknown = named - {row.location for row in rows}
    for index, product in enumerate(products):
        for location in sorted(unknown & product.bins.keys()):
            message = f"a bin of {product.sku} is at {location}, which does not serve the merchant"
            field = f"[{index}].bins.{location}"
            raise invalid("unknown_location", message, field, sku=product.sku, location=location)


def _refuse_managed_change(tx: Tx, products: Sequence[NewProduct]) -> None:
    """Claims count against stock or they do not: while there are any, that can not change.

    The products are locked before their orders are looked for: whoever takes one in meanwhile
    waits for this, or this for them.
    """
    rows = tx.rows(
        "SELECT p.sku FROM product p JOIN"
        " unnest(CAST(:skus AS text[]), CAST(:managed AS boolean[]))"
        " AS n(sku, managed) ON n.sku = p.sku WHERE p.merchant = :merchant"
        " AND p.manage_stock <> n.managed ORDER BY p.sku FOR UPDATE OF p",
        merchant=tx.merchant,
        skus=[product.sku for product in products],
        managed=[product.manage_stock for product in products],
    )
    if not rows:
        return
    open_ones = tx.rows(
        "SELECT l.sku FROM order_line l JOIN orders o ON o.id = l.order_id"
        " WHERE o.merchant = :merchant AND o.finished_at IS NULL AND l.sku = ANY(:skus)"
        " ORDER BY l.sku LIMIT 1",
        merchant=tx.merchant,
        skus=[row.sku for row in rows],
    )
    if open_ones:
        sku = open_ones[0].sku
        message = f"manage_stock of {sku} can not change while orders for it are open"
        raise conflict("orders_open", message, sku=sku)


def _some_change_their_future(tx: Tx, products: Sequence[NewProduct]) -> bool:
    rows = tx.rows(
        "SELECT sku, future_inventory FROM product"
        " WHERE merchant = :merchant AND sku = ANY(:skus) ORDER BY sku FOR NO KEY UPDATE",
        merchant=tx.merchant,
        skus=[product.sku for product in products],
    )
    before = {row.sku: row.future_inventory for row in rows}
    return any(before.get(p.sku, p.future_inventory) is not p.future_inventory for p in products)
