"""A merchant that does not exist, with what it sells and where."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cli.demo.client import Client
from fulfillment.store.commands.catalogue import (
    NewLocation,
    NewMerchant,
    put_location,
    put_merchant,
)
from fulfillment.store.transactions.session import Store

MERCHANT = NewMerchant("hearth", "Hearth & Leaf", "Europe/Vienna", "EUR")

LOCATIONS = (
    NewLocation("vienna", "Vienna warehouse", "Europe/Vienna", serves={MERCHANT.id: 1}),
    NewLocation("porto", "Porto warehouse", "Europe/Lisbon", serves={MERCHANT.id: 2}),
    NewLocation("dublin", "Dublin store", "Europe/Dublin", serves={MERCHANT.id: 3}),
)

LEAF, CLAY = "Sample Leaf Traders", "Sample Clay Works"


@dataclass(frozen=True, slots=True)
class Product:
    """A product, and the units of it that are there when the play begins."""

    sku: str
    name: str
    packs: Mapping[str, int] = field(default_factory=dict)
    stock: Mapping[str, int] = field(default_factory=dict)
    supplier: str = LEAF
    manage_stock: bool = True
    allow_backorder: bool = True

    @property
    def body(self) -> dict[str, Any]:
        """The product as the API takes it."""
        return {
            "sku": self.sku,
            "name": self.name,
            "packs": dict(self.packs),
            "supplier": self.supplier,
            "manage_stock": self.manage_stock,
            "allow_backorder": self.allow_backorder,
        }


CARTON, BOX, SET = {"carton": 12}, {"box": 6}, {"set": 4}

PRODUCTS = (
    Product("TEA-GREEN", "Green tea, 100 g", CARTON, {"vienna": 60, "porto": 24}),
    Product("TEA-BLACK", "Black tea, 100 g", CARTON, {"vienna": 24}),
    Product("TEA-MINT", "Mint tea, 100 g", CARTON, {"vienna": 5}),
    Product("OOLONG", "Oolong, 50 g", BOX),
    Product("CHAI", "Chai, 250 g", BOX, {"vienna": 8}),
    Product("HONEY", "Lime honey, 500 g", BOX),
    Product("POT", "Teapot, 1 l", {}, {"vienna": 4}, CLAY),
    Product("CUP", "Cup", SET, {"porto": 30}, CLAY),
    Product("KETTLE", "Kettle, 1.5 l", {}, {"vienna": 2}, CLAY),
    Product("INFUSER", "Infuser", {}, {"vienna": 3, "dublin": 6}, CLAY),
    Product("CANDLE", "Candle", {}, {"dublin": 3}, CLAY),
    Product("FIRST-FLUSH", "First flush, 25 g", {}, {"vienna": 3}, allow_backorder=False),
    Product("GIFT-CARD", "Gift card", manage_stock=False),
)


def put_parties(store: Store) -> None:
    """The merchant and its locations: the operator's to say."""
    put_merchant(store, MERCHANT)
    for location in LOCATIONS:
        put_location(store, location)


def put_goods(client: Client) -> None:
    """The products, and as many free units of each as the play begins with."""
    client.send("POST", "/v1/products/batch", {"products": [p.body for p in PRODUCTS]})
    if adjustments := _adjustments(client):
        client.send("POST", "/v1/stock/adjustments", {"adjustments": adjustments})


def _adjustments(client: Client) -> list[dict[str, Any]]:
    known = {item["sku"]: item for item in client.get("/v1/stock", limit=200)["items"]}
    wanted = []
    for product in PRODUCTS:
        levels = known.get(product.sku, {}).get("locations", [])
        free = {level["location"]: int(level["available"]) for level in levels}
        for location in sorted({*free, *product.stock}):
            missing = product.stock.get(location, 0) - free.get(location, 0)
            wanted.append((product.sku, location, missing))
    return [
        {"sku": sku, "location": location, "units": units, "reason": "sample"}
        for sku, location, units in wanted
        if units
    ]
