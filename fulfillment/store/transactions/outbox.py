"""What must reach Temporal, written in the transaction that decides it."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, text

from fulfillment.domain.insight.news import News
from fulfillment.domain.insight.progress import Progress
from fulfillment.store.transactions.session import Tx


class Kind(StrEnum):
    """What a row asks of the engine."""

    START_ORDER = "start_order"
    WAKE_ORDER = "wake_order"
    START_PURCHASE_ORDER = "start_purchase_order"
    WAKE_PURCHASE_ORDER = "wake_purchase_order"
    REPLAN = "replan"


NO_NEWS: Mapping[int, News] = {}
"""Orders that are only told once more where they stand."""

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


OVERWRITE = """
    ON CONFLICT (kind, subject) DO UPDATE SET payload = excluded.payload,
       lane = least(outbox.lane, excluded.lane),
       version = outbox.version + 1, attempts = 0, due_at = excluded.due_at
"""
"""A newer message for whom it is for takes the place of the one that still waits."""

PUT = f"""
INSERT INTO outbox (merchant, lane, kind, subject, payload, due_at, created_at)
SELECT :merchant, :lane, :kind, m.subject, m.payload::jsonb
       || jsonb_build_object('epoch', (SELECT max(number) FROM epoch)), :now, :now
  FROM unnest(CAST(:subjects AS text[]), CAST(:payloads AS text[])) AS m(subject, payload)
{OVERWRITE}
"""  # noqa: S608 -- OVERWRITE is a constant


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
        PUT,
        merchant=tx.merchant,
        lane=LANES[kind] if lane is None else lane,
        kind=kind,
        subjects=[subject for subject, _ in rows],
        payloads=[json.dumps(payload, default=str) for _, payload in rows],
        now=tx.now,
    )


def wake_orders(
    tx: Tx, progresses: Collection[Progress], merchant: str, news: Mapping[int, News] = NO_NEWS
) -> None:
    """Owe these orders a wake that carries where they stand, and what happened to them."""
    put(
        tx,
        Kind.WAKE_ORDER,
        (
            (
                str(progress.order),
                {
                    "merchant": merchant,
                    "progress": asdict(progress),
                    "news": news.get(progress.order),
                },
            )
            for progress in progresses
        ),
    )


MOST_UNCLAIMED = 24
MOST_UNCLAIMED_LINES = 500
"""Orders of one merchant that are started and have not had their first answer yet, and their lines,
at most: about a transaction full. The engine makes twenty to thirty workflows a second on two
processors, so that each one more has newcomers wait some twentieth of a second; with half as many
the engine waits for us. An order may have claimed before it asks; until it has asked, the engine
is at work on it."""

MOST_AT_ONCE = 12
"""Starts of one merchant that are taken at once: whoever comes meanwhile is in the next round."""

FORGOTTEN_AFTER = timedelta(minutes=1)
"""An order that has no answer so long after its start no longer keeps others from theirs."""

EVERY_LANE = range(10)
LANES_OF_STARTS = frozenset({LANES[Kind.START_ORDER], RESTART_LANE})
"""Who starts no orders does not look in them: they may hold all of a merchant's day."""

FORGET = """
DELETE FROM started_order WHERE order_id IN (
    SELECT s.order_id FROM started_order s LEFT JOIN orders o ON o.id = s.order_id
     WHERE s.started_at <= :forgotten OR o.id IS NULL OR o.finished_at IS NOT NULL
       FOR UPDATE OF s SKIP LOCKED)
"""

