"""Another status of a purchase order: what it would make of orders, and the button."""

from uuid import uuid4

from fastapi import APIRouter, Response
from starlette.responses import RedirectResponse

from console import form_values
from console.headers import SIGNED_IN
from console.pages.purchase_order import MOVES
from console.purchase_changes import (
    Deed,
    Looked,
    Told,
    Typed,
    done,
    look,
    looked_at,
    purchase_path,
)
from console.routing import SEE_OTHER, PageRoute, shown
from console.visits import ForVisit, PurchaseNumber, Visit
from fulfillment.domain.model.refusals import missing
from fulfillment.domain.model.statuses import PurchaseOrderStatus
from fulfillment.store.commands.supply.purchase_orders import move_status
from fulfillment.store.commands.what_if import moved

router = APIRouter(route_class=PageRoute)


@router.get("/m/{merchant}/purchase-orders/{purchase}/status/{target}")
def purchase_status(purchase: PurchaseNumber, target: str, visit: ForVisit) -> Response:
    """What it would make of orders, or why it is not possible now."""
    visit.check_purchase_order(purchase)
    status = _known(target)
    found = look(visit, purchase)
    return _page(
        visit, found, status, looked_at(visit, lambda: _deed(visit, purchase, status), Typed())
    )


@router.post("/m/{merchant}/purchase-orders/{purchase}/status/{target}")
def do_purchase_status(purchase: PurchaseNumber, target: str, visit: ForVisit) -> Response:
    """Move it, once for the key of the form, if it is as the page showed it."""
    visit.check_purchase_order(purchase)
    status = _known(target)
    told = done(visit, purchase, lambda: _deed(visit, purchase, status), Typed())
    if told is not None:
        return _page(visit, look(visit, purchase), status, told)
    path = purchase_path(visit, purchase)
    return RedirectResponse(f"{path}?done={status}", SEE_OTHER, dict(SIGNED_IN))


def _known(target: str) -> PurchaseOrderStatus:
    known = {str(status): status for status in MOVES}
    if target not in known:
        raise missing("status", target)
    return known[target]


def _deed(visit: Visit, purchase: str, status: PurchaseOrderStatus) -> Deed:
    def do(version: int, key: str) -> None:
        content, note = {"status": status}, form_values.note(visit.form)
        command = visit.session.command("move_purchase_order", purchase, key, content, note)
        move_status(visit.desk.store, command, purchase, status, version)

    return Deed(lambda tx: moved(tx, purchase, status), do)


def _page(visit: Visit, looked: Looked, status: PurchaseOrderStatus, told: Told) -> Response:
    title, says = MOVES[status]
    return shown(
        "purchase_status.html",
        visit,
        told.status,
        one=looked.page.purchase_order,
        path=purchase_path(visit, looked.page.purchase_order.number),
        target=status,
        title=title,
        says=says,
        told=told,
        version=looked.version,
        key=uuid4(),
        note=visit.form.get("note", ""),
    )
