"""The pictures of the desk in docs/pictures, made from the sample; run, they are made anew."""

import shutil
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from cli.demo import catalogue
from cli.demo.client import Client
from cli.demo.script import SCRIPT
from cli.demo.steps import Buy, Order, Play, RefusedOrder
from embedded.postgres import EmbeddedPostgres
from fulfillment.domain.model.scope import Scope
from fulfillment.settings import Settings
from fulfillment.store import migrations
from fulfillment.store.commands.administration.keys import Role
from fulfillment.store.commands.supply.serving import serve_due
from fulfillment.store.transactions.session import Store, connect
from starter.app import build_app
from tests.api.world import World, serving
from tests.console.conftest import FLAGS
from tests.console.visitors import PASSWORD, make

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
MERCHANT = catalogue.MERCHANT.id
SIZE = {"width": 1280, "height": 760}
TALL = {"width": 1280, "height": 960}
ORDER = "W-1005"
"""It goes whole or not at all, and waits for two pots."""

PICTURES = {
    "desk-board": f"/m/{MERCHANT}",
    "desk-orders": f"/m/{MERCHANT}/orders",
    "desk-order": f"/m/{MERCHANT}/orders/{ORDER}",
    "desk-why": f"/m/{MERCHANT}/orders/{ORDER}/why",
}
QUEUE = {
    "desk-sku": f"/m/{MERCHANT}/skus/POT?order=W-1023",
    "desk-what-if": f"/m/{MERCHANT}/what-if?if=PO-105:%2B5d&if=order:W-1025:priority%3D10",
    "desk-purchase": f"/m/{MERCHANT}/purchase-orders/PO-105",
    "desk-stock": f"/m/{MERCHANT}/stock",
}
"""Taken when more have ordered pots."""

POTS = (3, 2, 5, 1, 4)
"""Units of the orders W-1021 to W-1025."""


def furnish(world: World) -> None:
    """The sample's goods, and of its play what is ordered and bought."""
    stopping = threading.Event()
    catalogue.put_parties(world.store)
    client = Client(world.url, world.key(Role.ADMIN, MERCHANT), stopping)
    catalogue.put_goods(client)
    play = Play(client, 1, datetime.now(UTC).date(), stopping)
    for _, step in SCRIPT:
        if isinstance(step, Order) and not isinstance(step, RefusedOrder):
            client.send("POST", "/v1/orders", step.body(play))
            world.prepare(play.order(step.n), MERCHANT)
        elif isinstance(step, Buy):
            replace(step, outcome={}).play(play)
            while serve_due(world.store, MERCHANT):
                pass
    make(world, "mara", scope=Scope(), full="Mara Holm")


def order_pots(world: World) -> None:
    """More who want pots, and a purchase of them without a day."""
    client = Client(world.url, world.key(Role.ADMIN, MERCHANT), threading.Event())
    play = Play(client, 1, datetime.now(UTC).date(), threading.Event())
    lines = [{"line": 1, "sku": "POT", "units": 12, "location": "vienna"}]
    body = {"number": play.purchase_order(6), "supplier": catalogue.CLAY, "lines": lines}
    client.send("POST", "/v1/purchase-orders", body)
    for n, units in enumerate(POTS, 21):
        client.send("POST", "/v1/orders", Order(n, "", [(units, None, "POT")], {}).body(play))
        world.prepare(play.order(n), MERCHANT)


def sign_in(page: Page, url: str) -> None:
    """As Mara Holm."""
    page.goto(f"{url}/sign-in")
    page.get_by_label("User").fill("mara")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def take(page: Page, url: str, pictures: Mapping[str, str]) -> None:
    """Each of them, of what is there now."""
    for name, path in pictures.items():
        page.goto(f"{url}{path}")
        page.screenshot(path=FOLDER / f"{name}.png")


def main() -> None:
    """On servers of its own, in a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="pegboard-pictures-"))
    folder.chmod(0o711)
    try:
        with EmbeddedPostgres(folder / "postgres", durable=False) as server:
            server.execute("CREATE DATABASE {name}", name="pictures")
            migrations.upgrade(server.url_of("pictures"))
            store = Store(connect(server.url_of("pictures")))
            with serving(build_app(store, None, Settings())) as url, sync_playwright() as driver:
                world = World(store, url)
                furnish(world)
                chromium = shutil.which("chromium")
                opened = driver.chromium.launch(executable_path=chromium, args=list(FLAGS))
                page = opened.new_page(viewport=SIZE)  # type: ignore[arg-type]
                sign_in(page, url)
                take(page, url, PICTURES)
                order_pots(world)
                page.set_viewport_size(TALL)  # type: ignore[arg-type]
                take(page, url, QUEUE)
                opened.close()
            store.engine.dispose()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
