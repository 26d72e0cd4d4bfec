"""What happened to a purchase order, and which state of it somebody has seen."""

from dataclasses import dataclass
from typing import Any

from fulfillment.domain.model.refusals import missing
from fulfillment.store.reading.rows import rows_as
from fulfillment.store.reading.views.orders import EventView
from fulfillment.store.transactions.session import Tx

HAPPENED = """
SELECT * FROM (
    SELECT (e.sequence + h.n - 1)::integer AS sequence, h.what ->> 0 AS kind, h.what -> 1 AS facts,
           e.actor, e.reason, e.at
      FROM supply_event e
     CROSS JOIN LATERAL jsonb_array_elements(e.happenings) WITH ORDINALITY AS h(what, n)
     WHERE e.kind = 'purchase_order' AND e.document = :document
       AND e.sequence + jsonb_array_length(e.happenings) > CAST(:after AS int) + 1) h
 WHERE sequence > :after ORDER BY sequence LIMIT :most
"""

HEAD = """
SELECT p.id, p.wake_seq AS version, coalesce((
           SELECT e.sequence + jsonb_array_length(e.happenings) - 1 FROM supply_event e
            WHERE e.kind = 'purchase_order' AND e.document = p.id
            ORDER BY e.sequence DESC LIMIT 1), 0) AS happenings
  FROM purchase_order p WHERE p.merchant = :merchant AND p.number = :number
"""


@dataclass(frozen=True, slots=True)
class PurchaseVersion:
    """Which state of a purchase order somebody has seen."""

    version: int
    """Rises with whatever happens to it."""
    happenings: int
    """How many things of its history there are."""


def read_purchase_version(tx: Tx, number: str) -> PurchaseVersion:
    """Which state of the purchase order this is; a refusal if there is none."""
    row = _head(tx, number)
    return PurchaseVersion(row.version, row.happenings)


def read_purchase_history(tx: Tx, number: str, limit: int, after: int) -> list[EventView]:
    """Who or what did what with a purchase order, when and why, from the first thing on."""
    document = _head(tx, number).id
    rows = tx.rows(HAPPENED, document=document, after=after, most=limit)
    return list(map(rows_as(EventView), rows))


def _head(tx: Tx, number: str) -> Any:
    rows = tx.rows(HEAD, merchant=tx.merchant, number=number)
    if not rows:
        raise missing("purchase order", number)
    return rows[0]
