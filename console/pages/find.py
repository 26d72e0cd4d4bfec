"""The search of every page: straight to what is called like that, or to a choice."""

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from console.finding import found, only
from console.headers import SIGNED_IN
from console.routing import SEE_OTHER, PageRoute, shown
from console.visits import ForVisit
from fulfillment.domain.model.refusals import invalid

router = APIRouter(route_class=PageRoute)

LONGEST = 100


@router.get("/m/{merchant}/find")
def find(request: Request, visit: ForVisit) -> Response:
    """Orders by number, reference, tracking or SKU, purchase orders, and products."""
    text = request.query_params.get("q", "").strip()
    if len(text) > LONGEST:
        message = f"a search is text of at most {LONGEST} characters, not {len(text)}"
        raise invalid("bad_filter", message, "q")
    if not text.isprintable():
        raise invalid("bad_filter", "a search is text that can be shown", "q")
    kinds = found(visit, text) if text else []
    target = only(kinds)
    if target is not None:
        return RedirectResponse(target, SEE_OTHER, dict(SIGNED_IN))
    return shown("find.html", visit, text=text, kinds=kinds)
