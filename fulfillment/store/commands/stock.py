"""Stock moved by hand, and queues served."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fulfillment.domain.refusals import RefusedError, conflict, invalid
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


def adjust(store: Store, command: Command, adjustments: Sequence[Adjustment]) -> dict[str, Any]:
    """Change on hand through the ledger, and serve the queues in the same transaction.

    All of the adjustments are done, or none. The answer names each place with what it has now.
    """

    def body(tx: Tx) -> dict[str, Any]:
        _check(tx, adjustments)
        lock_queues(tx, {adjustment.sku for adjustment in adjustments})
        more = _added(adjustments)
        space = open_queues(tx, more, margin=more) if more else None
        levels = _move(tx, adjustments)
        _book(tx, adjustments, command.key)
        if space:
            space.plan()
            space.save()
        return {"levels": levels}

    return store.execute(command, body)


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

LOCK_LEVELS = f"""
SELECT v.sku, v.location, v.disposition, v.on_hand, v.allocated, a.units
  FROM stock_level v JOIN {ROWS} USING (sku, location, disposition)
 WHERE v.merchant = :merchant
 ORDER BY v.sku, v.location, v.disposition FOR NO KEY UPDATE OF v
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


def _move(tx: Tx, adjustments: Sequence[Adjustment]) -> list[dict[str, Any]]:
    """On hand after the change; a conflict where claims would no longer be covered."""
    columns = _columns(adjustments)
    tx.run(OPEN_LEVELS, merchant=tx.merchant, **columns)
    levels = []
    for row in tx.rows(LOCK_LEVELS, merchant=tx.merchant, **columns):
        on_hand = int(row.on_hand) + row.units
        if on_hand < row.allocated:
            raise _below_allocated(row)
        levels.append(
            {
                "sku": row.sku,
                "location": row.location,
                "disposition": row.disposition,
                "on_hand": on_hand,
            }
        )
    tx.run(MOVE, merchant=tx.merchant, **columns)
    return levels


def _below_allocated(row: Any) -> RefusedError:
    message = (
        f"{row.sku} at {row.location} has {row.on_hand} on hand, of which {row.allocated} are"
        " allocated; cancel orders that hold them first"
    )
    return conflict("below_allocated", message, on_hand=row.on_hand, allocated=row.allocated)


def _book(tx: Tx, adjustments: Sequence[Adjustment], reference: str) -> None:
    tx.run(
        BOOK,
        merchant=tx.merchant,
        reference=reference,
        actor=tx.actor,
        now=tx.now,
        **_columns(adjustments),
    )


def serve_due(store: Store, merchant: str, *, most_skus: int = 50) -> int:
    """Serve queues to which a distribution is owed, one bounded batch; how many are still owed.

    Each batch starts at the head of the queue, so a crash between two of them, or a newcomer,
    changes nothing: nobody behind is ever served first.
    """

    def body(tx: Tx) -> int:
        skus = _due_skus(tx, most_skus)
        if skus:
            space = open_queues(tx, skus)
            space.plan()
            space.save()
        return len(_due_skus(tx, most_skus))

    return store.transact(merchant, body, actor="replan")


def _due_skus(tx: Tx, most: int) -> list[str]:
    rows = tx.rows(
        "SELECT sku FROM sku_queue WHERE merchant = :merchant AND due_since IS NOT NULL"
        " ORDER BY due_since, sku LIMIT :most",
        merchant=tx.merchant,
        most=most,
    )
    return [row.sku for row in rows]
