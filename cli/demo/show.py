"""The screen of `pegboard up`: a live table at a terminal, a line for each change elsewhere."""

import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import httpx
from rich.console import Console
from rich.live import Live

from cli.demo import keyfile, player
from cli.demo.client import RefusedByApiError
from cli.demo.script import LEFT
from cli.demo.stage import Place, Stage
from cli.demo.table import Picture
from cli.demo.watching import Watch
from cli.demo.words import Row, chip_words, counted, refused_row, status_words
from fulfillment.contracts.names import order_workflow_id

LOOK_SECONDS = 0.5
LAST_LOOKS = 2
"""The log tells at each look what the look before has found."""

AFTERWARDS = "Press Ctrl-C to stop; add orders by curl or `pegboard import`."


@dataclass
class Show:
    """What is shown of a stage, until somebody stops it."""

    place: Place
    stage: Stage
    ui_url: str | None
    console: Console
    watch: Watch = field(init=False)
    _scenes_told: int = 0
    _last_told: str = ""
    _refused_told: int = 0
    _is_away: bool = False

    def __post_init__(self) -> None:
        self.watch = Watch(self.stage.client, self.stage.time_zone)

    def run(self, *, until_played: bool) -> Sequence[str]:
        """Show it until Ctrl-C, or until the play is over; what did not go as scripted."""
        play = self.stage.play
        if play:
            player.start(play, str(self.place.home))
        if self.console.is_terminal and sys.stdout.isatty():
            with Live(console=self.console, auto_refresh=False, vertical_overflow="crop") as live:
                for _ in self._looks(until_played=until_played):
                    live.update(self.picture(), refresh=True)
        else:
            for _ in self._looks(until_played=until_played):
                self._print_changes()
        return play.problems if play else ()

    def _looks(self, *, until_played: bool) -> Iterator[None]:
        """Look about twice a second; when the play is over, twice more if it ends then."""
        play = self.stage.play
        pause = LOOK_SECONDS / min(max(play.speed if play else 1.0, 1.0), 5.0)
        left = LAST_LOOKS
        while left:
            if until_played and play and play.over.is_set():
                left -= 1
            self._look()
            yield
            self.place.stopping.wait(pause)

    def _look(self) -> None:
        try:
            self.watch.look()
            self._is_away = False
        except (httpx.HTTPError, RefusedByApiError):
            # A part of the system is being restarted; what was seen last stays.
            self._is_away = True

    # --- what is told ----------------------------------------------------------------------------

    def rows(self) -> list[Row]:
        """The stored orders, and those that were refused, in the order in which they came."""
        play = self.stage.play
        refused = play.refused if play else {}
        rows = [*self.watch.rows.values()]
        rows += [refused_row(number, body) for number, body in refused.items()]
        return sorted(rows, key=lambda row: row.number) if refused else rows

    def scene(self) -> str:
        """What one should look at now."""
        play = self.stage.play
        if self._is_away:
            return "The API does not answer; it is started again if it ended."
        if play is None:
            return AFTERWARDS
        if not play.over.is_set():
            return play.scenes[-1] if play.scenes else ""
        if play.problems:
            return f"The play did not end as it should: {'; '.join(play.problems)}"
        ours = [row for row in self.rows() if row.number in {*play.placed, *play.refused}]
        return f"The play is over, and the audit is clean: {counted(ours)}"

    def tips(self) -> list[tuple[str, str]]:
        """What to try next, ready to be pasted."""
        play = self.stage.play
        if play is not None and not play.over.is_set():
            return []
        waiting = [row.number for row in self.watch.rows.values() if not row.is_finished]
        number = play.order(LEFT) if play else (waiting or [*self.watch.rows, ""])[0]
        if not number:
            return []
        path = f"{self.place.api_url}/v1/orders/{quote(number, safe='')}"
        command = _command()
        tips = [
            ("look", keyfile.curl(self.place.home, path)),
            ("ask why", f"{command} order explain {number}"),
            ("check", f"{command} audit"),
        ]
        if self.ui_url:
            workflow = quote(order_workflow_id(self.stage.merchant, number), safe=":")
            tips.append(("workflow", f"{self.ui_url}/namespaces/default/workflows/{workflow}"))
        return tips

    def picture(self) -> Picture:
        """The whole of it, as it is now."""
        rows = self.rows()
        links = [f"API {self.place.api_url}/docs"]
        links += [f"Temporal {self.ui_url}"] if self.ui_url else []
        return Picture(
            title=f"{self.stage.name}: {len(rows)} orders, {counted(rows)}",
            rows=rows,
            scene=self.scene(),
            entries=self.watch.log.entries,
            tips=self.tips(),
            foot=" · ".join([*links, "Ctrl-C stops"]),
            today=self.watch.today,
        )

    # --- elsewhere -------------------------------------------------------------------------------

    def _print_changes(self) -> None:
        play = self.stage.play
        scenes = list(play.scenes) if play else []
        for scene in scenes[self._scenes_told :]:
            self._print(f"» {scene}")
        self._scenes_told = len(scenes)
        for entry in self.watch.log.take_fresh():
            self._print(f"{entry}")
        rows = self.watch.take_changed()
        refused = [refused_row(*order) for order in play.refused.items()] if play else []
        rows += refused[self._refused_told :]
        self._refused_told = len(refused)
        for row in rows:
            self._print(f"{datetime.now():%H:%M:%S}   {self._row_words(row)}")  # noqa: DTZ005 -- a clock on the wall
        self._print_ending()

    def _print_ending(self) -> None:
        """What is true for longer: that the play is over, or that there is none."""
        scene, tips = self.scene(), self.tips()
        if scene != self._last_told and (tips or self._is_away):
            self._last_told = scene
            self._print(f"» {scene}")
            for what, how in tips:
                self._print(f"  {what:9} {how}")

    def _row_words(self, row: Row) -> str:
        chips = " · ".join(chip_words(chip, self.watch.today) for chip in row.chips)
        waits = f"; waits for {', '.join(row.waits_for)}" if row.waits_for else ""
        promise = f"; promised {row.promise}" if row.promise else ""
        words = f"{row.number} {status_words(row.status)} ({row.lines})"
        return f"{words}: {chips}{waits}{promise}" if chips else words

    def _print(self, line: str) -> None:
        self.console.print(line, markup=False, highlight=False, soft_wrap=True)


def _command() -> str:
    """How this command is called from here."""
    if shutil.which("pegboard"):
        return "pegboard"
    beside = Path(sys.executable).parent / "pegboard"
    try:
        return str(beside.relative_to(Path.cwd())) if beside.exists() else "python -m cli"
    except ValueError:
        return str(beside)
