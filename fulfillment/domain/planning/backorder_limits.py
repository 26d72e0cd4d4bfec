"""How many units of a product wait, where it limits them: counted while a plan is made."""

from collections import Counter
from collections.abc import Mapping

from fulfillment.domain.model.orders import Order, waiting_lines
from fulfillment.domain.model.shipments import ShipmentLine
from fulfillment.domain.model.supply import Snapshot


class BackorderLimits:
    """Units of limited products for which orders wait that have made their first claim."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.waiting = Counter(snapshot.waiting)
        self.limits = {
            product.sku: product.backorder_limit
            for product in snapshot.products.values()
            if product.managed and product.backorder_limit is not None
        }
        for order in snapshot.orders:
            if order.first_claimed and order.id not in snapshot.first_claims:
                self.waiting.update(self._limited(order))

    def served(self, before: Order, after: Order) -> None:
        """Count an order as it stands after its turn; one that claims first was not counted."""
        if before.id not in self.snapshot.first_claims:
            self.waiting.subtract(self._limited(before))
        self.waiting.update(self._limited(after))

    def are_passed(self, claimed: Order, short: Mapping[int, int]) -> bool:
        """Whether more would wait than a product allows, if an order waited for what is short."""
        more: Counter[str] = Counter()
        for line in self._limited_lines(claimed):
            more[line.sku] += short.get(line.id, 0)
        return any(
            units and self.waiting[sku] + units > self.limits[sku] for sku, units in more.items()
        )

    def _limited(self, order: Order) -> Counter[str]:
        units: Counter[str] = Counter()
        for line in self._limited_lines(order):
            units[line.sku] += line.wanted
        return units

    def _limited_lines(self, order: Order) -> list[ShipmentLine]:
        """Few products have a limit: where none has, no order is looked through."""
        if not self.limits:
            return []
        return [line for line in waiting_lines(order) if line.sku in self.limits]
