"""One rule that must always be true."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One rule: the number it has in behaviour.md §9, its sentence, and SQL that finds no row."""

    number: str
    rule: str
    sql: str
