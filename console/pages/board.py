"""The board: how a merchant's work stands as a whole, a few seconds ago."""

from fastapi import APIRouter, Response

from console.charts import charts
from console.routing import PageRoute, shown
from console.visits import ForVisit
from fulfillment.domain.model.permissions import Permission
from fulfillment.domain.model.statuses import OrderStatus
from fulfillment.store.reading.board import read_board
from fulfillment.store.reading.past_weeks import read_past_weeks

router = APIRouter(route_class=PageRoute)

STAGES = (
    OrderStatus.RECEIVED,
    OrderStatus.VERIFYING,
    OrderStatus.ON_HOLD,
    OrderStatus.AWAITING_STOCK,
    OrderStatus.PARTIALLY_BACKORDERED,
    OrderStatus.AWAITING_PICK_AND_PACK,
    OrderStatus.PICKING,
    OrderStatus.PARTIALLY_SHIPPED,
)
"""Statuses of open orders as they follow each other in an order's life."""


@router.get("/m/{merchant}")
def board(visit: ForVisit) -> Response:
    """Computed once for all who see the same, at most ten seconds ago; the page says when."""
    places = visit.caller.scope.location_list
    name = ("board", visit.of.id, None if places is None else tuple(places))
    found, age = visit.desk.recent.get(
        name, lambda: visit.session.read(lambda tx: read_board(tx, places))
    )
    weeks, _ = visit.desk.recent.get(
        ("weeks", *name[1:]), lambda: visit.session.read(lambda tx: read_past_weeks(tx, places))
    )
    stages = {one.status: one for one in found.stages}
    return shown(
        "board.html",
        visit,
        board=found,
        age=age,
        stages=[(status, stages.get(status)) for status in STAGES],
        orders=sum(one.orders for one in found.stages),
        waiting=sum(one.waiting_units for one in found.stages),
        overdue=[one for one in found.due if one.overdue],
        most_orders=max((one.orders for one in found.stages), default=1),
        most_aged=max((one.waiting_units for one in found.ages), default=1) or 1,
        weeks=charts(weeks) if any(one.figures.orders for one in weeks) else [],
        most_in=max(one.one_in for one in weeks),
        may_see_supply=visit.may(Permission.READ_PURCHASE_ORDERS),
    )
