"""What there is of SKUs: the products, their stock, what is inbound, and who waits.

What does not depend on one another is asked for first (`ask_for_...`) and then waited for.
"""

from collections.abc import Collection, Iterable, Mapping

from fulfillment.domain.model.statuses import PurchaseOrderStatus
from fulfillment.domain.model.supply import Product, StockLevel, Supply
from fulfillment.store.transactions.dialogue import Question
from fulfillment.store.transactions.session import Tx


def status_of(stored: str | None) -> PurchaseOrderStatus | None:
    """A stored status of a purchase order; None where the supply is of none."""
    return None if stored is None else PurchaseOrderStatus(stored)


def load_products(tx: Tx, skus: Iterable[str]) -> Mapping[str, Product]:
    """The products of these SKUs."""
    return products_of(ask_for_products(tx, skus))


def ask_for_products(tx: Tx, skus: Iterable[str]) -> Question:
    """Send what `load_products` asks."""
    return tx.ask(
        "SELECT sku, manage_stock, allow_backorder, future_inventory, backorder_limit FROM product"
        " WHERE merchant = :merchant AND sku = ANY(:skus)",
        merchant=tx.merchant,
        skus=sorted(set(skus)),
    )


def products_of(asked: Question) -> Mapping[str, Product]:
    """What was asked of the products, by SKU."""
    return {row.sku: Product(*row) for row in asked.rows()}


def load_levels(
    tx: Tx, skus: Collection[str], locations: Collection[str]
) -> tuple[StockLevel, ...]:
    """Sellable stock of these SKUs at these locations where any is free."""
    return levels_of(ask_for_levels(tx, skus, locations))


def ask_for_levels(tx: Tx, skus: Collection[str], locations: Collection[str]) -> Question:
    """Send what `load_levels` asks."""
    return tx.ask(
        "SELECT sku, location, on_hand - allocated AS available FROM stock_level"
        " WHERE merchant = :merchant AND sku = ANY(:skus) AND location = ANY(:locations)"
        " AND disposition = 'sellable' AND on_hand > allocated ORDER BY sku, location",
        merchant=tx.merchant,
        skus=sorted(skus),
        locations=list(locations),
    )


def levels_of(asked: Question) -> tuple[StockLevel, ...]:
    """What was asked of the levels."""
    return tuple(StockLevel(*row) for row in asked.rows())


def load_supplies(tx: Tx, skus: Collection[str], orders: Collection[int]) -> tuple[Supply, ...]:
    """Inbound supply of these SKUs, less what orders outside these hold pegs on."""
    return supplies_of(ask_for_supplies(tx, skus, orders))


SUPPLIES = """
WITH theirs AS MATERIALIZED (
    SELECT p.supply, sum(p.units) AS units FROM shipment_line sl
      JOIN peg p ON p.shipment_line = sl.id
     WHERE sl.order_id = ANY(:orders) GROUP BY p.supply
)
SELECT u.id, u.sku, u.location,
       (u.outstanding - u.pegged
        + coalesce((SELECT units FROM theirs WHERE supply = u.id), 0))::bigint AS open_units,
       u.expected_on, u.document AS source, u.status
  FROM inbound_supply u WHERE u.merchant = :merchant AND u.sku = ANY(:skus)
 ORDER BY u.expected_on, u.id
"""


def ask_for_supplies(tx: Tx, skus: Collection[str], orders: Collection[int]) -> Question:
    """Send what `load_supplies` asks."""
    return tx.ask(SUPPLIES, merchant=tx.merchant, skus=sorted(skus), orders=list(orders))


def supplies_of(asked: Question) -> tuple[Supply, ...]:
    """What was asked of the supplies."""
    return tuple(
        Supply(
            id=row.id,
            sku=row.sku,
            location=row.location,
            outstanding=row.open_units,
            due_on=row.expected_on,
            source=row.source,
            status=status_of(row.status),
        )
        for row in asked.rows()
    )
