"""A command is done once: its key, and what a repeat is answered with, in its own transaction."""

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from fulfillment.domain.model.refusals import conflict

if TYPE_CHECKING:
    from fulfillment.store.transactions.session import Command, Tx

TAKE = """
INSERT INTO command (merchant, key, verb, fingerprint, actor, at)
VALUES (:merchant, :key, :verb, :fingerprint, :actor, :now) ON CONFLICT DO NOTHING RETURNING true
"""

STORED = "SELECT fingerprint, result FROM command WHERE merchant = :merchant AND key = :key"

ANSWER = """
UPDATE command SET result = CAST(:result AS jsonb) WHERE merchant = :merchant AND key = :key
"""

NOTHING = "{}"
"""The answer of most commands: what they changed is read as it is when that is told."""


def begin_command(tx: "Tx", command: "Command") -> dict[str, Any] | None:
    """Take the key, or the stored result of the one who had it first.

    The insert waits for a twin that is under way, and then sees its result.
    """
    if not command.repeatable or tx.rows(
        TAKE,
        merchant=command.merchant,
        key=command.key,
        verb=command.verb,
        fingerprint=command.fingerprint,
        actor=command.actor,
        now=tx.now,
    ):
        return None
    (found,) = tx.rows(STORED, merchant=command.merchant, key=command.key)
    if bytes(found.fingerprint) != command.fingerprint:
        sent = command.key.split(":", 2)[-1]
        message = f"the key {sent!r} was used for another request; choose a new one"
        raise conflict("key_reused", message, key=sent)
    return dict(found.result or {})


def end_command(tx: "Tx", command: "Command", result: str) -> None:
    """Store what a repeat is answered with, where there is anything to tell."""
    if command.repeatable and result != NOTHING:
        tx.run(ANSWER, result=result, merchant=command.merchant, key=command.key)


def plain_json(answer: object) -> str:
    """What a command answers, as it is stored: days and moments in ISO 8601."""
    return json.dumps(answer, default=_plain)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
