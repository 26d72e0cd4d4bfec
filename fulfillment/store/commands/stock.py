"""Stock moved by hand."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fulfillment.domain.refusals import RefusedError, conflict, invalid
from fulfillment.store.commands.counting import holders_of, take_back
from fulfillment.store.locks import lock_queues
from fulfillment.store.session import Command, Store, Tx
from fulfillment.store.workspace import open_queues


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A change of on hand, with its reason. Units are signed base units."""

    sku: str
    location: str
    units: int
    reason: str
    disposition: str = "sellable"


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
        _check(tx, adjustments)
        skus = {adjustment.sku for adjustment in adjustments} | tx.also
        lock_queues(tx, skus)
        levels = _levels_after(tx, adjustments)
        more, fewer = _added(adjustments), _lost_claims(levels)
        if more or fewer:
            losing = holders_of(tx, fewer)
            space = open_queues(tx, skus, orders=losing, margin=more)
            space.arriving = _arriving(adjustments)
            take_back(space, fewer)
            space.plan()
            _move(tx, [a for a in adjustments if a.units > 0])
            space.save()
            _move(tx, [a for a in adjustments if a.units < 0])
        else:
            _move(tx, adjustments)
        _book(tx, adjustments, command.key)
        return {"levels": [level.told() for level in levels]}

    return store.execute(command, body)


def _arriving(adjustments: Sequence[Adjustment]) -> Mapping[tuple[str, str], int]:
    return {(a.sku, a.location): a.units for a in adjustments if a.disposition == "sellable"}


def _lost_claims(levels: Sequence[Level]) -> Mapping[tuple[str, str], int]:
    """Units by SKU and location that are allocated and will not be there."""
    return {
        (level.sku, level.location): level.allocated - level.on_hand
        for level in levels
        if level.allocated > level.on_hand
    }


def _added(adjustments: Sequence[Adjustment]) -> Mapping[str, int]:
    """Units by SKU that there will be more of to give."""
    added: Counter[str] = Counter()
    for adjustment in adjustments:
        if adjustment.units > 0 and adjustment.disposition == "sellable":
            added[adjustment.sku] += adjustment.units
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


def _columns(adjustments: Sequence[Adjustment]) -> dict[str, object]:
    rows = sorted(adjustments, key=lambda a: (a.sku, a.location, a.disposition))
    return {
        "skus": [row.sku for row in rows],
        "locations": [row.location for row in rows],
        "dispositions": [row.disposition for row in rows],
        "units": [row.units for row in rows],
        "reasons": [row.reason for row in rows],
    }


ROWS = """
unnest(CAST(:skus AS text[]), CAST(:locations AS text[]), CAST(:dispositions AS text[]),
       CAST(:units AS int[]), CAST(:reasons AS text[]))
    AS a(sku, location, disposition, units, reason)
"""

OPEN_LEVELS = f"""
INSERT INTO stock_level (merchant, sku, location, disposition)
SELECT :merchant, a.sku, a.location, a.disposition FROM {ROWS}
ON CONFLICT DO NOTHING
"""  # noqa: S608 -- ROWS is a constant

READ_LEVELS = f"""
SELECT v.sku, v.location, v.disposition, v.on_hand, v.allocated, v.picked, v.staged, a.units
  FROM stock_level v JOIN {ROWS} USING (sku, location, disposition)
 WHERE v.merchant = :merchant
 ORDER BY v.sku, v.location, v.disposition
"""  # noqa: S608 -- ROWS is a constant

MOVE = f"""
UPDATE stock_level v SET on_hand = v.on_hand + a.units FROM {ROWS}
 WHERE v.merchant = :merchant AND v.sku = a.sku AND v.location = a.location
   AND v.disposition = a.disposition
"""  # noqa: S608 -- ROWS is a constant

BOOK = f"""
INSERT INTO stock_ledger (merchant, sku, location, disposition, units, kind, reason, reference,
                          actor, at)
SELECT :merchant, a.sku, a.location, a.disposition, a.units, 'adjustment', a.reason, :reference,
       :actor, :now
  FROM {ROWS}
"""  # noqa: S608 -- ROWS is a constant


def _levels_after(tx: Tx, adjustments: Sequence[Adjustment]) -> list[Level]:
    """Each place with what it will have on hand; a conflict below what is in hands."""
    columns = _columns(adjustments)
    tx.run(OPEN_LEVELS, merchant=tx.merchant, **columns)
    levels = []
    for row in tx.rows(READ_LEVELS, merchant=tx.merchant, **columns):
        on_hand = int(row.on_hand) + row.units
        if on_hand < row.picked + row.staged:
            raise _below_hands(row)
        levels.append(Level(row.sku, row.location, row.disposition, on_hand, row.allocated))
    return levels


def _move(tx: Tx, adjustments: Sequence[Adjustment]) -> None:
    if adjustments:
        tx.run(MOVE, merchant=tx.merchant, **_columns(adjustments))


def _below_hands(row: Any) -> RefusedError:
    held = row.picked + row.staged
    message = (
        f"{row.sku} at {row.location} has {row.on_hand} on hand, of which {held} are picked or"
        " staged; put those back first"
    )
    if not held:
        message = f"{row.sku} at {row.location} has {row.on_hand} on hand and can not go below zero"
    facts = {"on_hand": row.on_hand, "picked": row.picked, "staged": row.staged}
    return conflict("below_in_hands" if held else "below_zero", message, **facts)


def _book(tx: Tx, adjustments: Sequence[Adjustment], reference: str) -> None:
    tx.run(
        BOOK,
        merchant=tx.merchant,
        reference=reference,
        actor=tx.actor,
        now=tx.now,
        **_columns(adjustments),
    )
