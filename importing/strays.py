"""Bad rows that do not tell which document they are of: those around them do."""

from dataclasses import dataclass, field

from importing.records import Row
from importing.spool import Piece, Spool


@dataclass(frozen=True, slots=True)
class _Stray:
    line: int
    told: str | None
    before: str | None


@dataclass
class Strays:
    """Bad rows between two rows of one document are taken for its own, unless they are another's.

    Else the document would go in without them, and be refused when they come, mended.
    """

    _last: str | None = None
    _open: list[_Stray] = field(default_factory=list)
    _between: list[tuple[_Stray, str]] = field(default_factory=list)

    def pass_good(self, number: str) -> None:
        """A row that can be read, of the document of this number."""
        self._between += [(stray, number) for stray in self._open if stray.before == number]
        self._open.clear()
        self._last = number

    def pass_bad(self, row: Row, told: str | None) -> None:
        """A row that can not be read; `told` is the number that seems to be in it."""
        self._open.append(_Stray(row.line, told, self._last))

    def add_to(self, spool: Spool) -> None:
        """Make the bad rows a part of the documents that they stand in."""
        for stray, number in self._between:
            if stray.told is None or not spool.has_good_part(stray.told):
                spool.add_part(number, Piece(Row(stray.line, ()), good=False))
