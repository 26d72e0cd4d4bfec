"""Put what was picked into packages, change one, or take one apart."""

from collections.abc import Sequence
from typing import Any

from fulfillment.domain.floor import packing
from fulfillment.domain.floor.packing import Contents, Package
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import missing
from fulfillment.domain.model.shipments import Shipment
from fulfillment.store.commands.floor.packing.opening import Opened, open_shipment, refusing_moves
from fulfillment.store.commands.floor.packing.rows import (
    Packages,
    delete_package,
    everything,
    insert_packages,
    read_packages,
)
from fulfillment.store.transactions.session import Command, Store, Tx


def pack(store: Store, command: Command, shipment: int, contents: Sequence[Contents] = ()) -> None:
    """Put units into new packages; with none named, all that is loose goes into one.

    The shipment is packed when every unit of it is in a package, however many calls that takes.
    """

    def body(tx: Tx) -> dict[str, Any]:
        with refusing_moves():
            opened = open_shipment(tx, shipment)
            packing.check_may_pack(opened.order, opened.shipment)
            known = read_packages(tx, opened.shipment)
            made = make_packages(tx, opened.shipment, known, contents)
            return _kept(opened, known.here + made, noted(opened, "package_packed", made))

    store.execute(command, body)


def make_packages(
    tx: Tx, shipment: Shipment, known: Packages, contents: Sequence[Contents] = ()
) -> tuple[Package, ...]:
    """Write new packages, or one of all that is loose where none is named."""
    left = packing.loose(shipment, known.here)
    new = list(contents) or ([everything(left)] if left else [])
    packing.check_contents(shipment, known.here, new, "packages[{}].")
    numbered = dict(enumerate(new, start=known.next_number))
    if numbered:
        insert_packages(tx, shipment.id, numbered)
    return tuple(Package(number, one.units) for number, one in numbered.items())


def repack(store: Store, command: Command, shipment: int, number: int, contents: Contents) -> None:
    """Put other units into a package that is still here; what it held is loose before."""

    def body(tx: Tx) -> dict[str, Any]:
        with refusing_moves():
            opened, others = _without(tx, shipment, number)
            packing.check_contents(opened.shipment, others, [contents], "")
            insert_packages(tx, shipment, {number: contents})
            made = Package(number, contents.units)
            return _kept(opened, (*others, made), noted(opened, "package_changed", [made]))

    store.execute(command, body)


def unpack(store: Store, command: Command, shipment: int, number: int) -> None:
    """Take a package that is still here apart; its units are picked, and in no package."""

    def body(tx: Tx) -> dict[str, Any]:
        with refusing_moves():
            opened, others = _without(tx, shipment, number)
            gone = Package(number, {})
            return _kept(opened, others, noted(opened, "package_opened", [gone]))

    store.execute(command, body)


def _without(tx: Tx, shipment: int, number: int) -> tuple[Opened, tuple[Package, ...]]:
    """The shipment with one of its packages taken apart, and the others."""
    opened = open_shipment(tx, shipment)
    packing.check_may_repack(opened.order, opened.shipment)
    known = read_packages(tx, opened.shipment)
    known.check_is_here(number, missing("package", number))
    delete_package(tx, shipment, number)
    return opened, tuple(each for each in known.here if each.number != number)


def noted(opened: Opened, kind: str, packages: Sequence[Package]) -> Order:
    """The order with what became of some packages told in its history."""
    numbers = [package.number for package in packages]
    units = sum(sum(package.units.values()) for package in packages)
    return opened.order.noted(kind, shipment=opened.shipment.number, packages=numbers, units=units)


def _kept(opened: Opened, packages: Sequence[Package], order: Order) -> dict[str, Any]:
    opened.space.put(packing.settled(order, opened.shipment, packages))
    opened.space.save()
    return {}
