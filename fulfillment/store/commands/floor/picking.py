"""Confirm what was picked or staged from a list, and put picked units back."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fulfillment.domain.floor import picking
from fulfillment.domain.floor.staging import Moving, staged
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import conflict, invalid
from fulfillment.domain.model.shipments import Shipment
from fulfillment.store.commands.floor.packed import refuse_packed
from fulfillment.store.commands.floor.staging import Filling, fill_containers
from fulfillment.store.commands.floor.working import Work, open_work, refusing_moves, save_all
from fulfillment.store.reading.pick_lists import Merchants, read_list
from fulfillment.store.reading.rows import execute_as
from fulfillment.store.reading.views.floor import PickListView
from fulfillment.store.records.saving.pick_lists import settle_lists
from fulfillment.store.transactions.session import Command, Store, Tx

Asked = Mapping[int, Mapping[int, int]]
"""Units by order line, by shipment."""


@dataclass(frozen=True, slots=True)
class PickedLine:
    """Units of one line of a list."""

    shipment: int
    order_line: int
    units: int


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What was done of a list: these lines, or all that is left where none is named.

    Staged units go into the container that is named for their order, or into one made for it.
    """

    pick_list: int
    merchants: Merchants = None
    lines: Sequence[PickedLine] | None = None
    containers: Mapping[str, str] = field(default_factory=dict)


def confirm(store: Store, command: Command, done: Confirmation) -> PickListView:
    """What was picked is in the picker's hands; what was to be staged is in its container."""

    def body(tx: Tx) -> PickListView:
        work = open_work(tx, done.pick_list, done.merchants)
        asked = _asked(work, done.lines, lambda line: int(line.left))
        if not asked:
            raise conflict("nothing_left", f"nothing is left to pick of list {done.pick_list}")
        to_stage = {line.shipment for line in work.lines if line.to_stage}
        filled = [
            _stage(work, id_, asked[id_], done.containers)
            for id_ in sorted(asked.keys() & to_stage)
        ]
        _each(work, {i: asked[i] for i in asked.keys() - to_stage}, picking.confirmed)
        save_all(work.spaces)
        if filled:
            _fill(tx, work, filled)
        return read_list(tx, done.pick_list, done.merchants)

    return execute_as(PickListView, store, command, body)


def unpick(store: Store, command: Command, undone: Confirmation) -> PickListView:
    """Picked units are on the shelf again, and on the list to be picked."""

    def body(tx: Tx) -> PickListView:
        work = open_work(tx, undone.pick_list, undone.merchants)
        asked = _asked(work, undone.lines, lambda line: 0 if line.to_stage else int(line.picked))
        if not asked:
            raise conflict("nothing_picked", f"nothing of list {undone.pick_list} is picked")
        if any(line.to_stage for line in work.lines if line.shipment in asked):
            message = "what is staged is released from staging by its order"
            raise conflict("is_staged", message)
        _each(work, asked, picking.put_back)
        refuse_packed(tx, work, asked)
        save_all(work.spaces)
        return read_list(tx, undone.pick_list, undone.merchants)

    return execute_as(PickListView, store, command, body)


def _asked(
    work: Work, lines: Sequence[PickedLine] | None, of_all: Callable[[Any], int]
) -> dict[int, dict[int, int]]:
    """What is named, which has to be on the list, or all that there is."""
    asked: dict[int, dict[int, int]] = defaultdict(dict)
    if lines is None:
        for line in work.lines:
            if units := of_all(line):
                asked[line.shipment][line.order_line] = units
        return dict(asked)
    known = {(line.shipment, line.order_line) for line in work.lines}
    for index, line in enumerate(lines):
        place = (line.shipment, line.order_line)
        if place not in known:
            message = f"line {line.order_line} of shipment {line.shipment} is not on the list"
            raise invalid("not_on_list", message, f"lines[{index}]")
        if line.order_line in asked[line.shipment]:
            raise invalid("line_twice", "the line is there twice", f"lines[{index}]")
        asked[line.shipment][line.order_line] = line.units
    return dict(asked)


def _each(
    work: Work,
    asked: Asked,
    change: Callable[[Order, Shipment, picking.Units], Order],
) -> None:
    with refusing_moves():
        for id_ in sorted(asked):
            space, order, shipment = work.shipment(id_)
            space.put(change(order, shipment, asked[id_]))


# --- staging from a list -------------------------------------------------------------------------


def _stage(
    work: Work, id_: int, units: Mapping[int, int], containers: Mapping[str, str]
) -> tuple[int, Filling]:
    _refuse_more_than_left(work, id_, units)
    with refusing_moves():
        space, order, _ = work.shipment(id_)
    space.put(staged(order, Moving(work.location, units, id_)))
    label = containers.get(order.number)
    return id_, Filling(order, work.location, units, label)


def _refuse_more_than_left(work: Work, id_: int, units: Mapping[int, int]) -> None:
    for line in work.lines:
        wanted = units.get(line.order_line, 0) if line.shipment == id_ else 0
        if wanted > line.left:
            message = f"{line.left} of {line.sku} are left to be staged, not {wanted}"
            raise conflict("more_than_there", message, shipment=id_, line=line.order_line)


def _fill(tx: Tx, work: Work, filled: Iterable[tuple[int, Filling]]) -> None:
    """The list comes last in the order of locks, after the levels that were written."""
    rows = [(id_, line, n) for id_, one in filled for line, n in one.units.items()]
    for merchant in sorted(work.spaces):
        mine = [one for _, one in filled if one.order.merchant == merchant]
        fill_containers(work.spaces[merchant].tx, mine)
    tx.rows("SELECT 1 FROM pick_list WHERE id = :id FOR NO KEY UPDATE", id=work.pick_list)
    tx.run(
        "UPDATE pick_list_line l SET picked = l.picked + r.units"
        " FROM unnest(CAST(:shipments AS bigint[]), CAST(:lines AS int[]), CAST(:units AS int[]))"
        " AS r(shipment, line, units) WHERE l.pick_list = :id AND l.shipment = r.shipment"
        " AND l.order_line = r.line",
        id=work.pick_list,
        shipments=[row[0] for row in rows],
        lines=[row[1] for row in rows],
        units=[row[2] for row in rows],
    )
    settle_lists(tx, [work.pick_list])
