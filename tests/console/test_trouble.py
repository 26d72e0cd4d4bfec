"""The database is away, or held: pages say so as pages, and the API as it always does."""

import httpx
from sqlalchemy import text

from console.cookies import OVER_HTTP
from fulfillment.settings import Settings
from fulfillment.store.transactions.patience import Patience
from fulfillment.store.transactions.session import Store, connect
from starter.app import build_app
from tests.api.world import World, serving, settle
from tests.console.visitors import make, visitor

KEY = f"pb_{'0' * 16}_{'x' * 43}"
NOBODY = "postgresql+psycopg://nobody@127.0.0.1:1/none"


def test_a_page_says_that_the_database_is_away_and_the_api_says_it_in_json():
    store = Store(connect(NOBODY, patience=Patience(connect=1)))
    with (
        serving(build_app(store, None, Settings())) as url,
        httpx.Client(base_url=url, cookies={OVER_HTTP: "x" * 43}) as client,
    ):
        page = client.get("/m/acme/orders?view=all")
        door = client.post("/sign-in", data={"name": "a", "password": "b"},
                           headers={"Sec-Fetch-Site": "same-origin"})  # fmt: skip
        api = client.get("/v1/orders", headers={"Authorization": f"Bearer {KEY}"})
    store.engine.dispose()

    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert "The database does not answer right now." in page.text
    assert 'href="/m/acme/orders?view=all">Try again' in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert door.status_code == 503
    assert "Go back in the browser and send it again" in door.text
    assert api.json()["code"] == "database_unavailable"


def test_who_is_known_keeps_the_frame_of_the_desk_while_something_is_held(database_url):
    store = Store(connect(database_url, patience=Patience(lock=0.3)))
    settle(store)
    with serving(build_app(store, None, Settings())) as url:
        world = World(store, url)
        make(world, "mara")
        mara = visitor(world, "mara")
        with store.engine.connect() as other:
            other.execute(text("LOCK TABLE purchase_order IN ACCESS EXCLUSIVE MODE"))
            page = mara.get("/m/acme/purchasing")
        assert mara.get("/m/acme/purchasing").status_code == 200
        for client in world.clients:
            client.close()
    store.engine.dispose()

    assert page.status_code == 503
    assert "is held by another transaction" in page.text
    assert 'aria-label="Desk"' in page.text
