"""The order book as a folder of the form that `python -m benchmarks.northwind` takes."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import typer

from benchmarks.weeks import book
from benchmarks.weeks.book import BookedOrder
from cli.exit_status import run_and_end

SEED, SUPPLIERS = 1, 40
Row = Sequence[object]


def write(orders: Sequence[BookedOrder], folder: Path, *, stock: float) -> None:
    """Suppliers, products with a share of what is asked for in stock, orders and their lines."""
    folder.mkdir(parents=True, exist_ok=True)
    asked = book.demand(orders)
    supplier = {sku: 1 + n % SUPPLIERS for n, sku in enumerate(sorted(asked))}
    _table(
        folder / "suppliers.csv",
        ("supplier_id", "company_name"),
        ((n, f"Supplier {n}") for n in range(1, SUPPLIERS + 1)),
    )
    _table(
        folder / "products.csv",
        (
            "product_id", "product_name", "supplier_id", "reorder_level", "units_in_stock",
            "units_on_order",
        ),
        ((sku, sku, supplier[sku], 0, round(asked[sku] * stock), 0) for sku in sorted(asked)),
    )  # fmt: skip
    _table(
        folder / "orders.csv",
        (
            "order_id", "customer_id", "order_date", "required_date", "ship_name", "ship_city",
            "ship_region", "ship_postal_code", "ship_country",
        ),
        (
            (o.number, o.number, o.placed_at.date(), o.placed_at.date(), "Example", "London", "",
             "N1", "UK")
            for o in orders
        ),
    )  # fmt: skip
    _table(
        folder / "order_lines.csv",
        ("order_id", "product_id", "quantity", "unit_price"),
        ((o.number, sku, units, "1.00") for o in orders for sku, units in o.units.items()),
    )


def _table(path: Path, titles: Row, rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([titles, *rows])


def main(
    folder: Path = typer.Argument(help="Where the files are written."),
    history: Path | None = typer.Option(None, help="The public file itself; else a made book."),
    *,
    share: float = typer.Option(1.0, min=0.001, max=1, help="How much of the made book."),
    stock: float = typer.Option(0.5, min=0, help="How much of what is asked for is in stock."),
) -> None:
    """Write five weeks of a wholesaler's orders as files of the Northwind form."""
    orders = book.read(history) if history else book.generated(SEED, share)
    write(orders, folder, stock=stock)


if __name__ == "__main__":
    run_and_end(lambda: typer.run(main))
