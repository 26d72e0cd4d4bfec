"""Days are told in the zone of the place they are about."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands import catalogue
from fulfillment.store.commands.intake import create_order
from tests.builders.warehouse import MERCHANT, Warehouse


def test_supply_is_pegged_until_the_day_is_over_where_it_comes_to(warehouse: Warehouse) -> None:
    far_west = catalogue.NewLocation("W", "W", "Pacific/Honolulu", serves={MERCHANT: 3})
    far_east = catalogue.NewLocation("E", "E", "Pacific/Auckland", serves={MERCHANT: 4})
    for location in (far_west, far_east):
        catalogue.put_location(warehouse.store, location)
    # It is the 3rd in London, the 2nd still in Honolulu, and noon of the 3rd in Auckland.
    warehouse.clock.now = datetime(2026, 3, 3, 0, 30, tzinfo=UTC)
    warehouse.purchase([("K1", 1)], at="W", due=-1, number="WEST")
    warehouse.purchase([("K1", 1)], at="E", due=-1, number="EAST")
    order = warehouse.order([("K1", 2)])
    assert warehouse.pegs(order) == {"WEST": 1}


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        # 12:30 and 13:30 on 2 March in Auckland, on two days in Greenwich.
        (datetime(2026, 3, 1, 23, 30, tzinfo=UTC), datetime(2026, 3, 2, 0, 30, tzinfo=UTC), True),
        # 23:30 on 1 March and 00:30 on the 2nd in Auckland, on one day in Greenwich.
        (datetime(2026, 3, 1, 10, 30, tzinfo=UTC), datetime(2026, 3, 1, 11, 30, tzinfo=UTC), False),
    ],
)
def test_two_orders_are_alike_on_one_day_of_the_merchant(
    warehouse: Warehouse, first: datetime, second: datetime, alike: bool
) -> None:
    new = catalogue.NewMerchant(MERCHANT, "Acme", "Pacific/Auckland")
    catalogue.put_merchant(warehouse.store, new)
    warehouse.order(placed_at=first, customer_reference="C-1")
    order = warehouse.order(placed_at=second, customer_reference="C-1")
    assert warehouse.read(order)["holds"] == (["possible_duplicate"] if alike else [])


HERE = {"name": "Zoë", "line1": "Kai 1"}
ALIKE: dict[str, tuple[dict[str, Any], bool]] = {
    "the same": ({}, True),
    "in capitals": ({"address": {"line1": "KAI 1", "name": "zoë"}}, True),
    "23 hours later": ({"hours": 23}, True),
    "25 hours later": ({"hours": 25}, False),
    "another name": ({"address": HERE | {"name": "Max"}}, False),
    "no address": ({"address": {}}, False),
    "other lines": ({"wants": [("K1", 2)]}, False),
    "told otherwise": ({"policy": {"duplicates": "reference"}}, False),
    "another reference": ({"customer_reference": "C-2"}, True),
}


@pytest.mark.parametrize("way", ALIKE)
def test_two_orders_to_one_address_are_alike_when_the_merchant_says_so(
    warehouse: Warehouse, way: str
) -> None:
    more, alike = ALIKE[way]
    hours = more.get("hours", 1)
    first = warehouse.clock() - timedelta(days=3)
    said = {"address": HERE} | more
    said = {name: said[name] for name in said.keys() - {"wants", "hours"}}
    warehouse.order(placed_at=first, address=HERE, customer_reference="C-1")
    assert not warehouse.read(
        warehouse.order(placed_at=first + timedelta(hours=1), address=HERE, number="BEFORE")
    )["holds"]
    warehouse.cancel(warehouse.one("SELECT id FROM orders WHERE number = 'BEFORE'"))
    warehouse.settings(duplicates="address")
    order = warehouse.order(
        more.get("wants", [("K1", 1)]), placed_at=first + timedelta(hours=hours), **said
    )
    holds = warehouse.read(order)["holds"]
    assert ("possible_duplicate" in holds) is alike


@pytest.mark.parametrize(("hours", "is_taken"), [(-24 * 900, True), (23, True), (25, False)])
def test_an_order_is_placed_at_most_a_day_ahead(
    warehouse: Warehouse, hours: int, is_taken: bool
) -> None:
    new = warehouse.new_order(placed_at=warehouse.clock() + timedelta(hours=hours))
    if is_taken:
        create_order(warehouse.store, MERCHANT, new, "tester")
        return
    with pytest.raises(RefusedError) as refused:
        create_order(warehouse.store, MERCHANT, new, "tester")
    assert refused.value.code == "placed_ahead"
    assert [error["field"] for error in refused.value.fields] == ["placed_at"]
