"""Seconds and statements for a receipt that serves a long queue, against a floor: see README.md."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.receipt.floor import write_in_bulk
from benchmarks.receipt.waiting import MERCHANT, PURCHASE, purchase_id, wait_in_line
from benchmarks.transaction.__main__ import a_store
from cli.exit_status import run_and_end
from fulfillment.store.commands.supply import purchase_orders, receiving
from fulfillment.store.transactions.session import Store
from tests.builders.counting import sent_statements

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
console = Console(width=120)
COLUMNS = (
    "waiting", "PO", "received", "receipt", "all", "longest", "transactions", "statements",
    "woken", "floor", "all / floor",
)  # fmt: skip


@dataclass
class Measured:
    """Seconds of the transactions of one receipt, and how many statements and rows it made."""

    seconds: list[float] = field(default_factory=list)
    statements: int = 0
    woken: int = 0
    events: int = 0


def serve_a_receipt(store: Store, units: int) -> Measured:
    """Count units in, then serve who is first in the queue, batch by batch, until all is done."""
    found = Measured()
    purchase_order = purchase_id(store)

    def timed(do: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        result = do()
        found.seconds.append(time.perf_counter() - began)
        return result

    receipt = receiving.Receipt("R1", PURCHASE, "A", (receiving.ReceivedLine(1, units),))
    command = receiving.receipt_command(MERCHANT, "bench", receipt)
    with sent_statements() as sent:
        timed(lambda: receiving.receive(store, command, receipt))
        while timed(lambda: purchase_orders.serve_receipts(store, MERCHANT, purchase_order)):
            pass
    found.statements = len(sent)
    found.woken = _count(store, "SELECT count(*) FROM outbox WHERE kind = 'wake_order'")
    found.events = _count(store, "SELECT count(*) FROM order_event")
    return found


def _count(store: Store, sql: str) -> int:
    return store.read(MERCHANT, lambda tx: int(tx.rows(sql)[0][0]))


def measure_floor(waiting: int, bringing: int, units: int, events: int) -> float:
    """Seconds in which the same number of rows is written by bulk statements alone."""
    with a_store() as store:
        wait_in_line(store, waiting, bringing)
        began = time.perf_counter()
        write_in_bulk(store, units, events)
        return time.perf_counter() - began


def measure(waiting: int, bringing: int, units: int) -> tuple[str, ...]:
    """One case, as a row of the table."""
    console.print(f"{waiting:,} wait, {units:,} of {bringing:,} units come", style="dim")
    with a_store() as store:
        wait_in_line(store, waiting, bringing)
        took = serve_a_receipt(store, units)
    per_line = max(round(took.events / units), 1)
    floor = measure_floor(waiting, bringing, units, per_line)
    total = sum(took.seconds)
    return (
        f"{waiting:,}", f"{bringing:,}", f"{units:,}", f"{took.seconds[0]:.2f} s",
        f"{total:.2f} s", f"{max(took.seconds):.2f} s", str(len(took.seconds)),
        str(took.statements), f"{took.woken:,}", f"{floor:.2f} s", f"{total / floor:.1f}",
    )  # fmt: skip


@app.command()
def main(
    waiting: list[int] = typer.Option([10_000, 100_000], min=10, help="Waiting lines."),
    units: list[int] = typer.Option([300, 10_000], min=1, help="Units received."),
    larger: list[int] = typer.Option([0, 20_000], min=0, help="Units more on the PO than come."),
) -> None:
    """Receive units of one SKU while many wait; the cost should follow what is filled."""
    table = Table(title="one receipt, until nothing is owed")
    for column in COLUMNS:
        table.add_column(column, justify="right")
    for more in sorted(larger):
        for lines in sorted(waiting):
            for coming in (each for each in sorted(units) if each <= lines):
                table.add_row(*measure(lines, coming + more, coming))
    console.print(table)


if __name__ == "__main__":
    run_and_end(app)
