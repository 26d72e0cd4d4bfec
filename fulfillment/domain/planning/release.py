"""Which parts of a waiting order may go, and which are dated to go later."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.shipments import Peg, Shipment, ShipmentLine
from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.domain.model.supply import Snapshot
from fulfillment.domain.planning.auto_allocation import auto_allocation
from fulfillment.domain.planning.parcels import in_one_parcel
from fulfillment.domain.planning.sourcing import (
    dated_pegs,
    is_all_met,
    is_due_by,
    met_pegs,
)
from fulfillment.domain.planning.splitting import Destination, Part, split

Divide = Callable[[ShipmentLine], list[Part]]
Free = Callable[[ShipmentLine], int]
"""Units that nobody holds at the end of the queue, and that a line may use: its gate is shut."""


def no_units(_: ShipmentLine) -> int:
    """Nothing is free."""
    return 0


BACKORDER = Destination(ShipmentStatus.BACKORDER, None)
READY, FUTURE = ShipmentStatus.READY, ShipmentStatus.FUTURE


def is_last_wave(order: Order) -> bool:
    """Whether all that still waits has to go together."""
    return order.waves_left is not None and order.waves_left <= 1


class Release:
    """What becomes of one order's waiting shipments now (behaviour.md §3, §5).

    Until one wave is left, what is allocated goes as it comes, and what is dated becomes
    `future`. The last wave goes when it is complete, and not before. While an order waits with
    units for which somebody unread may stand before it, nothing of it goes: released, they could
    not be given up any more. `ungated` says that stock may be given whatever `auto_allocate`
    says: at a first claim, or by a person.
    """

    def __init__(
        self, order: Order, snapshot: Snapshot, free: Free = no_units, *, ungated: bool = False
    ) -> None:
        self.order, self.snapshot, self.free = order, snapshot, free
        gate = auto_allocation(order)
        self.taking = {
            line.id
            for shipment in order.waiting
            if ungated or gate.accepts(order, shipment, snapshot)
            for line in shipment.lines
            if ungated or self._is_served(line)
        }

    def goes_now(self) -> tuple[Shipment, ...]:
        """The waiting shipments of which something would be released now."""
        order = self.order
        if not order.may_release or self._may_have_to_give():
            return ()
        if is_last_wave(order):
            return order.waiting if self._all_is_met(order.waiting) else ()
        return tuple(
            shipment
            for shipment in order.waiting
            if not self._is_kept_whole(shipment)
            and any(line.claims or self._met(line) for line in shipment.lines)
        )

    def released(self) -> Order:
        """The order with everything released that its policy lets go now."""
        order = self.order
        if not order.may_release or self._stays_as_it_is() or self._may_have_to_give():
            return order
        divide = self._last_wave() if is_last_wave(order) else self._as_it_comes()
        return with_wave(order, split(order, divide))

    def _stays_as_it_is(self) -> bool:
        """Whether nothing that waits is here, dated or as good as here: it need not be divided."""
        return all(
            shipment.status is ShipmentStatus.BACKORDER
            and shipment.location is None
            and shipment.expected_on is None
            and not any(
                line.claims or self._met(line) or self._dated(line) for line in shipment.lines
            )
            for shipment in self.order.waiting
        )

    def _may_have_to_give(self) -> bool:
        return any(
            claim.movable and self.snapshot.is_unread_before(self.order, line.sku)
            for shipment in self.order.waiting
            for line in shipment.lines
            for claim in line.claims
        )

    # --- how far a line is ---

    def _met(self, line: ShipmentLine) -> tuple[Peg, ...]:
        """Pegs that count as met, where stock may be given to the line at all."""
        return met_pegs(self.order, line) if line.id in self.taking else ()

    def _is_served(self, line: ShipmentLine) -> bool:
        waits_for_status = self.order.policy.auto_allocate_on.waits_for_status
        return not waits_for_status or line.sku in self.snapshot.by_po_status

    def _dated(self, line: ShipmentLine) -> tuple[Peg, ...]:
        met = self._met(line)
        return tuple(p for p in dated_pegs(self.order, line, self.snapshot) if p not in met)

    def _all_is_met(self, shipments: Iterable[Shipment]) -> bool:
        return all(line.wanted <= _units(self._met(line)) for s in shipments for line in s.lines)

    def _is_covered(self, shipment: Shipment, free: Free) -> bool:
        """Whether every unit is in stock, as good as in stock, dated, or free and declined."""
        return all(
            line.wanted <= _units(self._met(line)) + _units(self._dated(line)) + free(line)
            for line in shipment.lines
        )

    # --- what stays together ---

    def _is_kept_whole(self, shipment: Shipment) -> bool:
        """Whether nothing of a shipment may go before the rest of it.

        Under `all_sourced` until every unit is sourced; under `hold_if_due_within_days` while all
        that is missing is here, or due so soon that it is not worth a shipment of its own.
        """
        if self.order.policy.release_when.waits_for_all:
            return not self._is_covered(shipment, no_units)
        days = self.order.policy.hold_if_due_within_days
        if days is None or self._all_is_met([shipment]):
            return False
        soon = self.snapshot.today + timedelta(days=days)
        could_go = any(line.claims or self._met(line) for line in shipment.lines)
        return could_go and all(
            is_due_by(self.order, line, soon, self.free(line)) for line in shipment.lines
        )

    def _stays_as(self, shipment: Shipment) -> Destination:
        """A dated shipment stays dated while every unit of it is sourced.

        It stays where it is while something of it is there or will come there.
        """
        if shipment.status is not FUTURE:
            return BACKORDER
        pegs = [peg for line in shipment.lines for peg in line.pegs]
        if not pegs or not self._is_covered(shipment, self.free):
            return BACKORDER
        places = {claim.location for line in shipment.lines for claim in line.claims}
        if shipment.location in places | {peg.location for peg in pegs}:
            return Destination(FUTURE, shipment.location)
        last = max(pegs, key=lambda peg: (peg.due_on, peg.location, peg.supply))
        return Destination(FUTURE, last.location)

    # --- dividing ---

    def _as_it_comes(self) -> Divide:
        whole: dict[int, Destination] = {}
        undivided: dict[int, Destination] = {}
        is_leaving = self._leaves_the_last_wave()
        for shipment in self.order.waiting:
            stays_as = BACKORDER if is_leaving else self._stays_as(shipment)
            if self._is_kept_whole(shipment):
                whole |= dict.fromkeys(_ids(shipment), stays_as)
            elif is_leaving or any(line.wanted and self.free(line) for line in shipment.lines):
                # It declines what is free. Divided, a part of it might not, by itself.
                undivided |= dict.fromkeys(_ids(shipment), stays_as)

        def divide(line: ShipmentLine) -> list[Part]:
            if line.id in whole:
                return _whole(whole[line.id], line)
            return self._by_source(line, undivided.get(line.id))

        return divide

    def _leaves_the_last_wave(self) -> bool:
        """Whether what stays will have to go together, and is not dated as a whole yet."""
        if self.order.waves_left != 2 or not self.goes_now():  # noqa: PLR2004
            return False
        return not all(self._is_covered(shipment, no_units) for shipment in self.order.waiting)

    def _by_source(self, line: ShipmentLine, rest_to: Destination | None = None) -> list[Part]:
        """In stock or as good as: `ready` at its location; dated: `future`; the rest waits on.

        Where `rest_to` is given, all that does not go stays together there.
        """
        met = self._met(line)
        dated = () if rest_to else self._dated(line)
        parts = [Part(Destination(READY, c.location), c.units, claims=(c,)) for c in line.claims]
        parts += [Part(Destination(READY, p.location), p.units, pegs=(p,)) for p in met]
        parts += [Part(Destination(FUTURE, p.location), p.units, pegs=(p,)) for p in dated]
        rest = line.units - sum(part.units for part in parts)
        later = tuple(peg for peg in line.pegs if peg not in met and peg not in dated)
        return [*parts, Part(rest_to or BACKORDER, rest, pegs=later)] if rest else parts

    def _last_wave(self) -> Divide:
        waiting = self.order.waiting
        if self._all_is_met(waiting):
            return self._by_source
        if all(self._is_covered(shipment, no_units) for shipment in waiting):
            return _one_future_group
        return lambda line: _whole(BACKORDER, line)


def _ids(shipment: Shipment) -> list[int]:
    return [line.id for line in shipment.lines]


def _whole(to: Destination, line: ShipmentLine) -> list[Part]:
    return [Part(to, line.units, claims=line.claims, pegs=line.pegs)]


def _one_future_group(line: ShipmentLine) -> list[Part]:
    """Everything waits together, dated, and keeps what it has."""
    claimed = [Part(Destination(FUTURE, c.location), c.units, claims=(c,)) for c in line.claims]
    pegged = [Part(Destination(FUTURE, p.location), p.units, pegs=(p,)) for p in line.pegs]
    return claimed + pegged


def _units(pegs: Iterable[Peg]) -> int:
    return sum(peg.units for peg in pegs)


# --- there and back ------------------------------------------------------------------------------


def called_back(order: Order) -> Order:
    """The order with what may not go as it is back among what waits.

    A released shipment that lost units waits again. And where units wait while no wave is left,
    the last wave that nobody has begun to pick comes back, so that all can go together.
    """
    short = [s for s in order.not_yet_received if not is_all_met(order, s)]
    if short:
        order = order.with_shipments(sent_back(s) for s in short)
    if order.waves_left != 0 or not order.may_release or not order.waiting:
        return order
    wave = max(unpicked_waves(order), default=None)
    if wave is None:
        return order
    return order.with_shipments(sent_back(s) for s in order.live if s.wave == wave)


def sent_back(shipment: Shipment) -> Shipment:
    """A released shipment waits again, with what it holds; its wave is spent no more."""
    waiting = shipment.moved(ShipmentStatus.BACKORDER)
    return replace(waiting, location=None, wave=None, target_ship_on=None)


def unpicked_waves(order: Order) -> set[int]:
    """The dispatches of which nobody has begun to pick anything: they can be called back."""
    waves = {s.wave for s in order.live if s.status is READY and s.wave is not None}
    begun = {s.wave for s in order.live if s.status is not READY}
    return waves - begun - order.waves_shipped


def with_wave(before: Order, after: Order) -> Order:
    """Everything released together is one wave: the first number that is not spent.

    What goes from one place is one shipment.
    """
    if after is before:
        return after
    known = {shipment.id: shipment.status for shipment in before.shipments}
    released = [
        shipment
        for shipment in after.shipments
        if shipment.status is READY and known.get(shipment.id) is not READY
    ]
    if not released:
        return after
    spent = before.waves
    wave = next(n for n in range(1, len(spent) + 2) if n not in spent)
    leaving = [replace(s, wave=wave, expected_on=None) for s in released]
    return in_one_parcel(before, after.with_shipments(leaving), leaving)
