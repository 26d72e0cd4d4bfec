"""What the pages point at is there: links, files, functions, commands."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from typer.main import get_command

from cli.main import app

ROOT = Path(__file__).parents[2]
SKIPPED = {"build", "dist"}
"""Folders at the top that are not ours; those whose names begin with a dot are not either."""

FENCE = re.compile(r"^```.*?^```[^\S\n]*$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\((?P<to>[^)\s]+)\)")
CODE = re.compile(r"`(?P<text>[^`\n]+)`")
FILE = re.compile(r"[\w.-]+(/[\w.-]+)*\.(py|md|svg|toml|yml)")
FUNCTION = re.compile(r"(?P<file>[\w./-]+\.py):(?P<name>\w+(\.\w+)*)")
TARGET = re.compile(r"\bmake (?P<target>[a-z]+)\b")
COMMAND = re.compile(
    r"(KEY=\$\()?(docker compose exec \S+ |\.venv/bin/)?"
    r"pegboard (?P<name>[a-z]+(-[a-z]+)*)( (?P<sub>[a-z-]+))?"
)
HEADING = re.compile(r"^#{1,6} (?P<text>.+)$", re.MULTILINE)


def ours(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return parts[0] not in SKIPPED and not any(part.startswith(".") for part in parts[:-1])


@cache
def files() -> frozenset[str]:
    """Every file of ours, by its path from the root."""
    found = (path for path in ROOT.rglob("*") if ours(path) and path.is_file())
    return frozenset(path.relative_to(ROOT).as_posix() for path in found)


PAGES = sorted(ROOT / name for name in files() if name.endswith(".md"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def prose(path: Path) -> str:
    """The page without its blocks of code."""
    return FENCE.sub("", path.read_text(encoding="utf-8"))


def links(path: Path) -> Iterator[str]:
    for match in LINK.finditer(prose(path)):
        if not re.match(r"[a-z]+:", match["to"]):
            yield match["to"]


def quoted(path: Path) -> Iterator[str]:
    yield from (match["text"] for match in CODE.finditer(prose(path)))


def anchors(path: Path) -> set[str]:
    """The anchors that a page's headings get: small letters, no signs, dashes for spaces."""
    texts = (match["text"] for match in HEADING.finditer(prose(path)))
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in texts}


def named(name: str, page: Path) -> set[str]:
    """The files that a name may mean: from the root, beside the page, or the end of a path."""
    beside = (page.parent / name).resolve()
    near = {beside.relative_to(ROOT).as_posix()} if beside.is_relative_to(ROOT) else set()
    return {found for found in files() if found in {name, *near} or found.endswith(f"/{name}")}


def defined(name: str) -> set[str]:
    """Functions, classes and methods of a file, methods as `Class.method`."""
    tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    found = {node.name for node in tree.body if isinstance(node, kinds)}
    for owner in tree.body:
        if isinstance(owner, ast.ClassDef):
            found |= {f"{owner.name}.{n.name}" for n in owner.body if isinstance(n, kinds)}
    return found


def test_there_are_pages():
    assert {"README.md", "CHANGELOG.md", "docs/README.md"} <= {name_of(page) for page in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page):
    broken = []
    for to in links(page):
        path, _, anchor = to.partition("#")
        target = (page.parent / path).resolve() if path else page
        inside = target.is_relative_to(ROOT) and target.exists()
        if not inside or (anchor and anchor not in anchors(target)):
            broken.append(to)

    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_file_that_is_named_exists(page):
    names = [text for text in quoted(page) if FILE.fullmatch(text)]

    assert [name for name in names if not named(name, page)] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_function_that_is_named_exists(page):
    wrong = []
    for text in quoted(page):
        if match := FUNCTION.fullmatch(text):
            found = named(match["file"], page)
            if not any(match["name"] in defined(name) for name in found):
                wrong.append(text)

    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_function_is_linked_to_its_own_file(page):
    linked = re.finditer(r"\[`(?P<file>[\w./-]+\.py):[\w.]+`\]\((?P<to>[^)]+)\)", prose(page))

    assert [match[0] for match in linked if not match["to"].endswith(match["file"])] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_target_of_make_that_is_named_exists(page):
    known = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    text = page.read_text(encoding="utf-8")
    code = " ".join([*quoted(page), *(block[0] for block in FENCE.finditer(text))])

    assert {match["target"] for match in TARGET.finditer(code)} <= known


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_that_is_named_exists(page):
    groups = command_groups()
    unknown = [
        match[0]
        for text in [*quoted(page), *lines_of_code(page)]
        if (match := COMMAND.match(text))
        if match["name"] not in groups
        or (groups[match["name"]] and match["sub"] and match["sub"] not in groups[match["name"]])
    ]

    assert unknown == []


def lines_of_code(page: Path) -> Iterator[str]:
    for block in FENCE.finditer(page.read_text(encoding="utf-8")):
        yield from block[0].splitlines()


def command_groups() -> dict[str, set[str]]:
    """The commands of `pegboard`, each with its subcommands if it has any."""
    commands = getattr(get_command(app), "commands", {})
    return {name: set(getattr(command, "commands", ())) for name, command in commands.items()}
