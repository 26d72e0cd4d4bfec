"""What can be done with an order or a shipment now, and why the rest can not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from fulfillment.domain.orders import Order
from fulfillment.domain.statuses import LIVE, SHIPMENT_MOVES, ShipmentStatus


class OrderAction(StrEnum):
    """What a person or a channel may ask of an order."""

    VERIFY = "verify"
    HOLD = "hold"
    UNHOLD = "unhold"
    CANCEL = "cancel"
    EDIT = "edit"


class ShipmentAction(StrEnum):
    """What the warehouse confirms of a shipment."""

    START_PICKING = "start_picking"
    PICK = "pick"
    PACK = "pack"
    SHIP = "ship"


TARGETS: Mapping[ShipmentAction, ShipmentStatus] = {
    ShipmentAction.START_PICKING: ShipmentStatus.PICKING,
    ShipmentAction.PICK: ShipmentStatus.PICKED,
    ShipmentAction.PACK: ShipmentStatus.PACKED,
    ShipmentAction.SHIP: ShipmentStatus.SHIPPED,
}

PAST: Mapping[ShipmentAction, str] = {
    ShipmentAction.START_PICKING: "given to a picker",
    ShipmentAction.PICK: "picked",
    ShipmentAction.PACK: "packed",
    ShipmentAction.SHIP: "shipped",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One action: allowed, or not with the code and the sentence of the command's refusal."""

    action: str
    code: str | None = None
    why: str | None = None

    @property
    def allowed(self) -> bool:
        """Whether the command would be done."""
        return self.code is None


def order_actions(order: Order) -> tuple[Choice, ...]:
    """Every action on an order; a command refuses exactly what is not allowed here."""
    return tuple(_order_choice(order, action) for action in OrderAction)


def _order_choice(order: Order, action: OrderAction) -> Choice:
    if not order.live:
        code = "nothing_to_cancel" if action is OrderAction.CANCEL else "order_finished"
        return Choice(action, code, f"the order is {order.status}; nothing of it is left to do")
    if action is OrderAction.VERIFY and order.verified:
        return Choice(action, "already_verified", "the order is verified already")
    if action is OrderAction.UNHOLD and not order.holds:
        return Choice(action, "not_held", "the order is not on hold")
    return Choice(action)


def shipment_actions(status: ShipmentStatus, holds: Iterable[str]) -> tuple[Choice, ...]:
    """Every step of the warehouse on a shipment in this status, of an order with these holds."""
    held = ", ".join(holds)
    return tuple(_step(action, status, held) for action in ShipmentAction)


def _step(action: ShipmentAction, status: ShipmentStatus, held: str) -> Choice:
    if status not in LIVE:
        return Choice(action, "step_not_allowed", f"the shipment is {status}; it is done with")
    if held:
        return Choice(action, "order_on_hold", f"the order is on hold ({held}); lift the hold")
    if TARGETS[action] not in SHIPMENT_MOVES[status]:
        why = f"a shipment that is {status} can not be {PAST[action]}"
        return Choice(action, "step_not_allowed", why)
    return Choice(action)
