"""Which parts of a waiting order may go, and which are dated to go later."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from fulfillment.domain.orders import Order
from fulfillment.domain.policy import ReleaseWhen
from fulfillment.domain.shipments import Shipment, ShipmentLine
from fulfillment.domain.sourcing import (
    dated_pegs,
    is_all_met,
    is_all_sourced,
    is_due_by,
    met_pegs,
)
from fulfillment.domain.splitting import Destination, Part, split
from fulfillment.domain.statuses import ShipmentStatus
from fulfillment.domain.supply import Snapshot

Divide = Callable[[ShipmentLine], list[Part]]

BACKORDER = Destination(ShipmentStatus.BACKORDER, None)


def release(order: Order, snapshot: Snapshot) -> Order:
    """The order with everything released that its policy lets go now (behaviour.md §3, §5).

    Until one wave is left, what is allocated goes as it comes, and what is dated becomes
    `future`. The last wave goes when it is complete, and not before.
    """
    if not order.may_release or not order.waiting:
        return order
    divide = _last_wave(order, snapshot) if is_last_wave(order) else _as_it_comes(order, snapshot)
    return with_wave(order, split(order, divide))


def is_last_wave(order: Order) -> bool:
    """Whether all that still waits has to go together."""
    return order.waves_left is not None and order.waves_left <= 1


def goes_now(order: Order, snapshot: Snapshot) -> tuple[Shipment, ...]:
    """The waiting shipments of which something would be released now."""
    if not order.may_release:
        return ()
    if is_last_wave(order):
        return order.waiting if all(is_all_met(order, s) for s in order.waiting) else ()
    return tuple(
        shipment
        for shipment in order.waiting
        if not _is_kept_whole(order, shipment, snapshot)
        and any(line.claims or met_pegs(order, line) for line in shipment.lines)
    )


def called_back(order: Order) -> Order:
    """The order with what may not go as it is back among what waits.

    A released shipment that lost units waits again. And where units wait while no wave is left,
    the last wave that nobody has begun to pick comes back, so that all can go together.
    """
    short = [s for s in order.not_yet_received if not is_all_met(order, s)]
    if short:
        order = order.with_shipments(sent_back(s) for s in short)
    wave = max(_unpicked_waves(order), default=None)
    if not order.may_release or not order.waiting or order.waves_left != 0 or wave is None:
        return order
    return order.with_shipments(sent_back(s) for s in order.live if s.wave == wave)


def sent_back(shipment: Shipment) -> Shipment:
    """A released shipment waits again, with what it holds; its wave is spent no more."""
    return replace(shipment.moved(ShipmentStatus.BACKORDER), location=None, wave=None)


def _unpicked_waves(order: Order) -> set[int]:
    waves = {s.wave for s in order.live if s.status is ShipmentStatus.READY and s.wave is not None}
    begun = {s.wave for s in order.live if s.status is not ShipmentStatus.READY}
    return waves - begun - order.waves_shipped


def _is_kept_whole(order: Order, shipment: Shipment, snapshot: Snapshot) -> bool:
    """Whether nothing of a shipment may go before the rest of it (behaviour.md §3).

    Under `all_sourced` until every unit is sourced; under `hold_if_due_within_days` while all
    that is missing is due so soon that it is not worth a shipment of its own.
    """
    if order.policy.release_when is ReleaseWhen.ALL_SOURCED:
        return not is_all_sourced(order, shipment, snapshot)
    days = order.policy.hold_if_due_within_days
    if days is None or is_all_met(order, shipment):
        return False
    soon = snapshot.today + timedelta(days=days)
    could_go = any(line.claims or met_pegs(order, line) for line in shipment.lines)
    return could_go and all(is_due_by(order, line, soon) for line in shipment.lines)


def _as_it_comes(order: Order, snapshot: Snapshot) -> Divide:
    kept = {
        line.id: _stays_as(order, shipment, snapshot)
        for shipment in order.waiting
        if _is_kept_whole(order, shipment, snapshot)
        for line in shipment.lines
    }
    sourced = _by_source(order, snapshot)
    return lambda line: _whole(kept[line.id], line) if line.id in kept else sourced(line)


def _stays_as(order: Order, shipment: Shipment, snapshot: Snapshot) -> Destination:
    """A dated shipment stays dated while every unit of it is sourced."""
    if shipment.status is ShipmentStatus.FUTURE and is_all_sourced(order, shipment, snapshot):
        return Destination(ShipmentStatus.FUTURE, shipment.location)
    return BACKORDER


def _by_source(order: Order, snapshot: Snapshot) -> Divide:
    """In stock or as good as: `ready` at its location; dated: `future`; the rest waits on."""

    def divide(line: ShipmentLine) -> list[Part]:
        met, dated = met_pegs(order, line), dated_pegs(order, line, snapshot)
        parts = [
            Part(Destination(ShipmentStatus.READY, claim.location), claim.units, claims=(claim,))
            for claim in line.claims
        ]
        parts += [
            Part(Destination(ShipmentStatus.READY, peg.location), peg.units, pegs=(peg,))
            for peg in met
        ]
        parts += [
            Part(Destination(ShipmentStatus.FUTURE, peg.location), peg.units, pegs=(peg,))
            for peg in dated
        ]
        rest = line.units - sum(part.units for part in parts)
        later = tuple(peg for peg in line.pegs if peg not in met and peg not in dated)
        return [*parts, Part(BACKORDER, rest, pegs=later)] if rest else parts

    return divide


def _last_wave(order: Order, snapshot: Snapshot) -> Divide:
    if all(is_all_met(order, shipment) for shipment in order.waiting):
        return _by_source(order, snapshot)
    if all(is_all_sourced(order, shipment, snapshot) for shipment in order.waiting):
        return _one_future_group
    return lambda line: _whole(BACKORDER, line)


def _whole(to: Destination, line: ShipmentLine) -> list[Part]:
    return [Part(to, line.units, claims=line.claims, pegs=line.pegs)]


def _one_future_group(line: ShipmentLine) -> list[Part]:
    """Everything waits together, dated, and keeps what it has."""
    future = ShipmentStatus.FUTURE
    claimed = [
        Part(Destination(future, claim.location), claim.units, claims=(claim,))
        for claim in line.claims
    ]
    pegged = [Part(Destination(future, peg.location), peg.units, pegs=(peg,)) for peg in line.pegs]
    return claimed + pegged


def with_wave(before: Order, after: Order) -> Order:
    """Everything released together is one wave: the first number that is not spent."""
    known = {shipment.id: shipment.status for shipment in before.shipments}
    released = [
        shipment
        for shipment in after.shipments
        if shipment.status is ShipmentStatus.READY
        and known.get(shipment.id) is not ShipmentStatus.READY
    ]
    if not released:
        return after
    wave = next(n for n in range(1, len(before.waves) + 2) if n not in before.waves)
    return after.with_shipments(replace(s, wave=wave, expected_on=None) for s in released)
