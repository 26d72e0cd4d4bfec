"""A remedy that is a document of supply: what it would change, and the button that writes it."""

from fastapi import APIRouter, Response
from starlette.responses import RedirectResponse

from console.headers import SIGNED_IN
from console.impacts import touched
from console.pages.order import COUNTED, order_path
from console.routing import SEE_OTHER, PageRoute, shown
from console.supply_remedies import DOCUMENTS, Document, name_of
from console.visits import ForVisit, NotAllowedError, OrderNumber, Visit
from fulfillment.domain.insight.remedy import RemedyCode
from fulfillment.domain.model.refusals import conflict
from fulfillment.store.insight.order import read_explanation
from fulfillment.store.reading.views.explanations import TriedRemedy

router = APIRouter(route_class=PageRoute)


@router.get("/m/{merchant}/orders/{number}/remedies/{remedy}")
def order_remedy(number: OrderNumber, remedy: str, visit: ForVisit) -> Response:
    """The remedy as it is now, with whom it would touch."""
    found, document = _found(visit, number, remedy)
    return shown(
        "remedy.html",
        visit,
        number=number,
        path=order_path(visit, number),
        name=remedy,
        found=found,
        document=document,
        rows=touched(number, found.changes),
    )


@router.post("/m/{merchant}/orders/{number}/remedies/{remedy}")
def do_order_remedy(number: OrderNumber, remedy: str, visit: ForVisit) -> Response:
    """Write the document, if the remedy is still what the page showed."""
    found, document = _found(visit, number, remedy)
    document.write(visit.session, found.subject, found.arguments)
    done = COUNTED if found.code is RemedyCode.RECEIVE_MORE else "remedy"
    return RedirectResponse(f"{order_path(visit, number)}?done={done}", SEE_OTHER, dict(SIGNED_IN))


def _found(visit: Visit, number: str, name: str) -> tuple[TriedRemedy, Document]:
    """The remedy of this name, tried anew; refused where it is none now, or another one."""
    visit.check_order(number)
    told = visit.desk.store.simulate(visit.of.id, lambda tx: read_explanation(tx, number))
    for one in told.remedies:
        if one.code in DOCUMENTS and name_of(one) == name:
            document = DOCUMENTS[one.code]
            visit.check(document.permission)
            if not visit.session.sees(document.places(one.arguments)):
                message = "You work elsewhere than where this is to be done."
                raise NotAllowedError(message)
            return one, document
    message = (
        "this is no remedy any more: it was done, or something else has changed; nothing was done"
        " now, look at Why again"
    )
    raise conflict("remedy_gone", message)
