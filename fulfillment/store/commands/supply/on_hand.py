"""On hand changed at places whose queues are locked, and who gains or loses units by it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fulfillment.domain.model.late_pins import pinned_again
from fulfillment.domain.model.limits import check_on_hand
from fulfillment.domain.model.refusals import RefusedError, conflict
from fulfillment.domain.model.shipments import LatePin
from fulfillment.store.commands.supply.moves.levels import (
    ROWS,
    Booking,
    Move,
    book,
    columns,
    lock_levels,
    move_levels,
    open_levels,
)
from fulfillment.store.commands.supply.stock_loss import losers_of, take_back
from fulfillment.store.planning.opening import open_queues
from fulfillment.store.planning.workspace import Workspace
from fulfillment.store.transactions.session import Tx

Place = tuple[str, str, str]
"""SKU, location and disposition."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a place had when somebody decided to change it."""

    on_hand: int
    allocated: int


@dataclass(frozen=True, slots=True)
class Level:
    """What a place will have on hand, and what is allocated there now."""

    sku: str
    location: str
    disposition: str
    on_hand: int
    allocated: int

    def told(self) -> dict[str, Any]:
        """What the answer says of it."""
        names = ("sku", "location", "disposition", "on_hand")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class ChangedOnHand:
    """What places will have, and the plan of who gains or loses; None where nobody can."""

    levels: Sequence[Level]
    space: Workspace | None = None


NOTHING_SEEN: Mapping[Place, Seen] = {}


def change_on_hand(
    tx: Tx,
    moves: Sequence[Move],
    booking: Booking,
    *,
    again: Mapping[str, LatePin] | None = None,
    seen: Mapping[Place, Seen] = NOTHING_SEEN,
) -> Sequence[Level]:
    """Change on hand at places whose queues are locked; who gains or loses units is planned anew.

    What is to come `again`, by SKU: its queues are planned anyway, since its supply was written
    too, and who loses units that a person pinned is pinned to it. The levels are read twice:
    before the orders are locked, to know whose those are, and under their own locks, since picking
    takes no queue. Refused where a place has something else by then than was `seen`.
    """
    open_levels(tx, moves)
    space = plan_change(tx, moves, again or {}, seen).space
    lock_levels(tx, space.skus if space else {move.sku for move in moves})
    levels = levels_after(tx, moves, seen)
    move_levels(tx, [move for move in moves if move.units > 0])
    if space:
        space.save()
    move_levels(tx, [move for move in moves if move.units < 0])
    book(tx, moves, booking)
    return levels


def plan_change(
    tx: Tx,
    moves: Sequence[Move],
    again: Mapping[str, LatePin],
    seen: Mapping[Place, Seen] = NOTHING_SEEN,
    batch: int = 0,
) -> ChangedOnHand:
    """Who gains or loses by it, planned as it will be; nothing is written but pickers' tasks.

    A `batch` is how many lines of each sort are served, where not as many as usual.
    """
    levels = levels_after(tx, moves, seen)
    more, fewer = _added(moves), lost_claims(levels)
    if not more and not fewer and not again:
        return ChangedOnHand(levels)
    skus = {*again, *(move.sku for move in moves)}
    losers = losers_of(tx, fewer)
    asked = losers.asking
    asking = (lambda: asked) if asked else None
    space = open_queues(tx, skus, orders=losers.orders, margin=more, asking=asking, batch=batch)
    space.arriving = _arriving(moves)
    take_back(space, fewer)
    for order in list(space.after.values()) if again else ():
        space.put(pinned_again(space.before[order.id], order, again))
    space.plan()
    return ChangedOnHand(levels, space)


def check_seen(tx: Tx, seen: Mapping[Place, Seen]) -> None:
    """Refuse where one of these places has something else than was seen."""
    if seen:
        levels_after(tx, [Move(*place[:2], 0, None, place[2]) for place in seen], seen)


def _arriving(moves: Sequence[Move]) -> Mapping[tuple[str, str], int]:
    return {(m.sku, m.location): m.units for m in moves if m.disposition == "sellable"}


def lost_claims(levels: Sequence[Level]) -> Mapping[tuple[str, str], int]:
    """Units by SKU and location that are allocated and will not be there."""
    return {
        (level.sku, level.location): level.allocated - level.on_hand
        for level in levels
        if level.allocated > level.on_hand
    }


def _added(moves: Sequence[Move]) -> Mapping[str, int]:
    """Units by SKU that there will be more of to give."""
    added: Counter[str] = Counter()
    for move in moves:
        if move.units > 0 and move.disposition == "sellable":
            added[move.sku] += move.units
    return added


READ_LEVELS = f"""
SELECT a.sku, a.location, a.disposition, coalesce(v.on_hand, 0) AS on_hand,
       coalesce(v.allocated, 0) AS allocated, coalesce(v.picked, 0) AS picked,
       coalesce(v.staged, 0) AS staged, a.units
  FROM {ROWS} LEFT JOIN stock_level v ON v.merchant = :merchant AND v.sku = a.sku
   AND v.location = a.location AND v.disposition = a.disposition
 ORDER BY a.sku, a.location, a.disposition
"""  # noqa: S608 -- ROWS is a constant


def levels_after(
    tx: Tx, moves: Sequence[Move], seen: Mapping[Place, Seen] = NOTHING_SEEN
) -> list[Level]:
    """Each place with what it will have on hand; a conflict below what is in hands."""
    levels = []
    for row in tx.rows(READ_LEVELS, merchant=tx.merchant, **columns(moves)):
        place = (row.sku, row.location, row.disposition)
        now = Seen(row.on_hand, row.allocated)
        if seen.get(place, now) != now:
            raise _changed(row)
        on_hand = int(row.on_hand) + row.units
        if on_hand < row.picked + row.staged:
            raise _below_hands(row)
        if row.units > 0:
            check_on_hand(row.sku, row.location, on_hand)
        levels.append(Level(*place, on_hand, row.allocated))
    return levels


def _changed(row: Any) -> RefusedError:
    message = f"{row.sku} at {row.location} has changed since you looked at it"
    names = ("sku", "location", "on_hand", "allocated")
    return conflict("level_changed", message, **{name: getattr(row, name) for name in names})


def _below_hands(row: Any) -> RefusedError:
    held = row.picked + row.staged
    message = (
        f"{row.sku} at {row.location} has {row.on_hand} on hand, of which {held} are picked or"
        " staged; put those back first"
    )
    if not held:
        message = f"{row.sku} at {row.location} has {row.on_hand} on hand and can not go below zero"
    names = ("sku", "location", "on_hand", "picked", "staged")
    facts = {name: getattr(row, name) for name in names}
    return conflict("below_in_hands" if held else "below_zero", message, **facts)
