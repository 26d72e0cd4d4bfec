"""A short pick: less was on the shelf than asked (behaviour.md §4, §6)."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from fulfillment.domain.floor import picking
from fulfillment.domain.floor.picking import NotFound
from fulfillment.domain.floor.staging import staged_units
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import conflict, invalid
from fulfillment.domain.model.shipments import Shipment
from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.store.commands.floor.staging import Filling, fill_containers
from fulfillment.store.commands.floor.working import refusing_moves
from fulfillment.store.commands.supply.moves.levels import (
    Booking,
    Move,
    book,
    lock_levels,
    move_levels,
)
from fulfillment.store.planning.opening import open_queues, rank_of_order, skus_of_order
from fulfillment.store.planning.workspace import Workspace
from fulfillment.store.reading.pick_lists import head_of
from fulfillment.store.records.saving.pick_lists import settle_lists
from fulfillment.store.transactions.session import Command, Store, Tx

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ShortPick:
    """Of one line on a list so many were found in all; the container is for what then waits."""

    pick_list: int
    shipment: int
    order_line: int
    found: int
    container: str | None = None


@dataclass(frozen=True, slots=True)
class _Line:
    """The line of the list, with the order and the place that it is of."""

    order: int
    sku: str
    units: int
    location: str


def pick_short(store: Store, command: Command, short: ShortPick) -> Answer:
    """What was not found leaves on hand with its reason, is counted again, and waits at its rank.

    What was found goes on alone where the policy lets it. Else all of the shipment waits again,
    with what is in hands staged, and its dispatch is given back.
    """

    def body(tx: Tx) -> Answer:
        line = _line_of(tx, short)
        space = _open(tx, line)
        with refusing_moves():
            shipment = _shipment(tx, space, line, short.shipment)
            found = NotFound(short.order_line, short.found)
            units = picking.missing_units(space.after[line.order], shipment, found)
        _refuse_unmanaged(tx, line)
        moves = [Move(line.sku, line.location, -units, tx.reason)]
        space.arriving = {(line.sku, line.location): -units}
        went_on = _decide(space, line.order, shipment, found)
        lock_levels(tx, space.skus)
        if not went_on:
            _keep_on_list(space, shipment, short, units)
        _save(space, moves, command.key)
        if not went_on:
            _stage(space, line, short)
        _ask_to_count(tx, line, units, short.shipment)
        return {"short": units, "went_on": went_on}

    return store.execute(command, body)


def _line_of(tx: Tx, short: ShortPick) -> _Line:
    head_of(tx, short.pick_list, (tx.merchant,))
    rows = tx.rows(
        "SELECT l.order_id, l.sku, l.units, l.order_line, p.location, l.shipment FROM pick_list p"
        " JOIN pick_list_line l ON l.pick_list = p.id"
        " WHERE p.id = :id AND l.merchant = :merchant AND NOT l.to_stage",
        id=short.pick_list,
        merchant=tx.merchant,
    )
    place = (short.shipment, short.order_line)
    found = [row for row in rows if (row.shipment, row.order_line) == place]
    if not found:
        message = f"line {short.order_line} of shipment {short.shipment} is not on the list"
        raise invalid("not_on_list", message, "order_line")
    row = found[0]
    return _Line(row.order_id, row.sku, row.units, row.location)


def _open(tx: Tx, line: _Line) -> Workspace:
    """The order's queues, with who stands behind it and holds what it is about to want."""
    skus = skus_of_order(tx, line.order)
    wants = {line.sku: line.units}
    return open_queues(
        tx, skus, orders=[line.order], asking=lambda: (rank_of_order(tx, line.order), wants)
    )


def _shipment(tx: Tx, space: Workspace, line: _Line, shipment: int) -> Shipment:
    found = [each for each in space.after[line.order].shipments if each.id == shipment]
    if found:
        return found[0]
    (row,) = tx.rows("SELECT status FROM shipment WHERE id = :id", id=shipment)
    message = f"shipment {shipment} is {row.status} and nothing is left to do with it"
    raise conflict("step_not_allowed", message, status=row.status)


