"""Orders, their lines and their histories."""

import json
from collections import defaultdict
from collections.abc import Iterable

from fulfillment.domain.orders import Happening, Order
from fulfillment.domain.progress import progress_of
from fulfillment.domain.statuses import FINISHED_ORDER
from fulfillment.store.saving.changes import Change
from fulfillment.store.session import Tx


def write_lines(tx: Tx, changes: list[Change]) -> None:
    """Bring changed order lines to what was ordered, cancelled and shipped."""
    rows: dict[str, list[int]] = defaultdict(list)
    for change in changes:
        known = {line.number: line for line in change.before.lines}
        for line in change.after.lines:
            if line.number in known and known[line.number] != line:
                rows["orders"].append(change.after.id)
                rows["lines"].append(line.number)
                rows["ordered"].append(line.ordered)
                rows["cancelled"].append(line.cancelled)
                rows["shipped"].append(line.shipped)
    if rows:
        tx.run(
            "UPDATE order_line l SET ordered = r.ordered, cancelled = r.cancelled,"
            " shipped = r.shipped FROM unnest(CAST(:orders AS bigint[]), CAST(:lines AS int[]),"
            " CAST(:ordered AS int[]), CAST(:cancelled AS int[]), CAST(:shipped AS int[]))"
            " AS r(order_id, line, ordered, cancelled, shipped)"
            " WHERE l.order_id = r.order_id AND l.line = r.line",
            **rows,
        )


UPDATE_ORDERS = """
UPDATE orders o
   SET status = r.status, verified = r.verified, first_claimed = r.first_claimed,
       rejected = r.rejected, holds = r.holds, waves_spent = r.waves_spent,
       next_shipment_number = r.next_shipment_number, wake_seq = r.wake_seq,
       waiting_units = r.waiting_units,
       ready_to_ship_at = CASE WHEN r.became_ready THEN :now ELSE o.ready_to_ship_at END,
       finished_at = CASE WHEN r.finished THEN coalesce(o.finished_at, :now) END
  FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(
       id bigint, status text, verified boolean, first_claimed boolean, rejected boolean,
       holds text[], waves_spent int, next_shipment_number int, wake_seq bigint,
       waiting_units int, became_ready boolean, finished boolean)
 WHERE o.id = r.id
"""


def write_orders(tx: Tx, changes: list[Change]) -> None:
    """Write the statuses that the rules compute, and what else is stored of an order."""
    rows = [_order_row(change.before, change.after) for change in changes]
    tx.run(UPDATE_ORDERS, rows=json.dumps(rows), now=tx.now)


def _order_row(before: Order, after: Order) -> dict[str, object]:
    return {
        "id": after.id,
        "status": after.status,
        "verified": after.verified,
        "first_claimed": after.first_claimed,
        "rejected": after.rejected,
        "holds": list(after.holds),
        "waves_spent": after.waves_spent,
        "next_shipment_number": after.next_shipment_number,
        "wake_seq": after.wake_seq,
        "waiting_units": progress_of(after).waiting_units,
        "became_ready": after.is_ready_to_ship and not before.is_ready_to_ship,
        "finished": after.status in FINISHED_ORDER,
    }


def record(tx: Tx, made: Iterable[Happening]) -> None:
    """Append to the histories of orders; who and why come from the transaction."""
    rows = list(made)
    if not rows:
        return
    tx.run(
        "INSERT INTO order_event (order_id, kind, facts, actor, reason, at)"
        " SELECT e.order_id, e.kind, e.facts::jsonb, :actor, :reason, :now"
        " FROM unnest(CAST(:orders AS bigint[]), CAST(:kinds AS text[]), CAST(:facts AS text[]))"
        " WITH ORDINALITY AS e(order_id, kind, facts, n) ORDER BY e.n",
        orders=[row.order for row in rows],
        kinds=[row.kind for row in rows],
        facts=[json.dumps(row.facts, default=str) for row in rows],
        actor=tx.actor,
        reason=tx.reason,
        now=tx.now,
    )
