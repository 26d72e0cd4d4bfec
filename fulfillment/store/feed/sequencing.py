"""Give what was committed its place in the feed, one process at a time (docs/adr/0048).

A row of history is written under its subject's row lock, so the next row of that subject is
written when this one is committed: whatever snapshot has the later one has the earlier one too.
All that one snapshot has gets places in the order of (subject, sequence). So the feed has each
history in its order, and whoever has not committed yet holds up nobody.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from fulfillment.domain.insight.public_events import VERSION, public_events
from fulfillment.store.feed.identity import event_id
from fulfillment.store.transactions.dialogue import dialogue
from fulfillment.store.transactions.session import Store, Tx

log = structlog.get_logger(__name__)

SEQUENCER_LOCK = 7_239_402
"""Advisory lock, held until the commit: places are committed in their order."""

BATCH = 2_000
"""Rows of history that one transaction gives places to."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did: rows of history that it took, and events that it told."""

    taken: int = 0
    told: int = 0


NOBODY_ELSE = "SELECT pg_try_advisory_xact_lock(:key) AS mine"

TAKE = """
WITH picked AS (
    DELETE FROM untold
     WHERE ctid = ANY(ARRAY(SELECT ctid FROM untold ORDER BY kind, subject, sequence LIMIT :most))
    RETURNING kind, subject, sequence
), happened AS (
    SELECT p.kind, p.subject, p.sequence, o.merchant, o.number, e.happenings, e.actor, e.at
      FROM picked p
      JOIN order_event e ON e.order_id = p.subject AND e.sequence = p.sequence
      JOIN orders o ON o.id = p.subject
     WHERE p.kind = 'order'
     UNION ALL
    SELECT p.kind, p.subject, p.sequence, e.merchant, e.number, e.happenings, e.actor, e.at
      FROM picked p
      JOIN supply_event e ON e.kind = p.kind AND e.document = p.subject
           AND e.sequence = p.sequence
     WHERE p.kind <> 'order'
), placed AS (
    SELECT 'order' AS kind, x.subject, ARRAY(
        SELECT l.location FROM (
            SELECT o.lock_location AS location FROM orders o WHERE o.id = x.subject
             UNION SELECT o.pickup_location FROM orders o WHERE o.id = x.subject
             UNION SELECT f.source_location FROM order_line f WHERE f.order_id = x.subject
             UNION SELECT f.location FROM shipment f
                    WHERE f.order_id = x.subject AND f.status <> 'reassigned'
             UNION SELECT a.location FROM shipment_line f
                     JOIN allocation a ON a.shipment_line = f.id WHERE f.order_id = x.subject
        ) l WHERE l.location IS NOT NULL ORDER BY l.location) AS places
      FROM (SELECT DISTINCT subject FROM picked WHERE kind = 'order') x
     UNION ALL
    SELECT x.kind, x.subject, ARRAY(
        SELECT DISTINCT u.location FROM supply_line l JOIN supply u ON u.id = l.supply
         WHERE l.kind = x.kind AND l.document = x.subject ORDER BY u.location)
      FROM (SELECT DISTINCT kind, subject FROM picked WHERE kind <> 'order') x
)
SELECT h.*, l.places
  FROM happened h JOIN placed l USING (kind, subject)
 ORDER BY h.kind = 'order', h.kind, h.subject, h.sequence
"""
"""One statement, so one snapshot; supply goes before the orders that it serves. An order is where
a key that is bound to locations sees it (`reading/places.py`)."""

TELL = """
WITH mark AS (
    UPDATE feed_mark SET last = last + :units RETURNING last - :units AS before
)
INSERT INTO feed_event (place, id, merchant, type, version, subject, number, sequence, locations,
                        facts, at, told_at)
SELECT mark.before + t.n, t.id, t.merchant, t.type, :version, t.subject, t.number, t.sequence,
       t.locations, t.facts, t.at, :now
  FROM mark, jsonb_to_recordset(CAST(:rows AS jsonb))
       AS t(n bigint, id uuid, merchant text, type text, subject text, number text, sequence int,
            locations text[], facts jsonb, at timestamptz)
ON CONFLICT (id) DO NOTHING
"""


def tell_next(store: Store, most: int = BATCH) -> Round | None:
    """One round over what nobody was told yet; None while another process does it.

    Rows are taken and told in one transaction: who dies before its commit has told nothing.
    """
    with dialogue(store.engine) as said:
        tx = Tx(said, "*", store.clock(), "sequencer")
        (lock,) = tx.rows(NOBODY_ELSE, key=SEQUENCER_LOCK)
        if not lock.mine:
            return None
        taken = tx.rows(TAKE, most=most)
        rows = [told for row in taken for told in _told(row)]
        if rows:
            _write(tx, rows)
        return Round(len(taken), len(rows))


def _write(tx: Tx, rows: Sequence[dict[str, object]]) -> None:
    numbered = [row | {"n": n} for n, row in enumerate(rows, 1)]
    tx.run(
        TELL,
        units=len(rows),
        version=VERSION,
        rows=json.dumps(numbered, default=str),
        now=tx.now,
    )


def _told(row: Any) -> Iterator[dict[str, object]]:
    """The events of one row of history; what can not be read keeps nobody else from being told."""
    try:
        yield from list(_events(row))
    except Exception as error:
        _set_aside(row, error)


def _set_aside(row: Any, error: Exception) -> None:
    """It stays in its history. The error's own words are left out: they may quote what it holds."""
    log.error(
        "history_not_told",
        subject=row.kind,
        id=row.subject,
        sequence=row.sequence,
        error=type(error).__qualname__,
    )


def _events(row: Any) -> Iterator[dict[str, object]]:
    for event in public_events(row.kind, row.sequence, row.happenings, row.actor):
        names = (row.merchant, row.kind, row.number, event.sequence, event.type)
        yield {
            "id": event_id(row.at, *names),
            "merchant": row.merchant,
            "type": event.type,
            "subject": row.kind,
            "number": row.number,
            "sequence": event.sequence,
            "locations": sorted(event.locations) or row.places,
            "facts": event.facts,
            "at": row.at.isoformat(),
        }
