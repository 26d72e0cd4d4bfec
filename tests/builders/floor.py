"""What people on the floor do, run through the store's commands."""

from collections.abc import Mapping, Sequence
from typing import Any

from fulfillment.domain.floor.staging import Moving
from fulfillment.store.commands import floor
from fulfillment.store.planning.change import change_order
from fulfillment.store.reading.pick_lists import read_list
from fulfillment.store.transactions.session import Command
from tests.builders.plain import stored
from tests.builders.warehouse import MERCHANT, Warehouse, numbers

Lines = Mapping[tuple[int, int], int] | None
"""Units by shipment and order line; None is all."""


def asked(verb: str, key: str | None = None, reason: str | None = None) -> Command:
    return Command(MERCHANT, verb, key or f"{verb}:{next(numbers)}", "picker", reason=reason)


def take(
    warehouse: Warehouse, at: str = "A", *, key: str | None = None, **more: Any
) -> dict[str, Any]:
    """Take work for this merchant; the list."""
    wanted = floor.Wanted(at, "Pia", **({"merchants": (MERCHANT,)} | more))
    return stored(floor.take_work(warehouse.store, asked("take", key), wanted))


def confirm(
    warehouse: Warehouse,
    pick_list: int,
    lines: Lines = None,
    containers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    done = floor.Confirmation(pick_list, (MERCHANT,), _lines(lines), containers or {})
    return stored(floor.confirm(warehouse.store, asked("confirm"), done))


def unpick(warehouse: Warehouse, pick_list: int, lines: Lines = None) -> dict[str, Any]:
    undone = floor.Confirmation(pick_list, (MERCHANT,), _lines(lines))
    return stored(floor.unpick(warehouse.store, asked("unpick"), undone))


def _lines(lines: Lines) -> Sequence[floor.PickedLine] | None:
    if lines is None:
        return None
    return [floor.PickedLine(shipment, line, n) for (shipment, line), n in lines.items()]


def give_up(warehouse: Warehouse, pick_list: int) -> dict[str, Any]:
    return stored(floor.give_up(warehouse.store, asked("give up"), pick_list, (MERCHANT,)))


def short(
    warehouse: Warehouse,
    pick_list: int,
    place: tuple[int, int],
    found: int,
    *,
    container: str | None = None,
    key: str | None = None,
) -> dict[str, Any]:
    """So many units of a line were found in all."""
    missed = floor.ShortPick(pick_list, *place, found, container)
    command = asked("short", key, "not on the shelf")
    return floor.pick_short(warehouse.store, command, missed)


def stage(
    warehouse: Warehouse,
    order: int,
    units: Mapping[int, int] | None = None,
    *,
    at: str = "A",
    label: str | None = None,
) -> dict[str, Any]:
    wanted = floor.Staging(warehouse.number(order), at, label, units)
    return floor.stage(warehouse.store, asked("stage"), wanted)


def unstage(
    warehouse: Warehouse, order: int, units: Mapping[int, int] | None = None, *, at: str = "A"
) -> dict[str, Any]:
    change = floor.unstaging(warehouse.number(order), Moving(at, units))
    return change_order(warehouse.store, asked("unstage"), change)


def read(warehouse: Warehouse, pick_list: int) -> dict[str, Any]:
    return stored(warehouse.store.read(MERCHANT, lambda tx: read_list(tx, pick_list, None)))


def place(taken: Mapping[str, Any], sku: str = "K1", at: int = 0) -> tuple[int, int]:
    """Shipment and order line of what is sorted first from a SKU of a list."""
    (walk,) = [each for each in taken["walk"] if each["sku"] == sku]
    sort = walk["sort"][at]
    return sort["shipment"], sort["order_line"]


def containers(warehouse: Warehouse) -> dict[str, dict[int, int]]:
    """Units by order line in each container that is in use, by label."""
    rows = warehouse.rows(
        "SELECT c.label, l.order_line, l.units FROM container c"
        " JOIN container_line l ON l.container = c.id WHERE c.emptied_at IS NULL ORDER BY 1, 2"
    )
    found: dict[str, dict[int, int]] = {}
    for row in rows:
        found.setdefault(row.label, {})[row.order_line] = row.units
    return found


def tasks(warehouse: Warehouse) -> list[tuple[str, str, str, int]]:
    """Kind, SKU, location and units of what is to be looked at."""
    rows = warehouse.rows(
        "SELECT kind, sku, location, units FROM task WHERE done_at IS NULL ORDER BY id"
    )
    return [tuple(row) for row in rows]
