"""The sandbox imports the workflows for each workflow: that must not mean to compile them."""

import sys
from importlib.util import cache_from_source
from pathlib import Path

import pytest

import workflows.order
from fulfillment import bytecode
from tests.workflows.desk import Desk, shipped
from tests.workflows.stage import Stage


async def test_workflows_are_compiled_once_when_python_may_write_no_bytecode(
    stage: Stage, desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "nothing here"))
    desk.prepare.append(shipped(1))
    with bytecode.kept(workflows.order):
        compiled = Path(cache_from_source(workflows.order.__file__))
        await (await stage.start_order()).result()
        first = changed_at(compiled)
        await (await stage.start_order()).result()
        assert changed_at(compiled) == first
    assert changed_at(compiled) is None
    assert sys.dont_write_bytecode


def changed_at(path: Path) -> int | None:
    return path.stat().st_mtime_ns if path.exists() else None
