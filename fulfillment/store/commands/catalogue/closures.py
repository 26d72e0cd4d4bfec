"""Days on which a location is closed, and what a change of its calendar makes of days told.

A calendar is changed in one transaction, which waits for those who computed with the old one,
and counts the change. What they released, and promised, is brought to the new one afterwards, in
batches; where that was broken off, the count tells, and the sweep does it.
"""

from collections.abc import Sequence
from datetime import date
from functools import partial

from fulfillment.domain.model.refusals import missing
from fulfillment.domain.model.working_days import target_ship_on
from fulfillment.domain.planning.promise import promised
from fulfillment.store.planning.opening import open_orders
from fulfillment.store.records.calendars import load_calendars
from fulfillment.store.transactions.apart import each_apart, together_or_apart
from fulfillment.store.transactions.session import Store, Tx

MOST_ORDERS = 1_000
MOST_PROMISED = 200


def put_closure(store: Store, location: str, day: date, reason: str | None) -> None:
    """Close a location for one day, or give another reason for it."""

    def body(tx: Tx) -> None:
        change_calendar(tx, location)
        tx.run(
            "INSERT INTO location_closure (location, on_day, reason)"
            " VALUES (:location, :day, :reason)"
            " ON CONFLICT (location, on_day) DO UPDATE SET reason = excluded.reason",
            location=location,
            day=day,
            reason=reason,
        )

    store.transact("*", body)
    renew_targets(store, location)


def remove_closure(store: Store, location: str, day: date) -> None:
    """Open it on that day after all; refused where it is not closed then.

    Where the change of its calendar was broken off, it is carried on with instead: who was not
    answered comes again, and finds the day open.
    """

    def body(tx: Tx) -> None:
        was_broken_off = change_calendar(tx, location)
        gone = tx.count(
            "DELETE FROM location_closure WHERE location = :location AND on_day = :day",
            location=location,
            day=day,
        )
        if not gone and not was_broken_off:
            raise missing("closure", f"of {location} on {day}")

    store.transact("*", body)
    renew_targets(store, location)


def change_calendar(tx: Tx, location: str) -> bool:
    """Wait for those who compute target days by this calendar, and keep others from beginning.

    Answers whether an earlier change of it was not carried out yet.
    """
    # A lock as for its key: it waits for all who read the calendar under FOR KEY SHARE.
    found = tx.rows(
        "SELECT renewed_revision < calendar_revision AS is_behind FROM location"
        " WHERE id = :id FOR UPDATE",
        id=location,
    )
    if not found:
        raise missing("location", location)
    tx.run(
        "UPDATE location SET calendar_revision = calendar_revision + 1 WHERE id = :id", id=location
    )
    return bool(found[0].is_behind)


def renew_broken_off(store: Store) -> int:
    """Bring target days to the calendars whose change was broken off; for how many locations."""
    rows = store.read(
        "*",
        lambda tx: tx.rows(
            "SELECT id FROM location WHERE renewed_revision < calendar_revision ORDER BY id"
        ),
    )
    return each_apart(
        "renew_targets", [row.id for row in rows], lambda location: renew_targets(store, location)
    )


def renew_targets(store: Store, location: str) -> None:
    """Bring target days and promises at a location to its calendar as it is now."""
    revision = store.read("*", lambda tx: _revision(tx, location))
    after: int | None = 0
    while after is not None:
        behind = after
        after = store.transact("*", lambda tx, behind=behind: _renew(tx, location, behind))  # type: ignore[misc]
    for merchant in store.read("*", lambda tx: _merchants_at(tx, location)):
        _renew_promises(store, merchant, location)
    store.transact("*", lambda tx: _note_renewed(tx, location, revision))


def _revision(tx: Tx, location: str) -> int:
    rows = tx.rows("SELECT calendar_revision FROM location WHERE id = :id", id=location)
    return int(rows[0].calendar_revision)


