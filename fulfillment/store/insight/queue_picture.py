"""One product's queue as a picture: a fixed number of reads, whatever waits.

It reads plain tables on the transaction that it is given. What is drawn one by one is read from the
head of the queue, the rest from the sums; only who is pegged on a supply is counted, and that stops
somewhere. What a plan on a copy would make of it is put in place of what was read, by
`domain/insight/queue_tried.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fulfillment.domain.insight.coming_supply import ComingSupply, date_state, in_time
from fulfillment.domain.insight.queue_picture import (
    Band,
    Found,
    QueueFacts,
    QueuePicture,
    QueueRow,
    StockAt,
    drawn,
    picture_of,
)
from fulfillment.domain.insight.queue_tried import Tried, tried
from fulfillment.domain.insight.wishes import Wish
from fulfillment.domain.model.moves import SupplyKind
from fulfillment.domain.model.refusals import missing
from fulfillment.domain.model.statuses import PurchaseOrderStatus
from fulfillment.store.commands.what_if import Copy, Outset, put_on_copy_at_once
from fulfillment.store.insight.idle_units import free_idle, held_idle
from fulfillment.store.reading.queue_rows import SHOWN, QueueScope, find_rows, first_rows
from fulfillment.store.records.ground import merchant_today
from fulfillment.store.records.loading import load_locations
from fulfillment.store.records.out_of_use import load_out_of_use
from fulfillment.store.sums.reading import unpegged, waiting_before
from fulfillment.store.transactions.session import Tx

MOST_SUPPLIES = 30
"""Supplies that are drawn, the first in time; what is pegged on others is one column."""

MOST_READ = 200
"""Supplies among which those are looked for."""

MOST_COUNTED = 10_000
"""Pegs of one supply, and units held by lines, that are counted; of more it is said so."""

PRODUCT = "SELECT name, manage_stock FROM product WHERE merchant = :merchant AND sku = :sku"

HERE = "(CAST(:there AS text[]) IS NULL OR {0} = ANY(:there))"
LEVEL_HERE = HERE.format("location")
SUPPLY_HERE = HERE.format("u.location")
CLAIM_HERE = HERE.format("a.location")

STOCK = f"""
SELECT location, sum(on_hand) FILTER (WHERE disposition = 'sellable') AS on_hand,
       sum(allocated) AS allocated, sum(on_hand) FILTER (WHERE disposition <> 'sellable') AS other
  FROM stock_level
 WHERE merchant = :merchant AND sku = :sku AND on_hand > 0 AND {LEVEL_HERE}
 GROUP BY location ORDER BY location
"""  # noqa: S608 -- a constant

SUPPLIES = f"""
SELECT u.id, u.kind, u.document, u.purchase_line AS line, u.location, u.expected_on, u.status,
       u.outstanding, u.pegged
  FROM inbound_supply u
 WHERE u.merchant = :merchant AND u.sku = :sku AND {SUPPLY_HERE}
 ORDER BY u.expected_on NULLS LAST, u.id LIMIT :most
"""  # noqa: S608 -- a constant

PEGGED = """
SELECT u.supply, c.orders, c.pegs FROM unnest(CAST(:supplies AS bigint[])) AS u(supply)
 CROSS JOIN LATERAL (
       SELECT count(DISTINCT p.order_id) FILTER (WHERE p.order_id <> ALL(:drawn)) AS orders,
              count(*) AS pegs
         FROM (SELECT p.order_id FROM peg p WHERE p.supply = u.supply LIMIT :most) p) c
"""

HOLDING = f"""
SELECT count(DISTINCT order_id) AS orders, coalesce(sum(units), 0)::bigint AS units,
       count(*) AS lines
  FROM (SELECT d.order_id, a.units - a.picked - a.staged AS units
          FROM open_demand d JOIN allocation a ON a.shipment_line = d.shipment_line
         WHERE d.merchant = :merchant AND d.sku = :sku AND d.held > 0 AND NOT a.drop_ship
           AND {CLAIM_HERE}
         LIMIT :most) h
