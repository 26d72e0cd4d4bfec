"""Settings of a merchant and of all, changed knob by knob, each change kept."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from fulfillment.domain.actions.presets import expand
from fulfillment.domain.model.policy import KNOBS, OF_NO_PLAN, Knobs, PolicyError, checked
from fulfillment.domain.model.refusals import invalid, missing
from fulfillment.store.queue.pending_queues import owe_replan_of_all
from fulfillment.store.reading.rows import view
from fulfillment.store.reading.settings import effective_settings
from fulfillment.store.reading.views.settings import KnobView
from fulfillment.store.records.loading import EVERYBODY, load_settings
from fulfillment.store.transactions.session import Command, Store, Tx


def change_settings(
    store: Store, command: Command, knobs: Knobs, unset: Collection[str] = ()
) -> dict[str, KnobView]:
    """Set some knobs of the command's merchant, or of all (`*`), and give up others.

    `knobs` may name a preset. For a knob that is given up the wider scope counts again. What
    really changes is noted, and every open order that it may concern is owed a re-plan.
    """

    def body(tx: Tx) -> dict[str, Any]:
        concerned = _lock(tx)
        own, default = load_settings(tx)
        wider = () if tx.merchant == EVERYBODY else (default,)
        after = _changed(own, wider, knobs, unset)
        if tx.merchant == EVERYBODY:
            _refuse_to_break_a_merchant(tx, after)
        if changed := _write(tx, own, after):
            tx.memo.clear()
        if changed - OF_NO_PLAN:
            owe_replan_of_all(tx, concerned)
        return {knob: asdict(found) for knob, found in effective_settings(tx).items()}

    done = store.execute(command, body)
    return {knob: view(KnobView, found) for knob, found in done.items()}


def _lock(tx: Tx) -> list[str]:
    """The merchants concerned. Their rows are the mutex: combinations are checked one by one."""
    rows = tx.rows(
        "SELECT id FROM merchant WHERE :scope IN (id, :everybody) ORDER BY id FOR NO KEY UPDATE",
        scope=tx.merchant,
        everybody=EVERYBODY,
    )
    if not rows and tx.merchant != EVERYBODY:
        raise missing("merchant", tx.merchant)
    return [row.id for row in rows]


def _changed(
    own: Knobs, wider: Sequence[Knobs], knobs: Knobs, unset: Collection[str]
) -> dict[str, object]:
    """What the scope says afterwards; a refusal if it makes no sense by itself or over the rest."""
    try:
        named = expand(knobs)
        _refuse_unset(named, unset)
        left = {k: v for k, v in own.items() if k not in named and k not in unset}
        after = left | checked(named, left, *wider)
        _refuse_what_no_longer_holds(after, wider)
    except PolicyError as error:
        raise invalid("bad_policy", str(error), error.knob) from error
    return after


def _refuse_unset(named: Knobs, unset: Collection[str]) -> None:
    if unknown := sorted(set(unset) - set(KNOBS)):
        raise missing("setting", unknown[0])
    if both := sorted(set(unset) & set(named)):
        raise PolicyError(both[0], f"{both[0]} is either set or given up, not both")


def _refuse_what_no_longer_holds(own: Knobs, wider: Sequence[Knobs]) -> None:
    """Each knob of a scope over all others: one that was set before may need one that is gone."""
    for knob, value in own.items():
        checked({knob: value}, own, *wider)


def _refuse_to_break_a_merchant(tx: Tx, default: Knobs) -> None:
    """A merchant may have relied on a default that is to change."""
    rows = tx.rows(
        "SELECT scope, jsonb_object_agg(knob, value) AS knobs FROM setting"
        " WHERE scope <> :everybody GROUP BY scope ORDER BY scope",
        everybody=EVERYBODY,
    )
    for row in rows:
        try:
            _refuse_what_no_longer_holds(row.knobs, (default,))
        except PolicyError as error:
            message = f"merchant {row.scope} relies on it: {error}"
            raise invalid("bad_policy", message, error.knob, merchant=row.scope) from error


def _write(tx: Tx, before: Knobs, after: Knobs) -> set[str]:
    """Keep what differs, each knob with what it was; which knobs do."""
    differing = [knob for knob in KNOBS if _as_stored(before, knob) != _as_stored(after, knob)]
    if differing:
        tx.run(
            WRITE,
            scope=tx.merchant,
            knobs=differing,
            before=[_as_stored(before, knob) for knob in differing],
            after=[_as_stored(after, knob) for knob in differing],
            actor=tx.actor,
            now=tx.now,
        )
    return set(differing)


def _as_stored(knobs: Mapping[str, object], knob: str) -> str | None:
    """Null is a value like any other, written in JSON; no value at all is null in SQL."""
    return json.dumps(knobs[knob]) if knob in knobs else None


WRITE = """
WITH changed AS (
    SELECT c.knob, c.before::jsonb AS before, c.after::jsonb AS after, c.n
      FROM ROWS FROM (unnest(CAST(:knobs AS text[])), unnest(CAST(:before AS text[])),
                      unnest(CAST(:after AS text[])))
           WITH ORDINALITY AS c(knob, before, after, n)
), noted AS (
    INSERT INTO setting_change (scope, knob, before, after, changed_by, changed_at)
    SELECT :scope, knob, before, after, :actor, :now FROM changed ORDER BY n
), given_up AS (
    DELETE FROM setting s USING changed c
     WHERE s.scope = :scope AND s.knob = c.knob AND c.after IS NULL
)
INSERT INTO setting (scope, knob, value, changed_by, changed_at)
SELECT :scope, knob, after, :actor, :now FROM changed WHERE after IS NOT NULL ORDER BY n
ON CONFLICT (scope, knob) DO UPDATE
   SET value = excluded.value, changed_by = excluded.changed_by, changed_at = excluded.changed_at
"""
