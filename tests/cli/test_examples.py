"""The example of every command, run as it is written: real HTTP, a real database."""

import itertools
import json
import shlex
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from PIL import Image

from cli.client.commands import COMMANDS
from cli.client.table import Command
from cli.output import console
from embedded.postgres import EmbeddedPostgres
from tests.cli.conftest import System
from tests.cli.furnished import furnish

copies = itertools.count(1)
READS = [one for one in COMMANDS if one.method == "GET"]
CHANGES = [one for one in COMMANDS if one.method != "GET"]
NARROW = 80
FINGERPRINT = "FINGERPRINT"
"""In an example, what a look at the same has to be asked for first."""


def copied(postgres: EmbeddedPostgres, template: str) -> str:
    """A database of its own with the same in it."""
    name = f"example_{next(copies)}"
    postgres.execute(
        "CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy",
        name=name,
        template=template,
    )
    return postgres.url_of(name)


@pytest.fixture(scope="module")
def template(new_database: Callable[[], str]) -> str:
    """A database with a business in it, to be copied."""
    url = new_database()
    furnish(url)
    return url.rpartition("/")[2]


@pytest.fixture(scope="module")
def shared(template: str, postgres: EmbeddedPostgres) -> Iterator[System]:
    """One business for the examples that change nothing."""
    with ExitStack() as stack:
        yield System(copied(postgres, template), stack)


@pytest.fixture
def system(
    request: pytest.FixtureRequest, template: str, postgres: EmbeddedPostgres
) -> Iterator[System]:
    """A business of the test's own where its command changes something, else the shared one."""
    if request.node.callspec.params["command"].method == "GET":
        yield request.getfixturevalue("shared")
        return
    url = copied(postgres, template)
    with ExitStack() as stack:
        yield System(url, stack)
    postgres.execute("DROP DATABASE {name} WITH (FORCE)", name=url.rpartition("/")[2])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where the files are that examples name."""
    monkeypatch.chdir(tmp_path)
    order = {"number": "SO-2002", "lines": [{"line": 1, "sku": "CUP", "quantity": 1}]}
    (tmp_path / "orders.json").write_text(json.dumps([order]))
    product = {"sku": "MUG", "name": "Mug"}
    (tmp_path / "products.json").write_text(json.dumps([product]))
    Image.new("RGB", (4, 4)).save(tmp_path / "logo.png")
    (tmp_path / "waits.txt").write_text("{{ order.number }} kommt bald.")
    (tmp_path / "waits.html").write_text("<p>{{ order.number }} kommt bald.</p>")
    return tmp_path


@pytest.fixture
def example(pegboard, folder, monkeypatch):
    """Runs a command's example at a terminal of 80 columns."""
    monkeypatch.setattr(console, "_width", NARROW)

    def looked_at(part: str) -> str:
        told = pegboard("what-if", "look", part, "--json").stdout
        return str(json.loads(told)["fingerprint"])

    def run(command: Command, *more: str) -> str:
        asked = shlex.split(command.example)
        if FINGERPRINT in asked:
            asked[asked.index(FINGERPRINT)] = looked_at(asked[2])
        done = pegboard(*asked, *more)
        assert (done.stderr, done.returncode) == ("", 0)
        return str(done.stdout)

    return run


def name_of(command: Command) -> str:
    return f"{command.group} {command.verb}"


def assert_fits(command: Command, told: str) -> None:
    assert told
    if "--json" not in command.example:
        assert max(map(len, told.splitlines())) <= NARROW


@pytest.mark.parametrize("command", CHANGES, ids=name_of)
def test_an_example_does_what_it_says_within_eighty_columns(command, example):
    assert_fits(command, example(command))


@pytest.mark.parametrize("command", READS, ids=name_of)
def test_an_example_shows_what_the_api_says_within_eighty_columns(command, example):
    assert_fits(command, example(command))
    if command.file:
        return
    told = json.loads(example(command, "--json"))
    assert isinstance(told, dict)
    assert ("items" in told and "next" in told) is (command.pages or command.tails)
