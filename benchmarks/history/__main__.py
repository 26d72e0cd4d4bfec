"""What a long past costs those who work beside it: see README.md."""

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.history.finished import write_finished
from benchmarks.history.measuring import Cost, cost_of
from benchmarks.history.open_orders import MERCHANT, fill_catalogue, take_in
from benchmarks.history.reads import READS, TRIES
from benchmarks.history.works import WORKS
from cli.exit_status import run_and_end
from embedded.postgres import EmbeddedPostgres
from fulfillment.store import migrations
from fulfillment.store.integrity.invariants import audit
from fulfillment.store.integrity.proving import prove_past
from fulfillment.store.transactions.patience import Patience
from fulfillment.store.transactions.session import Store, connect

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
console = Console(width=120)

TARGET = 1.5
"""How much dearer anything may be beside the longer past."""

FEW_PAGES = 64
"""So many more or less are no growth: a level more of each index is read."""

UNHURRIED = Patience(statement=3600, idle=3600)
Costs = Mapping[str, Cost]


@contextmanager
def a_store() -> Iterator[Store]:
    """A database of its own with one connection, so that what it costs can be told."""
    with tempfile.TemporaryDirectory(prefix="pegboard-bench-") as folder:
        place = Path(folder)
        place.chmod(0o711)
        with EmbeddedPostgres(place / "postgres", durable=False) as server:
            migrations.upgrade(server.url)
            engine = connect(server.url, pool_size=1, patience=UNHURRIED)
            yield Store(engine)
            engine.dispose()


def prove_all(store: Store) -> tuple[int, float]:
    """Prove the past as the sweep does, step by step; in how many steps, and the longest one."""
    longest, steps, more = 0.0, 0, True
    while more:
        began = time.perf_counter()
        more = prove_past(store).more
        longest, steps = max(longest, time.perf_counter() - began), steps + 1
    return steps, longest


def measured(store: Store, only: str) -> Costs:
    """What each read and each work costs whose name holds some words."""
    found: dict[str, Cost] = {}
    for name, read in READS.items():
        if only in name:
            found[name] = cost_of(store, lambda read=read: store.read(MERCHANT, read))  # type: ignore[misc]
    for name, read in TRIES.items():
        if only in name:
            found[name] = cost_of(store, lambda read=read: store.simulate(MERCHANT, read))  # type: ignore[misc]
    for name, work in WORKS.items():
        if only in name:
            found[name] = cost_of(store, lambda work=work: work(store))  # type: ignore[misc]
    return found


def grown_to(store: Store, already: int, finished: int, only: str) -> Costs:
    """The costs beside so many finished orders, which are proven first."""
    began = time.perf_counter()
    write_finished(store, already, finished)
    wrote = time.perf_counter() - began
    steps, longest = prove_all(store)
    console.print(
        f"{finished:,} finished orders: {_size(store)}, written in {wrote:.0f} s,"
        f" proven in {steps} steps, the longest {longest:.1f} s"
    )
    return measured(store, only)


def _size(store: Store) -> str:
    sql = "SELECT pg_size_pretty(pg_database_size(current_database())) AS size"
    return str(store.read("*", lambda tx: tx.rows(sql)[0].size))


def shown(sizes: tuple[int, int], costs: tuple[Costs, Costs]) -> tuple[Table, int]:
    """The table, and how many targets are missed."""
    table = Table(title=f"beside {sizes[0]:,} and {sizes[1]:,} finished orders")
    table.add_column("what")
    for column in ("ms", "ms then", "ratio", "pages", "pages then", "ratio", "met"):
        table.add_column(column, justify="right")
    missed = 0
    for name, before in costs[0].items():
        after = costs[1][name]
        by_time = after.milliseconds / before.milliseconds
        by_pages = after.pages / max(before.pages, 1)
        # The clock tells of the machine too: pages are the same each time.
        is_met = by_pages <= TARGET or after.pages - before.pages <= FEW_PAGES
        missed += not is_met
        table.add_row(
            name, f"{before.milliseconds:.1f}", f"{after.milliseconds:.1f}", f"{by_time:.1f}",
            f"{before.pages:,}", f"{after.pages:,}", f"{by_pages:.1f}", "yes" if is_met else "no",
        )  # fmt: skip
    return table, missed


@app.command()
def main(
    smaller: int = typer.Option(10_000, min=1, help="Finished orders at first."),
    larger: int = typer.Option(300_000, min=2, help="Finished orders then."),
    opened: int = typer.Option(2_000, min=1, help="Open orders beside them."),
    only: str = typer.Option("", help="Only what has these words in its name."),
) -> None:
    """Measure lists, pages, intake, the sweep and the audit beside a short and a long past."""
    sizes = (smaller, larger)
    with a_store() as store:
        fill_catalogue(store)
        take_in(store, opened)
        first = grown_to(store, 0, smaller, only)
        then = grown_to(store, smaller, larger, only)
        took = cost_of(store, lambda: audit(store, whole=True), times=1)
        console.print(f"the whole past: {took.milliseconds / 1000:.1f} s, {took.pages:,} pages")
    table, missed = shown(sizes, (first, then))
    console.print(table)
    console.print(f"{missed} of {len(first)} miss the target: at most {TARGET} times the pages")


if __name__ == "__main__":
    run_and_end(app)
