"""One purchase order: how it stands, who waits for it, and what happened to it."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from console.purchase_changes import look, purchase_path
from console.routing import PageRoute, shown
from console.visits import ForVisit, PurchaseNumber, Visit
from fulfillment.domain.model.counting import counted
from fulfillment.domain.model.permissions import Permission
from fulfillment.domain.model.refusals import invalid
from fulfillment.domain.model.statuses import (
    INBOUND,
    PURCHASE_ORDER_MOVES,
    PurchaseOrderStatus,
)
from fulfillment.store.reading.cursors import cursor_of, key_of
from fulfillment.store.reading.distributing import read_distribution
from fulfillment.store.reading.paging import Window
from fulfillment.store.reading.receipts import list_receipts
from fulfillment.store.reading.released_by import BY_RANK, list_orders_of
from fulfillment.store.reading.supply_history import read_purchase_history
from fulfillment.store.reading.views.purchase_page import PurchasePageView

router = APIRouter(route_class=PageRoute)

ON_A_PAGE = 50
FIRST = 10
"""Orders and receipts that the page itself names."""

LAST = 2**31
P = PurchaseOrderStatus

MOVES: Mapping[PurchaseOrderStatus, tuple[str, str]] = {
    P.APPROVED: ("Approve", "It counts from then on: who waits is pegged on it."),
    P.IN_TRANSIT: ("In transit", "The goods are on their way."),
    P.ARRIVED: ("Arrived", "The goods are here, and not counted yet."),
    P.CLOSED: ("Close short", "The rest will not come; who waits for it is planned anew."),
    P.CANCELLED: ("Cancel", "Nothing of it will come; who waits for it is planned anew."),
}
"""The button of each status that a person may give it, and what that means."""

DONE = {str(status): title for status, (title, _) in MOVES.items()} | {
    "receive": "goods counted in",
    "dates": "dates and units changed",
    "new": "written",
}


@dataclass(frozen=True, slots=True)
class Button:
    """Something that can be done with it, or why it can not be."""

    title: str
    address: str
    says: str
    why: str | None = None


@router.get("/m/{merchant}/purchase-orders/{purchase}")
def purchase_order(request: Request, purchase: PurchaseNumber, visit: ForVisit) -> Response:
    """Its lines with what came and who waits, its receipts, and what can be done with it now."""
    visit.check_purchase_order(purchase)
    places = visit.caller.scope.location_list
    found = look(visit, purchase)
    orders, distribution = visit.session.read(
        lambda tx: (
            list_orders_of(tx, purchase, Window(FIRST), places),
            read_distribution(tx, purchase),
        )
    )
    receipts = []
    if visit.may(Permission.READ_STOCK):
        asked = {"purchase_order": purchase, "places": places}
        receipts = visit.session.read(lambda tx: list_receipts(tx, Window(FIRST), asked)).items
    buttons = list(_buttons(visit, found.page))
    return shown(
        "purchase_order.html",
        visit,
        found=found.page,
        one=found.page.purchase_order,
        path=purchase_path(visit, purchase),
        orders=orders.items,
        receipts=receipts,
        distribution=distribution,
        buttons=[one for one in buttons if one.why is None],
        refused=[one for one in buttons if one.why is not None],
        done=DONE.get(request.query_params.get("done", "")),
    )


def _buttons(visit: Visit, page: PurchasePageView) -> list[Button]:
    found = page.purchase_order
    path = purchase_path(visit, found.number)
    may_write = visit.may(Permission.WRITE_PURCHASE_ORDERS)
    role = f"a user with the role {visit.caller.role} may not do it"
    ended = f"it is {found.status.replace('_', ' ')}"
    is_open = found.status in INBOUND
    received = sum(line.received for line in found.lines)
    says = "Count in what came; shown first is whom it would release."
    why = None if is_open or found.status in {P.RECEIVED, P.CLOSED} else ended
    may_move = visit.may(Permission.MOVE_STOCK)
    buttons = [Button("Receive", f"{path}/receive", says, why if may_move else role)]
    says = "Other days, or other units; shown first is who would be later or earlier."
    why = None if is_open or found.status is P.DRAFT else ended
    buttons.append(Button("Change dates", f"{path}/dates", says, why if may_write else role))
    for target, (title, meaning) in MOVES.items():
        why = None if target in PURCHASE_ORDER_MOVES[found.status] else ended
        if target is P.CANCELLED and received and why is None:
            why = f"{counted(received, 'unit')} of it came; close it short instead"
        buttons.append(
            Button(title, f"{path}/status/{target}", meaning, why if may_write else role)
        )
    return buttons


@router.get("/m/{merchant}/purchase-orders/{purchase}/orders")
def purchase_orders_waiting(
    request: Request, purchase: PurchaseNumber, visit: ForVisit
) -> Response:
    """Every order that is pegged on it, in the order in which they are served."""
    visit.check_purchase_order(purchase)
    after = request.query_params.get("after")
    window = Window(ON_A_PAGE, key_of(after, BY_RANK) if after else None)
    places = visit.caller.scope.location_list
    page = visit.session.read(lambda tx: list_orders_of(tx, purchase, window, places))
    path = purchase_path(visit, purchase)
    following = cursor_of(page.next_key, BY_RANK)
    return shown(
        "purchase_waiting.html",
        visit,
        number=purchase,
        path=path,
        orders=page.items,
        is_first=after is None,
        following=following and f"{path}/orders?after={following}",
    )


@router.get("/m/{merchant}/purchase-orders/{purchase}/history")
def purchase_history(request: Request, purchase: PurchaseNumber, visit: ForVisit) -> Response:
    """Who or what did what with it, when and why, each date that it had, the first thing first."""
    visit.check_purchase_order(purchase)
    text = request.query_params.get("after", "0")
    if not (text.isdecimal() and text.isascii()) or int(text) > LAST:
        raise invalid("bad_cursor", "after is the number of a thing in the history", "after")
    after = int(text)
    events = visit.session.read(
        lambda tx: read_purchase_history(tx, purchase, ON_A_PAGE + 1, after)
    )
    shown_now = events[:ON_A_PAGE]
    path = purchase_path(visit, purchase)
    more = len(events) > ON_A_PAGE
    return shown(
        "purchase_history.html",
        visit,
        number=purchase,
        path=path,
        events=shown_now,
        is_first=after == 0,
        following=f"{path}/history?after={shown_now[-1].sequence}" if more else None,
    )
