"""Which orders are at rest: over for as long as their merchant says, and nobody waits for them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from fulfillment.domain.model.archiving import archived_if_before
from fulfillment.store.archive.parts import rows_of
from fulfillment.store.schema.archive import KEEPS_HERE
from fulfillment.store.transactions.session import Tx

KNOB = "archive_after_days"

NEEDS_A_PERSON = "status IN ('refused', 'unknown', 'bounced') AND settled_at IS NULL"

OTHERWISE = {
    "something happened to it that is not proven yet": """
        SELECT true FROM order_event WHERE order_id = o.id AND id > :event""",
    "so did units of it that left": """
        SELECT true FROM shipment s JOIN shipment_line l ON l.shipment = s.id
          CROSS JOIN generate_series(0, s.voids) AS n
          JOIN stock_ledger g ON g.merchant = o.merchant
               AND g.kind IN ('dispatch', 'dispatch_void')
               AND g.reference = l.id || CASE n WHEN 0 THEN '' ELSE '.' || n END
         WHERE s.order_id = o.id AND g.id > :ledger""",
    "its history is not told yet": """
        SELECT true FROM untold WHERE kind = 'order' AND subject = o.id""",
    "its workflow is owed something": """
        SELECT true FROM outbox WHERE kind IN ('start_order', 'wake_order')
           AND subject = o.id::text""",
    "somebody has a task because of it": """
        SELECT true FROM task WHERE order_id = o.id AND done_at IS NULL""",
    "a picker has it on a list": """
        SELECT true FROM pick_list_line l JOIN pick_list p ON p.id = l.pick_list
         WHERE l.order_id = o.id AND p.status = 'picking'""",
    "a container of it is open": """
        SELECT true FROM container WHERE order_id = o.id AND emptied_at IS NULL""",
    "a payment of it is due, or failed": """
        SELECT true FROM payment_entry WHERE order_id = o.id
           AND (status = 'due' OR status = 'failed' AND NOT withdrawn)""",
    "a mail about it is due, or waits for a person": f"""
        SELECT true FROM mail WHERE order_id = o.id
           AND (status IN ('due', 'claimed') OR {NEEDS_A_PERSON})""",  # noqa: S608 -- a constant
    "its customer's link is open": """
        SELECT true FROM order_link WHERE order_id = o.id AND revoked_at IS NULL
           AND expires_at > :now""",
    "what it was served by is not given out to the end": """
        SELECT true FROM served_order v JOIN receipt_line l USING (receipt, supply)
         WHERE v.order_id = o.id AND l.undistributed > 0""",
    "it was brought back not long ago": """
        SELECT true FROM brought_back b WHERE b.order_id = o.id AND b.at >= w.before""",
}
"""Why an order `o` that is over is left where it is, beside what it has in `KEEPS_HERE`."""

NOTHING_ELSE = " AND ".join(
    f"({sql} LIMIT 1) IS NULL"
    for sql in (*OTHERWISE.values(), *(rows_of(name, "= o.id") for name in sorted(KEEPS_HERE)))
)

"""Looked up for each order, which NOT EXISTS might not be: it may be answered by a join that reads
all of a table first."""

AT_REST = f"""
SELECT o.id
  FROM unnest(CAST(:merchants AS text[]), CAST(:befores AS timestamptz[])) AS w(merchant, before)
  JOIN orders o ON o.merchant = w.merchant
 WHERE {{which}} AND o.finished_at < w.before AND {NOTHING_ELSE}
 ORDER BY o.id
"""  # noqa: S608 -- constants

WINDOW = AT_REST.format(which="o.id > :after AND o.id <= :upto") + " FOR UPDATE OF o SKIP LOCKED"
STILL = AT_REST.format(which="o.id = ANY(:orders)")

UPTO = """
SELECT max(id) AS upto FROM (SELECT id FROM orders WHERE id > :after ORDER BY id LIMIT :most) w
"""

DAYS = f"""
SELECT DISTINCT ON (m.id) m.id, s.value AS days
  FROM merchant m JOIN setting s ON s.knob = '{KNOB}' AND s.scope IN (m.id, '*')
 ORDER BY m.id, s.scope = '*'
"""  # noqa: S608 -- a constant

MARK = "SELECT event, ledger FROM proven_past"


@dataclass(frozen=True, slots=True)
class Rules:
    """Whose orders are archived, those that finished before which moment, what of it is proven."""

    before: Mapping[str, datetime]
    event: int
    ledger: int

    def values(self, now: datetime) -> dict[str, object]:
        """As the statements name them."""
        merchants = sorted(self.before)
        return {
            "merchants": merchants,
            "befores": [self.before[merchant] for merchant in merchants],
            "event": self.event,
            "ledger": self.ledger,
            "now": now,
        }


def rules_now(tx: Tx) -> Rules | None:
    """What is asked of an order now; None where nobody archives, or nothing is proven yet."""
    marks = tx.rows(MARK)
    days = {row.id: row.days for row in tx.rows(DAYS)}
    if not marks:
        return None
    before = {merchant: archived_if_before(tx.now, many) for merchant, many in days.items()}
    chosen = {merchant: moment for merchant, moment in before.items() if moment}
    return Rules(chosen, marks[0].event, marks[0].ledger) if chosen else None


def lock_resting(tx: Tx, rules: Rules, after: int, upto: int) -> list[int]:
    """Take the orders of some ids that are at rest, passing over those that somebody has.

    Under their locks they are asked for again: something may have happened while they were taken.
    """
    values = rules.values(tx.now)
    taken = [row.id for row in tx.rows(WINDOW, after=after, upto=upto, **values)]
    return still_resting(tx, rules, taken) if taken else []


def still_resting(tx: Tx, rules: Rules, orders: Collection[int]) -> list[int]:
    """Those of these orders that are at rest as this statement sees them."""
    rows = tx.rows(STILL, orders=list(orders), **rules.values(tx.now))
    return [row.id for row in rows]


def window_end(tx: Tx, after: int, most: int) -> int | None:
    """The last id of so many orders behind an id; None where there are no more."""
    (row,) = tx.rows(UPTO, after=after, most=most)
    return None if row.upto is None else int(row.upto)
