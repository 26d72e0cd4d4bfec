"""One SKU's stock: each place, who holds it, who waits, what comes; and its ledger."""

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from console import form_values
from console.routing import PageRoute, shown
from console.stock_places import SkuInPath, check_place, sku_path
from console.visits import ForVisit
from fulfillment.domain.model.permissions import Permission
from fulfillment.store.reading.cursors import cursor_of, key_of
from fulfillment.store.reading.paging import Window
from fulfillment.store.reading.parties import read_product
from fulfillment.store.reading.stock import StockFilter, list_stock
from fulfillment.store.reading.stock_item import (
    read_holders,
    read_inbound,
    read_stock_levels,
    read_waiters,
)
from fulfillment.store.reading.stock_ledger import NEWEST_FIRST, LedgerAsked, read_ledger
from fulfillment.store.reading.views.parties import ProductView
from fulfillment.store.reading.views.stock import StockView
from fulfillment.store.reading.views.stock_item import (
    HeldView,
    InboundView,
    LevelView,
    WaitingView,
)
from fulfillment.store.transactions.session import Tx

router = APIRouter(route_class=PageRoute)

ON_A_PAGE = 100
DONE = {"adjust": "the adjustment", "move": "the change of disposition", "transfer": "the transfer"}

Parts = tuple[
    ProductView, StockView, Sequence[LevelView], HeldView, WaitingView, Sequence[InboundView]
]


@router.get("/m/{merchant}/stock/{sku}")
def stock_item(request: Request, sku: SkuInPath, visit: ForVisit) -> Response:
    """What is where, who holds it, who waits for it and what comes; all as of one moment."""
    places = visit.caller.scope.location_list

    def look(tx: Tx) -> Parts:
        product = read_product(tx, sku)
        (stock,) = list_stock(tx, Window(1), StockFilter(sku=sku, places=places)).items
        return (
            product,
            stock,
            read_stock_levels(tx, sku, places),
            read_holders(tx, sku, places),
            read_waiters(tx, sku, places),
            read_inbound(tx, sku, places),
        )

    product, stock, levels, held, waiting, inbound = visit.session.read(look)
    return shown(
        "stock_item.html",
        visit,
        product=product,
        stock=stock,
        levels=levels,
        not_sellable=[one for one in levels if one.disposition != "sellable" and one.on_hand],
        held=held,
        waiting=waiting,
        inbound=inbound,
        path=sku_path(visit, sku),
        done=DONE.get(request.query_params.get("done", "")),
        may_read_orders=visit.may(Permission.READ_ORDERS),
        may_adjust=visit.may(Permission.ADJUST_STOCK),
        may_move=visit.may(Permission.MOVE_STOCK),
    )


@router.get("/m/{merchant}/stock/{sku}/ledger")
def stock_ledger(request: Request, sku: SkuInPath, visit: ForVisit) -> Response:
    """Every movement, the newest first, with what the place had after it."""
    asked = dict(request.query_params)
    location = form_values.location(asked, "location")
    check_place(visit, location)
    after = key_of(asked["after"], NEWEST_FIRST) if asked.get("after") else None
    places = visit.caller.scope.location_list
    wanted = LedgerAsked(location, places=places)
    product, page, levels = visit.session.read(
        lambda tx: (
            read_product(tx, sku),
            read_ledger(tx, sku, Window(ON_A_PAGE, after), wanted),
            read_stock_levels(tx, sku, places),
        )
    )
    path = f"{sku_path(visit, sku)}/ledger"
    at = f"location={location}&" if location else ""
    following = cursor_of(page.next_key, NEWEST_FIRST)
    return shown(
        "stock_ledger.html",
        visit,
        product=product,
        rows=page.items,
        location=location,
        locations=sorted({one.location for one in levels}),
        path=sku_path(visit, sku),
        first=f"{path}?{at}".rstrip("?&") if after else None,
        following=following and f"{path}?{at}after={following}",
    )
