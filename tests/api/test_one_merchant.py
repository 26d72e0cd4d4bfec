"""Where there is one merchant alone, nobody has to name it."""

from fulfillment.settings import Settings
from fulfillment.store.commands.administration.keys import Role
from fulfillment.store.commands.catalogue import NewMerchant, put_merchant
from fulfillment.store.transactions.session import Store, connect
from starter.app import build_app
from tests.api.world import World, serving


def test_key_for_all_need_not_name_the_one_merchant_that_there_is(database_url):
    store = Store(connect(database_url))
    with serving(build_app(store, None, Settings())) as url:
        client = World(store, url).client(Role.ADMIN, None)
        none = client.get("/v1/purchase-suggestions")
        assert (none.status_code, none.json()["code"]) == (422, "merchant_needed")
        put_merchant(store, NewMerchant("acme", "Acme"))
        for path in ("/v1/purchase-suggestions", "/v1/orders", "/v1/products"):
            assert client.get(path).status_code == 200, path
        put_merchant(store, NewMerchant("bolt", "Bolt"))
        several = client.get("/v1/purchase-suggestions")
        assert (several.status_code, several.json()["code"]) == (422, "merchant_needed")
        client.close()
