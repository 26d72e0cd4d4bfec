"""What of an import is there already, for a whole batch at once."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import text

from fulfillment.domain.model.refusals import conflict
from fulfillment.store.records.catalogue import NewLocation, NewProduct
from fulfillment.store.transactions.session import Store, Tx

Place = tuple[str, str, str]
"""SKU, location, disposition."""


@dataclass(frozen=True, slots=True)
class KnownMerchant:
    """A merchant and the active locations that serve it, by priority."""

    time_zone: str
    currency: str
    locations: tuple[str, ...]


def known_merchant(tx: Tx) -> KnownMerchant | None:
    """The transaction's merchant; None where there is none of that name."""
    rows = tx.rows(
        "SELECT m.time_zone, m.currency, coalesce((SELECT array_agg(ml.location"
        " ORDER BY ml.priority, ml.location) FROM merchant_location ml"
        " JOIN location l ON l.id = ml.location AND l.active WHERE ml.merchant = m.id), '{}')"
        " AS locations FROM merchant m WHERE m.id = :merchant",
        merchant=tx.merchant,
    )
    return KnownMerchant(rows[0][0], rows[0][1], tuple(rows[0][2])) if rows else None


def known_location(tx: Tx, location: str) -> NewLocation | None:
    """A location as it is, whomever it serves."""
    rows = tx.rows("SELECT id, name, time_zone, active FROM location WHERE id = :id", id=location)
    return NewLocation(*rows[0]) if rows else None


def known_products(tx: Tx, skus: Sequence[str]) -> dict[str, NewProduct]:
    """The products of these SKUs as they are."""
    rows = tx.rows(
        "SELECT p.sku, p.name, p.manage_stock, p.allow_backorder, p.backorder_limit,"
        " p.future_inventory, p.packs, p.supplier, p.reorder_level, p.active,"
        " coalesce((SELECT jsonb_object_agg(b.code, b.pack) FROM product_barcode b"
        " WHERE b.merchant = p.merchant AND b.sku = p.sku), '{}'::jsonb) AS barcodes,"
        " p.weight_g, p.length_mm, p.width_mm, p.height_mm, p.country_of_origin, p.customs_code,"
        " p.bins, p.substitutes"
        " FROM product p WHERE merchant = :merchant AND sku = ANY(:skus)",
        merchant=tx.merchant,
        skus=list(skus),
    )
    return {
        row.sku: NewProduct(**row._asdict() | {"substitutes": tuple(row.substitutes)})
        for row in rows
    }


def spelled_alike(tx: Tx, skus: Sequence[str]) -> list[tuple[str, ...]]:
    """Of these SKUs, those with others that differ from them only by case, with these."""
    rows = tx.rows(
        "SELECT array_agg(sku ORDER BY sku) AS skus FROM product WHERE merchant = :merchant"
        " AND lower(sku) IN (SELECT lower(asked) FROM unnest(CAST(:skus AS text[])) AS asked)"
        " GROUP BY lower(sku) HAVING count(*) > 1 ORDER BY lower(sku)",
        merchant=tx.merchant,
        skus=list(skus),
    )
    return [tuple(row.skus) for row in rows]


def known_adjustments(tx: Tx, prefix: str, skus: Sequence[str]) -> dict[Place, int]:
    """Units booked by adjustments whose reference begins so."""
    rows = tx.rows(
        "SELECT sku, location, disposition, sum(units)::bigint AS units FROM stock_ledger"
        " WHERE merchant = :merchant AND sku = ANY(:skus) AND kind = 'adjustment'"
        " AND starts_with(reference, :prefix) GROUP BY sku, location, disposition",
        merchant=tx.merchant,
        skus=list(skus),
        prefix=prefix,
    )
    return {(row.sku, row.location, row.disposition): row.units for row in rows}


def known_commands(tx: Tx, keys: Sequence[str]) -> dict[str, bytes]:
    """The fingerprints of commands that were done, by key."""
    rows = tx.rows(
        "SELECT key, fingerprint FROM command WHERE merchant = :merchant AND key = ANY(:keys)",
        merchant=tx.merchant,
        keys=list(keys),
    )
    return {row.key: bytes(row.fingerprint) for row in rows}


def known_purchase_orders(tx: Tx, numbers: Sequence[str]) -> frozenset[str]:
    """Those of these numbers that are taken."""
    rows = tx.rows(
        "SELECT number FROM purchase_order WHERE merchant = :merchant AND number = ANY(:numbers)",
        merchant=tx.merchant,
        numbers=list(numbers),
    )
    return frozenset(row.number for row in rows)


def known_purchases(tx: Tx, numbers: Sequence[str]) -> dict[str, dict[int, str]]:
    """These purchase orders: the SKU of each line, by its number."""
    rows = tx.rows(
        "SELECT p.number, l.line, u.sku FROM purchase_order p"
        " JOIN purchase_order_line l ON l.purchase_order = p.id JOIN supply u ON u.id = l.supply"
        " WHERE p.merchant = :merchant AND p.number = ANY(:numbers) ORDER BY p.number, l.line",
        merchant=tx.merchant,
        numbers=list(numbers),
    )
    found: dict[str, dict[int, str]] = {}
    for row in rows:
        found.setdefault(row.number, {})[row.line] = row.sku
    return found


@dataclass(frozen=True, slots=True)
class KnownReceipt:
    """A receipt that was counted; one that was not for a purchase order names none."""

    purchase_order: str | None
    location: str
    is_reversed: bool
    units: dict[tuple[int, str], int]

    @property
    def told(self) -> tuple[str | None, str, Mapping[tuple[int, str], int]]:
        """Its content: for what, where, and the units by line and disposition."""
        return self.purchase_order, self.location, self.units


def known_receipts(tx: Tx, numbers: Sequence[str]) -> dict[str, KnownReceipt]:
    """The receipts of these numbers, also those of transfers and returns: numbers are shared."""
    rows = tx.rows(
        "SELECT r.number, p.number AS purchase_order, r.location,"
        " r.reversed_at IS NOT NULL AS is_reversed, l.line, rl.disposition, rl.units"
        " FROM receipt r LEFT JOIN purchase_order p ON p.id = r.purchase_order"
        " LEFT JOIN receipt_line rl ON rl.receipt = r.id"
        " LEFT JOIN purchase_order_line l ON l.supply = rl.supply"
        " WHERE r.merchant = :merchant AND r.number = ANY(:numbers)",
        merchant=tx.merchant,
        numbers=list(numbers),
    )
    found: dict[str, KnownReceipt] = {}
    for row in rows:
        fresh = KnownReceipt(row.purchase_order, row.location, row.is_reversed, {})
        known = found.setdefault(row.number, fresh)
        if row.line is not None:
            known.units[row.line, row.disposition] = row.units
    return found


@contextmanager
def only_import(store: Store, merchant: str) -> Iterator[None]:
    """One import of a merchant at a time, so that none counts what another is counting.

    The lock belongs to a connection of its own and ends with it, however the process ends.
    Raises a conflict when another import holds it.
    """
    key = {"key": f"pegboard import {merchant}"}
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        lock = text("SELECT pg_try_advisory_lock(hashtextextended(:key, 0))")
        if not connection.scalar(lock, key):
            raise conflict("import_runs", f"another import for {merchant} is running")
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(hashtextextended(:key, 0))"), key)
