"""What the page about Temporal tells people to type does what it says."""

import asyncio
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHandle

from embedded.temporal import EmbeddedTemporal, temporal_program
from tests.workflows.desk import Desk, awaiting, ready, shipped
from tests.workflows.stage import Stage

PAGE = (Path(__file__).parents[2] / "docs" / "temporal.md").read_text(encoding="utf-8")
SIGNALS = re.findall(r"^\.venv/bin/temporal (workflow signal .+)$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("line", SIGNALS)
async def test_signal_that_is_sent_by_hand_makes_an_order_look(
    stage: Stage, desk: Desk, skipping_server: EmbeddedTemporal, line: str
) -> None:
    desk.prepare.append(awaiting(1, skus=("TEA-GREEN",)))
    desk.look.append(ready(2))
    handle = await stage.start_order()
    await stage.until_seq(handle, 1)
    for _ in range(5):
        # A query looks at a list that lags a little behind.
        await type_it(line, handle, skipping_server.address)
        if "look_again" in desk.calls or "--query" not in line:
            break
        await asyncio.sleep(1)
    await stage.until_seq(handle, 2)
    await stage.tell(handle, shipped(3))
    await handle.result()


async def type_it(line: str, handle: WorkflowHandle[Any, Any], address: str) -> None:
    mine = [word.replace("order:acme:SO-2", handle.id) for word in shlex.split(line)]
    typed = await asyncio.create_subprocess_exec(
        temporal_program(),
        *mine,
        "--address",
        address,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await typed.communicate()
    assert typed.returncode == 0, told.decode()
