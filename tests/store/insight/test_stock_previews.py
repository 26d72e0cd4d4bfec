"""What a change of stock would make of orders is what it makes of them, whatever else they want."""

import pytest

from fulfillment.store.commands.supply.stock import Adjustment, adjust
from fulfillment.store.insight.stock_changes import preview_adjustment
from tests.builders.warehouse import MERCHANT, Warehouse, command


@pytest.mark.parametrize("policy", [{}, {"max_shipments": 1}])
def test_an_order_that_would_lose_units_may_want_other_goods_too(
    warehouse: Warehouse, policy: dict[str, object]
) -> None:
    warehouse.stock(3)
    warehouse.stock(2, "K2")
    mine = warehouse.order([("K1", 3), ("K2", 2)], policy=policy)
    fewer = [Adjustment("K1", "A", -2, "counted")]

    before = warehouse.status(mine)
    (told,) = preview_adjustment(warehouse.store, MERCHANT, fewer).orders
    assert (warehouse.status(mine), warehouse.level()) == (before, (3, 3))

    adjust(warehouse.store, command("adjust"), fewer)
    assert told.order == warehouse.number(mine)
    assert (str(told.before.status), str(told.after.status)) == (before, warehouse.status(mine))
    assert told.after.allocated == warehouse.allocated(mine)
