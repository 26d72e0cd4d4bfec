"""What became of orders that were changed together, read from the commands of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fulfillment.domain.model.refusals import missing
from fulfillment.store.reading.chosen_orders import read_chosen
from fulfillment.store.reading.rows import view
from fulfillment.store.reading.views.chosen_orders import ChosenOrder
from fulfillment.store.reading.views.together import (
    AskedTogether,
    OrderResult,
    Outcome,
    SeenOrder,
    TogetherResult,
)
from fulfillment.store.transactions.session import Tx, part_of_key

WHOLE, REFUSED = "together", "refused_together"
"""Verbs: what was asked of all, and why one of them was refused."""

CHANGED = "order_changed"
"""The code of a refusal where the order is not as it was seen."""

MOVED = "moved"
"""Under this name a command answers which orders it moved on to another version."""


@dataclass(frozen=True, slots=True)
class Moved:
    """An order that a change of one of them moved on, from one version to another."""

    number: str
    before: int
    after: int


COMMANDS = """
SELECT key, verb, result, actor, at FROM command WHERE merchant = :merchant AND key = ANY(:keys)
"""


def whole_key(key: str) -> str:
    """The key of the command that says what was asked of all."""
    return f"{WHOLE}:orders:{key}"


def key_of(verb: str, number: str, key: str) -> str:
    """The key of what is done with one of them, or of its refusal."""
    return f"{verb}:{part_of_key(number)}:{key}"


def read_asked(tx: Tx, key: str) -> AskedTogether:
    """What was asked under a key, or a refusal."""
    return view(AskedTogether, _whole(tx, key).result)


def moved_by(result: Mapping[str, Any]) -> tuple[Moved, ...]:
    """Which orders a command that was done moved on, by its answer."""
    return tuple(Moved(*one) for one in result.get(MOVED, ()))


def read_told(tx: Tx, key: str, asked: AskedTogether) -> dict[str, tuple[Moved, ...]]:
    """The orders of which it is known what became of them, with those that were moved by it."""
    found = _commands(tx, key, asked)
    rows = {one.number: _row(found, key, asked, one) for one in asked.orders}
    return {number: moved_by(row.result or {}) for number, row in rows.items() if row}


def read_together(tx: Tx, key: str, places: Sequence[str] | None) -> TogetherResult:
    """What was asked under a key, and what became of each order that is seen at these places."""
    whole = _whole(tx, key)
    asked = view(AskedTogether, whole.result)
    found = _commands(tx, key, asked)
    numbers = [one.number for one in asked.orders]
    here = {one.number: one for one in read_chosen(tx, numbers, places)}
    return TogetherResult(
        asked=asked,
        actor=whole.actor,
        at=whole.at,
        orders=tuple(
            _result(one, here.get(one.number), _row(found, key, asked, one))
            for one in asked.orders
            if one.number in here or places is None
        ),
    )


def _result(one: SeenOrder, now: ChosenOrder | None, row: Any) -> OrderResult:
    status = None if now is None else now.status
    if row is None or row.verb != REFUSED:
        outcome = Outcome.WAITS if row is None else Outcome.DONE
        return OrderResult(number=one.number, status=status, outcome=outcome, why=None)
    outcome = Outcome.CHANGED if row.result["code"] == CHANGED else Outcome.REFUSED
    return OrderResult(number=one.number, status=status, outcome=outcome, why=row.result["why"])


def _whole(tx: Tx, key: str) -> Any:
    rows = tx.rows(COMMANDS, merchant=tx.merchant, keys=[whole_key(key)])
    if not rows:
        raise missing("action of many orders", key)
    return rows[0]


def _commands(tx: Tx, key: str, asked: AskedTogether) -> Mapping[str, Any]:
    keys = [
        key_of(verb, one.number, key) for one in asked.orders for verb in (asked.action, REFUSED)
    ]
    return {row.key: row for row in tx.rows(COMMANDS, merchant=tx.merchant, keys=keys)}


def _row(found: Mapping[str, Any], key: str, asked: AskedTogether, one: SeenOrder) -> Any:
    """What was done counts, also where a twin of it was refused."""
    done = found.get(key_of(asked.action, one.number, key))
    return done or found.get(key_of(REFUSED, one.number, key))
