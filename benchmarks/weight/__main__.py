"""What one order of two lines costs the database from intake to shipped: see README.md."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psutil
import typer
from rich.console import Console
from rich.table import Table

from benchmarks.transaction.__main__ import MERCHANT, a_store
from cli.exit_status import run_and_end
from fulfillment.store.commands import catalogue, intake
from fulfillment.store.commands.floor import warehouse as floor
from fulfillment.store.commands.orders import lifecycle
from fulfillment.store.commands.supply import stock
from fulfillment.store.transactions.session import Command, Store

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
console = Console()
SKUS = ("LEMON", "MINT")
ADDRESS = {
    "name": "Ada Example", "line1": "1 Example Street", "city": "Vienna", "country": "AT",
}  # fmt: skip

SIZES = """
SELECT c.relname AS name, pg_table_size(c.oid) AS rows_bytes, pg_indexes_size(c.oid) AS index_bytes
  FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
"""


@dataclass
class Spent:
    """CPU seconds of this process and of the database's, by step, and how many orders took it."""

    ours: dict[str, float] = field(default_factory=dict)
    database: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def on(self, step: str) -> Iterator[None]:
        """Count what the block spends for a step."""
        ours, database = time.process_time(), _database_seconds()
        yield
        self.ours[step] = self.ours.get(step, 0) + time.process_time() - ours
        self.database[step] = self.database.get(step, 0) + _database_seconds() - database


def _database_seconds() -> float:
    """CPU seconds of all processes of the server that this process has started."""
    servers = psutil.Process().children(recursive=True)
    times = [each.cpu_times() for each in servers if each.is_running()]
    return sum(each.user + each.system for each in times)


def furnish(store: Store) -> None:
    """Two products, with more than enough of each."""
    products = [catalogue.NewProduct(sku, sku) for sku in SKUS]
    catalogue.put_products(store, MERCHANT, products)
    moved = [stock.Adjustment(sku, "A", 1_000_000, "count") for sku in SKUS]
    stock.adjust(store, Command(MERCHANT, "adjust", "first", "bench", {}), moved)


def live(store: Store, orders: range, spent: Spent) -> None:
    """Take orders in, claim, pick and ship them, one by one; what is owed to others is dropped."""
    for n in orders:
        lines = tuple(intake.NewLine(at, sku, at) for at, sku in enumerate(SKUS, start=1))
        new = intake.NewOrder(f"SO-{n:06}", lines, address=ADDRESS)
        with spent.on("take in"):
            order = intake.create_order(store, MERCHANT, new, "Shop (0123456789abcdef)").order or 0
        with spent.on("first claim"):
            lifecycle.prepare_fulfillment(store, MERCHANT, [order])
        shipment = _one(store, "SELECT id FROM shipment WHERE order_id = :order", order=order)
        for step in (floor.pick, floor.ship):
            with spent.on(step.__name__):
                _confirm(store, step, shipment)
        with store.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM outbox")
            connection.exec_driver_sql("DELETE FROM untold")


def _confirm(store: Store, step: Callable[..., Any], shipment: int) -> None:
    verb = step.__name__
    key = f"{verb}:{shipment}:7f9c24e8-3b12-4fef-91e0-52a4f4c4c5a1"
    step(
        store,
        Command(MERCHANT, verb, key, "Desk (0123456789abcdef)", {"shipment": shipment}),
        shipment,
    )


def _one(store: Store, sql: str, **parameters: object) -> int:
    return store.read(MERCHANT, lambda tx: int(tx.rows(sql, **parameters)[0][0]))


@dataclass(frozen=True)
class Weight:
    """What a table grew by: rows, and bytes of them and of their index entries."""

    rows: int
    bytes: int
    index_bytes: int


def as_it_lies(store: Store) -> int:
    """Bytes of all tables and indexes, with what is dead in them."""
    with store.engine.connect() as connection:
        return sum(row.rows_bytes + row.index_bytes for row in connection.exec_driver_sql(SIZES))


def weigh(store: Store) -> dict[str, Weight]:
    """Every table as it is when nothing dead is in it."""
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM FULL")
        found = connection.exec_driver_sql(SIZES).fetchall()
        return {
            row.name: Weight(
                connection.exec_driver_sql(f'SELECT count(*) FROM "{row.name}"').scalar_one(),  # noqa: S608 -- a table of ours
                row.rows_bytes,
                row.index_bytes,
            )
            for row in found
        }


@dataclass(frozen=True)
class Lived:
    """What so many orders left, table by table, as it lies and compact, and what they took."""

    orders: int
    before: dict[str, Weight]
    after: dict[str, Weight]
    lying: float
    spent: Spent

    @property
    def grown(self) -> dict[str, tuple[float, float, float]]:
        """Rows, bytes and bytes of indexes of one order, of each table that grew."""
        grown = {}
        for name, one in sorted(self.after.items()):
            was = self.before[name]
            if one.rows != was.rows:
                grown[name] = (
                    (one.rows - was.rows) / self.orders,
                    (one.bytes - was.bytes) / self.orders,
                    (one.index_bytes - was.index_bytes) / self.orders,
                )
        return grown

    @property
    def rows(self) -> float:
        """Of one order, in all tables."""
        return sum(rows for rows, _, _ in self.grown.values())

    @property
    def bytes(self) -> float:
        """The same, with their index entries."""
        return sum(size + of_indexes for _, size, of_indexes in self.grown.values())


def show_weights(found: Lived) -> None:
    """Rows and bytes of one order, table by table."""
    table = Table(title="one order of two lines, from intake to shipped: what is left of it")
    for column in ("table", "rows", "bytes", "bytes of indexes"):
        table.add_column(column, justify="left" if column == "table" else "right")
    for name, (rows, size, of_indexes) in found.grown.items():
        table.add_row(name, f"{rows:.2f}", f"{size:.0f}", f"{of_indexes:.0f}")
    table.add_section()
    sums = [sum(column) for column in zip(*found.grown.values(), strict=True)]
    table.add_row("all", f"{sums[0]:.2f}", f"{sums[1]:.0f}", f"{sums[2]:.0f}")
    console.print(table)
    console.print(f"{found.bytes / 1024:.1f} KB an order")


def show_spent(spent: Spent, orders: int) -> None:
    """CPU milliseconds of each step."""
    table = Table(title="CPU milliseconds an order")
    for column in ("step", "ours", "database", "both"):
        table.add_column(column, justify="left" if column == "step" else "right")
    for step, ours in spent.ours.items():
        cells = (ours, spent.database[step], ours + spent.database[step])
        table.add_row(step, *(f"{cell * 1000 / orders:.2f}" for cell in cells))
    console.print(table)


def lived(orders: int) -> Lived:
    """Live some orders on a database of its own, and weigh what they leave."""
    with a_store() as store:
        furnish(store)
        live(store, range(20), Spent())
        before, spent = weigh(store), Spent()
        compact = as_it_lies(store)
        live(store, range(20, 20 + orders), spent)
        lying = (as_it_lies(store) - compact) / orders
        return Lived(orders, before, weigh(store), lying, spent)


@app.command()
def main(
    orders: int = typer.Option(500, min=10, help="Orders that are lived to their end."),
) -> None:
    """Live some orders through the store's commands, and weigh what they leave."""
    found = lived(orders)
    show_weights(found)
    console.print(f"{found.lying / 1024:.1f} KB an order as it lies, with what is dead")
    show_spent(found.spent, orders)


if __name__ == "__main__":
    run_and_end(app)
