"""Documents and their lines, joined on disk: any order of the files, little memory."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import TracebackType

from importing.records import Row

SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE head (number TEXT PRIMARY KEY, rank TEXT NOT NULL, pos INTEGER NOT NULL,
                   line INTEGER NOT NULL, cells TEXT NOT NULL, good INTEGER NOT NULL);
CREATE TABLE part (pos INTEGER PRIMARY KEY, number TEXT NOT NULL, line INTEGER NOT NULL,
                   cells TEXT NOT NULL, good INTEGER NOT NULL);
CREATE INDEX part_number ON part (number);
"""

SPOILED = -1


@dataclass(frozen=True, slots=True)
class Piece:
    """One row of a document; a bad one was refused already.

    A head that is `spoiled` can be read, but another row of its document is not like it.
    """

    row: Row
    good: bool
    spoiled: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A head with its parts in the order of the file."""

    number: str
    head: Piece
    parts: tuple[Piece, ...] = field(default=())

    @property
    def good(self) -> bool:
        """Whether none of its rows was refused."""
        return self.head.good and all(part.good for part in self.parts)


class Spool:
    """A private database in a temporary file that has no name and ends with the spool."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("")
        self._database.executescript(SCHEMA)
        self._next = 0

    def __enter__(self) -> "Spool":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()

    def add_head(self, number: str, rank: str, piece: Piece) -> bool:
        """Whether it is the first of its number."""
        self._next += 1
        row = (number, rank, self._next, piece.row.line, json.dumps(piece.row.cells), piece.good)
        sql = "INSERT INTO head VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
        return self._database.execute(sql, row).rowcount == 1

    def head(self, number: str) -> Piece:
        """The head of a number that was added."""
        sql = "SELECT line, cells, good FROM head WHERE number = ?"
        return _piece(*self._database.execute(sql, (number,)).fetchone())

    def spoil(self, number: str) -> None:
        """One of the rows of this head was refused."""
        sql = "UPDATE head SET good = ? WHERE number = ? AND good"
        self._database.execute(sql, (SPOILED, number))

    def add_part(self, number: str, piece: Piece) -> None:
        """A line of a document, whose head may come later or never."""
        self._next += 1
        row = (self._next, number, piece.row.line, json.dumps(piece.row.cells), piece.good)
        self._database.execute("INSERT INTO part VALUES (?, ?, ?, ?, ?)", row)

    def has_good_part(self, number: str) -> bool:
        """Whether a line of this number could be read."""
        sql = "SELECT 1 FROM part WHERE number = ? AND good"
        return self._database.execute(sql, (number,)).fetchone() is not None

    @property
    def heads(self) -> int:
        """How many documents there are."""
        return int(self._database.execute("SELECT count(*) FROM head").fetchone()[0])

    def batches(self, size: int) -> Iterator[list[Document]]:
        """Every document, by rank, then as they stand in the file."""
        sql = "SELECT number, line, cells, good FROM head ORDER BY rank, pos"
        found = self._database.execute(sql)
        while rows := found.fetchmany(size):
            parts = self._parts([row[0] for row in rows])
            yield [Document(row[0], _piece(*row[1:]), tuple(parts[row[0]])) for row in rows]

    def orphans(self) -> Iterator[Piece]:
        """Lines whose document is not there."""
        sql = (
            "SELECT line, cells, good FROM part"
            " WHERE number NOT IN (SELECT number FROM head) ORDER BY pos"
        )
        for row in self._database.execute(sql):
            yield _piece(*row)

    def _parts(self, numbers: Sequence[str]) -> dict[str, list[Piece]]:
        marks = ", ".join("?" * len(numbers))
        sql = f"SELECT number, line, cells, good FROM part WHERE number IN ({marks}) ORDER BY pos"  # noqa: S608
        parts: dict[str, list[Piece]] = defaultdict(list)
        for row in self._database.execute(sql, numbers):
            parts[row[0]].append(_piece(*row[1:]))
        return parts


def _piece(line: int, cells: str, good: int) -> Piece:
    return Piece(Row(line, tuple(json.loads(cells))), good == 1, spoiled=good == SPOILED)