TAKE = """
WITH RECURSIVE merchants AS (
    (SELECT merchant FROM outbox ORDER BY merchant LIMIT 1)
    UNION ALL
    SELECT (SELECT o.merchant FROM outbox o WHERE o.merchant > m.merchant
             ORDER BY o.merchant LIMIT 1)
      FROM merchants m WHERE m.merchant IS NOT NULL
), unanswered AS (
    SELECT s.merchant, count(*) AS orders, sum(s.lines) AS lines FROM started_order s
      JOIN orders o ON o.id = s.order_id AND o.finished_at IS NULL
     WHERE s.started_at > :forgotten
       AND NOT EXISTS (SELECT FROM outbox again WHERE again.kind = 'start_order'
                          AND again.subject = s.order_id::text AND again.due_at <= :now)
     GROUP BY s.merchant
), due AS (
    SELECT d.id, lanes.lane, d.turn FROM merchants m
      LEFT JOIN unanswered u ON u.merchant = m.merchant
     CROSS JOIN unnest(CAST(:lanes AS int[])) AS lanes(lane)
     CROSS JOIN LATERAL (
           SELECT o.id, o.kind, row_number() OVER turns AS turn,
                  sum(n.lines) OVER turns - n.lines AS lines_before
             FROM outbox o
            CROSS JOIN LATERAL (SELECT CASE WHEN o.kind = 'start_order'
                  AND jsonb_typeof(o.payload -> 'lines') = 'number'
                  THEN least((o.payload ->> 'lines')::numeric, 1000000)::int ELSE 1 END) n(lines)
            WHERE o.merchant = m.merchant AND o.lane = lanes.lane AND o.due_at <= :now
              AND o.kind = ANY(:known)
           WINDOW turns AS (ORDER BY o.priority, o.id)
            ORDER BY o.priority, o.id LIMIT :most) d
     WHERE d.kind <> 'start_order'
        OR (d.turn <= :most_at_once AND coalesce(u.orders, 0) + d.turn <= :most_unclaimed
            AND coalesce(u.lines, 0) + d.lines_before < :most_lines)
), next AS (
    SELECT * FROM due ORDER BY lane, turn, id LIMIT 4 * :most
), chosen AS (
    SELECT o.id FROM outbox o JOIN next ON next.id = o.id
     WHERE o.due_at <= :now
     ORDER BY next.lane, next.turn, o.id LIMIT :most FOR UPDATE OF o SKIP LOCKED
), taken AS (
    UPDATE outbox o SET due_at = :leased_until, attempts = o.attempts + 1
      FROM chosen WHERE o.id = chosen.id
    RETURNING o.id, o.merchant, o.lane, o.kind, o.subject, o.payload, o.version, o.attempts
), started AS (
    INSERT INTO started_order (order_id, merchant, lines, started_at)
    SELECT subject::bigint, merchant, CASE jsonb_typeof(payload -> 'lines') WHEN 'number'
           THEN least((payload ->> 'lines')::numeric, 1000000)::int ELSE 1 END, :now
      FROM taken WHERE kind = 'start_order' AND subject ~ '^[0-9]{1,18}$'
       AND payload #> '{progress,claimed}' IS DISTINCT FROM 'true'
    ON CONFLICT (order_id) DO UPDATE SET started_at = excluded.started_at
)
SELECT * FROM taken
"""


ALL = frozenset(Kind)


def take(
    connection: Connection,
    now: datetime,
    most: int,
    lease: timedelta,
    kinds: Collection[Kind] = ALL,
) -> list[Message]:
    """Lease due rows of these kinds, each merchant in turn within a lane.

    Starts are paced by what is claimed: a merchant's next ones wait here while many of its orders
    wait for the answer to their first claim, so that a newcomer, also of another merchant, stands
    in no line outside of the database. A relay that dies keeps nothing: its rows are due again when
    the lease is over. Kinds that this version does not know are left to one that does. A row that
    no version of ours wrote is taken like the others, and keeps none of them from it.

    What it reads grows with what it takes, and with how many merchants wait; not with what waits.
    """
    parameters = {
        "now": now,
        "most": most,
        "leased_until": now + lease,
        "forgotten": now - FORGOTTEN_AFTER,
        "most_unclaimed": MOST_UNCLAIMED,
        "most_at_once": MOST_AT_ONCE,
        "most_lines": MOST_UNCLAIMED_LINES,
        "lanes": _lanes_of(kinds),
        "known": list(kinds),
    }
    # A plan for any `most` expects to read a tenth of what waits, and sorts all of it.
    connection.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
    connection.execute(text(FORGET), parameters)
    rows = connection.execute(text(TAKE), parameters).fetchall()
    return [
        Message(r.id, r.merchant, Kind(r.kind), r.subject, r.payload, r.version, r.attempts)
        for r in sorted(rows, key=lambda row: (row.lane, row.id))
    ]


def _lanes_of(kinds: Collection[Kind]) -> list[int]:
    left_out = LANES_OF_STARTS if Kind.START_ORDER not in kinds else frozenset[int]()
    return [lane for lane in EVERY_LANE if lane not in left_out]


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