"""  # noqa: S608 -- a constant


def read_queue_picture(tx: Tx, scope: QueueScope, order: str | None = None) -> QueuePicture:
    """The queue with what is here and what comes; refuses an unknown product.

    With an `order`, its lines and their neighbours are drawn too, wherever they stand.
    """
    product = tx.rows(PRODUCT, merchant=tx.merchant, sku=scope.sku)
    if not product:
        raise missing("product", scope.sku)
    read = _Reading(tx, scope)
    head = first_rows(tx, scope)
    found = find_rows(tx, scope, order) if order else None
    days = load_locations(tx)
    supplies = read.supplies(days)
    stock = read.stock()
    waiting = waiting_before(tx, [scope.sku], there=scope.there)[scope.sku]
    without = unpegged(tx, scope.sku, scope.there)
    return picture_of(
        QueueFacts(
            sku=scope.sku,
            name=product[0].name,
            managed=product[0].manage_stock,
            today=merchant_today(tx),
            there=None if scope.there is None else tuple(scope.there),
            locations=tuple(one for one in days if scope.places is None or one in scope.places),
            stock=stock,
            supplies=supplies,
            head=head,
            found=found,
            waiting=Band(waiting.orders, waiting.units),
            unpegged=Band(without.orders, without.units),
            holding=read.holding(),
            beside=read.beside([one.id for one in supplies], head, found),
            idle=(*held_idle(tx, scope), *free_idle(tx, scope.sku, head, stock)),
        )
    )


@dataclass(frozen=True, slots=True)
class Trying:
    """What is tried; where more orders than `at_most` would be planned, none is. None: all are."""

    wishes: Sequence[Wish]
    at_most: int | None = None


def read_tried_picture(
    tx: Tx, scope: QueueScope, order: str | None, trying: Trying
) -> tuple[QueuePicture, Outset | None]:
    """The queue as it would be with these wishes. Run it by `Store.simulate`.

    Where more orders would have to be planned, it is the queue as it is, with what the look would
    take. Refuses what one of the wishes would be refused for.
    """
    picture = read_queue_picture(tx, scope, order)
    copy = put_on_copy_at_once(tx, trying.wishes, trying.at_most, also={scope.sku})
    if isinstance(copy, Outset):
        return picture, copy
    return _tried(tx, picture, copy), None


def _tried(tx: Tx, picture: QueuePicture, copy: Copy) -> QueuePicture:
    space = copy.space
    what = Tried(
        orders=[(space.before[id_], space.after[id_]) for id_ in sorted(space.after)],
        arriving=space.arriving,
        otherwise=space.otherwise,
    )
    return picture_of(tried(picture.facts, what, load_locations(tx), SHOWN))


@dataclass(frozen=True, slots=True)
class _Reading:
    tx: Tx
    scope: QueueScope

    def rows(self, sql: str, **more: object) -> list[Any]:
        return self.tx.rows(sql, merchant=self.tx.merchant, **self.scope.values, **more)

    def stock(self) -> tuple[StockAt, ...]:
        found = self.rows(STOCK)
        idle = load_out_of_use(self.tx, {row.location for row in found})
        return tuple(
            StockAt(
                row.location,
                int(row.on_hand or 0),
                int(row.allocated),
                int(row.other or 0),
                idle.get(row.location),
            )
            for row in found
        )

    def supplies(self, days: Mapping[str, date]) -> tuple[ComingSupply, ...]:
        found = [_coming(row, days) for row in self.rows(SUPPLIES, most=MOST_READ)]
        return in_time(found)[:MOST_SUPPLIES]

    def beside(
        self, supplies: Sequence[int], head: Sequence[QueueRow], found: Found | None
    ) -> dict[int, Band]:
        """Orders pegged on each supply, without those of which a line is drawn."""
        orders = sorted({row.order_id for row in drawn(head, found)})
        rows = self.rows(PEGGED, supplies=supplies, drawn=orders, most=MOST_COUNTED)
        return {row.supply: Band(row.orders, at_least=row.pegs == MOST_COUNTED) for row in rows}

    def holding(self) -> Band:
        (row,) = self.rows(HOLDING, most=MOST_COUNTED)
        return Band(row.orders, row.units, row.lines == MOST_COUNTED)


def _coming(row: Any, days: Mapping[str, date]) -> ComingSupply:
    status = PurchaseOrderStatus(row.status) if row.status else None
    return ComingSupply(
        id=row.id,
        kind=SupplyKind(row.kind),
        document=row.document,
        line=row.line,
        location=row.location,
        expected_on=row.expected_on,
        outstanding=row.outstanding,
        pegged=row.pegged,
        state=date_state(row.location, row.expected_on, status, days),
    )
