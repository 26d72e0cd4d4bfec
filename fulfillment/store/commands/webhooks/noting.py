"""Note what came of deliveries, and what follows for them and for their endpoints."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from fulfillment.domain.model.webhooks import (
    Attempt,
    DeliveryStatus,
    EndpointStatus,
    OffReason,
    Standing,
    Verdict,
    judge,
)
from fulfillment.store.commands.webhooks.endpoints import switch_off
from fulfillment.store.transactions.session import Store, Tx

MOST_OF_AN_ANSWER = 500
"""Characters of an answer that are kept."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt of a delivery, which began at a moment and took so long."""

    delivery: int
    endpoint: int
    event: UUID
    attempts: int
    attempt: Attempt
    at: datetime
    milliseconds: int
    answer: str = ""


@dataclass(frozen=True, slots=True)
class SwitchedOff:
    """An endpoint that was switched off by what came of its deliveries."""

    endpoint: int
    merchant: str
    reason: OffReason


@dataclass(frozen=True, slots=True)
class Health:
    """How an endpoint stands: since when nothing got through, how often it asked for less."""

    status: EndpointStatus
    failing_since: datetime | None
    slowdowns: int
    slow_until: datetime | None
    off: OffReason | None = None


ENDPOINTS = """
SELECT id, merchant, status, failing_since, slowdowns, slow_until FROM webhook_endpoint
 WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE
"""

DELIVERIES = """
UPDATE webhook_delivery d
   SET status = r.status, next_at = coalesce(r.next_at, d.next_at), leased_until = NULL,
       done_at = CASE WHEN r.status = 'due' THEN NULL ELSE CAST(:now AS timestamptz) END
  FROM jsonb_to_recordset(CAST(:rows AS jsonb))
       AS r(id bigint, event uuid, attempts int, status text, next_at timestamptz)
 WHERE d.id = r.id AND d.event = r.event AND d.attempts = r.attempts
   AND (d.status = 'due' OR r.status = 'delivered')
"""
"""By the event too: in a database that was put back another delivery may have this number."""

ATTEMPTS = """
INSERT INTO webhook_attempt (delivery, attempt, at, milliseconds, answered, fault, answer)
SELECT r.id, r.attempts, r.at, r.milliseconds, r.answered, r.fault, r.answer
  FROM jsonb_to_recordset(CAST(:rows AS jsonb))
       AS r(n int, id bigint, event uuid, attempts int, at timestamptz, milliseconds int,
            answered int, fault text, answer text)
  JOIN webhook_delivery d ON d.id = r.id AND d.event = r.event
 ORDER BY r.n
"""

HEALTH = """
UPDATE webhook_endpoint
   SET failing_since = :failing_since, slowdowns = :slowdowns, slow_until = :slow_until
 WHERE id = :id
"""


def note_outcomes(
    store: Store, outcomes: Sequence[Outcome], patience: timedelta
) -> Sequence[SwitchedOff]:
    """Note what came of some attempts; which endpoints were switched off by it.

    An endpoint to which nothing got through for longer than `patience` is. What somebody else
    has taken meanwhile, because the lease had ended, stays theirs.
    """
    if not outcomes:
        return ()
    return store.transact("*", lambda tx: _note(tx, outcomes, patience))


def _note(tx: Tx, outcomes: Sequence[Outcome], patience: timedelta) -> Sequence[SwitchedOff]:
    rows = tx.rows(ENDPOINTS, ids=sorted({each.endpoint for each in outcomes}))
    health = {row.id: _health(row) for row in rows}
    verdicts = []
    for each in outcomes:
        if each.endpoint in health:
            verdict = _judge(each, health[each.endpoint], tx.now, patience)
            health[each.endpoint] = _after(health[each.endpoint], each, verdict, tx.now)
            verdicts.append((each, verdict))
    _write(tx, verdicts)
    return tuple(off for row in rows if (off := _write_health(tx, row, health[row.id])))


def _health(row: Any) -> Health:
    status = EndpointStatus(row.status)
    return Health(status, row.failing_since, row.slowdowns, row.slow_until)


def _judge(each: Outcome, at: Health, now: datetime, patience: timedelta) -> Verdict:
    failing_for = now - at.failing_since if at.failing_since else timedelta()
    standing = Standing(each.attempts, at.slowdowns, failing_for)
    return judge(each.attempt, standing, patience, random.random())  # noqa: S311 -- no secret


def _after(at: Health, each: Outcome, verdict: Verdict, now: datetime) -> Health:
    if each.attempt.is_success:
        return replace(at, failing_since=None, slowdowns=0)
    if verdict.off:
        at = replace(at, off=at.off or verdict.off)
    if verdict.slow_for is not None:
        until = max(now + verdict.slow_for, at.slow_until or now)
        at = replace(at, slow_until=until, slowdowns=at.slowdowns + 1)
    return replace(at, failing_since=at.failing_since or now)


def _write(tx: Tx, verdicts: Sequence[tuple[Outcome, Verdict]]) -> None:
    rows = [_row(n, each, verdict, tx.now) for n, (each, verdict) in enumerate(verdicts)]
    written = json.dumps(rows, default=str)
    tx.run(DELIVERIES, rows=written, now=tx.now)
    tx.run(ATTEMPTS, rows=written)


def _row(n: int, each: Outcome, verdict: Verdict, now: datetime) -> dict[str, object]:
    is_due = verdict.status is DeliveryStatus.DUE and verdict.retry_in is not None
    return {
        "n": n,
        "id": each.delivery,
        "event": each.event,
        "attempts": each.attempts,
        "status": verdict.status,
        "next_at": (now + verdict.retry_in).isoformat() if is_due and verdict.retry_in else None,
        "at": each.at.isoformat(),
        "milliseconds": each.milliseconds,
        "answered": each.attempt.status,
        "fault": each.attempt.fault,
        # PostgreSQL has no text with a zero in it.
        "answer": each.answer.replace("\0", "")[:MOST_OF_AN_ANSWER],
    }


def _write_health(tx: Tx, row: Any, after: Health) -> SwitchedOff | None:
    tx.run(
        HEALTH,
        id=row.id,
        failing_since=after.failing_since,
        slowdowns=after.slowdowns,
        slow_until=after.slow_until,
    )
    if after.off is None or after.status is EndpointStatus.OFF:
        return None
    switch_off(tx, row.id, after.off)
    return SwitchedOff(row.id, row.merchant, after.off)
