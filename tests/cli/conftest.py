"""The command as a user runs it, on a real database; in a process of its own where that matters."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, text
from typer.main import get_command

from cli.client.commands import GROUPS
from fulfillment.settings import Settings
from fulfillment.store.commands.administration.keys import Role, create_key
from fulfillment.store.transactions.session import Store, connect
from starter.app import build_app
from tests.api.world import serving
from tests.builders.warehouse import Warehouse
from tests.builders.webhooks import KEY


@cache
def entry() -> Callable[..., object]:
    """All commands: Typer would make them anew for each call, but a process calls one."""
    from cli.main import app  # noqa: PLC0415 -- a command's imports are its own

    return get_command(app)


KEY_NAME = "robin"
"""Who does what the commands of a test do."""

Pegboard = Callable[..., subprocess.CompletedProcess[str]]


def run_command(
    variables: Mapping[str, str], home: Path, *arguments: object
) -> subprocess.CompletedProcess[str]:
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("TEMPORAL_", "PEGBOARD_"))}
    return subprocess.run(
        [sys.executable, "-m", "cli", *(str(argument) for argument in arguments)],
        env={**ours, "COLUMNS": "200", "PEGBOARD_HOME": str(home), **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@dataclass
class System:
    """A database, and an API on it from when it is first needed, with a key for all merchants."""

    database: str
    stack: ExitStack
    variables: dict[str, str] = field(default_factory=dict)

    def for_command(self, *arguments: object) -> dict[str, str]:
        """What the environment says for a command."""
        if arguments and str(arguments[0]) in GROUPS and not self.variables:
            self.serve()
        return {"PEGBOARD_DATABASE_URL": self.database, **self.variables}

    def serve(self) -> None:
        store = Store(connect(self.database))
        self.stack.callback(store.engine.dispose)
        url = self.stack.enter_context(
            serving(build_app(store, None, Settings(secret_keys=SecretStr(KEY))))
        )
        key = create_key(store, KEY_NAME, Role.ADMIN, None)
        self.variables = {"PEGBOARD_URL": url, "PEGBOARD_KEY": key}


@pytest.fixture
def system(database_url: str) -> Iterator[System]:
    with ExitStack() as stack:
        yield System(database_url, stack)


@pytest.fixture
def process(system: System, tmp_path: Path) -> Pegboard:
    """Runs `pegboard ARGUMENTS` on this test's database, in a process of its own."""

    def run(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
        known = system.for_command(*arguments)
        return run_command(known | variables, tmp_path, *arguments)

    return run


@pytest.fixture
def pegboard(system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> Pegboard:
    """Runs `pegboard ARGUMENTS` in this process, as its entry point does: quicker, for many."""
    from cli.exit_status import _outcome  # noqa: PLC0415 -- a command's imports are its own
    from cli.output import console  # noqa: PLC0415 -- the same

    monkeypatch.setattr(console, "_width", 200)
    for name in [name for name in os.environ if name.startswith(("TEMPORAL_", "PEGBOARD_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PEGBOARD_HOME", str(tmp_path))

    def run(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
        asked = [str(argument) for argument in arguments]
        known = system.for_command(*asked)
        capsys.readouterr()
        with monkeypatch.context() as named:
            for name, value in (known | variables).items():
                named.setenv(name, value)
            code = _outcome(lambda: entry()(asked, prog_name="pegboard"))
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
def warehouse(kept_engine: Engine) -> Iterator[Warehouse]:
    """A furnished warehouse; what behaviour.md §9 asks must be true of it afterwards."""
    made = Warehouse.at(kept_engine).furnish()
    yield made
    assert made.findings() == []


@pytest.fixture
def without_database(tmp_path: Path) -> Pegboard:
    """Runs `pegboard ARGUMENTS` where no database is named and none runs."""

    def run(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
        return run_command(variables, tmp_path, *arguments)

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
