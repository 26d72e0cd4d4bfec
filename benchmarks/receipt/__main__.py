"""A receipt that serves a long queue, against bulk statements of the same rows: see README.md."""

from statistics import median

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.receipt.copies import a_server
from benchmarks.receipt.measuring import Case, Compared, compare
from cli.exit_status import run_and_end

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
console = Console(width=180)
COLUMNS = (
    "waiting", "PO", "received", "ours", "floor", "ours / floor", "spread", "target", "met",
    "CPU / floor's", "CPU ms an order", "longest", "transactions", "statements",
)  # fmt: skip

CASES = (
    Case(10_000, 10_000, 10_000, 2.0),
    Case(100_000, 30_000, 10_000, 2.0),
    Case(1_000, 1_000, 1_000, 2.5),
    Case(100_000, 30_000, 300, 1.5),
)


def row(found: Compared) -> tuple[str, ...]:
    """One case, as a row of the table."""
    case, ratios = found.case, found.ratios
    ratio = median(ratios)
    ours = median(one.seconds for one in found.ours)
    cpu = median(one.cpu for one in found.ours) / case.units * 1000
    return (
        f"{case.waiting:,}", f"{case.bringing:,}", f"{case.units:,}", f"{ours:.2f} s",
        f"{median(one.seconds for one in found.floor):.2f} s", f"{ratio:.2f}",
        f"{ratios[0]:.2f} - {ratios[-1]:.2f}", f"≤ {case.target}",
        "yes" if ratio <= case.target else "no", f"{found.cpu_ratio:.2f}", f"{cpu:.2f}",
        f"{max(one.longest for one in found.ours):.2f} s", str(found.ours[0].transactions),
        str(found.ours[0].statements),
    )  # fmt: skip


@app.command()
def main(
    rounds: int = typer.Option(5, min=1, help="Times that each side is measured, in turns."),
    most: int = typer.Option(100_000, min=10, help="Leave out cases in which more wait."),
) -> None:
    """Receive units of one SKU while many wait; the cost should follow what is filled."""
    table = Table(title="one receipt, until nothing is owed")
    for column in COLUMNS:
        table.add_column(column, justify="right")
    with a_server() as copies:
        for case in (one for one in CASES if one.waiting <= most):
            console.print(f"{case.waiting:,} wait, {case.units:,} come", style="dim")
            table.add_row(*row(compare(copies, case, rounds)))
    console.print(table)


if __name__ == "__main__":
    run_and_end(app)
