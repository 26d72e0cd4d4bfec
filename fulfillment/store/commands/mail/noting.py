"""Make mails of what was told in the feed, with the mark of how far it was looked at.

Both are one transaction, under the mark's row lock: who dies before the commit has made nothing,
and each event is looked at once.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fulfillment.domain.insight.customer_mail import (
    LISTENED,
    MailRules,
    MailType,
    OrderNews,
    PlannedMail,
    planned_mails,
)
from fulfillment.domain.insight.public_events import EventType
from fulfillment.store.transactions.session import Store, Tx
from fulfillment.store.transactions.zones import zone_of

BATCH = 2_000
"""Places of the feed that one round looks at."""

MARK = """
SELECT m.place, m.epoch, f.last, now.epoch AS present
  FROM mail_mark m, feed_mark f, (SELECT max(number) AS epoch FROM epoch) now
 WHERE f.last > m.place OR m.epoch <> now.epoch
   FOR UPDATE OF m SKIP LOCKED
"""

NEWS = """
SELECT e.id, e.merchant, e.type, e.at, e.facts, o.id AS order_id, o.waiting_units > 0 AS waits,
       s.types, s.settle_minutes, m.time_zone,
       (SELECT max(d.claimed_at) FROM mail d
         WHERE d.order_id = o.id AND d.type = 'delayed'
           AND d.status IN ('claimed', 'sent', 'unknown')) AS last_delay
  FROM feed_event e
  JOIN mail_setting s ON s.merchant = e.merchant AND s.enabled
  JOIN merchant m ON m.id = e.merchant
  JOIN orders o ON o.merchant = e.merchant AND o.number = e.number
 WHERE e.place > :after AND e.place <= :upto AND e.subject = 'order' AND e.type = ANY(:types)
 ORDER BY e.place
"""

MOVE = "UPDATE mail_mark SET place = :place, epoch = :epoch"

PUT = """
INSERT INTO mail (merchant, order_id, type, status, event, batch, epoch, happened_at, due_at,
                  ended_at)
SELECT t.merchant, t.order_id, t.type, CASE WHEN t.stopped THEN 'stopped' ELSE 'due' END, t.event,
       t.batch, :epoch, t.at, t.due_at, CASE WHEN t.stopped THEN CAST(:now AS timestamptz) END
  FROM jsonb_to_recordset(CAST(:rows AS jsonb))
       AS t(merchant text, order_id bigint, type text, event uuid, batch bigint, at timestamptz,
            due_at timestamptz, stopped boolean)
ON CONFLICT DO NOTHING
"""
"""What is due already stands for what calls for it again."""

RESTORED = """
UPDATE mail SET status = 'unknown', reason = 'restored', ended_at = :now
 WHERE status IN ('due', 'claimed') AND epoch < :epoch
"""
"""A copy was put back: what is due in it may have been sent in the life that was lost."""

KNOWN_BATCHES = """
SELECT b.id, b.merchant, b.cause, b.began_at, b.stopped_at
  FROM mail_batch b
  JOIN jsonb_to_recordset(CAST(:rows AS jsonb))
       AS t(merchant text, cause text, since timestamptz)
       ON t.merchant = b.merchant AND t.cause = b.cause AND b.began_at >= t.since
 ORDER BY b.id FOR NO KEY UPDATE OF b
"""

NEW_BATCHES = """
INSERT INTO mail_batch (merchant, cause, began_at)
SELECT t.merchant, t.cause, t.at
  FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS t(merchant text, cause text, at timestamptz)
RETURNING id, merchant, cause
"""


@dataclass(frozen=True, slots=True)
class NewBatch:
    """A supply has begun to move promises, of which customers are to be told."""

    id: int
    merchant: str
    cause: str


@dataclass(frozen=True, slots=True)
class Noted:
    """What a round did: mails that were called for, batches that began, whether more is there."""

    mails: int = 0
    batches: tuple[NewBatch, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class _Called:
    """A mail that an order's events call for."""

    merchant: str
    order: int
    mail: PlannedMail
    settle: timedelta


def note_events(store: Store, most: int = BATCH) -> Noted | None:
    """Look at the feed from the mark on; None where nothing is new, or another process looks."""

    def body(tx: Tx) -> Noted | None:
        marks = tx.rows(MARK)
        if not marks:
            return None
        (mark,) = marks
        if mark.epoch != mark.present:
            tx.run(RESTORED, now=tx.now, epoch=mark.present)
            tx.run(MOVE, place=mark.last, epoch=mark.present)
            return Noted()
        upto = min(mark.last, mark.place + most)
        noted = _note(tx, mark, upto)
        tx.run(MOVE, place=upto, epoch=mark.present)
        return noted

    return store.transact("*", body)


