"""A word in an address that a page does not know is refused there, on all pages alike."""

import pytest

from console.parameters import PARAMETERS
from console.permissions import PAGES
from fulfillment.domain.model.permissions import Role
from tests.api.world import World
from tests.console.furnishing import furnish
from tests.console.visitors import Visitor, make, visitor

PATHS = (
    "/?cursor=zzz",
    "/m/acme?cursor=zzz",
    "/m/acme/find?cursor=zzz",
    "/m/acme/orders?cursor=zzz",
    "/m/acme/orders/SO-2?cursor=zzz",
    "/m/acme/orders/SO-2/group?cursor=zzz",
    "/m/acme/orders/SO-2/why?cursor=zzz",
    "/m/acme/orders/SO-2/history?cursor=zzz",
    "/m/acme/stock?cursor=zzz",
    "/m/acme/stock/TEA?cursor=zzz",
    "/m/acme/stock/TEA/ledger?cursor=zzz",
    "/m/acme/skus/TEA?cursor=zzz",
    "/m/acme/purchasing?cursor=zzz",
    "/m/acme/purchasing/suppliers?cursor=zzz",
    "/m/acme/purchase-orders/PO-1?cursor=zzz",
    "/m/acme/purchase-orders/PO-1/orders?cursor=zzz",
    "/m/acme/purchase-orders/PO-1/history?cursor=zzz",
)
WRONG_PLACES = (
    "/m/acme/orders?after=zzz",
    "/m/acme/orders/SO-2/history?after=zzz",
    "/m/acme/stock/TEA/ledger?after=zzz",
    "/m/acme/purchase-orders/PO-1/orders?after=zzz",
    "/m/acme/purchase-orders/PO-1/history?after=zzz",
)


@pytest.fixture(scope="module")
def mara(shared: World) -> Visitor:
    furnish(shared)
    make(shared, "mara", Role.ADMIN)
    return visitor(shared, "mara")


def test_what_an_address_may_ask_for_is_said_of_pages_that_there_are():
    assert PARAMETERS.keys() <= PAGES.keys()


@pytest.mark.parametrize("path", PATHS)
def test_a_word_that_no_page_knows_is_refused_and_named(mara, path):
    answer = mara.get(path)
    assert answer.status_code == 422
    assert "cursor" in answer.text


@pytest.mark.parametrize("path", WRONG_PLACES)
def test_a_part_of_a_list_that_there_is_not_is_refused(mara, path):
    assert mara.get(path).status_code == 422
