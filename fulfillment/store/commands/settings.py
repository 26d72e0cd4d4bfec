"""Settings of a merchant and of all, changed knob by knob, each change kept."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from fulfillment.domain.policy import PolicyError, checked, resolve
from fulfillment.domain.refusals import invalid
from fulfillment.store.loading import EVERYBODY, load_settings
from fulfillment.store.session import Store, Tx


def read_settings(tx: Tx) -> dict[str, Any]:
    """The effective value of every knob and the scope it comes from."""
    mine, default = load_settings(tx)
    policy = asdict(resolve(mine, default))
    return {
        knob: {"value": value, "from": _scope(knob, mine, default)}
        for knob, value in policy.items()
    }


def _scope(knob: str, mine: Mapping[str, object], default: Mapping[str, object]) -> str:
    if knob in mine:
        return "merchant"
    return "default" if knob in default else "built in"


def change_settings(
    store: Store, scope: str, knobs: Mapping[str, object], actor: str
) -> dict[str, Any]:
    """Set some knobs of a merchant, or of all (`*`). New plans use them from now on."""
    try:
        values = checked(knobs)
    except PolicyError as error:
        raise invalid("bad_policy", str(error), error.knob) from error

    def body(tx: Tx) -> dict[str, Any]:
        tx.run(
            CHANGE,
            scope=scope,
            knobs=sorted(values),
            values=[json.dumps(values[knob]) for knob in sorted(values)],
            actor=actor,
            now=tx.now,
        )
        return read_settings(tx)

    return store.transact(scope, body, actor=actor)


CHANGE = """
WITH asked AS (
    SELECT a.knob, a.value::jsonb AS value
      FROM unnest(CAST(:knobs AS text[]), CAST(:values AS text[])) AS a(knob, value)
), noted AS (
    INSERT INTO setting_change (scope, knob, before, after, changed_by, changed_at)
    SELECT :scope, a.knob, s.value, a.value, :actor, :now
      FROM asked a LEFT JOIN setting s ON s.scope = :scope AND s.knob = a.knob
     WHERE s.value IS DISTINCT FROM a.value
)
INSERT INTO setting (scope, knob, value, changed_by, changed_at)
SELECT :scope, knob, value, :actor, :now FROM asked ORDER BY knob
ON CONFLICT (scope, knob) DO UPDATE
   SET value = excluded.value, changed_by = excluded.changed_by, changed_at = excluded.changed_at
"""

__all__ = ["EVERYBODY", "change_settings", "read_settings"]
