"""Locations that supply nothing to a merchant, and what lies there."""

from collections.abc import Collection, Iterable, Mapping

from fulfillment.domain.model.supply import OutOfUse, StockLevel
from fulfillment.store.transactions.session import Tx


def load_stranded(
    tx: Tx, skus: Collection[str], locations: Collection[str]
) -> tuple[StockLevel, ...]:
    """Sellable stock of these SKUs that is free anywhere but at these locations."""
    rows = tx.rows(
        "SELECT sku, location, on_hand - allocated AS available FROM stock_level"
        " WHERE merchant = :merchant AND sku = ANY(:skus) AND location <> ALL(:locations)"
        " AND disposition = 'sellable' AND on_hand > allocated ORDER BY sku, location",
        merchant=tx.merchant,
        skus=sorted(skus),
        locations=list(locations),
    )
    return tuple(StockLevel(*row) for row in rows)


def load_out_of_use(tx: Tx, names: Iterable[str]) -> Mapping[str, OutOfUse]:
    """Those of these locations that supply nothing to the merchant, each with the reason."""
    rows = tx.rows(
        "SELECT l.id, l.active FROM location l WHERE l.id = ANY(:names) AND NOT (l.active"
        " AND EXISTS (SELECT 1 FROM merchant_location ml"
        " WHERE ml.merchant = :merchant AND ml.location = l.id)) ORDER BY l.id",
        merchant=tx.merchant,
        names=sorted(set(names)),
    )
    return {row.id: OutOfUse.NOT_SERVING if row.active else OutOfUse.CLOSED for row in rows}
