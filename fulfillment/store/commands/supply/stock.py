"""Stock moved by hand."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fulfillment.domain.model.late_pins import pinned_again
from fulfillment.domain.model.limits import check_on_hand
from fulfillment.domain.model.refusals import RefusedError, conflict, invalid
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
from fulfillment.store.transactions.locks import lock_queues
from fulfillment.store.transactions.session import Command, Store, Tx


@dataclass(frozen=True, slots=True)
class Adjustment(Move):
    """A change of on hand by hand, with its reason. Units are signed base units."""


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


def adjust(store: Store, command: Command, adjustments: Sequence[Adjustment]) -> dict[str, Any]:
    """Change on hand through the ledger, and serve the queues in the same transaction.

    All of the adjustments are done, or none. Counted below what is allocated, claims are given
    up, the latest in rank first (behaviour.md §4.9); below what is picked or staged is refused.
    The answer names each place with what it has now.
    """

    def body(tx: Tx) -> dict[str, Any]:
        levels = adjust_levels(tx, adjustments, command.key)
        return {"levels": [level.told() for level in levels]}

    return store.execute(command, body)


def adjust_levels(tx: Tx, adjustments: Sequence[Adjustment], reference: str) -> list[Level]:
    """The same inside a transaction that does more; the ledger has the reference."""
    _check(tx, adjustments)
    lock_queues(tx, {adjustment.sku for adjustment in adjustments} | tx.also)
    return change_on_hand(tx, adjustments, Booking("adjustment", reference))


def change_on_hand(
    tx: Tx, moves: Sequence[Move], booking: Booking, *, again: Mapping[str, LatePin] | None = None
) -> list[Level]:
    """Change on hand at places whose queues are locked; who gains or loses units is planned anew.

    What is to come `again`, by SKU: its queues are planned anyway, since its supply was written
    too, and who loses units that a person pinned is pinned to it. The levels are read twice:
    before the orders are locked, to know whose those are, and under their own locks, since picking
    takes no queue.
    """
    open_levels(tx, moves)
    space = _planned(tx, moves, again or {})
    lock_levels(tx, space.skus if space else {move.sku for move in moves})
    levels = levels_after(tx, moves)
    move_levels(tx, [move for move in moves if move.units > 0])
    if space:
        space.save()
    move_levels(tx, [move for move in moves if move.units < 0])
    book(tx, moves, booking)
    return levels


def _planned(tx: Tx, moves: Sequence[Move], again: Mapping[str, LatePin]) -> Workspace | None:
    """Who gains or loses by it, planned as it will be; nothing is written but pickers' tasks."""
    more, fewer = _added(moves), lost_claims(levels_after(tx, moves))
    if not more and not fewer and not again:
        return None
    skus = {*again, *(move.sku for move in moves)}
    losers = losers_of(tx, fewer)
    asked = losers.asking
    asking = (lambda: asked) if asked else None
    space = open_queues(tx, skus, orders=losers.orders, margin=more, asking=asking)
    space.arriving = _arriving(moves)
    take_back(space, fewer)
    for order in list(space.after.values()) if again else ():
        space.put(pinned_again(space.before[order.id], order, again))
    space.plan()
    return space


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


def _check(tx: Tx, adjustments: Sequence[Adjustment]) -> None:
    seen: set[tuple[str, str, str]] = set()
    for index, adjustment in enumerate(adjustments):
        place = (adjustment.sku, adjustment.location, adjustment.disposition)
        if not adjustment.units:
            message = "an adjustment of zero units changes nothing"
            raise invalid("bad_quantity", message, f"[{index}].units")
        if place in seen:
            message = f"{adjustment.sku} at {adjustment.location} is there twice"
            raise invalid("place_twice", message, f"[{index}]")
        seen.add(place)
    places = [(adjustment.sku, adjustment.location) for adjustment in adjustments]
    check_places(tx, places, "[{}].")


