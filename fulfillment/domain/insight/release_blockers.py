"""Why nothing more of an order is released, as one code and one sentence."""

from dataclasses import dataclass

from fulfillment.domain.model.holds import holds_in_words
from fulfillment.domain.model.orders import Order, waiting_lines
from fulfillment.domain.planning.release import is_last_wave


@dataclass(frozen=True, slots=True)
class Blocker:
    """One rule, as a code and a sentence."""

    code: str
    sentence: str


def why_it_waits(order: Order) -> Blocker | None:
    """The rule that keeps what is allocated from going; None where nothing allocated waits."""
    if not any(line.allocated for line in waiting_lines(order)):
        return None
    return Blocker(*(_rule(order) if order.may_release else _gate(order)))


def _gate(order: Order) -> tuple[str, str]:
    if order.holds:
        return "order_on_hold", f"the order is on hold ({holds_in_words(order.holds)})"
    if not order.is_authorised:
        return "payment_not_authorised", "its payment is not authorised for its value yet"
    return (
        "not_released_yet",
        f"the order is {order.status.replace('_', ' ')}; nothing of it may go yet",
    )


def _rule(order: Order) -> tuple[str, str]:
    if order.policy.max_shipments == 1:
        return "all_or_nothing", "the order goes out in one shipment, when all of it is here"
    if is_last_wave(order):
        why = "only one shipment is left to it, and that one must be complete"
        return "last_shipment_must_be_complete", why
    if order.policy.release_when.waits_for_all:
        return "all_sourced", "it is released when every unit of it is in stock or on its way"
    return "held_until_due", "what is missing is due so soon that it is not split"
