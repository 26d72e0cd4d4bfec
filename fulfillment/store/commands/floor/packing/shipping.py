"""Send packages off: all that a shipment has, or some of them before the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fulfillment.domain.floor import dispatch as warehouse
from fulfillment.domain.floor import packing
from fulfillment.domain.floor.after_dispatch import Label, plain
from fulfillment.domain.floor.packing import Package
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import invalid
from fulfillment.domain.model.shipments import Shipment
from fulfillment.store.commands.floor.packing.opening import Opened, open_shipment, refusing_moves
from fulfillment.store.commands.floor.packing.packing import make_packages
from fulfillment.store.commands.floor.packing.rows import Packages, read_packages, send_off
from fulfillment.store.transactions.session import Command, Store, Tx


@dataclass(frozen=True, slots=True)
class Dispatch:
    """What leaves: the packages of `labels` with theirs, or, where none is named, all with one."""

    label: Label = field(default_factory=Label)
    labels: Sequence[tuple[int, Label]] = ()


WHOLE = Dispatch()


def ship(store: Store, command: Command, shipment: int, dispatch: Dispatch = WHOLE) -> None:
    """Packages left the building: their units leave on hand, once.

    With none named all of the shipment leaves, and what is in no package yet makes one. With some
    named they leave as a shipment of their own, of the same dispatch, and the rest stays.
    """

    def body(tx: Tx) -> dict[str, Any]:
        with refusing_moves():
            opened = open_shipment(tx, shipment)
            # Asked of the whole, so that it is refused before anything of it is written.
            warehouse.ship(opened.order, opened.shipment)
            leaves = _leaves(tx, opened.shipment, dispatch)
            gone = _sent(opened, *_apart(opened, leaves))
            send_off(tx, shipment, gone.id, leaves.labels)
            return {}

    store.execute(command, body)


@dataclass(frozen=True, slots=True)
class _Leaves:
    """Every package of a shipment that is here, and the labels of those that leave."""

    here: Sequence[Package]
    labels: Mapping[int, Label]


def _leaves(tx: Tx, shipment: Shipment, dispatch: Dispatch) -> _Leaves:
    known = read_packages(tx, shipment)
    if dispatch.labels:
        _check_named(known, dispatch.labels)
        return _Leaves(known.here, dict(dispatch.labels))
    here = known.here + make_packages(tx, shipment, known)
    return _Leaves(here, {package.number: dispatch.label for package in here})


def _check_named(known: Packages, labels: Sequence[tuple[int, Label]]) -> None:
    seen: set[int] = set()
    for index, (number, _) in enumerate(labels):
        at = f"packages[{index}].number"
        message = f"the shipment has no package {number}"
        known.check_is_here(number, invalid("unknown_package", message, at, number=number))
        if number in seen:
            message = f"package {number} is there twice"
            raise invalid("package_twice", message, at, number=number)
        seen.add(number)


def _apart(opened: Opened, leaves: _Leaves) -> tuple[Order, Shipment]:
    """The order, and its shipment that leaves: the whole, or a new one with what leaves of it.

    What is told of the packages is told with the shipment that leaves, never before.
    """
    order, shipment = opened.order, opened.shipment
    told = _told(shipment, leaves)
    left = packing.loose(shipment, leaves.here)
    if not left and all(package.number in leaves.labels for package in leaves.here):
        return order.noted("packages_shipped", **told), shipment
    number = order.next_shipment_number
    units = packing.leaving(leaves.here, leaves.labels)
    stored, apart = _stored(opened, packing.set_apart(order, shipment, units), number)
    return stored.noted("packages_shipped", **told, shipped_as=number), apart


def _told(shipment: Shipment, leaves: _Leaves) -> dict[str, object]:
    """Which packages leave, from where, with how many units, and under which tracking numbers."""
    units = sum(sum(p.units.values()) for p in leaves.here if p.number in leaves.labels)
    told: dict[str, object] = {
        "shipment": shipment.number,
        "packages": sorted(leaves.labels),
        "units": units,
        "location": shipment.location,
    }
    if carriers := sorted({one.carrier for one in leaves.labels.values() if one.carrier}):
        told["carriers"] = carriers
    if labels := [
        {"package": number} | plain(label)
        for number, label in sorted(leaves.labels.items())
        if label != Label()
    ]:
        told["labels"] = labels
    return told


def _stored(opened: Opened, order: Order, number: int) -> tuple[Order, Shipment]:
    """Stored before it leaves: the ledger books what leaves of shipments that it knows."""
    space = opened.space
    space.put(order)
    space.save(silent=[order.id])
    space.before = dict(space.after)
    after = space.after[order.id]
    return after, next(each for each in after.shipments if each.number == number)


def _sent(opened: Opened, order: Order, shipment: Shipment) -> Shipment:
    opened.space.put(warehouse.ship(order, shipment))
    opened.space.save()
    return shipment
