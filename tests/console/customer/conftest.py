"""A shop with a page on a real port, and a delayed order whose customer has a link."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from fulfillment.domain.insight.offers import OfferKind
from fulfillment.settings import Settings
from fulfillment.store.commands.catalogue import (
    NewMerchant,
    NewProduct,
    put_merchant,
    put_products,
)
from fulfillment.store.commands.orders.links import make_link
from starter.app import build_app
from tests.api.world import serving
from tests.builders.customer import offering
from tests.builders.warehouse import MERCHANT, Warehouse, command

NAME = "Green tea <script>document.title = 'run'</script>"
NOTE = "Write to help@acme.example <img src=x onerror=\"document.title = 'run'\">"
PLANTED = ("Zebedee", "Quux", "Lane", "zeb@")


@dataclass
class Shop:
    """Acme's warehouse, the address of its pages, and the order that is late."""

    warehouse: Warehouse
    url: str
    order: int

    def link(self, order: int | None = None, days: int | None = None) -> str:
        """The address of a new link."""
        number = self.warehouse.number(order or self.order)
        made = make_link(self.warehouse.store, command("make_link"), number, days)
        return f"{self.url}{made.path}"

    def get(self, address: str, **headers: str) -> httpx.Response:
        return httpx.get(address, headers=headers, timeout=20)

    def press(self, address: str, form: Any, **headers: str) -> httpx.Response:
        return httpx.post(address, data=form, headers=headers, timeout=20)


@pytest.fixture
def shop(kept_engine: Engine) -> Iterator[Shop]:
    """Two of five are here; three come in seven days, on Monday 9 March 2026; they are paid."""
    warehouse = Warehouse.at(kept_engine).furnish()
    put_merchant(warehouse.store, NewMerchant(MERCHANT, "Acme Teas", "Europe/Vienna", "EUR"))
    rename(warehouse, "K1", NAME)
    rename(warehouse, "K2", "Cup")
    offering(warehouse, OfferKind.SHIP_NOW, OfferKind.CANCEL_SHORT, OfferKind.EXCHANGE, note=NOTE)
    warehouse.stock(2)
    warehouse.stock(9, "K2")
    warehouse.purchase([("K1", 9)], due=7, number="PO-1")
    wants: list[Any] = [("K1", 5, None, 413)]
    order = warehouse.order(
        wants,
        "SO-1",
        policy={"max_shipments": 1},
        address={"name": "Zebedee Quux", "line1": "7 Secret Lane"},
        contact={"name": "Zebedee Quux", "email": "zeb@quux.example"},
        packer_note="Zebedee is waiting",
        currency="EUR",
    )
    with serving(build_app(warehouse.store, None, Settings())) as url:
        yield Shop(warehouse, url, order)
    assert warehouse.findings() == []


def rename(warehouse: Warehouse, sku: str, name: str) -> None:
    product = NewProduct(sku, name, substitutes=("K2",) if sku == "K1" else ())
    put_products(warehouse.store, MERCHANT, [product])
