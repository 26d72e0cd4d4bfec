"""What can be done with an order or a shipment now, and why the rest can not."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from fulfillment.domain.actions import holding, manual
from fulfillment.domain.actions.address import addressable
from fulfillment.domain.actions.line_changes import exchangeable
from fulfillment.domain.actions.manual_prepare import preparable
from fulfillment.domain.actions.mark_backordered import markable
from fulfillment.domain.actions.pins import pinnable
from fulfillment.domain.actions.sent_again import (
    NOTHING_RETURNED,
    Returned,
    exchangeable_after_return,
    nothing_to_replace,
)
from fulfillment.domain.floor import after_dispatch
from fulfillment.domain.floor.staging import releasable, stageable
from fulfillment.domain.model.holds import holds_in_words
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.domain.model.shipments import (
    NOTHING_PACKED,
    Shipment,
    ShipmentLine,
    UnitsInPackages,
)
from fulfillment.domain.model.statuses import (
    LIVE,
    MoveNotAllowedError,
    ShipmentStatus,
    move_shipment,
)
from fulfillment.domain.planning.auto_allocation import auto_allocation
from fulfillment.domain.planning.cancellation import NothingToCancelError, cancelled


class OrderAction(StrEnum):
    """What a person or a channel may ask of an order."""

    VERIFY = "verify"
    HOLD = "hold"
    UNHOLD = "unhold"
    CANCEL = "cancel"
    EDIT = "edit"
    QUANTITY = "quantity"
    ADD_LINE = "add_line"
    EXCHANGE = "exchange"
    EXCHANGE_RETURNED = "exchange_returned"
    ADDRESS = "address"
    CANCEL_DATE = "cancel_date"
    PRIORITY = "priority"
    POLICY = "policy"
    LOCK = "lock"
    ALLOCATE = "allocate"
    UNALLOCATE = "unallocate"
    RESUME_ALLOCATION = "resume_allocation"
    MARK_BACKORDERED = "mark_backordered"
    SPLIT = "split"
    REMOVE_UNAVAILABLE = "remove_unavailable"
    BACK_TO_SHIP = "back_to_ship"
    STAGE = "stage"
    UNSTAGE = "unstage"
    PINS = "pins"
    PREPARE = "prepare"


class ShipmentAction(StrEnum):
    """What the warehouse confirms of a shipment, or gives back."""

    START_PICKING = "start_picking"
    PICK = "pick"
    PACK = "pack"
    SHIP = "ship"
    SEND_BACK = "send_back"
    CORRECT_TRACKING = "correct_tracking"
    VOID_DISPATCH = "void_dispatch"
    REPLACE = "replace"


TARGETS: Mapping[ShipmentAction, ShipmentStatus] = {
    ShipmentAction.START_PICKING: ShipmentStatus.PICKING,
    ShipmentAction.PICK: ShipmentStatus.PICKED,
    ShipmentAction.PACK: ShipmentStatus.PACKED,
    ShipmentAction.SHIP: ShipmentStatus.SHIPPED,
}

Tries = Mapping[OrderAction, Callable[[Order], object]]

TRIES: Tries = {
    OrderAction.VERIFY: holding.verified,
    OrderAction.UNHOLD: holding.unheld,
    OrderAction.CANCEL: cancelled,
    OrderAction.EXCHANGE: exchangeable,
    OrderAction.EXCHANGE_RETURNED: exchangeable_after_return,
    OrderAction.ADDRESS: addressable,
    OrderAction.LOCK: lambda order: manual.locked(order, None),
    OrderAction.ALLOCATE: manual.allocatable,
    OrderAction.UNALLOCATE: manual.unallocated,
    OrderAction.RESUME_ALLOCATION: manual.resume_allocation,
    OrderAction.MARK_BACKORDERED: markable,
    OrderAction.SPLIT: manual.split_now,
    OrderAction.REMOVE_UNAVAILABLE: manual.without_unavailable,
    OrderAction.STAGE: stageable,
    OrderAction.UNSTAGE: releasable,
    OrderAction.PINS: pinnable,
    OrderAction.PREPARE: preparable,
}
"""The rule of each action, which refuses where it makes no sense; an action that is not here is
never refused for what the order is. What is allowed is what the rule itself does not refuse."""

OF_FINISHED = frozenset({OrderAction.CANCEL, OrderAction.EXCHANGE_RETURNED})
"""What refuses by its own rule where nothing is left to do with an order."""

INSTEAD: Mapping[OrderAction, str] = {OrderAction.EDIT: "; send a new order"}

Places = Collection[tuple[str, str]]
"""SKUs and locations."""


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


# --- orders --------------------------------------------------------------------------------------


def order_actions(
    order: Order,
    *,
    finds: bool = True,
    packed: UnitsInPackages = NOTHING_PACKED,
    returned: Returned = NOTHING_RETURNED,
) -> tuple[Choice, ...]:
    """Every action on an order, asked of all its lines; what is refused here the command refuses.

    `finds` says whether allocating by hand would find a unit. `packed` are the units in packages
    that are still here, `returned` those by SKU that came back, or are announced to.
    """
    begun = {shipment for shipment, _ in packed}
    tries = {
        **TRIES,
        OrderAction.ADDRESS: lambda order: addressable(order, begun),
        OrderAction.EXCHANGE: lambda order: exchangeable(order, packed),
        OrderAction.EXCHANGE_RETURNED: lambda order: exchangeable_after_return(order, returned),
    }
    if not finds:
        tries[OrderAction.ALLOCATE] = _finds_nothing
    return tuple(_order_choice(order, action, tries) for action in OrderAction)


def _finds_nothing(order: Order) -> object:
    manual.allocatable(order)
    raise manual.nothing_free(order)


def needs_a_plan(order: Order, free: Places) -> bool:
    """Whether allocating by hand might find anything, so that only a plan can say if it does.

    What is free may go to who ranks earlier while a distribution is still going on. And a line
    that was by hand is not any more, and may then take from those who rank behind.
    """
    return _may_find(order, free) or _may_take_behind(order)


def _order_choice(order: Order, action: OrderAction, tries: Tries) -> Choice:
    try:
        if not order.live and action not in OF_FINISHED:
            raise manual.finished(order, INSTEAD.get(action, ""))
        tries.get(action, _is_never_refused)(order)
    except RefusedError as refusal:
        return Choice(action, refusal.code, str(refusal))
    except NothingToCancelError as error:
        return Choice(action, "nothing_to_cancel", str(error))
    return Choice(action)


def _is_never_refused(order: Order) -> Order:
    return order


def _may_find(order: Order, free: Places) -> bool:
    """Whether anything is free that a waiting line may take."""
    return any(
        sku == line.sku and order.bound_to(shipment, line) in (None, location)
        for shipment, line in _wanting(order)
        for sku, location in free
    )


def _may_take_behind(order: Order) -> bool:
    """Whether a line by hand, once it is not any more, may take from those who rank behind."""
    if not order.policy.rebalance.takes_from_waiting or auto_allocation(order).takes_none:
        return False
    return any(order.line(line.order_line).by_hand for _, line in _wanting(order))


def _wanting(order: Order) -> Iterator[tuple[Shipment, ShipmentLine]]:
    for shipment in order.waiting:
        yield from ((shipment, line) for line in shipment.lines if line.wanted)


# --- shipments -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ShipmentFacts:
    """What decides which steps a shipment may take.

    `to_come` are its units that are not allocated, each with the SKU: a released shipment waits
    for them on pegs that count as met. Units of what has left may be known to have come back;
    others were lost and `sent_again`, or are `left` to be.
    """

    id: int
    number: int
    order: str
    status: ShipmentStatus
    holds: tuple[str, ...] = ()
    to_come: tuple[tuple[int, str], ...] = ()
    came_back: bool = False
    sent_again: int = 0
    left: int = 0


def shipment_actions(facts: ShipmentFacts) -> tuple[Choice, ...]:
    """Every step of the warehouse on a shipment; a command refuses exactly what is not allowed."""
    return tuple(_step(facts, action) for action in ShipmentAction)


def _step(facts: ShipmentFacts, action: ShipmentAction) -> Choice:
    if action not in TARGETS:
        return _by_its_rule(facts, action)
    if facts.status not in LIVE:
        why = f"shipment {facts.id} is {facts.status} and nothing is left to do with it"
        return Choice(action, "step_not_allowed", why)
    if facts.holds:
        why = f"order {facts.order} is on hold ({holds_in_words(facts.holds)}); release the hold"
        return Choice(action, "order_on_hold", why)
    if facts.to_come and facts.status is ShipmentStatus.READY and action is not ShipmentAction.SHIP:
        named = ", ".join(f"{units} of {sku}" for units, sku in facts.to_come)
        why = f"shipment {facts.number} can not be picked: {named} not yet received"
        return Choice(action, "not_yet_received", why)
    try:
        move_shipment(facts.status, TARGETS[action])
    except MoveNotAllowedError as error:
        return Choice(action, "step_not_allowed", str(error))
    return Choice(action)


def _send_back(facts: ShipmentFacts) -> Choice:
    if facts.status is ShipmentStatus.READY:
        return Choice(ShipmentAction.SEND_BACK)
    refusal = manual.not_ready(facts.number, facts.status)
    return Choice(ShipmentAction.SEND_BACK, refusal.code, str(refusal))


def _by_its_rule(facts: ShipmentFacts, action: ShipmentAction) -> Choice:
    if action is ShipmentAction.SEND_BACK:
        return _send_back(facts)
    try:
        after_dispatch.refuse_unless_shipped(facts.number, facts.status)
        if action is ShipmentAction.VOID_DISPATCH and facts.came_back:
            raise after_dispatch.came_back(facts.number)
        if action is ShipmentAction.VOID_DISPATCH and facts.sent_again:
            raise after_dispatch.is_replaced(facts.number)
        if action is ShipmentAction.REPLACE and not facts.left:
            raise nothing_to_replace(facts.number)
    except RefusedError as refusal:
        return Choice(action, refusal.code, str(refusal))
    return Choice(action)
