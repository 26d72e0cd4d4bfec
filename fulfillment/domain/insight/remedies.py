"""What could be done now about an order that waits: candidates, each a thing that can be asked.

Whether one helps is not guessed here: each is tried by the planner on a copy, and what it would
change is told with it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice

from fulfillment.domain.insight.explain_policy import free_for
from fulfillment.domain.insight.explanation import ExplanationContext, Holding
from fulfillment.domain.insight.remedy import Remedy, RemedyCode
from fulfillment.domain.insight.supply_remedies import bought, received, transferred
from fulfillment.domain.model.counting import counted
from fulfillment.domain.model.holds import holds_in_words
from fulfillment.domain.model.orders import Order, waiting_lines
from fulfillment.domain.model.policy import ReleaseWhen
from fulfillment.domain.model.rank import FIRST_PRIORITY
from fulfillment.domain.model.statuses import WAITING
from fulfillment.domain.planning.sourcing import met_units

MOST_OF_A_KIND = 10
"""Remedies for single SKUs, of each kind: each is tried, and an order may lack hundreds of SKUs."""


def candidates(
    order: Order, around: ExplanationContext, first_location: str | None
) -> Iterator[Remedy]:
    """Everything that could help; `first_location` is where goods come to if nothing binds them."""
    if not order.first_claimed:
        return
    yield from _of_what_keeps_it(order)
    if not any(line.wanted for line in waiting_lines(order)):
        return
    yield from of_what_is_short(order)
    yield from of_what_is_here(order)
    yield from _of_the_hands(order, around)
    yield from _of_the_rank(order, around)
    yield from islice(_of_the_pins(order, around), MOST_OF_A_KIND)
    yield from _of_the_lock(order, around)
    yield from islice(transferred(order, around, first_location), MOST_OF_A_KIND)
    yield from received(order, around)
    yield from bought(order, around, first_location)


def _of_what_keeps_it(order: Order) -> Iterator[Remedy]:
    """What a person says of the order as a whole: it may go on, it is good."""
    if order.holds:
        sentence = f"Lift the hold: {holds_in_words(order.holds)}."
        yield Remedy(RemedyCode.LIFT_HOLD, sentence)
    if not order.verified:
        yield Remedy(RemedyCode.VERIFY, "Verify it: say that the order is good.")


def of_what_is_short(order: Order) -> Iterator[Remedy]:
    """What is missing is cancelled; where nothing that waits is here, that is all that waits."""
    short: Counter[int] = Counter()
    for line in waiting_lines(order):
        short[line.order_line] += max(line.wanted - met_units(order, line), 0)
    units = short.total()
    if any(line.allocated for line in waiting_lines(order)):
        sentence = f"Cancel what is missing ({counted(units, 'unit')}), and ship the rest."
        yield Remedy(RemedyCode.CANCEL_SHORT, sentence)
    elif units:
        lines = [{"line": number, "units": n} for number, n in sorted(short.items()) if n]
        sentence = (
            f"Cancel what is missing ({counted(units, 'unit')}): nothing of what waits is here."
        )
        yield Remedy(RemedyCode.CANCEL_SHORT, sentence, {"lines": lines})


def of_what_is_here(order: Order) -> Iterator[Remedy]:
    """What is here goes before the rest: by other settings, or once."""
    held = sum(line.allocated for line in waiting_lines(order))
    if not held:
        return
    if knobs := _freer(order):
        named = ", ".join(FREER[knob] for knob in knobs)
        sentence = f"Let what is here go before the rest: {named}."
        yield Remedy(RemedyCode.SHIP_AS_AVAILABLE, sentence, {"set": knobs})
    if order.may_release:
        sentence = f"Send what is here ({counted(held, 'unit')}) now, once, and keep the policy."
        yield Remedy(RemedyCode.SPLIT_NOW, sentence)


def _of_the_hands(order: Order, around: ExplanationContext) -> Iterator[Remedy]:
    short = sum(line.wanted for line in waiting_lines(order))
    free = sum(free_for(order, line, around) for line in waiting_lines(order) if line.wanted)
    if free:
        sentence = f"Allocate by hand what is free ({counted(min(free, short), 'unit')})."
        yield Remedy(RemedyCode.ALLOCATE, sentence)
    wanting = {line.order_line for line in waiting_lines(order) if line.wanted}
    if by_hand := sorted(number for number in wanting if order.line(number).by_hand):
        named = ", ".join(map(str, by_hand))
        lines = f"line {named}" if len(by_hand) == 1 else f"lines {named}"
        yield Remedy(
            RemedyCode.RESUME_ALLOCATION, f"Let {lines} take stock without a person again."
        )


FREER: Mapping[str, str] = {
    "max_shipments": "in any number of dispatches",
    "release_when": "part by part",
    "hold_if_due_within_days": "without waiting for what is due soon",
}
"""What it means that each of the knobs does not keep it any more."""


def _freer(order: Order) -> dict[str, object]:
    """The knobs that keep what is here from going, each with the value that does not."""
    policy, knobs = order.policy, dict[str, object]()
    if policy.max_shipments is not None:
        knobs["max_shipments"] = None
    if policy.release_when.waits_for_all:
        knobs["release_when"] = str(ReleaseWhen.ANY_PART)
    if policy.hold_if_due_within_days is not None:
        knobs["hold_if_due_within_days"] = None
    return knobs


def _of_the_rank(order: Order, around: ExplanationContext) -> Iterator[Remedy]:
    """One step ahead of the first who holds or wants units of something that is missing."""
    ahead = [
        rival
        for line in waiting_lines(order)
        if line.wanted and line.sku in around.rivals
        for rival in around.rivals[line.sku].first
        if rival.held or rival.wanted
    ]
    if not ahead:
        return
    priority = max(min(rival.priority for rival in ahead) - 1, FIRST_PRIORITY)
    if priority < order.rank.priority:
        named = ", ".join(sorted({rival.order for rival in ahead}))
        sentence = f"Raise its priority to {priority}, ahead of {named}."
        yield Remedy(RemedyCode.RAISE_PRIORITY, sentence, {"priority": priority})


def _of_the_pins(order: Order, around: ExplanationContext) -> Iterator[Remedy]:
    """What a person keeps for a line behind this order goes by rank once it is not pinned."""
    wanting = {line.sku: line for line in waiting_lines(order) if line.wanted}
    for sku, line in sorted(wanting.items()):
        only = order.place_of(line.order_line)
        came = [one for one in around.later.get(sku, ()) if _would_move(order, one)]
        unpinned: set[tuple[str, int]] = set()
        for pin in (*came, *around.pinned.get(sku, ())):
            if only in (None, pin.location) and (pin.order, pin.line) not in unpinned:
                unpinned.add((pin.order, pin.line))
                yield Remedy(
                    RemedyCode.UNPIN,
                    f"Unpin line {pin.line} of {pin.order}, which ranks behind and keeps"
                    f" {counted(pin.pinned, 'unit')} of {sku} by its pin.",
                    {"line": pin.line, "pins": []},
                    order=pin.order,
                )


def _would_move(order: Order, held: Holding) -> bool:
    """Whether the order may take what came on a pin, were it not pinned."""
    rebalance = order.policy.rebalance
    if not held.pinned or not rebalance.takes_from_waiting:
        return False
    return held.status in WAITING or rebalance.takes_from_ready


def _of_the_lock(order: Order, around: ExplanationContext) -> Iterator[Remedy]:
    elsewhere = any(
        level.sku == line.sku and level.location != order.lock and level.available > 0
        for line in waiting_lines(order)
        if line.wanted
        for level in around.levels
    )
    if order.lock is not None and (elsewhere or order.lock in around.out_of_use):
        yield Remedy(RemedyCode.UNLOCK, f"Unlock it from {order.lock}.", {"location": None})
