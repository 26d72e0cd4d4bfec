"""What became of the rows: counted, the refused ones told and written."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from importing.errors import UnfitFileError
from importing.records import Row
from importing.refused import Refusal, Refusals
from importing.source import Source

TOLD_AT_MOST = 40
COLUMNS = ("read", "new", "changed", "already there", "skipped", "refused")


@dataclass
class Count:
    """The rows of one kind. Every row read ends in exactly one of the others."""

    title: str
    rows: int = 0
    new: int = 0
    changed: int = 0
    there: int = 0
    skipped: int = 0
    refused: int = 0

    @property
    def numbers(self) -> tuple[int, ...]:
        """The counts in the order of the summary's columns."""
        return self.rows, self.new, self.changed, self.there, self.skipped, self.refused


@dataclass
class Report:
    """Counts by kind. A refused row is told without its content, and written with it if asked."""

    console: Console
    counts: dict[str, Count] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    told: int = 0
    _file: IO[str] | None = None
    _titles: list[str] = field(default_factory=list)
    _refusals: Refusals = field(default_factory=Refusals)

    def write_refused_to(self, path: Path, sources: Iterable[Source]) -> None:
        """Write refused rows here in the end: with their content, so for this user's eyes only."""
        known = list(sources)
        if any(path.resolve() == source.table.path.resolve() for source in known):
            raise UnfitFileError(f"--errors would overwrite {path}, which is imported")
        self._titles = list(dict.fromkeys(name for each in known for name in each.table.titles))
        try:
            path.unlink(missing_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise UnfitFileError(f"{path} can not be written: {error.strerror}") from error
        self._file = os.fdopen(handle, "w", encoding="utf-8", newline="")

    def close(self) -> None:
        """Everything is told."""
        if self._file:
            with self._file as file:
                self._refusals.write(file, self._titles)
        self._refusals.close()

    def count(self, source: Source) -> Count:
        """The count of a source's kind."""
        kind = source.kind
        return self.counts.setdefault(kind.name, Count(kind.title))

    @property
    def refused(self) -> int:
        """Rows that were refused."""
        return sum(count.refused for count in self.counts.values())

    def refuse(
        self, source: Source, row: Row, column: str | None, reason: str, *, silent: bool = False
    ) -> None:  # fmt: skip
        """Count and tell a refused row; a silent one is refused only because another is."""
        self.count(source).refused += 1
        self.blame(source, row, column, reason, silent=silent)

    def blame(
        self, source: Source, row: Row, column: str | None, reason: str, *, silent: bool = False
    ) -> None:  # fmt: skip
        """Tell what is wrong in a row, once: it may be the row of several kinds."""
        path, cells = str(source.table.path), source.table.as_mapping(row) if self._file else {}
        new = Refusal(path, source.file, source.kinds, row, column or "", reason, cells, silent)
        if self._refusals.add(new) and not silent:
            self._tell(f"{source.file}:{row.line} {column + ' ' if column else ''}{reason}")

    def note(self, words: str) -> None:
        """Something to be said below the summary, once."""
        if words not in self.notes:
            self.notes.append(words)

    def warn(self, words: str) -> None:
        """Something that is not as one may think, told at once."""
        self.console.print(f"[yellow]note[/] {escape(words)}", highlight=False, soft_wrap=True)

    def _tell(self, words: str) -> None:
        self.told += 1
        if self.told <= TOLD_AT_MOST:
            self.console.print(f"[red]refused[/] {escape(words)}", highlight=False, soft_wrap=True)
        elif self.told == TOLD_AT_MOST + 1:
            self.console.print("[red]refused[/] ... and more; --errors FILE writes them all")

    def table(self, title: str) -> RichTable:
        """The summary."""
        shown = RichTable(
            title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 0, 0, 1)
        )
        shown.add_column("kind", no_wrap=True)
        for name in COLUMNS:
            shown.add_column(name, justify="right", no_wrap=True)
        for count in self.counts.values():
            shown.add_row(count.title, *(f"{number:,}" for number in count.numbers))
        return shown
