"""What grows with what waits: each deed at two lengths of one queue, see README.md."""

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.growth.measuring import Measured, measure
from benchmarks.receipt.waiting import wait_in_line
from benchmarks.transaction.__main__ import a_store
from cli.exit_status import run_and_end

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
console = Console(width=170)
COLUMNS = (
    "deed", "few: median", "p99", "CPU", "pages", "many: median", "p99", "CPU", "pages", "ratio",
    "p99 ratio", "CPU ratio", "pages ratio", "target", "met",
)  # fmt: skip


def measured(lines: int, calls: int) -> list[Measured]:
    """All deeds on a database of its own in which so many wait, half of them pegged."""
    with a_store() as store:
        wait_in_line(store, lines, lines // 2)
        return measure(store, lines, calls, lambda at: console.print(at, style="dim"))


def row(few: Measured, many: Measured) -> tuple[str, ...]:
    """One deed as a row of the table."""
    ratio, slow = many.typical / few.typical, many.slow / few.slow
    is_met = max(ratio, slow) <= few.deed.most
    return (
        few.deed.name, *_figures(few), *_figures(many), f"{ratio:.2f}", f"{slow:.2f}",
        f"{many.cpu / few.cpu:.2f}", f"{many.pages / max(few.pages, 1):.2f}",
        f"≤ {few.deed.most}", "yes" if is_met else "no",
    )  # fmt: skip


def _figures(one: Measured) -> tuple[str, ...]:
    return f"{one.typical:.1f} ms", f"{one.slow:.1f}", f"{one.cpu:.1f}", f"{one.pages:,}"


@app.command()
def main(
    few: int = typer.Option(1_000, min=100, help="Lines that wait in the short queue."),
    many: int = typer.Option(100_000, min=100, help="Lines that wait in the long one."),
    calls: int = typer.Option(15, min=3, help="Calls of each deed that are measured."),
) -> None:
    """Do the same with a short and a long queue of one SKU, half pegged on one purchase order."""
    table = Table(title=f"{few:,} → {many:,} waiting, one SKU, half pegged on one PO")
    for column in COLUMNS:
        table.add_column(column, justify="left" if column == "deed" else "right")
    for pair in zip(measured(few, calls), measured(many, calls), strict=True):
        table.add_row(*row(*pair))
    console.print(table)


if __name__ == "__main__":
    run_and_end(app)
