"""What could be done now about an order that waits: candidates, each a thing that can be asked.

Whether one helps is not guessed here: each is tried by the planner on a copy, and what it would
change is told with it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fulfillment.domain.insight.explain_policy import count, free_for
from fulfillment.domain.insight.explanation import ExplanationContext
from fulfillment.domain.model.orders import Order, waiting_lines
from fulfillment.domain.model.policy import AutoAllocate, ReleaseWhen
from fulfillment.domain.model.rank import FIRST_PRIORITY


class RemedyCode(StrEnum):
    """The stable code of a remedy."""

    CANCEL_SHORT = "cancel_short"
    SHIP_AS_AVAILABLE = "ship_as_available"
    SPLIT_NOW = "split_now"
    ALLOCATE = "allocate"
    RAISE_PRIORITY = "raise_priority"
    UNLOCK = "unlock"
    TRANSFER = "transfer"
    RECEIVE_MORE = "receive_more"


@dataclass(frozen=True, slots=True)
class Remedy:
    """One thing that could be done, and what has to be said to ask for it.

    `arriving` are signed units by SKU and location, for what changes stock and not the order.
    """

    code: RemedyCode
    sentence: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    arriving: Mapping[tuple[str, str], int] = field(default_factory=dict)


def candidates(
    order: Order, around: ExplanationContext, first_location: str | None
) -> Iterator[Remedy]:
    """Everything that could help; `first_location` is where goods come to if nothing binds them."""
    lines = [line for line in waiting_lines(order) if line.wanted]
    if not lines or not order.first_claimed:
        return
    yield from _of_the_order(order, around)
    yield from _of_the_rank(order, around)
    yield from _of_the_place(order, around)
    more: dict[tuple[str, str], int] = {}
    for line in lines:
        at = order.place_of(line.order_line) or first_location
        if at is not None and at not in around.out_of_use:
            more[line.sku, at] = more.get((line.sku, at), 0) + line.wanted
    if more:
        named = ", ".join(f"{units} of {sku} at {where}" for (sku, where), units in more.items())
        yield Remedy(RemedyCode.RECEIVE_MORE, f"Receive {named}.", arriving=more)


def _of_the_order(order: Order, around: ExplanationContext) -> Iterator[Remedy]:
    held = sum(line.allocated for line in waiting_lines(order))
    short = sum(line.wanted for line in waiting_lines(order))
    free = sum(free_for(order, line, around) for line in waiting_lines(order) if line.wanted)
    if held:
        sentence = f"Cancel what is missing ({count(short)}), and ship the rest."
        yield Remedy(RemedyCode.CANCEL_SHORT, sentence)
        knobs = _freer(order)
        if knobs:
            named = ", ".join(
                f"{knob} {'none' if value is None else value}" for knob, value in knobs.items()
            )
            sentence = f"Let what is here go before the rest ({named})."
            yield Remedy(RemedyCode.SHIP_AS_AVAILABLE, sentence, {"set": knobs})
        if order.may_release:
            sentence = f"Send what is here ({count(held)}) now, once, and keep the policy."
            yield Remedy(RemedyCode.SPLIT_NOW, sentence)
    if free:
        sentence = f"Allocate by hand what is free ({count(min(free, short))})."
        yield Remedy(RemedyCode.ALLOCATE, sentence)


def _freer(order: Order) -> dict[str, object]:
    """The knobs that keep what is here from going, each with the value that does not."""
    policy, knobs = order.policy, dict[str, object]()
    if policy.max_shipments is not None:
        knobs["max_shipments"] = None
    if policy.release_when is ReleaseWhen.ALL_SOURCED:
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
        if rival.held
    ]
    if not ahead or order.policy.auto_allocate is AutoAllocate.NEVER:
        return
    priority = max(min(rival.priority for rival in ahead) - 1, FIRST_PRIORITY)
    if priority < order.rank.priority:
        named = ", ".join(sorted({rival.order for rival in ahead}))
        sentence = f"Raise its priority to {priority}, ahead of {named}."
        yield Remedy(RemedyCode.RAISE_PRIORITY, sentence, {"priority": priority})


def _of_the_place(order: Order, around: ExplanationContext) -> Iterator[Remedy]:
    moves: dict[tuple[str, str], int] = {}
    for line in waiting_lines(order):
        to = order.place_of(line.order_line)
        short = line.wanted
        for level in sorted(around.levels, key=lambda level: level.location):
            if to in around.out_of_use:
                continue
            if to is not None and level.sku == line.sku and level.location != to and short:
                units = min(short, level.available + moves.get((line.sku, level.location), 0))
                if units > 0:
                    short -= units
                    moves[line.sku, to] = moves.get((line.sku, to), 0) + units
                    from_there = moves.get((line.sku, level.location), 0)
                    moves[line.sku, level.location] = from_there - units
    if order.lock is not None and (moves or order.lock in around.out_of_use):
        yield Remedy(RemedyCode.UNLOCK, f"Unlock it from {order.lock}.", {"location": None})
    if not moves:
        return
    units = sum(n for n in moves.values() if n > 0)
    named = ", ".join(f"{-n} of {sku} from {at}" for (sku, at), n in moves.items() if n < 0)
    sentence = f"Transfer {count(units)} to where it is bound ({named})."
    yield Remedy(RemedyCode.TRANSFER, sentence, arriving=moves)
