"""Stock moved by hand."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from fulfillment.domain.model.refusals import RefusedError, invalid
from fulfillment.store.commands.supply.moves.levels import Booking, Move
from fulfillment.store.commands.supply.on_hand import Level, Seen, change_on_hand
from fulfillment.store.transactions.locks import lock_queues
from fulfillment.store.transactions.session import Command, Store, Tx


@dataclass(frozen=True, slots=True)
class Adjustment(Move):
    """A change of on hand by hand, with its reason. Units are signed base units.

    It is refused where the place has something else than was `seen`; None: whatever it has.
    """

    seen: Seen | None = None


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


def adjust_levels(tx: Tx, adjustments: Sequence[Adjustment], reference: str) -> Sequence[Level]:
    """The same inside a transaction that does more; the ledger has the reference."""
    check_adjustments(tx, adjustments)
    lock_queues(tx, {adjustment.sku for adjustment in adjustments} | tx.also)
    seen = {(one.sku, one.location, one.disposition): one.seen for one in adjustments}
    return change_on_hand(
        tx,
        adjustments,
        Booking("adjustment", reference),
        seen={place: what for place, what in seen.items() if what is not None},
    )


def check_adjustments(tx: Tx, adjustments: Sequence[Adjustment]) -> None:
    """Refuse what changes nothing, a place that is there twice, and a place that is none."""
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
