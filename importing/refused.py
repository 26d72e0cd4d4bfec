"""The refused rows: each once, with all that is wrong in it, to be mended and imported again."""

import csv
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import IO

from importing.records import Row

WHERE = (
    "refused_as",
    "refused_in",
    "refused_line",
    "refused_column",
    "refused_reason",
    "refused_raw",
)
"""The columns of a refused row that its file did not have.

`refused_as` are the kinds of row it is to be imported as again, `refused_raw` is the text of one
that could not be read.
"""

MOST_RAW = 10_000
NO_TEXT = "\ufffd"

SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE refused (pos INTEGER PRIMARY KEY, file TEXT NOT NULL, line INTEGER NOT NULL,
                      kinds TEXT NOT NULL, name TEXT NOT NULL, at TEXT NOT NULL,
                      reason TEXT NOT NULL, silent INTEGER NOT NULL, cells TEXT NOT NULL,
                      raw TEXT NOT NULL);
CREATE UNIQUE INDEX refused_once ON refused (file, line, kinds, at, reason, silent);
CREATE INDEX refused_told ON refused (file, line, at, reason) WHERE NOT silent;
"""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is wrong in a row of a file; `silent` where only another row of its document is bad.

    `kinds` are those it is to be imported as again, `cells` are its cells by their titles.
    """

    path: str
    file: str
    kinds: str
    row: Row
    column: str
    reason: str
    cells: Mapping[str, str]
    silent: bool = False


Found = tuple[str, int, str, str, str, str, bool, str, str]


class Refusals:
    """A private database in a temporary file that has no name: they may be many."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("")
        self._database.executescript(SCHEMA)

    def close(self) -> None:
        """They are needed no more."""
        self._database.close()

    def add(self, new: Refusal) -> bool:
        """Whether this was not yet said of this row."""
        told = (new.path, new.row.line, new.column, new.reason)
        again = "SELECT 1 FROM refused WHERE file = ? AND line = ? AND at = ? AND reason = ?"
        is_news = self._database.execute(f"{again} AND NOT silent", told).fetchone() is None
        sql = (
            "INSERT INTO refused (file, line, at, reason, kinds, name, silent, cells, raw)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
        )
        raw = new.row.raw[: MOST_RAW + 1] if new.row.fault else ""
        more = (new.kinds, new.file, new.silent, json.dumps(dict(new.cells)), json.dumps(raw))
        self._database.execute(sql, told + more)
        return is_news

    def write(self, file: IO[str], titles: Iterable[str]) -> None:
        """Every refused row once, as they stand in their files."""
        own = [title for title in titles if title not in WHERE]
        writer = csv.DictWriter(file, [*own, *WHERE], restval="", extrasaction="ignore")
        writer.writeheader()
        for row in self._rows():
            writer.writerow(row)

    def _rows(self) -> Iterator[dict[str, str]]:
        sql = (
            "SELECT file, line, kinds, name, at, reason, silent, cells, raw FROM refused"
            " JOIN (SELECT file, min(pos) AS first FROM refused GROUP BY file) USING (file)"
            " ORDER BY first, line, silent, pos"
        )
        found: Iterator[Found] = iter(self._database.execute(sql))
        for _, same in groupby(found, key=lambda row: row[:2]):
            yield _joined(list(same))


def _joined(same: list[Found]) -> dict[str, str]:
    """One row of all that was said of it; why another row took it along only where nothing else."""
    loud = [row for row in same if not row[6]] or same[:1]
    cells: dict[str, str] = json.loads(same[0][7])
    raw = next((text for row in same if (text := json.loads(row[8]))), "")
    return {title: _text(cell) for title, cell in cells.items()} | {
        "refused_as": _once(kind for row in same for kind in row[2].split()),
        "refused_in": same[0][3],
        "refused_line": str(same[0][1]),
        "refused_column": _once((row[4] for row in loud if row[4]), "; "),
        "refused_reason": _once((row[5] for row in loud), "; "),
        "refused_raw": _shown(raw),
    }


def _once(words: Iterable[str], between: str = " ") -> str:
    return between.join(dict.fromkeys(words))


def _text(cell: str) -> str:
    """The cell, with a mark for what is no text: it is refused until that is mended."""
    return "".join(NO_TEXT if _is_no_text(letter) else letter for letter in cell)


def _shown(raw: str) -> str:
    """The text of a row on one line; a byte that is no UTF-8 is shown as Windows would read it."""
    shown = "".join(map(_guessed, raw[:MOST_RAW].rstrip("\r\n")))
    lines = "\u2424".join(shown.splitlines())
    return f"{lines}..." if len(raw) > MOST_RAW else lines


def _guessed(letter: str) -> str:
    """Text in any case: what explains a row must not be a reason to refuse it again."""
    if letter == NO_TEXT or not _is_no_text(letter):
        return letter.replace(NO_TEXT, "?")
    byte = max(ord(letter) - 0xDC00, 0)
    return bytes([byte]).decode("cp1252", "replace").replace(NO_TEXT, "?").replace("\0", "\u2400")


def _is_no_text(letter: str) -> bool:
    return letter == "\0" or "\ud800" <= letter <= "\udfff"
