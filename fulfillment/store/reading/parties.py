"""Merchants, locations and products as they are read."""

from collections.abc import Collection

from fulfillment.domain.model.papers import Letterhead
from fulfillment.domain.model.refusals import missing
from fulfillment.store.reading.paging import Listing, Page, Sort, Window
from fulfillment.store.reading.rows import rows_as
from fulfillment.store.reading.views.parties import LocationView, MerchantView, ProductView
from fulfillment.store.transactions.session import Tx

MERCHANT_SORT = Sort(("m.id",), ("text",))
LOCATION_SORT = Sort(("l.id",), ("text",))
PRODUCT_SORT = Sort(("p.sku",), ("text",))

MERCHANTS = """
SELECT m.id, m.name, m.time_zone, m.currency, m.authorise_before_release,
       m.reauthorise_on_release, m.shipping_methods, {keys}
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
       p.packs, p.supplier, p.reorder_level, p.active, p.weight_g, p.length_mm, p.width_mm,
       p.height_mm, p.country_of_origin, p.customs_code, p.bins, p.substitutes,
       coalesce((SELECT jsonb_object_agg(b.code, b.pack) FROM product_barcode b
                  WHERE b.merchant = p.merchant AND b.sku = p.sku), '{{}}'::jsonb) AS barcodes,
       {keys}
  FROM product p WHERE {conditions} ORDER BY {order_by} LIMIT :most
"""


ALL_MERCHANTS = Listing(
    MERCHANTS,
    MERCHANT_SORT,
    rows_as(MerchantView),
    {"id": "m.id = :id", "ids": "m.id = ANY(:ids)"},
)
ALL_LOCATIONS = Listing(LOCATIONS, LOCATION_SORT, rows_as(LocationView), {"id": "l.id = :id"})
ALL_PRODUCTS = Listing(
    PRODUCTS,
    PRODUCT_SORT,
    rows_as(ProductView),
    {"sku": "p.sku = :sku", "active": "p.active = :active"},
    always=("p.merchant = :merchant",),
)


def merchant_exists(tx: Tx, merchant: str) -> bool:
    """Whether there is a merchant of this name."""
    return bool(tx.rows("SELECT 1 FROM merchant WHERE id = :id", id=merchant))


def some_merchants(tx: Tx, most: int) -> list[str]:
    """The ids of merchants, so many at most."""
    return [row.id for row in tx.rows("SELECT id FROM merchant ORDER BY id LIMIT :most", most=most)]


def read_merchant(tx: Tx, merchant: str) -> MerchantView:
    """One merchant, or a refusal."""
    if found := ALL_MERCHANTS.one(tx, id=merchant):
        return found
    raise missing("merchant", merchant)


def read_letterhead(tx: Tx, merchant: str) -> Letterhead:
    """What stands over a merchant's papers; a refusal if there is no such merchant."""
    rows = tx.rows(
        "SELECT h.sender, h.logo FROM merchant m LEFT JOIN letterhead h ON h.merchant = m.id"
        " WHERE m.id = :id",
        id=merchant,
    )
    if not rows:
        raise missing("merchant", merchant)
    return Letterhead(tuple(rows[0].sender or ()), rows[0].logo and bytes(rows[0].logo))


def list_merchants(
    tx: Tx, window: Window, ids: Collection[str] | None = None
) -> Page[MerchantView]:
    """Every merchant by name, or those of these ids."""
    return ALL_MERCHANTS.page(tx, window, {"ids": None if ids is None else list(ids)})


def read_location(tx: Tx, location: str) -> LocationView:
    """One location with the merchants it serves, or a refusal."""
    if found := ALL_LOCATIONS.one(tx, id=location):
        return found
    raise missing("location", location)


def check_serves(tx: Tx, location: str, merchants: Collection[str] | None) -> None:
    """Refuse a location that there is not, or that serves none of these merchants."""
    rows = tx.rows(
        "SELECT 1 FROM location l WHERE l.id = :id AND (CAST(:merchants AS text[]) IS NULL"
        " OR EXISTS (SELECT 1 FROM merchant_location m"
        " WHERE m.location = l.id AND m.merchant = ANY(:merchants)))",
        id=location,
        merchants=None if merchants is None else list(merchants),
    )
    if not rows:
        raise missing("location", location)


def list_locations(tx: Tx, window: Window) -> Page[LocationView]:
    """Every location by name."""
    return ALL_LOCATIONS.page(tx, window)


def read_product(tx: Tx, sku: str) -> ProductView:
    """One product of the merchant, or a refusal."""
    if found := ALL_PRODUCTS.one(tx, sku=sku):
        return found
    raise missing("product", sku)


def list_products(tx: Tx, window: Window, *, active: bool | None = None) -> Page[ProductView]:
    """The merchant's products by SKU."""
    return ALL_PRODUCTS.page(tx, window, {"active": active})