def _refuse_unmanaged(tx: Tx, line: _Line) -> None:
    sql = "SELECT manage_stock FROM product WHERE merchant = :merchant AND sku = :sku"
    (row,) = tx.rows(sql, merchant=tx.merchant, sku=line.sku)
    if not row.manage_stock:
        message = f"the stock of {line.sku} is not managed, so that it never runs short"
        raise conflict("not_managed", message, sku=line.sku)


def _decide(space: Workspace, order: int, shipment: Shipment, found: NotFound) -> bool:
    """Plan it as going on alone, or as waiting again: whether it goes on.

    It goes on where a dispatch is left for the rest, and where the rules, asked as if all of it
    waited, would let go what was found.
    """
    before = space.after[order]
    apart = picking.goes_on(before, shipment, found)
    space.put(picking.waits_again(before, shipment, found))
    space.plan()
    if not picking.may_go_alone(apart) or not _is_let_go(space.after[order], before, shipment):
        return False
    space.after = dict(space.before)
    space.put(apart)
    space.plan()
    return True


def _is_let_go(planned: Order, before: Order, shipment: Shipment) -> bool:
    """Whether something of the shipment is released again at its place."""
    known = {each.id for each in before.shipments} - {shipment.id}
    return any(
        each.status is ShipmentStatus.READY and each.location == shipment.location
        for each in planned.shipments
        if each.id not in known
    )


def _save(space: Workspace, moves: list[Move], reference: str) -> None:
    """Claims are given up before the units leave on hand: nothing goes below what is claimed."""
    space.save()
    move_levels(space.tx, moves)
    book(space.tx, moves, Booking("adjustment", reference))


def _keep_on_list(space: Workspace, shipment: Shipment, short: ShortPick, units: int) -> None:
    """What was done stays on the list, as staged; what was not begun is on it no more."""
    picked: Counter[int] = Counter()
    for line in shipment.lines:
        picked[line.order_line] += sum(claim.picked for claim in line.claims)
    picked[short.order_line] = short.found
    missing = {line: units if line == short.order_line else 0 for line in picked}
    done = [line for line in picked if picked[line] + missing[line]]
    space.tx.rows("SELECT 1 FROM pick_list WHERE id = :id FOR NO KEY UPDATE", id=short.pick_list)
    space.tx.run(
        "UPDATE pick_list_line l SET to_stage = true, picked = r.picked, short = r.short,"
        " units = r.picked + r.short FROM unnest(CAST(:lines AS int[]), CAST(:picked AS int[]),"
        " CAST(:short AS int[])) AS r(line, picked, short)"
        " WHERE l.pick_list = :id AND l.shipment = :shipment AND l.order_line = r.line",
        id=short.pick_list,
        shipment=short.shipment,
        lines=done,
        picked=[picked[line] for line in done],
        short=[missing[line] for line in done],
    )


def _stage(space: Workspace, line: _Line, short: ShortPick) -> None:
    """What was in hands is in a container now."""
    order = space.after[line.order]
    more = staged_units(order) - staged_units(space.before[line.order])
    units = {number: n for (number, at), n in more.items() if at == line.location}
    if units:
        fill_containers(space.tx, [Filling(order, line.location, units, short.container)])
    settle_lists(space.tx, [short.pick_list])


def _ask_to_count(tx: Tx, line: _Line, units: int, shipment: int) -> None:
    tx.run(
        "INSERT INTO task (merchant, kind, location, sku, units, order_id, shipment, reason,"
        " created_at) VALUES (:merchant, 'count', :location, :sku, :units, :order, :shipment,"
        " :reason, :now)",
        merchant=tx.merchant,
        location=line.location,
        sku=line.sku,
        units=units,
        order=line.order,
        shipment=shipment,
        reason=tx.reason,
        now=tx.now,
    )
