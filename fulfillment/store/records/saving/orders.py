"""Orders, their lines and their histories."""

import json
from collections.abc import Iterable, Mapping
from datetime import date

from fulfillment.domain.insight.progress import progress_of
from fulfillment.domain.model.orders import Order, OrderEvent, OrderLine
from fulfillment.domain.model.shipments import Slice
from fulfillment.domain.model.statuses import FINISHED_ORDER
from fulfillment.domain.planning.recheck import recheck_on
from fulfillment.store.records.saving.changes import Change
from fulfillment.store.transactions.session import Tx


def write_lines(tx: Tx, changes: list[Change]) -> None:
    """Write changed order lines: what was ordered, cancelled, shipped, promised, and how."""
    rows: list[dict[str, object]] = []
    for change in changes:
        known = {line.number: line for line in change.before.lines}
        rows += [
            _line_row(change.after.id, line)
            for line in change.after.lines
            if known.get(line.number) != line
        ]
    if rows:
        orders = [change.after.id for change in changes]
        tx.run(UPDATE_LINES, rows=json.dumps(rows), orders=orders)


UPDATE_LINES = """
UPDATE order_line l
   SET ordered = r.ordered, cancelled = r.cancelled, shipped = r.shipped, by_hand = r.by_hand,
       channel = r.channel, source_location = r.source_location,
       first_promise = r.first_promise, promise = r.promise,
       unit_price_minor = r.unit_price_minor,
       replaces_line = r.replaces_line, replaces_shipment = r.replaces_shipment
  FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(
       order_id bigint, line int, ordered int, cancelled int, shipped int, by_hand boolean,
       channel text, source_location text, first_promise jsonb, promise jsonb,
       unit_price_minor bigint, replaces_line int, replaces_shipment bigint)
 WHERE l.order_id = r.order_id AND l.line = r.line AND l.order_id = ANY(:orders)
"""
"""Named by their orders too: a join of guessed size would read all lines."""


def _line_row(order: int, line: OrderLine) -> dict[str, object]:
    return {
        "order_id": order,
        "line": line.number,
        "ordered": line.ordered,
        "cancelled": line.cancelled,
        "shipped": line.shipped,
        "by_hand": line.by_hand,
        "channel": line.channel,
        "source_location": line.source,
        "first_promise": _stored(line.first_promise),
        "promise": _stored(line.promise),
        "unit_price_minor": line.unit_price_minor,
        "replaces_line": line.replaces_line,
        "replaces_shipment": line.replaces_shipment,
    }


def _stored(pieces: Iterable[Slice] | None) -> list[list[object]] | None:
    if pieces is None:
        return None
    return [[piece.units, piece.on.isoformat()] for piece in pieces]


UPDATE_ORDERS = """
UPDATE orders o
   SET status = r.status, verified = r.verified, first_claimed = r.first_claimed,
       rejected = r.rejected, holds = r.holds, prepared = r.prepared,
       policy = r.policy, priority = r.priority, lock_location = r.lock_location,
       cancel_on = r.cancel_on,
       waves_spent = r.waves_spent, waves_granted = r.waves_granted,
       recheck_on = CASE WHEN o.recheck_on <= :today AND NOT r.finished
                         THEN o.recheck_on ELSE r.recheck_on END,
       next_shipment_number = r.next_shipment_number, wake_seq = r.wake_seq,
       waiting_units = r.waiting_units,
       target_ship_on = (SELECT min(s.target_ship_on) FROM shipment s WHERE s.order_id = o.id
                            AND s.status IN ('ready', 'picking', 'picked', 'packed')),
       ready_since = CASE WHEN r.is_ready THEN CASE WHEN r.became_ready THEN :now
                               ELSE coalesce(o.ready_since, :now) END END,
       finished_at = CASE WHEN r.finished THEN coalesce(o.finished_at, :now) END
  FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(
       id bigint, status text, verified boolean, first_claimed boolean, rejected boolean,
       holds text[], prepared boolean, policy jsonb, priority int, lock_location text,
       cancel_on date, waves_spent int, waves_granted int, recheck_on date,
       next_shipment_number int, wake_seq bigint,
       waiting_units bigint, is_ready boolean, became_ready boolean, finished boolean)
 WHERE o.id = r.id
"""


def write_orders(tx: Tx, changes: list[Change], today: date) -> None:
    """Write the statuses that the rules compute, and what else is stored of an order.

    A day to look again that has come stays until that was done: this plan may not have looked at
    all that the order wants.
    """
    rows = [_order_row(change.before, change.after, today) for change in changes]
    tx.run(UPDATE_ORDERS, rows=json.dumps(rows, default=str), now=tx.now, today=today)


def _order_row(before: Order, after: Order, today: date) -> dict[str, object]:
    return {
        "id": after.id,
        "status": after.status,
        "verified": after.verified,
        "first_claimed": after.first_claimed,
        "rejected": after.rejected,
        "holds": list(after.holds),
        "prepared": after.prepared,
        "policy": dict(after.knobs),
        "priority": after.rank.priority,
        "lock_location": after.lock,
        "cancel_on": after.cancel_on,
        "waves_spent": after.waves_spent,
        "waves_granted": after.waves_granted,
        "recheck_on": recheck_on(after, today),
        "next_shipment_number": after.next_shipment_number,
        "wake_seq": after.wake_seq,
        "waiting_units": progress_of(after).waiting_units,
        "is_ready": after.is_ready_to_ship,
        "became_ready": after.is_ready_to_ship and not before.is_ready_to_ship,
        "finished": after.status in FINISHED_ORDER,
    }


APPEND = """
WITH made AS (
    INSERT INTO order_event (order_id, sequence, happenings, actor, reason, at)
    SELECT e.order_id, coalesce(last.sequence + jsonb_array_length(last.happenings), 1),
           e.happenings, :actor, :reason, :now
      FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS e(order_id bigint, happenings jsonb)
      LEFT JOIN LATERAL (SELECT sequence, happenings FROM order_event x
                          WHERE x.order_id = e.order_id
                          ORDER BY x.sequence DESC LIMIT 1) last ON true
    RETURNING order_id, sequence
)
INSERT INTO untold (kind, subject, sequence) SELECT 'order', order_id, sequence FROM made
"""
"""What is written to a history is to be told: its place in the feed is given after the commit."""


def record(tx: Tx, made: Iterable[OrderEvent]) -> None:
    """Append to the histories of orders, a row for each; who and why come from the transaction.

    The orders must be locked: the next place in a history is the one after its last.
    """
    happenings: dict[int, list[tuple[str, Mapping[str, object]]]] = {}
    for each in made:
        happenings.setdefault(each.order, []).append((each.kind, each.facts))
    if happenings:
        rows = [{"order_id": order, "happenings": its} for order, its in happenings.items()]
        tx.run(
            APPEND,
            rows=json.dumps(rows, default=str),
            actor=tx.actor,
            reason=tx.reason,
            now=tx.now,
        )
