"""New supply that would serve nobody is refused; what is on its way already comes."""

from collections.abc import Callable
from functools import partial

from fulfillment.domain.model.statuses import PurchaseOrderStatus
from fulfillment.store.commands.supply.purchase_orders import NewPurchaseLine
from tests.builders import moves
from tests.builders.calling import refused
from tests.builders.warehouse import Warehouse
from tests.store.commands.supply.test_purchase_lines import change

DRAFT = PurchaseOrderStatus.DRAFT


def told(call: Callable[[], object]) -> tuple[str, object]:
    refusal = refused(call)
    return refusal.code, refusal.fields[0]["field"]


def test_new_supply_is_refused_when_its_location_is_closed(warehouse: Warehouse) -> None:
    moves.shipped(warehouse, [("K1", 3)])
    warehouse.stock(3)
    open_order = warehouse.purchase(at="B")
    draft = warehouse.purchase(at="B", status=DRAFT)
    warehouse.location("B", 2, active=False)

    closed = {
        "lines[0].location": partial(warehouse.purchase, at="B", status=DRAFT),
        "location": partial(moves.announce, warehouse, [("K1", 1)], at="B"),
        "destination": partial(moves.transfer, warehouse, [("K1", 1)], to="B"),
    }
    for field, call in closed.items():
        assert told(call) == ("closed_location", field)
    assert told(partial(warehouse.announce, at="B")) == ("closed_location", "location")
    assert told(partial(warehouse.move, draft, "approved")) == (
        "closed_location",
        "lines[0].location",
    )
    assert warehouse.receive(open_order, {1: 10}, at="B")["status"] == "received"
    warehouse.move(draft, "cancelled")
    warehouse.serve_due()


def test_new_supply_is_refused_when_its_product_is_inactive(warehouse: Warehouse) -> None:
    moves.shipped(warehouse, [("K1", 3)])
    draft = warehouse.purchase(status=DRAFT)
    open_order = warehouse.purchase()
    restock = warehouse.announce(5)
    warehouse.products("K1", active=False)

    inactive = ("inactive_sku", "lines[0].sku")
    assert told(partial(warehouse.purchase, status=DRAFT)) == inactive
    assert told(partial(warehouse.move, draft, "approved")) == inactive
    added = (NewPurchaseLine(2, "K1", 5, "A"),)
    assert told(partial(change, warehouse, open_order, add=added)) == (
        "inactive_sku",
        "add_lines[0].sku",
    )
    assert told(warehouse.announce) == ("inactive_sku", "sku")
    warehouse.announce(7, number=restock)
    warehouse.receive(open_order, {1: 10})
    moves.take_back(warehouse, moves.announce(warehouse, [("K1", 1)]), (1, 1, "sellable"))
    warehouse.serve_due()
