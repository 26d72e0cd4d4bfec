"""Transfers, newest first."""

from dataclasses import asdict, dataclass

from fulfillment.domain.model.refusals import missing
from fulfillment.store.reading.paging import Listing, Page, Sort, Window
from fulfillment.store.reading.rows import rows_as, view
from fulfillment.store.reading.views.moves import TransferLineView, TransferSummary, TransferView
from fulfillment.store.transactions.session import Tx

NEWEST_FIRST = Sort(("t.id",), ("bigint",), descending=True)

READ = """
SELECT t.number, t.source, t.destination, t.status, t.expected_on, t.shipped_at, t.created_at,
       l.line, u.sku, u.ordered AS units, u.received, u.closed,
       u.outstanding,
       u.pegged
  FROM transfer t JOIN transfer_line l ON l.transfer = t.id JOIN supply u ON u.id = l.supply
 WHERE t.merchant = :merchant AND t.number = :number ORDER BY l.line
"""

LIST = """
SELECT t.number, t.source, t.destination, t.status, t.expected_on, t.shipped_at, t.created_at,
       s.line_count, s.units, s.received, s.closed, s.pegged, {keys}
  FROM transfer t
 CROSS JOIN LATERAL (
       SELECT count(*) AS line_count, sum(u.ordered)::bigint AS units,
              sum(u.received)::bigint AS received, sum(u.closed)::bigint AS closed,
              sum(u.pegged)::bigint AS pegged
         FROM transfer_line l JOIN supply u ON u.id = l.supply WHERE l.transfer = t.id) s
 WHERE {conditions} ORDER BY {order_by} LIMIT :most
"""

FILTERS = {
    "statuses": "t.status = ANY(:statuses)",
    "source": "t.source = :source",
    "destination": "t.destination = :destination",
    "places": "t.source = ANY(:places) OR t.destination = ANY(:places)",
    "sku": "EXISTS (SELECT 1 FROM transfer_line f JOIN supply fu ON fu.id = f.supply"
    " WHERE f.transfer = t.id AND fu.sku = :sku)",
}


@dataclass(frozen=True, slots=True)
class TransferFilter:
    """Which transfers are asked for; what is not named is not asked."""

    statuses: list[str] | None = None
    source: str | None = None
    destination: str | None = None
    sku: str | None = None
    places: list[str] | None = None


def read_transfer(tx: Tx, number: str) -> TransferView:
    """One transfer: what goes, what came of each line, and how much of the rest is pegged."""
    rows = tx.rows(READ, merchant=tx.merchant, number=number)
    if not rows:
        raise missing("transfer", number)
    return view(TransferView, rows[0], lines=tuple(map(rows_as(TransferLineView), rows)))


def list_transfers(tx: Tx, window: Window, which: TransferFilter) -> Page[TransferSummary]:
    """One page of the merchant's transfers, ended ones too."""
    return TRANSFERS.page(tx, window, asdict(which))


TRANSFERS = Listing(
    LIST, NEWEST_FIRST, rows_as(TransferSummary), FILTERS, always=("t.merchant = :merchant",)
)
