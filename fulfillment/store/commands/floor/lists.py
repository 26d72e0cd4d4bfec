"""Take work, and give up what was not begun: two pickers never get the same shipment."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fulfillment.domain.floor.dispatch import picked_if_complete, start_picking
from fulfillment.domain.floor.picking import given_up, left_to_pick
from fulfillment.domain.model.limits import within_lines
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import RefusedError, conflict, invalid
from fulfillment.domain.model.shipments import Shipment
from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.store.commands.floor.working import open_spaces, open_work, save_all
from fulfillment.store.planning.opening import open_queues
from fulfillment.store.planning.workspace import Workspace
from fulfillment.store.reading.pick_lists import Merchants, read_list
from fulfillment.store.reading.rows import execute_as
from fulfillment.store.reading.views.floor import GivenUpList, PickListView
from fulfillment.store.records.days import LEAVE_BY
from fulfillment.store.transactions.session import Command, Store, Tx

Line = tuple[str, Order, Shipment, int, int]
"""Merchant, order, shipment, order line, and units to be picked."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Work that a picker asks for at a location; without `merchants` or `orders` it is anybody's.

    With `to_stage` it is what waiting orders have allocated, to be put in containers.
    """

    location: str
    picker: str
    most_shipments: int = 20
    merchants: Merchants = None
    orders: Sequence[str] | None = None
    to_stage: bool = False


RELEASED = """
s.status = 'ready' AND s.location = :location
AND NOT EXISTS (SELECT 1 FROM shipment_line l JOIN allocation a ON a.shipment_line = l.id
                 WHERE l.shipment = s.id AND a.drop_ship)
AND NOT EXISTS (SELECT 1 FROM shipment_line l
                 WHERE l.shipment = s.id
                   AND l.units > (SELECT coalesce(sum(a.units), 0) FROM allocation a
                                   WHERE a.shipment_line = l.id))
"""

TO_STAGE = """
s.status IN ('backorder', 'future') AND o.verified AND o.first_claimed
AND s.id IN (SELECT l.shipment FROM open_demand d
               JOIN shipment_line l ON l.id = d.shipment_line
               JOIN allocation a ON a.shipment_line = l.id AND a.location = :location
              WHERE d.held > 0 AND a.units > a.picked + a.staged AND NOT a.drop_ship)
AND NOT EXISTS (SELECT 1 FROM pick_list_line l JOIN pick_list p ON p.id = l.pick_list
                 WHERE l.shipment = s.id AND p.status = 'picking')
"""

FIND = """
SELECT o.merchant, o.id AS order_id, s.id AS shipment,
       (SELECT count(*) FROM shipment_line l WHERE l.shipment = s.id) AS lines
  FROM shipment s JOIN orders o ON o.id = s.order_id
 WHERE {which} AND cardinality(o.holds) = 0
   AND (CAST(:merchants AS text[]) IS NULL OR o.merchant = ANY(:merchants))
   AND (CAST(:orders AS text[]) IS NULL OR o.number = ANY(:orders))
 ORDER BY o.priority, least({leave_by}, s.target_ship_on) NULLS LAST, o.placed_at, o.intake_seq,
          s.id
 LIMIT :most FOR NO KEY UPDATE OF o SKIP LOCKED
