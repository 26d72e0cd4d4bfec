"""What every source file keeps to; what imports what is checked by import-linter as well."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = (
    "activities", "carriers", "cli", "console", "documents", "embedded", "fulfillment", "payments",
    "starter", "workflows", "worker.py",
)  # fmt: skip
DOMAIN = ROOT / "fulfillment" / "domain"
MOST_LINES = 300

DOMAIN_IMPORTS = {
    "abc", "collections", "collections.abc", "contextlib", "dataclasses", "datetime", "enum",
    "itertools", "json", "math", "re", "types", "typing", "unicodedata",
}  # fmt: skip
CLOCKS = {"now", "today", "utcnow", "fromtimestamp"}
COMPOSED = {
    "activities", "asyncio", "collections", "concurrent", "contextlib", "dataclasses", "datetime",
    "fulfillment", "payments", "signal", "structlog", "sys", "temporalio", "typing",
    "workflows",
}  # fmt: skip
VAGUE = {"base", "common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
REGISTRIES = (
    "pypi" + ".org", "files.python" + "hosted.org", "registry.npm" + "js.org",
    "proxy.go" + "lang.org",
)  # fmt: skip
MACHINE_PATH = re.compile(r"(?<![\w.])/(work|farm|home|Users)/[A-Za-z.]")


def sources(*rooms: str) -> list[Path]:
    found: list[Path] = []
    for room in rooms:
        path = ROOT / room
        found += [path] if path.is_file() else sorted(path.rglob("*.py"))
    return found


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)} imports by a relative path"
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("path", sources("fulfillment/domain"), ids=name_of)
def test_the_domain_imports_only_what_has_no_clock_and_no_chance(path):
    foreign = {name for name in imports(path) if not name.startswith("fulfillment.domain")}

    assert foreign <= DOMAIN_IMPORTS


@pytest.mark.parametrize("path", sources("fulfillment/domain"), ids=name_of)
def test_the_domain_never_asks_what_time_it_is(path):
    asked = [
        node.attr
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS
        if isinstance(node.value, ast.Name) and node.value.id in {"date", "datetime"}
    ]

    assert asked == []


DAYS = ROOT / "fulfillment" / "domain" / "model" / "days.py"
SQL_DAY = re.compile(r"_at\s*(::|AS)\s*date\b|\bcurrent_date\b|date_trunc\('day'", re.IGNORECASE)
"""SQL that takes a day from an instant would take that of the session's zone, which is UTC."""


@pytest.mark.parametrize("path", sources("fulfillment", "starter", "importing"), ids=name_of)
def test_a_day_is_taken_from_an_instant_in_one_place(path):
    if path == DAYS or "migrations" in path.parts:
        return
    taken = [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "date"
        and not node.args
    ]
    taken += SQL_DAY.findall(path.read_text(encoding="utf-8"))

    assert taken == []


def test_the_worker_imports_only_what_a_composition_root_puts_together():
    roots = {name.partition(".")[0] for name in imports(ROOT / "worker.py")}
    ours = {name for name in imports(ROOT / "worker.py") if name.startswith("fulfillment.")}

    assert roots <= COMPOSED
    assert not {name for name in ours if name.startswith("fulfillment.domain")}


def test_no_source_file_is_longer_than_three_hundred_lines():
    lengths = {
        name_of(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in sources(*ROOMS)
        if "migrations/versions" not in name_of(path)
    }

    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_no_module_has_a_name_that_says_nothing():
    vague = [
        name_of(path)
        for path in sources(*ROOMS, "tests")
        if VAGUE & set(path.relative_to(ROOT).with_suffix("").parts)
    ]

    assert vague == []


def test_no_test_is_skipped_without_a_reason():
    silent = [
        f"{name_of(path)}:{call.lineno}"
        for path in sources("tests")
        for call in marks(parsed(path))
        if not has_reason(call)
    ]

    assert silent == []


SKIPS = {"skip", "skipif", "xfail"}


def marks(tree: ast.Module) -> Iterator[ast.expr]:
    """Every use of a mark or call that leaves a test out, with its arguments if it has any."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    called = [call.func for call in calls]
    yield from (call for call in calls if is_skip(call.func))
    yield from (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and is_skip(node) and node not in called
    )


def is_skip(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr in SKIPS
        and ast.unparse(node.value) in {"pytest", "pytest.mark"}
    )


def has_reason(mark: ast.expr) -> bool:
    if not isinstance(mark, ast.Call):
        return False
    named = any(keyword.arg == "reason" for keyword in mark.keywords)
    return named or (ast.unparse(mark.func) == "pytest.skip" and bool(mark.args))


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("there is no git repository around the source, so nothing is tracked")
    return [path for name in listed.stdout.split("\0") if (path := ROOT / name).is_file()]


def test_no_tracked_file_names_a_path_of_one_machine_or_a_registry():
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if match := MACHINE_PATH.search(text):
            found.append(f"{name_of(path)}: {match[0]}")
        found += [f"{name_of(path)}: {host}" for host in REGISTRIES if host in text]

    assert found == []


# --- SQL -----------------------------------------------------------------------------------------


def sql_strings(path: Path) -> Iterator[ast.JoinedStr]:
    """Every f-string that reads like SQL, whether it is sent at once or kept under a name."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.JoinedStr):
            literal = "".join(str(v.value) for v in node.values if isinstance(v, ast.Constant))
            if re.search(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM)\b", literal):
                yield node


CONSTANT = re.compile(r"(\w+\.)*[A-Z][A-Z0-9_]*(\.order_by)?")
"""A name in capitals, or the sort that one holds."""

OF_CONSTANTS = {"key_columns", "conditions"}
"""What makes SQL of constants and of fragments of its own file, never of a value."""


def is_fixed(value: ast.expr, fixed: set[str]) -> bool:
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id in OF_CONSTANTS
    name = ast.unparse(value)
    return bool(CONSTANT.fullmatch(name)) or name in fixed


def fixed_names(tree: ast.Module) -> set[str]:
    """Names that are only ever given literal text, or that loop over some."""
    given: dict[str, list[bool]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.For) and isinstance(node.target, ast.Name):
            literal = isinstance(node.iter, ast.Tuple) and all(map(is_text, node.iter.elts))
            given.setdefault(node.target.id, []).append(literal)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            given.setdefault(node.targets[0].id, []).append(is_text(node.value))
    return {name for name, literals in given.items() if all(literals)}


def is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


@pytest.mark.parametrize("path", sources("fulfillment", "starter", "activities"), ids=name_of)
def test_sql_holds_no_value_that_is_not_a_parameter(path):
    fixed = fixed_names(parsed(path))
    odd = [
        f"line {node.lineno}: {ast.unparse(value.value)}"
        for node in sql_strings(path)
        for value in node.values
        if isinstance(value, ast.FormattedValue) and not is_fixed(value.value, fixed)
    ]

    assert odd == []
