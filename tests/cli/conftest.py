"""The command as a user runs it, on a real database; in a process of its own where that matters."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from fulfillment.store.transactions.session import Store, connect
from tests.builders.warehouse import Warehouse

Pegboard = Callable[..., subprocess.CompletedProcess[str]]


def run_command(
    database: str | None, home: Path, *arguments: object, **variables: str
) -> subprocess.CompletedProcess[str]:
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("TEMPORAL_", "PEGBOARD_"))}
    named = {"PEGBOARD_DATABASE_URL": database} if database else {}
    return subprocess.run(
        [sys.executable, "-m", "cli", *(str(argument) for argument in arguments)],
        env={**ours, "COLUMNS": "200", "PEGBOARD_HOME": str(home), **named, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def process(database_url: str, tmp_path: Path) -> Pegboard:
    """Runs `pegboard ARGUMENTS` on this test's database, in a process of its own."""

    def run(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
        return run_command(database_url, tmp_path, *arguments, **variables)

    return run


@pytest.fixture
def pegboard(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> Pegboard:
    """Runs `pegboard ARGUMENTS` in this process, as its entry point does: quicker, for many."""
    from cli.exit_status import _outcome  # noqa: PLC0415 -- a command's imports are its own
    from cli.main import app  # noqa: PLC0415 -- the same
    from cli.output import console  # noqa: PLC0415 -- the same

    monkeypatch.setattr(console, "_width", 200)
    for name in [name for name in os.environ if name.startswith(("TEMPORAL_", "PEGBOARD_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PEGBOARD_DATABASE_URL", database_url)
    monkeypatch.setenv("PEGBOARD_HOME", str(tmp_path))

    def run(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
        asked = [str(argument) for argument in arguments]
        capsys.readouterr()
        with monkeypatch.context() as named:
            for name, value in variables.items():
                named.setenv(name, value)
            code = _outcome(lambda: app(asked, prog_name="pegboard"))
        return subprocess.CompletedProcess(asked, code, *capsys.readouterr())

    return run


@pytest.fixture
def told(pegboard: Pegboard) -> Callable[..., Any]:
    """Runs `pegboard ARGUMENTS --json` in this process, and answers with what it prints."""

    def run(*arguments: object) -> Any:
        done = pegboard(*arguments, "--json")
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout)

    return run


@pytest.fixture
def warehouse(database_url: str) -> Iterator[Warehouse]:
    """A furnished warehouse; what behaviour.md §9 asks must be true of it afterwards."""
    made = Warehouse.on(database_url).furnish()
    yield made
    findings = made.findings()
    made.engine.dispose()
    assert findings == []


@pytest.fixture
def without_database(tmp_path: Path) -> Pegboard:
    """Runs `pegboard ARGUMENTS` where no database is named and none runs."""

    def run(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
        return run_command(None, tmp_path, *arguments, **variables)

    return run


@pytest.fixture
def store(database_url: str):
    engine = connect(database_url, pool_size=2)
    yield Store(engine)
    engine.dispose()


@pytest.fixture
def ask(store: Store):
    """Runs a query, and answers with its rows as tuples."""

    def rows(sql: str) -> list[tuple[object, ...]]:
        with store.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(sql))]

    return rows


@pytest.fixture
def write(tmp_path: Path):
    """Writes a file of the test's folder."""

    def file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return file