def _note_renewed(tx: Tx, location: str, revision: int) -> None:
    tx.run(
        "UPDATE location SET renewed_revision = :revision"
        " WHERE id = :id AND renewed_revision < :revision",
        id=location,
        revision=revision,
    )


READY = """
SELECT DISTINCT order_id FROM shipment
 WHERE location = :location AND status = 'ready' AND order_id > :after
 ORDER BY order_id LIMIT :most
"""

MOMENTS = """
SELECT DISTINCT released_at FROM shipment
 WHERE location = :location AND status = 'ready' AND order_id = ANY(:orders)
   AND released_at IS NOT NULL
"""

SHIPMENTS = """
UPDATE shipment s SET target_ship_on = r.target
  FROM unnest(CAST(:moments AS timestamptz[]), CAST(:targets AS date[])) AS r(moment, target)
 WHERE s.location = :location AND s.status = 'ready' AND s.order_id = ANY(:orders)
   AND s.released_at = r.moment AND s.target_ship_on IS DISTINCT FROM r.target
"""

ORDERS = """
UPDATE orders o SET target_ship_on = t.target
  FROM (SELECT order_id, min(target_ship_on) AS target FROM shipment
         WHERE order_id = ANY(:orders) AND status IN ('ready', 'picking', 'picked', 'packed')
         GROUP BY order_id) t
 WHERE o.id = t.order_id AND o.target_ship_on IS DISTINCT FROM t.target
"""


def _renew(tx: Tx, location: str, after: int) -> int | None:
    """One batch of orders, of whatever merchant; the last of them, or None where that was all."""
    rows = tx.rows(READY, location=location, after=after, most=MOST_ORDERS)
    orders = [row.order_id for row in rows]
    if not orders:
        return None
    tx.rows("SELECT id FROM orders WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE", ids=orders)
    calendar = load_calendars(tx, [location])[location]
    moments = [row.released_at for row in tx.rows(MOMENTS, location=location, orders=orders)]
    targets = [target_ship_on(moment, calendar) for moment in moments]
    tx.run(SHIPMENTS, location=location, orders=orders, moments=moments, targets=targets)
    tx.run(ORDERS, orders=orders)
    return int(orders[-1]) if len(orders) == MOST_ORDERS else None


MERCHANTS = "SELECT merchant FROM merchant_location WHERE location = :location ORDER BY merchant"

PROMISED = """
SELECT DISTINCT o.id FROM orders o
  JOIN shipment_line l ON l.order_id = o.id
 WHERE o.merchant = :merchant AND o.finished_at IS NULL AND o.first_claimed AND o.id > :after
   AND (EXISTS (SELECT FROM allocation a WHERE a.shipment_line = l.id AND a.location = :location)
        OR EXISTS (SELECT FROM peg p JOIN supply u ON u.id = p.supply
                    WHERE p.shipment_line = l.id AND u.location = :location))
 ORDER BY o.id LIMIT :most
"""


def _merchants_at(tx: Tx, location: str) -> list[str]:
    return [row.merchant for row in tx.rows(MERCHANTS, location=location)]


def _renew_promises(store: Store, merchant: str, location: str) -> None:
    """Tell customers the days on which their goods can leave now; what was told first stays."""
    after = 0
    while orders := store.read(merchant, partial(_promised, location=location, after=after)):
        after = orders[-1]
        together_or_apart("renew_promises", orders, partial(_promise_anew, store, merchant))


def _promised(tx: Tx, location: str, after: int) -> list[int]:
    rows = tx.rows(
        PROMISED, merchant=tx.merchant, location=location, after=after, most=MOST_PROMISED
    )
    return [row.id for row in rows]


def _promise_anew(store: Store, merchant: str, orders: Sequence[int]) -> int:
    def body(tx: Tx) -> int:
        space = open_orders(tx, orders)
        days = space.ship_days()
        for order in list(space.after.values()):
            space.put(promised(order, days))
        space.save()
        return len(orders)

    return store.transact(merchant, body)
