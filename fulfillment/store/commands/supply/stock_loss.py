"""Give up claims where less is on hand than was allocated."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from fulfillment.domain.floor.stock_loss import Loss, counted_down
from fulfillment.domain.model.rank import Rank
from fulfillment.domain.model.refusals import conflict
from fulfillment.store.planning.workspace import Workspace
from fulfillment.store.transactions.session import Tx

Lost = Mapping[tuple[str, str], int]
"""Units by SKU and location."""

HOLDERS = """
SELECT DISTINCT h.order_id, h.priority, h.placed_at, h.intake_seq
  FROM unnest(CAST(:skus AS text[]), CAST(:locations AS text[]), CAST(:units AS bigint[]))
       AS lost(sku, location, units)
 CROSS JOIN LATERAL (
    SELECT o.id AS order_id, o.priority, o.placed_at, o.intake_seq
      FROM allocation a
      JOIN shipment_line l ON l.id = a.shipment_line
      JOIN shipment s ON s.id = l.shipment
      JOIN orders o ON o.id = s.order_id
     WHERE a.merchant = :merchant AND a.sku = lost.sku AND a.location = lost.location
       AND a.units > a.picked + a.staged AND NOT a.drop_ship
       AND s.status IN ('backorder', 'future', 'ready', 'picking')
     ORDER BY CASE s.status WHEN 'ready' THEN 1 WHEN 'picking' THEN 2 ELSE 0 END,
              o.priority DESC, o.placed_at DESC, o.intake_seq DESC
     LIMIT lost.units) h
"""


@dataclass(frozen=True, slots=True)
class Losers:
    """The orders that will lose claims, and what the first of them in rank is about to want."""

    orders: Collection[int] = ()
    asking: tuple[Rank, Mapping[str, int]] | None = None


def losers_of(tx: Tx, lost: Lost) -> Losers:
    """Who loses claims: those that wait first, the latest in rank first.

    What they lose they may take from orders behind them.
    """
    if not lost:
        return Losers()
    rows = tx.rows(
        HOLDERS,
        merchant=tx.merchant,
        skus=[sku for sku, _ in lost],
        locations=[location for _, location in lost],
        units=list(lost.values()),
    )
    if not rows:
        return Losers()
    units: Counter[str] = Counter()
    for (sku, _), count in lost.items():
        units[sku] += count
    first = min(Rank(row.priority, row.placed_at, row.intake_seq) for row in rows)
    return Losers(frozenset(row.order_id for row in rows), (first, units))


def take_back(space: Workspace, lost: Lost) -> None:
    """Let holders give up what is not there; a picker who holds some gets a task."""
    for loss in given_up(space, lost):
        if not space.tx.is_simulated:
            _note_task(space.tx, loss)


def given_up(space: Workspace, lost: Lost) -> list[Loss]:
    """Let holders give up what is not there; what pickers have to be told of it."""
    losses: list[Loss] = []
    for (sku, location), units in lost.items():
        result = counted_down(space.after.values(), sku, location, units)
        if result.missing:
            message = f"{result.missing} of {sku} at {location} are picked or packed already"
            raise conflict("below_in_hands", message, sku=sku, location=location)
        for order in result.orders:
            space.put(order)
        losses += result.losses
    return losses


def _note_task(tx: Tx, loss: Loss) -> None:
    tx.run(
        "INSERT INTO task (merchant, kind, location, sku, units, order_id, shipment, reason,"
        " created_at) VALUES (:merchant, 'short_pick', :location, :sku, :units, :order,"
        " :shipment, :reason, :now)",
        merchant=tx.merchant,
        location=loss.location,
        sku=loss.sku,
        units=loss.units,
        order=loss.order,
        shipment=loss.shipment,
        reason=tx.reason or "counted down",
        now=tx.now,
    )
