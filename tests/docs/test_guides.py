"""The guides leave nothing out: every operation of the API, every kind of thing in a history."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from fulfillment.domain.insight.history import STATUS_WORDS
from fulfillment.settings import Settings
from fulfillment.store.transactions.session import Store, connect
from starter.app import build_app

ROOT = Path(__file__).parents[2]
GUIDE, HISTORY = "docs/api.md", "docs/history.md"

OF_THE_MACHINE = {"/health/live", "/health/ready"}
"""Told in docs/deployment.md, for who runs it."""

COMPUTED = {
    "'by_hand' if line.by_hand else 'by_itself'": {"by_hand", "by_itself"},
    "STATUS_WORDS[shipment.status]": set(STATUS_WORDS.values()),
    "f'payment_{settled.status}'": {"payment_done", "payment_failed"},
    "f'{entry.kind}_due'": {"authorise_due", "void_due", "refund_due"},
    "told.kind": {"payment_recorded"},
    "kind": {"pin_lost", "pin_late", "pin_back"},
}
"""Kinds that no word in the source says: the expression, and what it comes to."""
OF_INTAKE = {"received"}
"""Written by the statement that takes orders in."""


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def paths() -> list[str]:
    store = Store(connect("postgresql+psycopg://nobody@127.0.0.1:1/none"))
    return sorted(set(build_app(store, None, Settings()).openapi()["paths"]) - OF_THE_MACHINE)


@pytest.mark.parametrize("path", paths())
def test_the_guide_tells_of_every_operation(path):
    *_, word = (part for part in path.split("/") if not part.startswith("{"))
    told = re.search(rf"[/`]{re.escape(word)}(?![\w-])", page(GUIDE))

    assert told, f"say in {GUIDE} what {path} does: nothing there names `{word}`"


def kinds() -> Iterator[str]:
    """What the source says that history tells, or the expression that says it."""
    for file in sorted((ROOT / "fulfillment").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield from _kind_of(node)


def _kind_of(call: ast.Call) -> Iterator[str]:
    """`OrderEvent(order, kind)`, `order.noted(kind)` and `noted(opened, kind)`."""
    at = 0 if isinstance(call.func, ast.Attribute) else 1
    name = ast.unparse(call.func).rpartition(".")[2]
    if name in ("OrderEvent", "noted") and len(call.args) > at:
        kind = call.args[at]
        yield str(kind.value) if isinstance(kind, ast.Constant) else ast.unparse(kind)


def test_the_page_of_the_history_tells_of_every_kind():
    found = set(kinds())
    known = {kind for one in found for kind in COMPUTED.get(one, {one})} | OF_INTAKE
    listed = {kind for row in re.findall(r"^\| (`.+?) \|", page(HISTORY), re.MULTILINE)
              for kind in re.findall(r"`(\w+)`", row)}  # fmt: skip

    assert not known - listed, f"say in {HISTORY} what these mean: {sorted(known - listed)}"
    assert not listed - known, f"nothing tells these any more: {sorted(listed - known)}"
    assert not COMPUTED.keys() - found, "these stand in COMPUTED and no more in the source"
