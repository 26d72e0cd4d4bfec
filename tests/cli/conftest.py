"""The command as a user runs it: a process of its own, on a real database."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from fulfillment.store.session import Store, connect

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
def pegboard(database_url: str, tmp_path: Path) -> Pegboard:
    """Runs `pegboard ARGUMENTS` on this test's database."""

    def run(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
        return run_command(database_url, tmp_path, *arguments, **variables)

    return run


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
