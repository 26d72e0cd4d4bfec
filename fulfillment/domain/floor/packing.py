"""What is in which package, what of it may leave, and what the shipment is then."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from fulfillment.domain.floor import dispatch
from fulfillment.domain.model.counting import counted
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import conflict, invalid
from fulfillment.domain.model.shipments import (
    Claim,
    Shipment,
    ShipmentLine,
    UnitsInPackages,
    lines_in_order,
)
from fulfillment.domain.model.statuses import (
    IN_WAREHOUSE,
    MoveNotAllowedError,
    ShipmentStatus,
    step_back,
)
from fulfillment.domain.planning.splitting import unstored_id

PACKED, PICKED = ShipmentStatus.PACKED, ShipmentStatus.PICKED


@dataclass(frozen=True, slots=True)
class Size:
    """How heavy and how big a package is, in grams and millimetres; None where nobody said."""

    weight_g: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None


@dataclass(frozen=True, slots=True)
class Contents:
    """What is put into one package: units by order line as they were written, and its size."""

    lines: tuple[tuple[int, int], ...]
    size: Size = field(default_factory=Size)

    @property
    def units(self) -> Counter[int]:
        """Units by order line."""
        return Counter(dict(self.lines))


@dataclass(frozen=True, slots=True)
class Package:
    """A package of one shipment that is still in the building, with units by order line."""

    number: int
    units: Mapping[int, int]


def loose(shipment: Shipment, packages: Iterable[Package]) -> Counter[int]:
    """Units by order line that were picked and are in no package.

    A conflict where a package holds units that were put back on the shelf since.
    """
    left = _in_hands(shipment)
    for package in packages:
        left.subtract(package.units)
    if over := sorted(line for line, units in left.items() if units < 0):
        message = (
            f"packages of shipment {shipment.number} hold more of line {over[0]} than is picked"
        )
        raise conflict("packages_hold_more", message, lines=over)
    return +left


def check_may_pack(order: Order, shipment: Shipment) -> None:
    """Refuse what is on hold, not picked, or packed to its last unit."""
    dispatch.pack(order, shipment)


def check_may_repack(order: Order, shipment: Shipment) -> None:
    """Refuse to change the packages of what is on hold, or was never picked.

    What is picked again after units were put back may still have some.
    """
    dispatch.refuse_held(order)
    if shipment.status not in IN_WAREHOUSE:
        raise MoveNotAllowedError("shipment", shipment.status, PACKED)


def check_contents(
    shipment: Shipment, packages: Sequence[Package], new: Sequence[Contents], path: str = "{}."
) -> None:
    """Refuse a package that holds nothing, or more than is loose of what the shipment has.

    `path` is where a package stands in the request, with `{}` for its index.
    """
    left = loose(shipment, packages)
    asked = {line.order_line for line in shipment.lines}
    for index, contents in enumerate(new):
        at = path.format(index)
        _check_lines(contents, asked, at)
        for position, (line, units) in enumerate(contents.lines):
            if units > left[line]:
                raise _too_many(line, units, left[line], f"{at}lines[{position}].units")
            left[line] -= units


def _check_lines(contents: Contents, asked: Collection[int], at: str) -> None:
    if not contents.lines:
        raise invalid("empty_package", "a package holds at least one unit", f"{at}lines")
    seen: set[int] = set()
    for position, (line, units) in enumerate(contents.lines):
        field_ = f"{at}lines[{position}]"
        if line not in asked:
            message = f"line {line} of the order is not in this shipment"
            raise invalid("not_in_shipment", message, f"{field_}.order_line", line=line)
        if line in seen:
            message = f"line {line} is there twice; add its units up"
            raise invalid("line_twice", message, f"{field_}.order_line", line=line)
        if units < 1:
            raise invalid("bad_quantity", "a package holds whole units", f"{field_}.units")
        seen.add(line)


def _too_many(line: int, units: int, left: int, at: str) -> Exception:
    message = (
        f"line {line}: {counted(units, 'unit does')} not fit; picked and in no package: {left}"
    )
    return conflict("more_than_picked", message, field=at, line=line, units=units, loose=left)


def settled(order: Order, shipment: Shipment, packages: Iterable[Package]) -> Order:
    """The order with the shipment packed where nothing of it is loose, else only picked.

    What is being picked stays so: more of it is to come.
    """
    target = PICKED if loose(shipment, packages) else PACKED
    if shipment.status in (target, ShipmentStatus.PICKING):
        return order
    if target is PACKED:
        return dispatch.pack(order, shipment)
    return order.with_shipments([replace(shipment, status=step_back(shipment.status, target))])


def packed_if_complete(shipment: Shipment, packed: UnitsInPackages) -> Shipment:
    """A picked shipment is packed when all that is left of it is in its packages."""
    boxed = Counter({line: n for (id_, line), n in packed.items() if id_ == shipment.id})
    if shipment.status is PICKED and boxed and boxed == _in_hands(shipment):
        return shipment.moved(PACKED)
    return shipment


# --- what leaves before the rest -----------------------------------------------------------------


def leaving(packages: Iterable[Package], numbers: Collection[int]) -> Counter[int]:
    """Units by order line in these packages."""
    total = Counter[int]()
    for package in packages:
        if package.number in numbers:
            total.update(package.units)
    return total


def set_apart(order: Order, shipment: Shipment, units: Mapping[int, int]) -> Order:
    """The shipment without these units, and they in a new one beside it that goes first.

    Both are of one wave and one location: packages of one dispatch that leave on different days
    stay one dispatch. The shipment keeps its number for what is still in the building.
    """
    number = order.next_shipment_number
    new_id = unstored_id(order, number)
    left, stays, goes = Counter(units), list[ShipmentLine](), list[ShipmentLine]()
    for line in lines_in_order(shipment):
        taken = min(left[line.order_line], line.units)
        left[line.order_line] -= taken
        first, rest = _parted(line, taken)
        goes += [replace(first, id=new_id - len(goes))] if first.units else []
        stays += [rest] if rest.units else []
    apart = replace(shipment, id=new_id, number=number, lines=tuple(goes), parent=shipment.id)
    kept = replace(shipment, lines=tuple(stays))
    return replace(order.with_shipments([kept, apart]), next_shipment_number=number + 1)


def _parted(line: ShipmentLine, units: int) -> tuple[ShipmentLine, ShipmentLine]:
    """So many units of a line that is in hands, those from containers first, and the rest."""
    goes, stays = list[Claim](), list[Claim]()
    left = units
    for claim in line.claims:
        taken = min(left, claim.units)
        left -= taken
        first, rest = _halves(claim, taken)
        goes += [first] if first.units else []
        stays += [rest] if rest.units else []
    return (
        replace(line, units=units, claims=tuple(goes)),
        replace(line, units=line.units - units, claims=tuple(stays)),
    )


def _halves(claim: Claim, units: int) -> tuple[Claim, Claim]:
    staged = min(claim.staged, units)
    picked = min(claim.picked, units - staged)
    pinned = min(claim.pinned, units)
    first = replace(claim, units=units, picked=picked, staged=staged, pinned=pinned)
    rest = replace(
        claim,
        units=claim.units - units,
        picked=claim.picked - picked,
        staged=claim.staged - staged,
        pinned=claim.pinned - pinned,
    )
    return first, rest


def _in_hands(shipment: Shipment) -> Counter[int]:
    """Units by order line that are picked or in a container; the supplier has its own in hands."""
    total = Counter[int]()
    for line in shipment.lines:
        for claim in line.claims:
            total[line.order_line] += (
                claim.units if claim.drop_ship else claim.picked + claim.staged
            )
    return total
