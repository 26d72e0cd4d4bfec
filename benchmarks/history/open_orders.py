"""Some thousands of open orders, made by the commands themselves: claimed, pegged and waiting."""

from datetime import timedelta

from fulfillment.store.commands import catalogue
from fulfillment.store.commands.intake import NewLine, NewOrder, create_orders
from fulfillment.store.commands.supply import purchase_orders, stock
from fulfillment.store.planning.first_claims import claim_all
from fulfillment.store.transactions.session import Command, Store

MERCHANT, PURCHASE = "bench", "OPEN-PO"
LOCATIONS = ("A", "B", "C")
SKUS = 500
TOGETHER = 500
ADDRESS = {"name": "N. N.", "line1": "Ring 1", "city": "Vienna", "country": "AT"}


def sku(number: int) -> str:
    """The name of a product."""
    return f"S{number % SKUS:03}"


def fill_catalogue(store: Store) -> None:
    """A merchant with three locations and all products."""
    catalogue.put_merchant(store, catalogue.NewMerchant(MERCHANT, "Bench"))
    for place, location in enumerate(LOCATIONS, start=1):
        new = catalogue.NewLocation(location, location, serves={MERCHANT: place})
        catalogue.put_location(store, new)
    products = [catalogue.NewProduct(sku(n), sku(n)) for n in range(SKUS)]
    for at in range(0, SKUS, 100):
        catalogue.put_products(store, MERCHANT, products[at : at + 100])


def take_in(store: Store, orders: int) -> None:
    """So many orders of two lines: half of what they want is there, a quarter is to come."""
    each = max(orders * 3 // SKUS, 1)
    counts = [
        stock.Adjustment(sku(n), LOCATIONS[n % len(LOCATIONS)], each // 2 + 1, "opening")
        for n in range(SKUS)
    ]
    stock.adjust(store, Command(MERCHANT, "adjust", "opening", "bench"), counts)
    lines = tuple(
        purchase_orders.NewPurchaseLine(n + 1, sku(n), each // 4 + 1, "A") for n in range(SKUS)
    )
    due_on = store.clock().date() + timedelta(days=9)
    new = purchase_orders.NewPurchaseOrder(PURCHASE, lines, expected_on=due_on)
    purchase_orders.create_purchase_order(store, Command(MERCHANT, "buy", "open", "bench"), new)
    wanted = [
        NewOrder(
            f"OPEN-{n}",
            (NewLine(1, sku(n), 1), NewLine(2, sku(n * 7 + 250), 2)),
            customer_reference=f"C{n}",
            address=ADDRESS,
        )
        for n in range(orders)
    ]
    for at in range(0, orders, TOGETHER):
        create_orders(store, MERCHANT, wanted[at : at + TOGETHER], "bench")
        claim_all(store, MERCHANT)
