"""What the checks of intake look at, loaded once for a batch."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fulfillment.domain.model.policy import Knobs
from fulfillment.domain.model.refusals import missing
from fulfillment.store.commands.intake.documents import NewLine
from fulfillment.store.records.ground import load_ground
from fulfillment.store.sums.reading import units_waiting
from fulfillment.store.transactions.session import Tx


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the checks of intake look at, loaded once for the batch."""

    products: Mapping[str, Any]
    locations: frozenset[str]
    free: Mapping[tuple[str, str], int]
    waiting: Mapping[str, int]
    currency: str
    now: datetime
    settings: tuple[Knobs, ...] = ()
    """The scopes behind an order's own policy: the merchant's knobs, then the default ones."""
    time_zone: str = "UTC"
    shipping_methods: Mapping[str, int] = field(default_factory=dict)
    """Days under way, by the name of the method."""
    ordered: Mapping[int, Any] = field(default_factory=dict)
    """The lines that the order has already, by number: their packs are what they were then."""

    @property
    def limited(self) -> frozenset[str]:
        """The SKUs of which only so many units may wait."""
        return frozenset(
            sku for sku, product in self.products.items() if product.backorder_limit is not None
        )


def load_catalogue(tx: Tx, lines: Iterable[NewLine], order: int | None = None) -> Catalogue:
    """What the checks need to know of the products of these lines, and of the order's own."""
    skus = sorted({line.sku for line in lines})
    asked = tx.ask(
        "SELECT sku, manage_stock, allow_backorder, backorder_limit, packs, active FROM product"
        " WHERE merchant = :merchant AND sku = ANY(:skus)",
        merchant=tx.merchant,
        skus=skus,
    )
    ground = load_ground(tx)
    if ground.currency is None:
        raise missing("merchant", tx.merchant)
    products = asked.rows()
    strict = [p.sku for p in products if not p.allow_backorder or p.backorder_limit is not None]
    return Catalogue(
        products={product.sku: product for product in products},
        locations=frozenset(ground.locations),
        free=_free(tx, strict) if strict else {},
        waiting=units_waiting(tx, strict) if strict else {},
        currency=ground.currency,
        now=tx.now,
        settings=(ground.own, ground.everybody),
        time_zone=ground.time_zone,
        shipping_methods=ground.shipping_methods,
        ordered=_ordered(tx, order) if order is not None else {},
    )


def _ordered(tx: Tx, order: int) -> dict[int, Any]:
    rows = tx.rows(
        "SELECT line, sku, pack, pack_units, ordered - cancelled AS units FROM order_line"
        " WHERE order_id = :order",
        order=order,
    )
    return {row.line: row for row in rows}


def _free(tx: Tx, skus: list[str]) -> dict[tuple[str, str], int]:
    rows = tx.rows(
        "SELECT v.sku, v.location, v.on_hand - v.allocated AS units FROM stock_level v"
        " JOIN merchant_location ml ON ml.merchant = v.merchant AND ml.location = v.location"
        " JOIN location l ON l.id = v.location AND l.active"
        " WHERE v.merchant = :merchant AND v.sku = ANY(:skus) AND v.disposition = 'sellable'",
        merchant=tx.merchant,
        skus=skus,
    )
    return {(row.sku, row.location): row.units for row in rows}
