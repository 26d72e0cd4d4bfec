"""Why units wait, what could be done about it, and when a basket could ship."""

from collections.abc import Mapping
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.encoders import jsonable_encoder

from fulfillment.domain.insight.remedy import RemedyCode
from fulfillment.store.insight.order import read_explanation
from fulfillment.store.insight.promise import read_promise
from fulfillment.store.insight.sku import read_sku_explanation
from fulfillment.store.reading.rows import view
from fulfillment.store.reading.views.explanations import (
    PromiseView,
    SkuExplanation,
    TriedRemedy,
)
from starter.auth.guard import GuardedRoute
from starter.auth.places import check_location
from starter.auth.session import ForMerchant
from starter.auth.visibility import check_order
from starter.models.explanations import BasketIn, ExplanationOut, RemedyOut, RequestOut
from starter.models.fields import PathNumber, PathSku
from starter.routers.responses import problems

router = APIRouter(prefix="/v1", tags=["explanations"], route_class=GuardedRoute)

REQUESTS: Mapping[RemedyCode, tuple[str, str]] = {
    RemedyCode.LIFT_HOLD: ("POST", "/v1/orders/{subject}/unhold"),
    RemedyCode.VERIFY: ("POST", "/v1/orders/{subject}/verify"),
    RemedyCode.CANCEL_SHORT: ("POST", "/v1/orders/{subject}/remove-unavailable"),
    RemedyCode.SHIP_AS_AVAILABLE: ("PATCH", "/v1/orders/{subject}/policy"),
    RemedyCode.SPLIT_NOW: ("POST", "/v1/orders/{subject}/split"),
    RemedyCode.ALLOCATE: ("POST", "/v1/orders/{subject}/allocate"),
    RemedyCode.RESUME_ALLOCATION: ("POST", "/v1/orders/{subject}/resume-allocation"),
    RemedyCode.RAISE_PRIORITY: ("POST", "/v1/orders/{subject}/priority"),
    RemedyCode.UNPIN: ("POST", "/v1/orders/{subject}/pins"),
    RemedyCode.UNLOCK: ("POST", "/v1/orders/{subject}/lock"),
    RemedyCode.TRANSFER: ("POST", "/v1/transfers"),
    RemedyCode.RECEIVE_MORE: ("POST", "/v1/purchase-orders/{subject}/receipts"),
    RemedyCode.BUY_MORE: ("POST", "/v1/purchase-orders"),
}
"""How each remedy is asked for; `subject` is the number of the document that it is asked of."""

CANCEL_LINES = ("POST", "/v1/orders/{subject}/cancel")
"""How what is short is cancelled where nothing of what waits is here: by line and units."""


@router.get(
    "/orders/{number}/explanation", summary="Explain why an order waits", responses=problems(404)
)
def explain_order(number: PathNumber, session: ForMerchant) -> ExplanationOut:
    """Each waiting line with its reasons, and remedies with what each would change if done now.

    The remedies are tried by the planner on a copy; nothing is done.
    """
    check_order(session, number)
    found = session.store.simulate(session.merchant, lambda tx: read_explanation(tx, number))
    remedies = tuple(view(RemedyOut, one, request=_request(one)) for one in found.remedies)
    return view(ExplanationOut, found, remedies=remedies)


@router.get(
    "/products/{sku}/explanation", summary="Explain where a product's units are",
    responses=problems(404),
)  # fmt: skip
def explain_product(sku: PathSku, session: ForMerchant) -> SkuExplanation:
    """Who holds what is here and by which rule, who waits and why, and what is on its way."""
    check_location(session, None)  # It tells of all locations.
    return session.store.simulate(session.merchant, lambda tx: read_sku_explanation(tx, sku))


@router.post("/promise", summary="Ask when a basket could ship")
def promise_basket(basket: BasketIn, session: ForMerchant) -> PromiseView:
    """Planned on a copy as if it were ordered now: the day of each unit, and what meets it.

    Nothing is stored and nothing is claimed. What would be refused as an order is refused here.
    """
    check_location(session, basket.lock_location or basket.pickup_location)
    wanted = basket.to_domain()
    return session.store.simulate(session.merchant, lambda tx: read_promise(tx, wanted))


def _request(remedy: TriedRemedy) -> RequestOut:
    method, path = REQUESTS[remedy.code]
    if remedy.code is RemedyCode.CANCEL_SHORT and remedy.arguments:
        method, path = CANCEL_LINES
    subject = quote(remedy.subject, safe="")
    body = jsonable_encoder(remedy.arguments) or None
    return RequestOut(method=method, path=path.format(subject=subject), body=body)
