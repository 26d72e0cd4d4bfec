"""One product's queue as a picture: what is here, what comes, and who gets how much of it."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Request, Response

from console import what_ifs
from console.pages.order import order_path
from console.purchase_changes import purchase_path
from console.queue_drawing import GATES, draw, orders_of
from console.queue_lanes import Shown, when
from console.routing import PageRoute, shown
from console.visits import ForVisit, NotAllowedError, Visit
from fulfillment.domain.insight.coming_supply import ComingSupply
from fulfillment.domain.insight.queue_picture import QueuePicture
from fulfillment.domain.insight.what_if import MOST_WISHES, parse_all
from fulfillment.domain.model.moves import SupplyKind
from fulfillment.domain.model.names import MOST_NUMBER, SLASH
from fulfillment.domain.model.permissions import Permission
from fulfillment.domain.model.refusals import invalid
from fulfillment.store.commands.what_if import Outset
from fulfillment.store.insight.queue_picture import Trying, read_queue_picture, read_tried_picture
from fulfillment.store.reading.queue_rows import SHOWN, QueueScope
from fulfillment.store.transactions.session import Tx

router = APIRouter(route_class=PageRoute)

PARAMETERS = ("location", "order")


def _sku(sku: str) -> str:
    return sku.replace(SLASH, "/")


Sku = Annotated[str, Depends(_sku)]
"""The SKU in the path, which may have a slash in it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: the queue at one place or at all, and an order in it.

    With `wishes`, the parts of a what-if, it is drawn as it would be: where that takes longer than
    the page waits as it is first, unless it is asked for as a `whole`.
    """

    location: str = ""
    order: str = ""
    wishes: tuple[str, ...] = ()
    whole: bool = False

    def scope(self, sku: str, visit: Visit) -> QueueScope:
        """Whose queue it is; refused for a place where the user does not work."""
        mine = visit.caller.scope.location_list
        if not self.location:
            return QueueScope(sku, mine, mine)
        if mine is not None and self.location not in mine:
            message = f"You work at {', '.join(mine)}, and not at {self.location}."
            raise NotAllowedError(message)
        return QueueScope(sku, [self.location], mine)


@router.get("/m/{merchant}/skus/{sku}")
def sku_queue(request: Request, sku: Sku, visit: ForVisit) -> Response:
    """The first lines in rank order and an order that is searched for; the rest as bands."""
    asked = _asked(request)
    scope = asked.scope(sku, visit)

    if asked.wishes and visit.caller.scope.location_list is not None:
        message = "A what-if is drawn for who sees all places; who gains and loses is told to you."
        raise NotAllowedError(message)
    wishes = parse_all(asked.wishes)

    def look(tx: Tx) -> tuple[QueuePicture, Outset | None]:
        order = asked.order or None
        if not wishes:
            return read_queue_picture(tx, scope, order), None
        at_most = None if asked.whole else what_ifs.AT_ONCE
        return read_tried_picture(tx, scope, order, Trying(wishes, at_most))

    picture, outset = visit.desk.store.simulate(visit.of.id, look)
    if asked.location and asked.location not in picture.facts.locations:
        message = f"there is no location {asked.location} in use"
        raise invalid("unknown_location", message, "location")
    told = Shown(visit.may(Permission.READ_STOCK), visit.may(Permission.READ_PURCHASE_ORDERS))
    return shown(
        "sku_queue.html",
        visit,
        asked=asked,
        picture=picture,
        facts=picture.facts,
        drawing=draw(picture, told),
        told=told,
        path=sku_path(visit, sku),
        begun=outset,
        rest=what_ifs.whole(request),
        what_if=what_ifs.address(f"{visit.home}/what-if", asked.wishes),
        order_path=lambda number: order_path(visit, number),
        supply_path=lambda supply: supply_path(visit, supply),
        supplies={supply.id: supply for supply in picture.supplies},
        when=when,
        orders_of=orders_of,
        gates=GATES,
        most=SHOWN,
    )


def sku_path(visit: Visit, sku: str) -> str:
    """Where a product's queue is."""
    return f"{visit.home}/skus/{quote(sku, safe='')}"


def supply_path(visit: Visit, supply: ComingSupply) -> str | None:
    """A purchase order, or who waits for it; None for other supply, which has no page."""
    if supply.kind is not SupplyKind.PURCHASE_ORDER:
        return None
    if visit.may(Permission.READ_PURCHASE_ORDERS):
        return purchase_path(visit, supply.document)
    query = urlencode({"view": "backordered", "purchase_order": supply.document})
    return f"{visit.home}/orders?{query}"


def _asked(request: Request) -> Asked:
    """What the address asks for; a word that nobody knows is refused, not left out."""
    said = request.query_params
    wishes = tuple(text.strip() for text in said.getlist("if") if text.strip())
    named = {
        name: text.strip() for name, text in said.items() if name not in {"if", what_ifs.WHOLE}
    }
    for name, text in named.items():
        if name not in PARAMETERS:
            raise invalid("unknown_parameter", f"a queue has no {name!r} to be asked by", name)
        if len(text) > MOST_NUMBER or not text.isprintable():
            raise invalid("bad_filter", f"{name} is a name that can be shown", name)
    return Asked(**named, wishes=wishes[: MOST_WISHES + 1], whole=what_ifs.WHOLE in said)
