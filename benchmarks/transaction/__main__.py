"""Seconds for an adjustment that serves a long queue, transaction by transaction: see README.md."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from cli.exit_status import run_and_end
from embedded.postgres import EmbeddedPostgres
from fulfillment.store import migrations
from fulfillment.store.commands import catalogue
from fulfillment.store.commands.supply import serving, stock
from fulfillment.store.sums.blocks import rebuild
from fulfillment.store.transactions.patience import Patience
from fulfillment.store.transactions.session import Command, Store, Tx, connect
from tests.builders.counting import sent_statements

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
console = Console()
MERCHANT, SKU = "bench", "TEA"

WAITING = """
WITH made AS (
    INSERT INTO orders (merchant, number, content_hash, status, placed_at, placed_on, currency,
                        policy, verified, first_claimed, waiting_units, created_at)
    SELECT :merchant, 'O-' || n, '', 'awaiting_stock', now(), now(), 'EUR', '{}', true, true, 1,
           now()
      FROM generate_series(1, :lines) n
    RETURNING id, placed_at, intake_seq
), lines AS (
    INSERT INTO order_line (order_id, line, merchant, sku, ordered)
    SELECT id, 1, :merchant, :sku, 1 FROM made
), shipments AS (
    INSERT INTO shipment (order_id, number, status, created_at)
    SELECT id, 1, 'backorder', now() FROM made RETURNING id, order_id
), parts AS (
    INSERT INTO shipment_line (shipment, order_id, order_line, units)
    SELECT id, order_id, 1, 1 FROM shipments RETURNING id, order_id
)
INSERT INTO open_demand (shipment_line, merchant, sku, order_id, priority, placed_at, intake_seq,
                         wanted, held, gate, apart)
SELECT parts.id, :merchant, :sku, made.id, 50, made.placed_at, made.intake_seq, 1, 0, 'open', false
  FROM parts JOIN made ON made.id = parts.order_id
"""


@dataclass
class Measured:
    """What one adjustment took until nothing was owed any more."""

    first: float
    all: float
    transactions: int
    statements: int


@contextmanager
def a_store() -> Iterator[Store]:
    """A database of its own, durable as it would be."""
    with tempfile.TemporaryDirectory(prefix="pegboard-bench-") as folder:
        place = Path(folder)
        place.chmod(0o711)
        with EmbeddedPostgres(place / "postgres") as server:
            migrations.upgrade(server.url)
            store = Store(connect(server.url, patience=Patience(statement=3_600)))
            catalogue.put_merchant(store, catalogue.NewMerchant(MERCHANT, "Bench"))
            at = catalogue.NewLocation("A", "A", serves={MERCHANT: 1})
            catalogue.put_location(store, at)
            catalogue.put_products(store, MERCHANT, [catalogue.NewProduct(SKU, SKU)])
            yield store
            store.engine.dispose()


def wait_in_line(store: Store, lines: int) -> None:
    """So many orders of one unit, all of which wait."""

    def body(tx: Tx) -> None:
        tx.run(WAITING, merchant=MERCHANT, sku=SKU, lines=lines)
        rebuild(tx, [SKU])

    store.transact(MERCHANT, body)
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def measure(store: Store, units: int) -> Measured:
    """Count units in, and serve whoever is first in the queue, batch by batch."""
    moved = [stock.Adjustment(SKU, "A", units, "count")]
    with sent_statements() as sent:
        began = time.perf_counter()
        stock.adjust(store, Command(MERCHANT, "adjust", "bench", "bench", {}), moved)
        first = time.perf_counter() - began
        transactions = 1
        while serving.serve_due(store, MERCHANT):
            transactions += 1
        return Measured(first, time.perf_counter() - began, transactions, len(sent))


@app.command()
def main(
    lines: list[int] = typer.Option([1_000, 10_000, 100_000], min=10, help="Waiting lines."),
    units: list[int] = typer.Option([300, 10_000], min=1, help="Units that come."),
) -> None:
    """Count units in while many lines wait; the cost should follow what is filled."""
    table = Table(title="one adjustment, until nothing is owed")
    for column in (
        "waiting", "units", "first transaction", "all", "transactions", "statements", "ms per line",
    ):  # fmt: skip
        table.add_column(column, justify="right")
    for waiting in sorted(lines):
        for coming in (each for each in sorted(units) if each <= waiting):
            with a_store() as store:
                console.print(f"{waiting:,} lines wait, {coming:,} units come", style="dim")
                wait_in_line(store, waiting)
                took = measure(store, coming)
            table.add_row(
                f"{waiting:,}", f"{coming:,}", f"{took.first:.2f} s", f"{took.all:.2f} s",
                str(took.transactions), str(took.statements), f"{took.all / coming * 1000:.2f}",
            )  # fmt: skip
    console.print(table)


if __name__ == "__main__":
    run_and_end(app)
