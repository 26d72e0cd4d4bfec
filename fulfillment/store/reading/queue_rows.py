"""The lines of one product's queue from a rank on, or before one, as they are drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from fulfillment.domain.insight.queue_picture import Found, HeldAt, QueueRow, Tied
from fulfillment.domain.model.rank import Rank
from fulfillment.domain.model.statuses import OrderStatus, ShipmentStatus
from fulfillment.store.reading.places import ORDER_IS_AT
from fulfillment.store.sums.lines import last_lines, last_lines_apart, lines, lines_apart
from fulfillment.store.sums.reading import SERVED_LINE, SERVED_QUEUE, waiting_before
from fulfillment.store.transactions.session import Tx

SHOWN = 50
"""Lines from the head of a queue that are drawn one by one."""

MOST_LOOKED_AT = 1_000
"""Lines among which those are looked for that somebody bound to places may see."""

NEIGHBOURS = 3
"""Lines before an order that is searched for, and behind it."""

MOST_OF_ONE = 10
"""Lines of one order that are drawn, where it has so many of one product."""

BEFORE_ALL = {"priority": -1, "placed_at": "-infinity", "intake_seq": 0}

ROWS = """
WITH since AS MATERIALIZED (
    SELECT CAST(:priority AS int) AS priority, CAST(:placed_at AS timestamptz) AS placed_at,
           CAST(:intake_seq AS bigint) AS intake_seq
), asked AS MATERIALIZED (
    SELECT CAST(:sku AS text) AS sku
), place AS MATERIALIZED (
    SELECT DISTINCT sku, place FROM queue_block
     WHERE merchant = :merchant AND sku = :sku AND {served_place}
), line AS MATERIALIZED (
    SELECT * FROM (
        SELECT d.* FROM since s CROSS JOIN place p CROSS JOIN LATERAL ({lines}) d
         UNION ALL
        SELECT d.* FROM since s CROSS JOIN asked a CROSS JOIN LATERAL ({apart}) d) d
     ORDER BY {order} LIMIT :most
)
SELECT d.shipment_line, d.order_id, o.number AS "order", o.status AS order_status, s.status,
       d.priority, d.placed_at, d.intake_seq, l.order_line, l.units, d.wanted, d.gate,
       d.lock_location AS bound_to, h.held, p.pegs, t.late_pins,
       CAST(:places AS text[]) IS NULL OR ({is_here}) AS is_here
  FROM line d JOIN orders o ON o.id = d.order_id
  JOIN shipment_line l ON l.id = d.shipment_line JOIN shipment s ON s.id = l.shipment
 CROSS JOIN LATERAL (
       SELECT jsonb_agg(jsonb_build_array(a.location, a.units,
                                          CASE WHEN a.drop_ship THEN 0
                                               ELSE a.units - a.picked - a.staged END)
                        ORDER BY a.location) AS held
         FROM allocation a WHERE a.shipment_line = d.shipment_line) h
 CROSS JOIN LATERAL (
       SELECT jsonb_agg(jsonb_build_array(p.supply, p.units, p.pinned)
                        ORDER BY p.supply, p.pinned) AS pegs
         FROM peg p WHERE p.shipment_line = d.shipment_line) p
 CROSS JOIN LATERAL (
       SELECT jsonb_agg(jsonb_build_array(t.supply, t.units, true) ORDER BY t.supply) AS late_pins
         FROM late_pin t WHERE t.order_id = d.order_id AND t.line = l.order_line) t
 ORDER BY {order}
"""


LIMIT = "LIMIT :most"
RANK = ("d.priority", "d.placed_at", "d.intake_seq", "d.shipment_line")


def _rows_sql(lines: str, apart: str, way: str = "") -> str:
    return ROWS.format(
        served_place=SERVED_QUEUE,
        lines=lines,
        apart=apart,
        order=", ".join(f"{column}{way}" for column in RANK),
        is_here=ORDER_IS_AT,
    )


FROM_ON = _rows_sql(
    lines("p", since=("s", ">="), limit=LIMIT),
    lines_apart("a", since=("s", ">="), limit=LIMIT, which=SERVED_LINE),
)
BEFORE = _rows_sql(
    last_lines("p", until=("s", "<"), limit=LIMIT),
    last_lines_apart("a", until=("s", "<"), limit=LIMIT, which=SERVED_LINE),
    " DESC",
)


@dataclass(frozen=True, slots=True)
class QueueScope:
    """Whose queue of a product is read, and of whose orders one may be told.

    The lines that one of the places `there` may serve, or all of them; orders that have to do with
    one of `places`, or all.
    """

    sku: str
    there: Sequence[str] | None = None
    places: Sequence[str] | None = None

    @property
    def values(self) -> dict[str, object]:
        """As the parameters of a statement."""
        there = None if self.there is None else list(self.there)
        places = None if self.places is None else list(self.places)
        return {"sku": self.sku, "there": there, "places": places}


def first_rows(tx: Tx, scope: QueueScope) -> tuple[QueueRow, ...]:
    """The first lines in rank order.

    For who is bound to places, those that he may see of the first thousand, each at its true place.
    """
    most = SHOWN if scope.places is None else MOST_LOOKED_AT
    found = tx.rows(FROM_ON, merchant=tx.merchant, most=most, **BEFORE_ALL, **scope.values)
    return tuple(islice(_rows(found, first_place=1), SHOWN))


def find_rows(tx: Tx, scope: QueueScope, number: str) -> Found:
    """An order's lines in the queue, its place, and its neighbours.

    One that there is not, that may not be seen or that does not wait for it has no place.
    """
    orders = tx.rows(
        "SELECT id, number, priority, placed_at, intake_seq FROM orders"
        " WHERE merchant = :merchant AND number = :number",
        merchant=tx.merchant,
        number=number,
    )
    if not orders:
        return Found(number)
    (order,) = orders
    rank = {name: getattr(order, name) for name in BEFORE_ALL}
    values = {"merchant": tx.merchant, **rank, **scope.values}
    behind = tx.rows(FROM_ON, most=MOST_OF_ONE + NEIGHBOURS, **values)
    own = [row for row in behind if row.order_id == order.id]
    if not own or not own[0].is_here:
        return Found(number)
    ahead = tx.rows(BEFORE, most=NEIGHBOURS, **values)[::-1]
    before = waiting_before(tx, [scope.sku], Rank(**rank), scope.there)[scope.sku]
    place = before.orders + 1
    after = behind[len(own) : len(own) + NEIGHBOURS]
    first = place - len({row.order_id for row in ahead})
    return Found(order.number, place, tuple(_rows([*ahead, *own, *after], first_place=first)))


def _rows(found: Sequence[Any], first_place: int) -> Sequence[QueueRow]:
    """The rows that may be seen; the others count for the place."""
    rows, place, last = [], first_place - 1, None
    for row in found:
        place += row.order_id != last
        last = row.order_id
        if row.is_here:
            rows.append(_row(row, place))
    return rows


def _row(row: Any, place: int) -> QueueRow:
    return QueueRow(
        shipment_line=row.shipment_line,
        order_id=row.order_id,
        order=row.order,
        order_line=row.order_line,
        order_status=OrderStatus(row.order_status),
        status=ShipmentStatus(row.status),
        rank=Rank(row.priority, row.placed_at, row.intake_seq),
        place=place,
        gate=row.gate,
        bound_to=row.bound_to,
        units=row.units,
        wanted=row.wanted,
        held=tuple(HeldAt(*one) for one in row.held or ()),
        pegs=tuple(Tied(*one) for one in row.pegs or ()),
        late_pins=tuple(Tied(*one) for one in row.late_pins or ()),
    )
