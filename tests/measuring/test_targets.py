"""The table of all targets: what it says of what is met, missed, and could not be measured."""

import importlib
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

import benchmarks.__main__ as command
from benchmarks.statements.counting import Counted
from benchmarks.statements.rows import rows_of
from benchmarks.targets import __main__ as targets
from benchmarks.targets.row import Limit, Row, unmeasured
from benchmarks.targets.sources import Source, sources
from benchmarks.targets.table import Machine, as_table

BENCHMARKS = Path(command.__file__).parent


@pytest.mark.parametrize(
    ("limit", "measured", "is_met"),
    [
        (Limit(1.3), 1.3, True),
        (Limit(1.3), 1.31, False),
        (Limit(0.9, at_least=True), 0.9, True),
        (Limit(0.9, at_least=True), 0.89, False),
    ],
)
def test_a_limit_is_met_up_to_its_value(limit: Limit, measured: float, is_met: bool) -> None:
    assert limit.is_met(measured) is is_met


def test_a_target_tells_its_sign_and_unit() -> None:
    assert str(Limit(12, " KB")) == "≤ 12 KB"
    assert str(Limit(1000, " lines/s", at_least=True)) == "≥ 1,000 lines/s"


@pytest.mark.parametrize(("is_met", "verdict"), [(True, "yes"), (False, "no"), (None, "–")])  # noqa: RUF001
def test_a_row_that_is_not_judged_is_neither_met_nor_missed(
    is_met: bool | None, verdict: str
) -> None:
    assert Row("this", is_met=is_met).verdict == verdict


def test_statements_are_counted_together_for_pick_and_ship() -> None:
    found = {"first claim": Counted(12, 9), "pick": Counted(9, 4), "ship": Counted(12, 5)}
    claim, together = rows_of(found)
    assert (claim.ours, claim.is_met) == ("12", True)
    assert (together.ours, together.is_met) == ("21", False)
    assert "9 times" in together.absolute


def test_a_benchmark_that_fails_costs_its_own_rows_and_says_why() -> None:
    def failing() -> list[Row]:
        raise RuntimeError("no room\nmore of it")

    (row,) = targets._rows(Source("this one", 1, failing), 1, 2)
    assert (row.what, row.is_met) == ("this one", None)
    assert row.note == "not measured: RuntimeError: no room"
    assert targets._rows(Source("that one", 1, lambda: [row]), 2, 2) == [row]


def test_the_table_tells_why_a_figure_is_missing() -> None:
    console = Console(width=150, record=True, file=StringIO())
    console.print(as_table([unmeasured("memory", Limit(1.2), "not in this run")], "targets"))
    text = console.export_text()
    assert "memory" in text
    assert "not in this run" in text


def test_the_head_says_that_a_machine_was_busy() -> None:
    assert not Machine(2, 2.0).is_busy
    assert "BUSY" in str(Machine(2, 2.1))
    assert "BUSY" not in str(Machine(2, 1.9))


def test_a_quick_run_asks_the_same_benchmarks_and_is_shorter() -> None:
    console = Console()
    full, quick = sources(console, quick=False), sources(console, quick=True)
    assert [one.name for one in full] == [one.name for one in quick]
    assert sum(one.minutes for one in quick) <= 6 < sum(one.minutes for one in full)


def test_every_benchmark_is_listed_and_has_its_page() -> None:
    folders = {path.parent.name for path in BENCHMARKS.glob("*/__main__.py")}
    assert {name for name in folders if f"benchmarks.{name} " in command.LIST} == folders
    assert {name for name in folders if (BENCHMARKS / name / "README.md").exists()} == folders
    pages = (BENCHMARKS.parent / "docs" / "README.md").read_text()
    assert {name for name in folders if f"benchmarks/{name}/README.md" in pages} == folders


@pytest.mark.parametrize("name", sorted(command.APPS))
def test_every_name_that_can_be_given_is_a_benchmark(name: str) -> None:
    assert importlib.import_module(f"benchmarks.{name}.__main__").app
