"""What people on the floor do."""

from fulfillment.domain.floor.after_dispatch import Label
from fulfillment.domain.floor.packing import Contents
from fulfillment.domain.floor.staging import Moving
from fulfillment.store.commands.floor import (
    after_dispatch,
    lists,
    packing,
    picking,
    short,
    staging,
    tasks,
    warehouse,
)
from fulfillment.store.planning.change import Change
from tests.builders.warehouse import MERCHANT, Warehouse
from tests.crashes import stages
from tests.crashes.net import Run, crash, the_command
from tests.crashes.stages import ORDER

MINE = (MERCHANT,)


def first(at: Warehouse, status: str) -> int:
    return min(at.shipments(status))


def list_id(at: Warehouse) -> int:
    return int(at.one("SELECT id FROM pick_list"))


@crash(warehouse.start_picking, stages.ready)
def started(at: Warehouse) -> Run:
    shipment = first(at, "ready")
    return lambda store: warehouse.start_picking(store, the_command("start"), shipment)


@crash(warehouse.pick, stages.ready)
def picked(at: Warehouse) -> Run:
    shipment = first(at, "ready")
    return lambda store: warehouse.pick(store, the_command("pick"), shipment)


@crash(lists.take_work, stages.ready)
def took_a_list(_: Warehouse) -> Run:
    wanted = lists.Wanted("A", "Pia", merchants=MINE)
    return lambda store: lists.take_work(store, the_command("take"), wanted)


@crash(lists.give_up, stages.listed)
def gave_it_up(at: Warehouse) -> Run:
    pick_list = list_id(at)
    return lambda store: lists.give_up(store, the_command("give up"), pick_list, MINE)


@crash(picking.confirm, stages.listed)
def confirmed(at: Warehouse) -> Run:
    done = picking.Confirmation(list_id(at), MINE)
    return lambda store: picking.confirm(store, the_command("confirm"), done)


@crash(picking.unpick, stages.picked_by_list)
def put_back(at: Warehouse) -> Run:
    undone = picking.Confirmation(list_id(at), MINE)
    return lambda store: picking.unpick(store, the_command("unpick"), undone)


@crash(short.pick_short, stages.listed)
def found_less(at: Warehouse) -> Run:
    shipment = int(at.one("SELECT min(shipment) FROM pick_list_line"))
    missed = short.ShortPick(list_id(at), shipment, 1, 1)
    return lambda store: short.pick_short(store, the_command("short"), missed)


@crash(staging.stage, stages.held_back)
def staged(_: Warehouse) -> Run:
    wanted = staging.Staging(ORDER, "A", "BIN-1")
    return lambda store: staging.stage(store, the_command("stage"), wanted)


@crash(staging.unstaging, stages.staged)
def unstaged(_: Warehouse) -> Change:
    return staging.unstaging(ORDER, Moving("A", None))


@crash(tasks.finish_task, stages.short_picked)
def looked_at(at: Warehouse) -> Run:
    task = int(at.one("SELECT min(id) FROM task"))
    return lambda store: tasks.finish_task(store, the_command("task"), task)


# --- packages ------------------------------------------------------------------------------------


@crash(packing.pack, stages.picked)
def packed(at: Warehouse) -> Run:
    shipment, contents = first(at, "picked"), [Contents(((1, 2),)), Contents(((1, 1),))]
    return lambda store: packing.pack(store, the_command("pack"), shipment, contents)


@crash(packing.repack, stages.packed)
def repacked(at: Warehouse) -> Run:
    shipment, contents = first(at, "packed"), Contents(((1, 1),))
    return lambda store: packing.repack(store, the_command("repack"), shipment, 1, contents)


@crash(packing.unpack, stages.packed)
def unpacked(at: Warehouse) -> Run:
    shipment = first(at, "packed")
    return lambda store: packing.unpack(store, the_command("unpack"), shipment, 2)


@crash(packing.ship, stages.packed)
def all_of_it_left(at: Warehouse) -> Run:
    shipment, label = first(at, "packed"), Label("Example Post", "Parcel", "EP1")
    return lambda store: packing.ship(store, the_command("ship"), shipment, packing.Dispatch(label))


@crash(packing.ship, stages.packed)
def one_package_left(at: Warehouse) -> Run:
    shipment, one = first(at, "packed"), packing.Dispatch(labels=[(1, Label(tracking="EP1"))])
    return lambda store: packing.ship(store, the_command("ship"), shipment, one)


@crash(after_dispatch.voiding, stages.shipped)
def had_not_left(at: Warehouse) -> Change:
    return after_dispatch.voiding(ORDER, first(at, "shipped"))


@crash(after_dispatch.correcting, stages.shipped)
def other_tracking(at: Warehouse) -> Change:
    return after_dispatch.correcting(ORDER, first(at, "shipped"), Label(tracking="EP2"))
