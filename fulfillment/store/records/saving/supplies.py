"""The histories of what announces supply: what was known of it, since when, and from whom."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from fulfillment.domain.model.moves import SupplyKind
from fulfillment.store.transactions.session import Tx

Facts = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class SupplyTold:
    """What one transaction made of one document. Facts hold no customer data."""

    kind: SupplyKind
    document: int
    number: str
    happenings: Sequence[tuple[str, Facts]] = field(default_factory=tuple)


TELLS = """
happened AS (
    INSERT INTO supply_event (merchant, kind, document, number, sequence, happenings, actor,
                              reason, at)
    SELECT :told_merchant, t.kind, t.document, t.number,
           coalesce(last.sequence + jsonb_array_length(last.happenings), 1), t.happenings,
           :told_by, :told_why, :told_at
      FROM jsonb_to_recordset(CAST(:told AS jsonb))
           AS t(kind text, document bigint, number text, happenings jsonb)
      LEFT JOIN LATERAL (SELECT sequence, happenings FROM supply_event x
                          WHERE x.kind = t.kind AND x.document = t.document
                          ORDER BY x.sequence DESC LIMIT 1) last ON true
    RETURNING kind, document, sequence
), to_tell AS (
    INSERT INTO untold (kind, subject, sequence) SELECT kind, document, sequence FROM happened
)
"""
"""Parts of a statement that a command sends anyway; `telling` gives their values.

The documents must be locked: the next place in a history is the one after its last.
"""


def telling(tx: Tx, told: Iterable[SupplyTold]) -> dict[str, object]:
    """The values of `TELLS`; who and why come from the transaction."""
    rows = [
        {
            "kind": one.kind,
            "document": one.document,
            "number": one.number,
            "happenings": one.happenings,
        }
        for one in told
        if one.happenings
    ]
    return {
        "told": json.dumps(rows, default=str),
        "told_merchant": tx.merchant,
        "told_by": tx.actor,
        "told_why": tx.reason,
        "told_at": tx.now,
    }


def supplied(line: int, sku: str, location: str, units: int, on: date | None) -> Facts:
    """One line of a document: what of it is to come, where, and when."""
    return {"line": line, "sku": sku, "location": location, "units": units, "expected_on": on}


def dated(line: int, sku: str, location: str, units: int, days: Sequence[date | None]) -> Facts:
    """A line that is expected on another day: the first of these before, the second now."""
    before, now = days
    return {
        "line": line, "sku": sku, "location": location, "units": units,
        "from": before, "to": now,
    }  # fmt: skip
