"""What a workflow does follows from its history: the check that stands in for the sandbox (0043).

It reads every module that workflows import. What it can not see, such as the order in which a set
is gone through, the replay of each committed history finds: every run of it has other hashes.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("workflows", "fulfillment")

MODULES = frozenset(
    {
        *("abc", "asyncio", "collections", "contextlib", "dataclasses", "datetime", "decimal"),
        *("enum", "functools", "itertools", "math", "operator", "re", "shlex", "typing"),
        *("types", "urllib", "fractions", "heapq", "bisect", "string", "unicodedata"),
        *("pydantic", "temporalio"),
    }
)
"""Nothing in them tells the time, a chance or the world outside, but for what is named below."""

READERS_OF_THE_CLOCK = frozenset({"now", "utcnow", "today", "time", "monotonic", "perf_counter"})
ALLOWED_CLOCKS = frozenset({"workflow.now", "datetime.time"})
"""The workflow's own clock; and the time of day as a value."""

NOT_IN_ORDER = frozenset({"asyncio.wait", "asyncio.as_completed", "asyncio.to_thread"})
ORDERLESS = frozenset({"all", "any", "frozenset", "max", "min", "set", "sorted", "sum"})
OUTSIDE = frozenset({"open", "input", "print", "hash", "id", "exec", "eval", "__import__"})
CHANGES = frozenset({"append", "add", "update", "setdefault", "pop", "clear", "extend", "insert"})


def file_of(module: str) -> Path | None:
    path = ROOT / Path(*module.split("."))
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.exists():
            return candidate
    return None


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module that is named in an import; of `from x import y` also `x.y`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def reached() -> dict[str, ast.Module]:
    """The modules of ours that workflows import, and what these import, with their source."""
    todo = [f"workflows.{path.stem}" for path in (ROOT / "workflows").glob("*.py")]
    found: dict[str, ast.Module] = {}
    while todo:
        module = todo.pop()
        file = file_of(module)
        if module in found or file is None:
            continue
        found[module] = ast.parse(file.read_text())
        todo += [name for name in imported(found[module]) if name.split(".")[0] in OURS]
    return found


REACHED = reached()


def calls(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def wrong(tree: ast.Module) -> list[str]:
    """What in a module may come out otherwise at a replay."""
    return [
        *(f"import of {name}" for name in imported(tree) if not is_allowed(name)),
        *(f"call of {name}" for name in calls(tree) if is_forbidden(name)),
        *(f"{ast.unparse(each)} has no order" for each in gone_through(tree) if is_set(each)),
        *(f"{name} is changed" for name in changed_for_all(tree)),
        *("global" for node in ast.walk(tree) if isinstance(node, ast.Global)),
    ]


def is_allowed(module: str) -> bool:
    return module.split(".", maxsplit=1)[0] in MODULES | {*OURS}


def is_forbidden(call: str) -> bool:
    last = call.rpartition(".")[2]
    is_clock = "." in call and last in READERS_OF_THE_CLOCK and call not in ALLOWED_CLOCKS
    return is_clock or call in NOT_IN_ORDER | OUTSIDE


def gone_through(tree: ast.AST) -> Iterator[ast.expr]:
    """What is gone through where the order may tell: in loops, lists and texts."""
    without = {id(node) for node in orderless(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.For):
            yield node.iter
        elif isinstance(node, ast.ListComp | ast.DictComp | ast.GeneratorExp):
            if id(node) not in without:
                yield from (each.iter for each in node.generators)
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name in ("list", "tuple", "iter") or name.endswith(".join"):
                yield from node.args


def orderless(tree: ast.AST) -> Iterator[ast.expr]:
    """What is handed to who takes it in any order."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ORDERLESS:
            yield from node.args


def is_set(node: ast.expr) -> bool:
    made = isinstance(node, ast.Call) and ast.unparse(node.func) in ("set", "frozenset")
    return made or isinstance(node, ast.Set | ast.SetComp)


def changed_for_all(tree: ast.Module) -> Iterator[str]:
    """Names of a module that its functions change: every workflow of the process would see it."""
    shared = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in CHANGES and ast.unparse(node.func.value) in shared:
                yield ast.unparse(node.func.value)
        elif isinstance(node, ast.Assign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for each in targets:
                if isinstance(each, ast.Subscript) and ast.unparse(each.value) in shared:
                    yield ast.unparse(each.value)


def test_workflows_and_what_they_import_are_read():
    assert {"workflows.order", "fulfillment.contracts.hearing"} <= REACHED.keys()
    assert not [module for module in REACHED if module.startswith("fulfillment.store")]


@pytest.mark.parametrize("module", sorted(REACHED))
def test_what_workflows_do_follows_from_their_history(module: str) -> None:
    assert wrong(REACHED[module]) == []


@pytest.mark.parametrize(
    "source",
    [
        "import random",
        "from uuid import uuid4",
        "from datetime import datetime\ndatetime.now()",
        "from datetime import date\ndate.today()",
        "for sku in {'a', 'b'}: pass",
        "', '.join(set(skus))",
        "import asyncio\nasyncio.wait(tasks)",
        "SEEN = {}\ndef note(order): SEEN[order] = True",
        "SEEN = []\ndef note(order): SEEN.append(order)",
        "def count():\n    global n\n    n += 1",
        "print('told')",
    ],
)
def test_source_that_would_come_out_otherwise_is_found(source: str) -> None:
    assert wrong(ast.parse(source))
