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
        limits: dict[str, int] = {}
        for line in waiting_lines(claimed):
            limit = self._limit(line)
            if limit is not None and line.id in short:
                limits[line.sku] = limit
                more[line.sku] += short[line.id]
        return any(self.waiting[sku] + units > limits[sku] for sku, units in more.items())

    def _limited(self, order: Order) -> Counter[str]:
        units: Counter[str] = Counter()
        for line in waiting_lines(order):
            if line.wanted and self._limit(line) is not None:
                units[line.sku] += line.wanted
        return units

    def _limit(self, line: ShipmentLine) -> int | None:
        product = self.snapshot.products[line.sku]
        return product.backorder_limit if product.managed else None
