"""Pin lines of an order to supply, as a change that is done or only looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fulfillment.domain.actions import pins as pinning
from fulfillment.domain.actions.manual import check_line
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import conflict, invalid
from fulfillment.domain.model.shipments import Peg
from fulfillment.store.planning.change import Change
from fulfillment.store.records.loading import load_locations
from fulfillment.store.transactions.session import Tx


@dataclass(frozen=True, slots=True)
class Pinned:
    """A supply by its document, and how many units of it; None: all that still waits.

    Without `line` it is the document's one line of that SKU.
    """

    document: str
    kind: str = "purchase_order"
    line: int | None = None
    units: int | None = None


FIND = """
SELECT u.id, u.sku, u.location, u.expected_on, i.id IS NOT NULL AS inbound, i.counts_until,
       coalesce(p.line, t.line, r.line, 1) AS line,
       u.outstanding - coalesce((
           SELECT sum(g.units) FROM peg g JOIN shipment_line sl ON sl.id = g.shipment_line
            WHERE g.supply = u.id AND g.pinned
              AND (sl.order_id, sl.order_line) <> (:order, :order_line)), 0)::bigint AS most
  FROM supply u
  LEFT JOIN inbound_supply i ON i.id = u.id
  LEFT JOIN purchase_order_line p ON p.supply = u.id
  LEFT JOIN transfer_line t ON t.supply = u.id
  LEFT JOIN return_line r ON r.supply = u.id
 WHERE u.merchant = :merchant AND u.document = :document AND u.kind = :kind
   AND u.sku = :sku
 ORDER BY line
"""


def pin(number: str, line: int, pins: Sequence[Pinned]) -> Change:
    """Tie a line to these supplies in place of those it was pinned to; with none, free it.

    Freed, it keeps nothing from who ranks earlier: also what came on its pins moves by rank.

    Pins go before rank: what comes on the supply serves them first. Refused where a supply is not
    coming, has no date ahead, is bound for a place that the order may not use, or where so much
    of it is not there for pins.
    """

    def make(tx: Tx, order: Order) -> Order:
        check_line(order, line)
        asked = [_pin(tx, order, line, one, f"pins[{i}]") for i, one in enumerate(pins)]
        _check_once(asked)
        return pinning.pinned(order, line, asked)

    return Change(number, make)


def _pin(tx: Tx, order: Order, line: int, asked: Pinned, at: str) -> pinning.Pin:
    sku = order.line(line).sku
    found = tx.rows(
        FIND,
        merchant=tx.merchant,
        document=asked.document,
        kind=asked.kind,
        sku=sku,
        order=order.id,
        order_line=line,
    )
    rows = [row for row in found if asked.line in (None, row.line)]
    what = f"{asked.kind.replace('_', ' ')} {asked.document}"
    if not rows:
        message = f"there is no {what} with a line {asked.line or 'of'} {sku}"
        raise invalid("unknown_supply", message, f"{at}.document")
    if len(rows) > 1:
        lines = ", ".join(str(row.line) for row in rows)
        message = f"{what} has several lines of {sku} ({lines}); name one"
        raise invalid("line_needed", message, f"{at}.line")
    (row,) = rows
    _check_coming(tx, order, line, row, what)
    due_on = row.expected_on or date.max
    blank = Peg(row.id, 0, row.location, due_on, pinned=True, source=asked.document)
    return pinning.Pin(blank, row.most, asked.units)


def _check_coming(tx: Tx, order: Order, line: int, row: Any, what: str) -> None:
    if not row.inbound:
        raise conflict(
            "supply_not_coming", f"{what} is not on its way; approve it, or choose another"
        )
    today = load_locations(tx).get(row.location)
    if today is None:
        message = f"{what} comes to {row.location}, which is no active location of this merchant"
        raise conflict("other_location", message, location=row.location)
    if row.counts_until is None or row.counts_until < today:
        message = f"{what} has no date ahead; change its date first"
        raise conflict("no_date_ahead", message, expected_on=row.expected_on)
    only = order.place_of(line)
    if only not in (None, row.location):
        message = f"{what} comes to {row.location}, and line {line} is bound to {only}"
        raise conflict("other_location", message, location=row.location, bound_to=only)


def _check_once(pins: Sequence[pinning.Pin]) -> None:
    seen: set[int] = set()
    for index, one in enumerate(pins):
        if one.peg.supply in seen:
            raise invalid("supply_twice", f"{one.peg.source} is there twice", f"pins[{index}]")
        seen.add(one.peg.supply)
