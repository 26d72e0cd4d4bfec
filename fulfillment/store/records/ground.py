"""What every plan of a merchant stands on, read in one statement: its zone, knobs and locations."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fulfillment.domain.model.policy import Knobs
from fulfillment.store.transactions.session import Tx

EVERYBODY = "*"
"""The scope of the default settings."""

GROUND = """
SELECT m.time_zone, m.currency, m.shipping_methods,
       coalesce((SELECT jsonb_object_agg(s.knob, s.value) FROM setting s
                  WHERE s.scope = asked.merchant), '{}') AS own,
       coalesce((SELECT jsonb_object_agg(s.knob, s.value) FROM setting s
                  WHERE s.scope = :everybody), '{}') AS everybody,
       (SELECT jsonb_agg(jsonb_build_array(ml.location, l.time_zone)
                         ORDER BY ml.priority, ml.location)
          FROM merchant_location ml JOIN location l ON l.id = ml.location
         WHERE ml.merchant = asked.merchant AND l.active) AS locations
  FROM (SELECT CAST(:merchant AS text) AS merchant) asked
  LEFT JOIN merchant m ON m.id = asked.merchant
"""


@dataclass(frozen=True, slots=True)
class Ground:
    """A merchant as it is now: its zone, its own knobs and the default ones.

    And its active locations by priority, each with its zone; its currency, None where there is no
    such merchant; the days that goods are under way, by the name of the method.
    """

    time_zone: str
    own: Knobs
    everybody: Knobs
    locations: Mapping[str, str]
    currency: str | None
    shipping_methods: Mapping[str, int]


def load_ground(tx: Tx) -> Ground:
    """It is read once in a transaction, and once more when that has waited for queues."""
    name = f"ground of {tx.merchant}"
    if name not in tx.memo:
        (row,) = tx.rows(GROUND, merchant=tx.merchant, everybody=EVERYBODY)
        tx.memo[name] = _ground(row)
    found: Ground = tx.memo[name]
    return found


def _ground(row: Any) -> Ground:
    return Ground(
        row.time_zone or "UTC",
        row.own,
        row.everybody,
        dict(row.locations or ()),
        row.currency,
        row.shipping_methods or {},
    )


def merchant_today(tx: Tx) -> date:
    """The day that it is now at the merchant."""
    return tx.today(load_ground(tx).time_zone)
