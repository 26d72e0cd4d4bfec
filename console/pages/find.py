"""The search of every page: straight to what is called like that, or to a choice."""

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from console.finding import found, only, searched
from console.headers import SIGNED_IN
from console.routing import SEE_OTHER, PageRoute, shown
from console.visits import ForVisit

router = APIRouter(route_class=PageRoute)


@router.get("/m/{merchant}/find")
def find(request: Request, visit: ForVisit) -> Response:
    """Orders by number, reference, tracking or SKU, purchase orders, and products."""
    text = searched(request.query_params)
    kinds = found(visit, text) if text else []
    target = only(kinds)
    if target is not None:
        return RedirectResponse(target, SEE_OTHER, dict(SIGNED_IN))
    return shown("find.html", visit, text=text, kinds=kinds)