"""

FIND_RELEASED, FIND_TO_STAGE = (
    FIND.format(which=which, leave_by=LEAVE_BY) for which in (RELEASED, TO_STAGE)
)


def take_work(store: Store, command: Command, wanted: Wanted) -> PickListView:
    """Make a list of what is most urgent at the location; nobody else gets these shipments.

    By priority, then by the earlier of ship-by and target day, then by rank. Orders that somebody
    works on at this moment are passed over.
    """

    def body(tx: Tx) -> PickListView:
        _check_location(tx, wanted.location)
        found = _find(tx, wanted)
        spaces = open_spaces(tx, ((row.merchant, row.order_id) for row in found))
        taken = _still_to_do(tx, found, wanted)
        lines = [line for row in taken for line in _take(spaces[row.merchant], row, wanted)]
        if not any(space.after != space.before for space in spaces.values()) and not lines:
            raise _nothing(tx, wanted)
        list_id = _write_list(tx, wanted, sorted(spaces), lines)
        save_all(spaces)
        return read_list(tx, list_id, None)

    return execute_as(PickListView, store, command, body)


def _check_location(tx: Tx, location: str) -> None:
    if not tx.rows("SELECT 1 FROM location WHERE id = :id", id=location):
        message = f"there is no location {location}"
        raise invalid("unknown_location", message, "location", location=location)


def _find(tx: Tx, wanted: Wanted) -> list[Any]:
    """The most urgent, as many as one walk can hold."""
    rows = tx.rows(
        FIND_TO_STAGE if wanted.to_stage else FIND_RELEASED,
        location=wanted.location,
        merchants=None if wanted.merchants is None else list(wanted.merchants),
        orders=None if wanted.orders is None else list(wanted.orders),
        most=wanted.most_shipments,
    )
    return rows[: within_lines(row.lines for row in rows)]


def _still_to_do(tx: Tx, found: Sequence[Any], wanted: Wanted) -> list[Any]:
    """What was found was read before its order was locked; others may have taken it until then."""
    if not wanted.to_stage:
        return list(found)
    rows = tx.rows(
        "SELECT DISTINCT l.shipment FROM pick_list_line l JOIN pick_list p ON p.id = l.pick_list"
        " WHERE l.shipment = ANY(:shipments) AND p.status = 'picking'",
        shipments=[row.shipment for row in found],
    )
    taken = {row.shipment for row in rows}
    return [row for row in found if row.shipment not in taken]


def _take(space: Workspace, row: Any, wanted: Wanted) -> list[Line]:
    """The lines of one shipment for the list; none where it is not as it was found any more."""
    order = space.after[row.order_id]
    shipment = next((s for s in order.shipments if s.id == row.shipment), None)
    if shipment is None or order.holds:
        return []
    if wanted.to_stage:
        units = left_to_pick(shipment, wanted.location) if shipment.is_waiting else {}
    elif shipment.status is ShipmentStatus.READY and not shipment.wants_units:
        units = left_to_pick(shipment)
        begun = start_picking(order, shipment)
        mine = next(each for each in begun.shipments if each.id == shipment.id)
        space.put(begun.with_shipments([picked_if_complete(mine)]))
    else:
        units = {}
    return [(order.merchant, order, shipment, line, units[line]) for line in sorted(units)]


def _nothing(tx: Tx, wanted: Wanted) -> RefusedError:
    """Why there is no work; an order that was named and is on hold is told."""
    held = tx.rows(
        "SELECT number, holds FROM orders WHERE number = ANY(:orders) AND finished_at IS NULL"
        " AND cardinality(holds) > 0"
        " AND (CAST(:merchants AS text[]) IS NULL OR merchant = ANY(:merchants)) ORDER BY id",
        orders=list(wanted.orders or ()),
        merchants=None if wanted.merchants is None else list(wanted.merchants),
    )
    if held:
        holds = ", ".join(held[0].holds)
        message = f"order {held[0].number} is on hold ({holds}); release the hold"
        return conflict("order_on_hold", message, order=held[0].number, holds=held[0].holds)
    what = "staged" if wanted.to_stage else "picked"
    message = f"nothing can be {what} at {wanted.location} now that nobody works on"
    return conflict("nothing_to_pick", message, location=wanted.location)


def _write_list(tx: Tx, wanted: Wanted, whose: Sequence[str], lines: Sequence[Line]) -> int:
    (made,) = tx.rows(
        "INSERT INTO pick_list (location, kind, status, picker, merchants, created_at, done_at)"
        " VALUES (:location, :kind, CASE WHEN :work THEN 'picking' ELSE 'done' END, :picker,"
        " :whose, :now, CASE WHEN :work THEN NULL ELSE CAST(:now AS timestamptz) END) RETURNING id",
        location=wanted.location,
        kind="stage" if wanted.to_stage else "ship",
        picker=wanted.picker,
        whose=list(whose),
        work=bool(lines),
        now=tx.now,
    )
    tx.run(
        "INSERT INTO pick_list_line (pick_list, merchant, order_id, order_line, shipment, sku,"
        " units, to_stage) SELECT :list, l.* , :to_stage FROM unnest(CAST(:merchants AS text[]),"
        " CAST(:orders AS bigint[]), CAST(:lines AS int[]), CAST(:shipments AS bigint[]),"
        " CAST(:skus AS text[]), CAST(:units AS int[])) AS l",
        list=made.id,
        to_stage=wanted.to_stage,
        merchants=[line[0] for line in lines],
        orders=[line[1].id for line in lines],
        lines=[line[3] for line in lines],
        shipments=[line[2].id for line in lines],
        skus=[line[1].line(line[3]).sku for line in lines],
        units=[line[4] for line in lines],
    )
    return int(made.id)


# --- giving up -----------------------------------------------------------------------------------


def give_up(store: Store, command: Command, pick_list: int, merchants: Merchants) -> GivenUpList:
    """What nobody began to pick is ready again for others; refused while some is half picked."""

    def body(tx: Tx) -> GivenUpList:
        work = open_work(tx, pick_list, merchants, _with_queues)
        for id_ in sorted({line.shipment for line in work.lines if not line.to_stage}):
            if _is_being_picked(id_, work.lines):
                space, order, shipment = work.shipment(id_)
                space.put(given_up(order, shipment))
        for space in work.spaces.values():
            space.plan()
        save_all(work.spaces)
        _end_list(tx, pick_list)
        return GivenUpList(pick_list, "given_up")

    return execute_as(GivenUpList, store, command, body)


def _is_being_picked(shipment: int, lines: Sequence[Any]) -> bool:
    mine = next(line for line in lines if line.shipment == shipment)
    return ShipmentStatus(mine.status) is ShipmentStatus.PICKING


def _with_queues(tx: Tx, orders: Sequence[int]) -> Workspace:
    rows = tx.rows("SELECT DISTINCT sku FROM order_line WHERE order_id = ANY(:ids)", ids=orders)
    return open_queues(tx, {row.sku for row in rows}, orders=orders)


def _end_list(tx: Tx, pick_list: int) -> None:
    """Nothing of it is to be done any more, unless it holds work that others gave."""
    tx.rows("SELECT 1 FROM pick_list WHERE id = :id FOR NO KEY UPDATE", id=pick_list)
    tx.run(
        "UPDATE pick_list_line SET short = units - picked WHERE pick_list = :id AND to_stage",
        id=pick_list,
    )
    ended = tx.count(
        "UPDATE pick_list p SET status = 'given_up', done_at = :now WHERE id = :id"
        " AND NOT EXISTS (SELECT 1 FROM pick_list_line l WHERE l.pick_list = p.id"
        " AND l.picked + l.short < l.units)",
        id=pick_list,
        now=tx.now,
    )
    if not ended:
        message = f"pick list {pick_list} holds work of other merchants; use a key for all of them"
        raise conflict("others_on_list", message)
