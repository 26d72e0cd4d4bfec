"""One order: how it stands, why it waits, and what happened to it."""

from dataclasses import dataclass
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from console.actions import ACTIONS, BY_NAME, Action
from console.group import drawn
from console.impacts import touched
from console.remedies import asked_as
from console.routing import PageRoute, shown
from console.supply_remedies import DOCUMENTS, name_of
from console.visits import ForVisit, OrderNumber, Visit
from fulfillment.domain.model.refusals import invalid
from fulfillment.store.insight.order import read_explanation
from fulfillment.store.insight.order_page import (
    is_owed_units,
    read_currency,
    read_history,
    read_order,
)
from fulfillment.store.reading.views.explanations import TriedRemedy
from fulfillment.store.reading.views.orders import OrderView
from fulfillment.store.reading.voided_dispatches import read_voided_dispatches

router = APIRouter(route_class=PageRoute)

ON_A_PAGE = 100
DONE = {name: action.title for name, action in BY_NAME.items()} | {"remedy": "the remedy"}
COUNTED = "counted"
"""What is said behind a remedy that counted goods in."""
LAST = 2**31


@dataclass(frozen=True, slots=True)
class Button:
    """An action of the page; `why` says why it is not possible now, and for whom it is not."""

    action: Action
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A remedy, and where it is looked at again and done; None for who may not."""

    remedy: TriedRemedy
    address: str | None


@router.get("/m/{merchant}/orders/{number}")
def order(request: Request, number: OrderNumber, visit: ForVisit) -> Response:
    """How the order stands, its lines and shipments, and what can be done with it now."""
    visit.check_order(number)
    asked = request.query_params.get("done", "")
    found, is_owed = visit.session.read(
        lambda tx: (read_order(tx, number), asked == COUNTED and is_owed_units(tx, number))
    )
    buttons = [_button(action, found, visit) for action in ACTIONS]
    return shown(
        "order.html",
        visit,
        order=found,
        path=order_path(visit, number),
        waiting=sum(line.backordered for line in found.lines),
        buttons=[one for one in buttons if one.why is None],
        refused=[one for one in buttons if one.why is not None],
        done=DONE.get(asked),
        is_counted=asked == COUNTED,
        is_owed=is_owed,
        workflow=visit.desk.workflow_url(visit.of.id, found.number),
    )


def order_path(visit: Visit, number: str) -> str:
    """Where the order's pages are."""
    return f"{visit.home}/orders/{quote(number, safe='')}"


def _button(action: Action, found: OrderView, visit: Visit) -> Button:
    if not visit.may(action.permission):
        return Button(action, f"a user with the role {visit.caller.role} may not do it")
    refused = {one.action: one.why for one in found.actions.refused}
    return Button(action, refused.get(action.name))


@router.get("/m/{merchant}/orders/{number}/group")
def order_group(number: OrderNumber, visit: ForVisit) -> Response:
    """The order's shipments, ended ones too, and how they came from each other, drawn."""
    visit.check_order(number)
    found, voided = visit.session.read(
        lambda tx: (read_order(tx, number), read_voided_dispatches(tx, number))
    )
    return shown(
        "group.html",
        visit,
        order=found,
        path=order_path(visit, number),
        drawing=drawn(found.shipments, visit.of.time_zone, voided),
        voided=voided,
    )


@router.get("/m/{merchant}/orders/{number}/why")
def order_why(number: OrderNumber, visit: ForVisit) -> Response:
    """Each waiting line with its reasons, and what would help with what it would change."""
    visit.check_order(number)
    found = visit.desk.store.simulate(visit.of.id, lambda tx: read_explanation(tx, number))
    path = order_path(visit, number)
    offers = [_offer(remedy, visit, path) for remedy in found.remedies]
    return shown(
        "why.html",
        visit,
        found=found,
        path=path,
        offers=[(one, touched(number, one.remedy.changes)) for one in offers],
    )


def _offer(remedy: TriedRemedy, visit: Visit, path: str) -> Offer:
    asked = asked_as(remedy)
    if asked is not None:
        may = visit.may(BY_NAME[asked.action].permission)
        return Offer(remedy, asked.address(visit.home) if may else None)
    may = visit.may(DOCUMENTS[remedy.code].permission)
    return Offer(remedy, f"{path}/remedies/{name_of(remedy)}" if may else None)


@router.get("/m/{merchant}/orders/{number}/history")
def order_history(request: Request, number: OrderNumber, visit: ForVisit) -> Response:
    """Who or what did what, when and why, the first thing first."""
    visit.check_order(number)
    text = request.query_params.get("after", "0")
    if not text.isdecimal() or int(text) > LAST:
        raise invalid("bad_cursor", "after is the number of a thing in the history", "after")
    after = int(text)
    events, currency = visit.session.read(
        lambda tx: (read_history(tx, number, ON_A_PAGE + 1, after), read_currency(tx, number))
    )
    page = events[:ON_A_PAGE]
    path = order_path(visit, number)
    following = f"{path}/history?after={page[-1].sequence}" if len(events) > ON_A_PAGE else None
    return shown(
        "history.html", visit, number=number, events=page, path=path, following=following,
        is_first=after == 0, currency=currency,
    )  # fmt: skip
