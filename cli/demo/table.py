"""The table of orders as it is drawn in a terminal of any size."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from cli.demo.events import Entry
from cli.demo.words import Chip, Row, chip_words, short_chips, status_words

WIDE, TALL = 104, 32
LOG_LINES = {False: 4, True: 6}
AROUND = 6
"""Lines beside orders, log and tips: title, head, rule, scene, foot, and one for the cursor."""

STATUS_STYLES = {
    "on_hold": "bold magenta",
    "verifying": "magenta",
    "awaiting_stock": "yellow",
    "partially_backordered": "bright_yellow",
    "partially_shipped": "cyan",
    "awaiting_pick_and_pack": "bold green",
    "picking": "bold blue",
    "shipped": "green",
    "cancelled": "bright_black",
    "rejected": "red",
    "refused": "red",
}

CHIP_STYLES = {
    "backorder": "yellow",
    "future": "magenta",
    "ready": "bold green",
    "picking": "bold blue",
    "picked": "blue",
    "packed": "blue",
    "shipped": "green",
}


@dataclass(frozen=True)
class Picture:
    """Everything that is on the screen at one moment."""

    title: str
    rows: Sequence[Row]
    scene: str
    entries: Sequence[Entry]
    tips: Sequence[tuple[str, str]]
    foot: str
    today: date

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw as much of it as there is room for."""
        wide, height = options.max_width >= WIDE, console.height
        log_lines = LOG_LINES[height >= TALL] - (1 if self.tips and height < TALL else 0)
        entries = list(self.entries)[-log_lines:]
        room = max(height - AROUND - len(entries) - len(self.tips), 3)
        shown, left_out = fitting(self.rows, room)
        yield _line(self.title, "bold")
        yield self._table(shown, wide=wide)
        if left_out:
            yield _line(f"  and {left_out} more", "dim")
        yield _line(f"» {self.scene}" if self.scene else "", "bold cyan")
        for entry in entries:
            yield _line(f"  {entry}", "")
        for what, how in self.tips:
            yield Text.assemble((f"{what:8} ", "dim"), how, no_wrap=True, overflow="ellipsis")
        yield _line(self.foot, "dim")

    def _table(self, rows: Sequence[Row], *, wide: bool) -> Table:
        table = Table(box=None, padding=(0, 1, 0, 0), expand=True, header_style="dim underline")
        for name, ratio, low in COLUMNS_WIDE if wide else COLUMNS_NARROW:
            table.add_column(name, no_wrap=True, overflow="ellipsis", ratio=ratio or None,
                             min_width=low, width=None if ratio else low)  # fmt: skip
        for row in rows:
            style = STATUS_STYLES.get(row.status, "")
            table.add_row(
                Text(row.number, style="dim" if row.is_finished else "bold"),
                Text(row.lines, style="dim" if row.is_finished else ""),
                Text(status_words(row.status, short=not wide), style=style),
                self._chips(row.chips, wide=wide),
                Text(_some(row.waits_for, wide=wide)),
                Text(row.promise),
            )
        return table

    def _chips(self, chips: Sequence[Chip], *, wide: bool) -> Text:
        told = [(chip.status, chip_words(chip, self.today)) for chip in chips]
        if not wide:
            told = short_chips(chips, self.today)
        styled = [Text(words, CHIP_STYLES[status]) for status, words in told]
        return Text(" · ", style="dim").join(styled)


COLUMNS_WIDE = (
    ("order", 0, 7), ("lines", 7, 20), ("status", 0, 13), ("shipments", 9, 30),
    ("waits for", 3, 14), ("promise", 0, 7),
)  # fmt: skip
COLUMNS_NARROW = (
    ("order", 0, 6), ("lines", 3, 12), ("status", 0, 9), ("shipments", 4, 22),
    ("waits for", 0, 9), ("promise", 0, 7),
)  # fmt: skip
"""Name, share of the width that is left (0: fixed), least or fixed width."""


def fitting(rows: Sequence[Row], room: int) -> tuple[list[Row], int]:
    """The rows there is room for, in their order: finished ones give way first, the oldest first.

    One line is kept to say how many are left out.
    """
    if len(rows) <= room:
        return list(rows), 0
    surplus = len(rows) - room + 1
    finished = [row.number for row in rows if row.is_finished][:surplus]
    latest = [row.number for row in rows if not row.is_finished]
    gone = {*finished, *latest[len(latest) - (surplus - len(finished)) :]}
    return [row for row in rows if row.number not in gone], len(gone)


def _some(words: Sequence[str], *, wide: bool) -> str:
    if wide or len(words) < 2:  # noqa: PLR2004 -- one, or more
        return ", ".join(words)
    return f"{words[0]} +{len(words) - 1}"


def _line(words: str, style: str) -> Text:
    return Text(words, style=style, no_wrap=True, overflow="ellipsis")