def check_places(tx: Tx, places: Sequence[tuple[str, str]], path: str = "") -> None:
    """Refuse a SKU this merchant has not, and a location that does not serve it.

    `path` is where a place stands in the request, with `{}` for its index.
    """
    known = tx.rows(
        "SELECT 'product' AS what, sku AS name FROM product"
        " WHERE merchant = :merchant AND sku = ANY(:skus)"
        " UNION ALL SELECT 'location', location FROM merchant_location WHERE merchant = :merchant",
        merchant=tx.merchant,
        skus=sorted({sku for sku, _ in places}),
    )
    names = {(row.what, row.name) for row in known}
    for index, (sku, location) in enumerate(places):
        at = path.format(index)
        if ("product", sku) not in names:
            raise invalid("unknown_sku", f"there is no product {sku}", f"{at}sku", sku=sku)
        if ("location", location) not in names:
            message = f"{location} is not a location of this merchant"
            raise invalid("unknown_location", message, f"{at}location", location=location)


def check_location(tx: Tx, location: str, field: str) -> None:
    """Refuse a location that does not serve this merchant."""
    known = tx.rows(
        "SELECT 1 FROM merchant_location WHERE merchant = :merchant AND location = :location",
        merchant=tx.merchant,
        location=location,
    )
    if not known:
        message = f"{location} is not a location of this merchant"
        raise invalid("unknown_location", message, field, location=location)


def check_in_use(tx: Tx, places: Sequence[tuple[str, str]], path: str = "") -> None:
    """Refuse new supply of a SKU that is inactive, or for a location that is closed down.

    The SKUs and locations are known; `path` is as in `check_places`.
    """
    rows = tx.rows(
        "SELECT sku FROM product WHERE merchant = :merchant AND sku = ANY(:skus) AND NOT active",
        merchant=tx.merchant,
        skus=sorted({sku for sku, _ in places}),
    )
    inactive = {row.sku for row in rows}
    closed = _closed(tx, {location for _, location in places})
    for index, (sku, location) in enumerate(places):
        at = path.format(index)
        if sku in inactive:
            message = f"{sku} is inactive; activate it, or leave it out"
            raise invalid("inactive_sku", message, f"{at}sku", sku=sku)
        if location in closed:
            raise _is_closed(location, f"{at}location")


def check_open(tx: Tx, location: str, field: str) -> None:
    """Refuse new supply for a location that is closed down: it would serve nobody there."""
    if _closed(tx, [location]):
        raise _is_closed(location, field)


def _closed(tx: Tx, locations: Collection[str]) -> set[str]:
    sql = "SELECT id FROM location WHERE id = ANY(:locations) AND NOT active"
    return {row.id for row in tx.rows(sql, locations=sorted(locations))}


def _is_closed(location: str, field: str) -> RefusedError:
    message = f"{location} is closed down, and what comes there serves nobody; name another"
    return invalid("closed_location", message, field, location=location)


READ_LEVELS = f"""
SELECT v.sku, v.location, v.disposition, v.on_hand, v.allocated, v.picked, v.staged, a.units
  FROM stock_level v JOIN {ROWS} USING (sku, location, disposition)
 WHERE v.merchant = :merchant
 ORDER BY v.sku, v.location, v.disposition
"""  # noqa: S608 -- ROWS is a constant


def levels_after(tx: Tx, moves: Sequence[Move]) -> list[Level]:
    """Each place with what it will have on hand; a conflict below what is in hands."""
    levels = []
    for row in tx.rows(READ_LEVELS, merchant=tx.merchant, **columns(moves)):
        on_hand = int(row.on_hand) + row.units
        if on_hand < row.picked + row.staged:
            raise _below_hands(row)
        if row.units > 0:
            check_on_hand(row.sku, row.location, on_hand)
        levels.append(Level(row.sku, row.location, row.disposition, on_hand, row.allocated))
    return levels


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
