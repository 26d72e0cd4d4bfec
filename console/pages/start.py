"""Where one lands: the merchant's board, or the choice of a merchant."""

from fastapi import APIRouter, Response
from starlette.responses import RedirectResponse

from console.headers import SIGNED_IN
from console.routing import SEE_OTHER, PageRoute, shown
from console.visits import ForVisit, Visit
from fulfillment.store.reading.paging import Window
from fulfillment.store.reading.parties import list_merchants
from fulfillment.store.reading.views.parties import MerchantView

router = APIRouter(route_class=PageRoute)

MOST = 500
"""Merchants that are offered at most."""


@router.get("/")
def start(visit: ForVisit) -> Response:
    """Straight on where there is one merchant; else each that the user may see."""
    found = _merchants(visit)
    if len(found) == 1:
        return RedirectResponse(visit.start_of(found[0].id), SEE_OTHER, dict(SIGNED_IN))
    return shown("start.html", visit, merchants=found)


def _merchants(visit: Visit) -> list[MerchantView]:
    mine = visit.caller.scope.merchant_list
    return visit.session.read(lambda tx: list_merchants(tx, Window(MOST), mine)).items
