"""What a person asks of one order, as changes that are done or only looked at."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace

from fulfillment.domain.actions import manual
from fulfillment.domain.actions.manual_prepare import Choice, prepared
from fulfillment.domain.actions.mark_backordered import backordered
from fulfillment.domain.actions.presets import expand
from fulfillment.domain.insight.release_blockers import why_it_waits
from fulfillment.domain.model.orders import Order, waiting_lines
from fulfillment.domain.model.policy import KNOBS, Knobs, PolicyError, checked, resolve
from fulfillment.domain.model.rank import FIRST_PRIORITY, LAST_PRIORITY
from fulfillment.domain.model.refusals import RefusedError, invalid, missing
from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.store.planning.change import Answer, Change
from fulfillment.store.records.loading import load_locations, load_settings
from fulfillment.store.transactions.session import Tx


def priority(number: str, value: int) -> Change:
    """Another place in the queue, from 0 (first) to 100."""
    if not FIRST_PRIORITY <= value <= LAST_PRIORITY:
        message = f"a priority is a whole number from {FIRST_PRIORITY} to {LAST_PRIORITY}"
        raise invalid("bad_priority", message, "priority")
    return Change(number, lambda _, order: manual.with_priority(order, value), priority=value)


def policy(number: str, knobs: Knobs, unset: Sequence[str] = ()) -> Change:
    """Other knobs for one order; those in `unset` are left to the merchant again.

    A preset may be named like when the order was sent. What it concerns is planned again with
    the new values, in the same transaction.
    """

    def make(tx: Tx, order: Order) -> Order:
        wider = load_settings(tx)
        try:
            new = expand(knobs, for_one_order=True)
            _check_unset(unset, new)
            left = {k: v for k, v in order.knobs.items() if k not in new and k not in unset}
            after = left | checked(new, left, *wider, for_one_order=True)
            for knob, value in after.items():
                checked({knob: value}, after, *wider, for_one_order=True)
        except PolicyError as error:
            raise invalid("bad_policy", str(error), f"set.{error.knob}") from error
        return replace(order, knobs=after, policy=resolve(after, *wider))

    return Change(number, make)


def _check_unset(unset: Sequence[str], new: Knobs) -> None:
    for index, knob in enumerate(unset):
        if knob not in KNOBS:
            message = f"there is no setting {knob!r}; there are {', '.join(KNOBS)}"
            raise invalid("bad_policy", message, f"unset[{index}]")
        if knob in new:
            message = f"{knob} is either set or given up, not both"
            raise invalid("bad_policy", message, f"unset[{index}]")


def lock(number: str, location: str | None) -> Change:
    """Bind an order to one location, or to none any more."""

    def make(tx: Tx, order: Order) -> Order:
        if location is not None:
            check_location(tx, location, "location")
        return manual.locked(order, location)

    return Change(number, make)


def check_location(tx: Tx, location: str, field: str) -> None:
    """Refuse a location that does not serve this merchant now."""
    if location not in load_locations(tx):
        message = f"{location} is not an active location of this merchant"
        raise invalid("unknown_location", message, field, location=location)


def allocate(number: str, line: int | None = None) -> Change:
    """Take free units for one line, or for all: only what nobody holds, past any gate."""

    def make(_: Tx, order: Order) -> Order:
        chosen = manual.allocatable(order, line)
        return order.with_lines(replace(order.line(one), by_hand=False) for one in chosen)

    def answer(before: Order, after: Order) -> Answer:
        taken = _taken(before, after)
        if not taken:
            raise manual.nothing_free(before, line)
        return {"taken": taken}

    return Change(number, make, takes=lambda order: manual.allocatable(order, line), answer=answer)


def unallocate(number: str, line: int | None = None) -> Change:
    """Give back what one line, or every line, holds; it takes nothing by itself from then on."""
    return Change(number, lambda _, order: manual.unallocated(order, line))


def resume_allocation(number: str, line: int | None = None) -> Change:
    """Lift *by hand* from one line, or from all: it takes stock by itself again."""
    return Change(number, lambda _, order: manual.resume_allocation(order, line))


def mark_backordered(number: str, line: int) -> Change:
    """Mark one line backordered, whatever it holds; the step it is in is not finished by that."""
    return Change(number, lambda _, order: backordered(order, line))


def split(number: str) -> Change:
    """Let go now what is allocated; the rest waits on, in a shipment of its own."""
    return Change(number, lambda _, order: manual.split_now(order))


def remove_unavailable(number: str) -> Change:
    """Cancel what is missing, and ship the rest."""
    return Change(number, lambda _, order: manual.without_unavailable(order))


def send_back(number: str, shipment: int) -> Change:
    """Let a released shipment wait again, with what it holds; its wave is given back."""

    def make(tx: Tx, order: Order) -> Order:
        found = [each for each in order.shipments if each.id == shipment]
        if not found:
            raise _ended(tx, order, shipment)
        return manual.recalled(order, found[0])

    return Change(number, make, of_finished=True)


def _ended(tx: Tx, order: Order, shipment: int) -> RefusedError:
    sql = "SELECT number, status FROM shipment WHERE id = :id AND order_id = :order"
    rows = tx.rows(sql, id=shipment, order=order.id)
    if not rows:
        return missing("shipment", shipment)
    return manual.not_ready(rows[0].number, ShipmentStatus(rows[0].status))


def prepare(number: str, choices: Sequence[Choice]) -> Change:
    """Choose for lines how they reach the customer and from where, and let the order go on."""

    def make(tx: Tx, order: Order) -> Order:
        for index, choice in enumerate(choices):
            if choice.location is not None:
                check_location(tx, choice.location, f"lines[{index}].location")
        return prepared(order, choices)

    return Change(number, make)


def back_to_ship(number: str) -> Change:
    """Take what is in stock now, for one order, and say what is still short, and why it waits.

    It goes past gates and *by hand*, and takes free units only. What may go is released as the
    policy says, never beyond it.
    """

    def make(_: Tx, order: Order) -> Order:
        lines = (replace(line, by_hand=False) for line in order.lines)
        return order.with_lines(lines)

    def answer(before: Order, after: Order) -> Answer:
        blocker = why_it_waits(after)
        return {
            "taken": _taken(before, after),
            "short": _short(after),
            "released": _released(before, after),
            "why_not_released": blocker and asdict(blocker),
        }

    return Change(number, make, takes=_every_waiting_line, answer=answer)


def _every_waiting_line(order: Order) -> frozenset[int]:
    return frozenset(row.order_line for row in waiting_lines(order) if row.wanted)


def _taken(before: Order, after: Order) -> list[Answer]:
    """Units of each line that are allocated now and were not before."""
    had, has = _allocated(before), _allocated(after)
    return [
        {"line": line.number, "sku": line.sku, "units": has[line.number] - had[line.number]}
        for line in after.lines
        if has[line.number] > had[line.number]
    ]


def _allocated(order: Order) -> Counter[int]:
    units: Counter[int] = Counter()
    for shipment in order.live:
        for row in shipment.lines:
            units[row.order_line] += row.allocated
    return units


def _short(order: Order) -> list[Answer]:
    short: Counter[int] = Counter()
    for row in waiting_lines(order):
        short[row.order_line] += row.wanted
    return [
        {"line": line.number, "sku": line.sku, "units": short[line.number]}
        for line in order.lines
        if short[line.number]
    ]


def _released(before: Order, after: Order) -> int:
    """Units that may be picked now and could not before."""
    ready = [
        sum(
            row.units
            for s in order.shipments
            if s.status is ShipmentStatus.READY
            for row in s.lines
        )
        for order in (before, after)
    ]
    return max(ready[1] - ready[0], 0)
