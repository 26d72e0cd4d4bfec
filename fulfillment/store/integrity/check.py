"""One rule that must always be true, and what breaks it."""

from dataclasses import dataclass
from typing import Any

SHOWN = 20
"""Rows that one finding shows at most."""


@dataclass(frozen=True, slots=True)
class Check:
    """One rule: the number it has in behaviour.md §9, its sentence, and SQL that finds no row.

    A rule `of_the_past` is asked slice by slice, of what is audited (`scope`): else its cost would
    grow with all that ever happened.
    """

    number: str
    rule: str
    sql: str
    of_the_past: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that does not hold, with some of the rows that show it."""

    number: str
    rule: str
    rows: tuple[dict[str, Any], ...]