def pass_over_events(store: Store) -> None:
    """Move the mark to the end of the feed: what happened meanwhile is told nobody by mail."""

    def body(tx: Tx) -> None:
        for mark in tx.rows(MARK):
            if mark.epoch != mark.present:
                tx.run(RESTORED, now=tx.now, epoch=mark.present)
            tx.run(MOVE, place=mark.last, epoch=mark.present)

    store.transact("*", body)


def _note(tx: Tx, mark: Any, upto: int) -> Noted:
    types = sorted(LISTENED)
    called = list(_called(tx.rows(NEWS, after=mark.place, upto=upto, types=types)))
    more = mark.last > upto
    if not called:
        return Noted(more=more)
    batches, begun = _batches(tx, called)
    rows = [_row(each, batches) for each in called]
    made = tx.count(PUT, rows=json.dumps(rows), epoch=mark.epoch, now=tx.now)
    return Noted(made, begun, more)


def _called(rows: Iterable[Any]) -> Iterator[_Called]:
    """What the events of each order call for, order by order."""
    by_order: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        by_order[row.order_id].append(row)
    for order, its in by_order.items():
        head = its[0]
        settle = timedelta(minutes=head.settle_minutes)
        types = frozenset(map(MailType, head.types))
        rules = MailRules(types, settle, zone_of(head.time_zone))
        for mail in planned_mails(map(_news, its), rules, head.last_delay):
            yield _Called(head.merchant, order, mail, settle)


def _news(row: Any) -> OrderNews:
    return OrderNews(str(row.id), EventType(row.type), row.at, row.facts, row.waits)


def _row(called: _Called, batches: Mapping[tuple[str, str], Any]) -> dict[str, object]:
    mail = called.mail
    batch = batches.get((called.merchant, mail.because)) if mail.because else None
    return {
        "merchant": called.merchant,
        "order_id": called.order,
        "type": mail.type,
        "event": mail.event,
        "batch": batch.id if batch else None,
        "at": mail.at.isoformat(),
        "due_at": mail.due_at.isoformat(),
        "stopped": bool(batch and batch.stopped_at),
    }


# --- one supply that moves many promises is one line ---------------------------------------------


@dataclass(frozen=True, slots=True)
class _Batch:
    id: int
    stopped_at: datetime | None = None


Batches = Mapping[tuple[str, str], _Batch]


def _batches(tx: Tx, called: Sequence[_Called]) -> tuple[Batches, tuple[NewBatch, ...]]:
    """The batch of each cause: the one that is under way, else a new one.

    What had happened when a batch was stopped belongs to it, also if it is looked at later.
    """
    causes: defaultdict[tuple[str, str], list[_Called]] = defaultdict(list)
    for each in called:
        if each.mail.because:
            causes[each.merchant, each.mail.because].append(each)
    if not causes:
        return {}, ()
    known = _known(tx, causes)
    new = [
        {"merchant": merchant, "cause": cause, "at": _from(its).isoformat()}
        for (merchant, cause), its in sorted(causes.items())
        if (merchant, cause) not in known
    ]
    begun = tuple(NewBatch(*row) for row in tx.rows(NEW_BATCHES, rows=json.dumps(new)))
    return known | {(b.merchant, b.cause): _Batch(b.id) for b in begun}, begun


def _known(
    tx: Tx, causes: Mapping[tuple[str, str], Sequence[_Called]]
) -> dict[tuple[str, str], _Batch]:
    rows = [
        {"merchant": merchant, "cause": cause, "since": (_from(its) - its[0].settle).isoformat()}
        for (merchant, cause), its in sorted(causes.items())
    ]
    known: dict[tuple[str, str], _Batch] = {}
    for row in tx.rows(KNOWN_BATCHES, rows=json.dumps(rows)):
        latest = max(each.mail.at for each in causes[row.merchant, row.cause])
        if row.stopped_at is None or row.stopped_at >= latest:
            known[row.merchant, row.cause] = _Batch(row.id, row.stopped_at)
    return known


def _from(called: Sequence[_Called]) -> datetime:
    return min(each.mail.at for each in called)
