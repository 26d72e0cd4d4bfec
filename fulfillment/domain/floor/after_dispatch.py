"""What people do with a shipment that has left: take the dispatch back, or correct its labels."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import RefusedError, conflict, invalid
from fulfillment.domain.model.shipments import Claim, Shipment, ShipmentLine
from fulfillment.domain.model.statuses import ShipmentStatus, step_back

NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Label:
    """Who carries a package, how, and under which number; None where nobody said."""

    carrier: str | None = None
    service: str | None = None
    tracking: str | None = None

    def corrected(self, said: "Label") -> "Label":
        """The label with what is said in place of what it has; what is not said stays."""
        return Label(
            said.carrier or self.carrier,
            said.service or self.service,
            said.tracking or self.tracking,
        )


Labels = Mapping[int, Label]
"""Labels by the number of the package."""


def refuse_unless_shipped(shipment: int, status: ShipmentStatus) -> None:
    """Only of what has left can this be asked; `shipment` is its number in the order."""
    if status is not ShipmentStatus.SHIPPED:
        message = f"shipment {shipment} is {status}; that can be asked once it has left"
        raise conflict("not_shipped", message, status=str(status))


def came_back(shipment: int) -> RefusedError:
    """Units of it came back or are announced to: they did leave."""
    message = (
        f"units of shipment {shipment} came back, or are announced to: they have left; close the"
        " return if that was a mistake"
    )
    return conflict("came_back", message)


def is_replaced(shipment: int) -> RefusedError:
    """What was lost on the way did leave."""
    message = f"units of shipment {shipment} were sent again as lost: they have left"
    return conflict("already_replaced", message)


def voided(order: Order, shipment: Shipment, drop_shipped: Collection[int] = NONE) -> Order:
    """The dispatch was none: what was thought to have left is packed here, and not shipped.

    `drop_shipped` are the ids of the lines that the supplier was to send. The order's wave stays
    spent, since the goods still go with it.
    """
    refuse_unless_shipped(shipment.number, shipment.status)
    lines = tuple(_claimed(line, shipment, drop_shipped) for line in shipment.lines)
    status = step_back(shipment.status, ShipmentStatus.PACKED)
    here = replace(shipment, status=status, lines=lines)
    back = Counter[int]()
    for line in shipment.lines:
        back[line.order_line] += line.units
    noted = order.noted("dispatch_voided", shipment=shipment.number, units=back.total())
    fewer = tuple(replace(x, shipped=x.shipped - back[x.number]) for x in noted.lines)
    return replace(noted.with_shipments([here]), lines=fewer)


def _claimed(line: ShipmentLine, shipment: Shipment, drop_shipped: Collection[int]) -> ShipmentLine:
    at, units = shipment.location or "", line.units
    claim = Claim(at, units, picked=units, drop_ship=line.id in drop_shipped)
    return replace(line, claims=(claim,))


def corrected_labels(labels: Labels, rest: Label, said: Sequence[tuple[int, Label]]) -> Labels:
    """The labels that change: of the packages named, or of all, with what is said for the rest."""
    if not said and rest == Label():
        message = "say what is right: a carrier, a service or a tracking number"
        raise invalid("nothing_corrected", message, "tracking")
    asked: dict[int, Label] = dict.fromkeys(labels, rest) if not said else {}
    for index, (number, label) in enumerate(said):
        at = f"packages[{index}].number"
        if number not in labels:
            message = f"the shipment has no package {number}"
            raise invalid("unknown_package", message, at, number=number)
        if number in asked:
            raise invalid("package_twice", f"package {number} is there twice", at, number=number)
        asked[number] = rest.corrected(label)
    found = {number: labels[number].corrected(label) for number, label in asked.items()}
    return {number: label for number, label in found.items() if label != labels[number]}


def relabelled(order: Order, shipment: Shipment, labels: Labels, changed: Labels) -> Order:
    """The order with other labels of what left told in its history, each as it was and as it is."""
    refuse_unless_shipped(shipment.number, shipment.status)
    if not changed:
        return order
    told = [
        {"package": number, "from": plain(labels[number]), "to": plain(label)}
        for number, label in sorted(changed.items())
    ]
    return order.noted("tracking_corrected", shipment=shipment.number, packages=told)


def plain(label: Label) -> dict[str, str]:
    """What a label says, as history tells it."""
    told = {"carrier": label.carrier, "service": label.service, "tracking": label.tracking}
    return {name: value for name, value in told.items() if value}
