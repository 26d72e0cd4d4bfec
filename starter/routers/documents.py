"""Papers of the floor as PDF."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from documents.container_label import draw_container_label
from documents.packing_slip import draw_packing_slip
from documents.pick_list import draw_pick_list
from fulfillment.store.insight.shipment_pages import location_of_shipment
from fulfillment.store.reading import documents
from starter.auth.floor import ForFloor, check_list, merchants_of
from starter.auth.guard import GuardedRoute
from starter.auth.places import check_location
from starter.auth.session import ForMerchant
from starter.models.fields import Rowid
from starter.models.packages import PathPackage
from starter.routers.responses import problems

MEDIA_TYPE = "application/pdf"


class PdfResponse(Response):
    """A document; no cache keeps it, since it may hold an address."""

    media_type = MEDIA_TYPE


PDF = {"schema": {"type": "string", "format": "binary"}}
DOCUMENT = {200: {"description": "The document.", "content": {MEDIA_TYPE: PDF}}}
ANSWER: dict[str, Any] = {
    "response_class": PdfResponse,
    "responses": {**DOCUMENT, **problems(404)},
}
SLIP: dict[str, Any] = {**ANSWER, "responses": {**DOCUMENT, **problems(404, 409)}}

router = APIRouter(tags=["documents"], route_class=GuardedRoute)


@router.get("/v1/pick-lists/{pick_list}/document.pdf", summary="Print a pick list", **ANSWER)
def print_pick_list(pick_list: Rowid, session: ForFloor) -> Response:
    """The walk by SKU, and barcodes to sort by; with a merchant's key, what is the merchant's."""
    merchants = check_list(session, pick_list)
    paper = session.read(lambda tx: documents.read_pick_list_paper(tx, pick_list, merchants))
    return _pdf(draw_pick_list(paper), f"pick-list-{pick_list}")


@router.get("/v1/containers/{container}/label.pdf", summary="Print a container's label", **ANSWER)
def print_container_label(container: Rowid, session: ForFloor) -> Response:
    """Whose staged units are in it, by order number, with barcodes."""
    merchants = merchants_of(session)
    label = session.read(lambda tx: documents.read_container_label(tx, container, merchants))
    check_location(session, label.location)
    return _pdf(draw_container_label(label), f"container-{container}")


@router.get("/v1/shipments/{shipment}/packing-slip.pdf", summary="Print packing slips", **SLIP)
def print_packing_slip(
    shipment: Rowid,
    session: ForMerchant,
    package: Annotated[PathPackage | None, Query(description="This one alone.")] = None,
) -> Response:
    """A page for each package: address, contents, and what follows later."""
    check_location(session, session.read(lambda tx: location_of_shipment(tx, shipment)))
    slip = session.read(lambda tx: documents.read_packing_slip(tx, shipment, package))
    name = f"packing-slip-{shipment}" + (f"-{package}" if package else "")
    return _pdf(draw_packing_slip(slip), name)


def _pdf(content: bytes, name: str) -> Response:
    headers = {
        "Content-Disposition": f'inline; filename="{name}.pdf"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return PdfResponse(content, headers=headers)
