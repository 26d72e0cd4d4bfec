"""A row of the table: what was wanted, and what came of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """So much at most, or at least."""

    value: float
    unit: str = ""
    at_least: bool = False

    def __str__(self) -> str:
        """As the table has it."""
        sign = "≥" if self.at_least else "≤"
        return f"{sign} {self.value:,g}{self.unit}"

    def is_met(self, measured: float) -> bool:
        """Whether a figure keeps to it."""
        return measured >= self.value if self.at_least else measured <= self.value


@dataclass(frozen=True, slots=True)
class Row:
    """One target: ours beside the floor's, their ratio, an absolute; or why there is no figure."""

    what: str
    target: str = ""
    ours: str = ""
    floor: str = ""
    ratio: str = ""
    absolute: str = ""
    is_met: bool | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        """Whether the target is met; a dash where nothing was wanted or measured."""
        return "–" if self.is_met is None else "yes" if self.is_met else "no"  # noqa: RUF001


def unmeasured(what: str, target: object, why: str) -> Row:
    """A target of which nothing can be said this time."""
    return Row(what, str(target), note=why)
