"""What must reach Temporal, written in the transaction that decides it."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, text

from fulfillment.domain.progress import Progress
from fulfillment.store.session import Tx


class Kind(StrEnum):
    """What a row asks of the engine."""

    START_ORDER = "start_order"
    WAKE_ORDER = "wake_order"
    START_PURCHASE_ORDER = "start_purchase_order"
    WAKE_PURCHASE_ORDER = "wake_purchase_order"
    REPLAN = "replan"


LANES = {
    Kind.START_ORDER: 0,
    Kind.WAKE_ORDER: 1,
    Kind.START_PURCHASE_ORDER: 2,
    Kind.WAKE_PURCHASE_ORDER: 2,
    Kind.REPLAN: 2,
}
"""Starts go before wakes, wakes before the rest."""

RESTART_LANE = 3
"""What is started again goes after all that is new."""


@dataclass(frozen=True, slots=True)
class Message:
    """One row taken for delivery. It is done only if its version is still the same afterwards."""

    id: int
    merchant: str
    kind: Kind
    subject: str
    payload: dict[str, Any]
    version: int
    attempts: int


def put(
    tx: Tx, kind: Kind, messages: Iterable[tuple[str, dict[str, Any]]], lane: int | None = None
) -> None:
    """One pending row for each subject: a newer one takes the older one's place.

    Each says in which epoch of the database it was written.
    """
    rows = sorted(messages, key=lambda message: message[0])
    if not rows:
        return
    tx.run(
        "INSERT INTO outbox (merchant, lane, kind, subject, payload, due_at, created_at)"
        " SELECT :merchant, :lane, :kind, m.subject, m.payload::jsonb"
        " || jsonb_build_object('epoch', (SELECT max(number) FROM epoch)), :now, :now"
        " FROM unnest(CAST(:subjects AS text[]), CAST(:payloads AS text[])) AS m(subject, payload)"
        " ON CONFLICT (kind, subject) DO UPDATE SET payload = excluded.payload,"
        " lane = least(outbox.lane, excluded.lane),"
        " version = outbox.version + 1, attempts = 0, due_at = excluded.due_at",
        merchant=tx.merchant,
        lane=LANES[kind] if lane is None else lane,
        kind=kind,
        subjects=[subject for subject, _ in rows],
        payloads=[json.dumps(payload, default=str) for _, payload in rows],
        now=tx.now,
    )


def wake_orders(tx: Tx, progresses: Collection[Progress], merchant: str) -> None:
    """Owe these orders a wake that carries where they stand."""
    put(
        tx,
        Kind.WAKE_ORDER,
        (
            (str(progress.order), {"merchant": merchant, "progress": asdict(progress)})
            for progress in progresses
        ),
    )


TAKE = """
WITH due AS (
    SELECT id, lane, row_number() OVER (PARTITION BY lane, merchant ORDER BY id) AS turn
      FROM outbox WHERE due_at <= :now AND kind = ANY(:known)
), chosen AS (
    SELECT o.id FROM outbox o JOIN due ON due.id = o.id
     WHERE o.due_at <= :now
     ORDER BY due.lane, due.turn, o.id LIMIT :most FOR UPDATE OF o SKIP LOCKED
)
UPDATE outbox o SET due_at = :leased_until, attempts = o.attempts + 1
  FROM chosen WHERE o.id = chosen.id
RETURNING o.id, o.merchant, o.lane, o.kind, o.subject, o.payload, o.version, o.attempts
"""


def take(connection: Connection, now: datetime, most: int, lease: timedelta) -> list[Message]:
    """Lease due rows, each merchant in turn within a lane.

    A relay that dies keeps nothing: its rows are due again when the lease is over. Kinds that this
    version does not know are left to one that does.
    """
    parameters = {"now": now, "most": most, "leased_until": now + lease, "known": list(Kind)}
    rows = connection.execute(text(TAKE), parameters).fetchall()
    return [
        Message(r.id, r.merchant, Kind(r.kind), r.subject, r.payload, r.version, r.attempts)
        for r in sorted(rows, key=lambda row: (row.lane, row.id))
    ]


def not_known(connection: Connection) -> dict[str, int]:
    """Kinds of rows that this version does not know, and how many there are of each."""
    rows = connection.execute(
        text("SELECT kind, count(*) AS n FROM outbox WHERE kind <> ALL(:known) GROUP BY kind"),
        {"known": list(Kind)},
    )
    return {row.kind: row.n for row in rows}


def done(connection: Connection, messages: Sequence[Message]) -> None:
    """Delete what was delivered; what was overwritten meanwhile is due again at once."""
    parameters = {
        "ids": [message.id for message in messages],
        "versions": [message.version for message in messages],
    }
    pairs = "unnest(CAST(:ids AS bigint[]), CAST(:versions AS bigint[])) AS d(id, version)"
    connection.execute(
        text(f"DELETE FROM outbox o USING {pairs} WHERE o.id = d.id AND o.version = d.version"),  # noqa: S608
        parameters,
    )


def failed(connection: Connection, failures: Sequence[tuple[Message, str, datetime]]) -> None:
    """Try these again when they are due; a row that was overwritten is due anyway."""
    connection.execute(
        text(
            "UPDATE outbox o SET due_at = f.due_at, last_error = f.error"
            " FROM unnest(CAST(:ids AS bigint[]), CAST(:versions AS bigint[]),"
            " CAST(:errors AS text[]), CAST(:dues AS timestamptz[]))"
            " AS f(id, version, error, due_at) WHERE o.id = f.id AND o.version = f.version"
        ),
        {
            "ids": [message.id for message, _, _ in failures],
            "versions": [message.version for message, _, _ in failures],
            # PostgreSQL's text holds everything but this one character.
            "errors": [error[:500].replace("\0", "") for _, error, _ in failures],
            "dues": [due_at for _, _, due_at in failures],
        },
    )
