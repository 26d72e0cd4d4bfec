"""The ledger of one SKU costs what it shows, however much of others has moved since."""

from typing import Any

from sqlalchemy import text

from fulfillment.store.reading.paging import Window
from fulfillment.store.reading.stock_ledger import LedgerAsked, newest_in_ledger, read_ledger
from fulfillment.store.transactions.session import Tx
from tests.builders.warehouse import MERCHANT, Warehouse
from tests.store.reading.explained import Explained

OLD, NEWER, SHOWN = 2_000, 20_000, 50
MOST_BLOCKS = 60

MOVED = """
INSERT INTO stock_ledger (merchant, sku, location, units, kind, reference, actor)
SELECT :merchant, CAST(:sku AS text), 'A', CASE WHEN n % 2 = 0 THEN 1 ELSE -1 END, 'adjustment',
       'moved-' || CAST(:sku AS text) || n, 'test'
  FROM generate_series(1, :movements) n
"""


def test_the_ledger_of_a_sku_that_moved_long_ago_reads_nothing_of_all_that_moved_since(
    warehouse: Warehouse,
) -> None:
    warehouse.products("OLD", "NEW")
    for sku, movements in (("OLD", OLD), ("NEW", NEWER)):
        warehouse.stock(1, sku)
        with warehouse.engine.begin() as connection:
            values = {"merchant": MERCHANT, "sku": sku, "movements": movements}
            connection.execute(text(MOVED), values)
    with warehouse.engine.begin() as connection:
        connection.execute(text("ANALYZE stock_ledger"))

    def look(tx: Tx) -> tuple[int, int]:
        explained: Any = Explained(tx)
        for asked in (LedgerAsked(), LedgerAsked(location="A")):
            page = read_ledger(explained, "OLD", Window(SHOWN), asked)
            assert len(page.items) == SHOWN
        return newest_in_ledger(explained, "OLD", "A"), explained.blocks

    newest, blocks = warehouse.store.read(MERCHANT, look)
    assert newest > 0
    assert blocks <= MOST_BLOCKS
