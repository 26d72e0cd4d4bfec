"""Statements of an order's steps, as rows of the table."""

from collections.abc import Mapping

from benchmarks.statements.counting import Counted
from benchmarks.targets.row import Limit, Row

FIRST_CLAIM, PICK_AND_SHIP = Limit(12), Limit(20)


def rows_of(found: Mapping[str, Counted]) -> list[Row]:
    """The first claim, and pick and ship together."""
    return [
        _row("statements: first claim of one order", found["first claim"], FIRST_CLAIM),
        _row("statements: pick and ship together", found["pick"] + found["ship"], PICK_AND_SHIP),
    ]


def _row(what: str, one: Counted, limit: Limit) -> Row:
    return Row(
        what,
        str(limit),
        ours=str(one.statements),
        absolute=f"waited for {one.waits} times",
        is_met=limit.is_met(one.statements),
    )
