"""Statements and waits of an order's steps: see README.md."""

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.statements.counting import count_all
from cli.exit_status import run_and_end


def main() -> None:
    """Count what is sent to the database for one order of two lines in stock."""
    table = Table(title="one order of two lines in stock")
    for column in ("step", "statements", "waits"):
        table.add_column(column, justify="left" if column == "step" else "right")
    for step, one in count_all().items():
        table.add_row(step, str(one.statements), str(one.waits))
    Console().print(table)


if __name__ == "__main__":
    run_and_end(lambda: typer.run(main))
