"""The pictures of the desk in docs/pictures, made from the sample; run, they are made anew."""

import shutil
import tempfile
import threading
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
ORDER = "W-1005"
"""It goes whole or not at all, and waits for two pots."""

PICTURES = {
    "desk-board": f"/m/{MERCHANT}",
    "desk-orders": f"/m/{MERCHANT}/orders",
    "desk-order": f"/m/{MERCHANT}/orders/{ORDER}",
    "desk-why": f"/m/{MERCHANT}/orders/{ORDER}/why",
}


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


def take(page: Page, url: str) -> None:
    """Sign in, and take each picture."""
    page.goto(f"{url}/sign-in")
    page.get_by_label("User").fill("mara")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    for name, path in PICTURES.items():
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
                furnish(World(store, url))
                chromium = shutil.which("chromium")
                opened = driver.chromium.launch(executable_path=chromium, args=list(FLAGS))
                take(opened.new_page(viewport=SIZE), url)  # type: ignore[arg-type]
                opened.close()
            store.engine.dispose()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
