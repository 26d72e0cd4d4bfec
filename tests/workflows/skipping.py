"""Move the clock of one workflow on."""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio.client import WorkflowHandle
from temporalio.testing import TimeSkipper

LONGEST = 25.0
"""Seconds to wait for the server to say that it is done."""


async def fast_forward(
    skipper: TimeSkipper, handle: WorkflowHandle[Any, Any], duration: timedelta
) -> None:
    """Let so much time pass for a workflow.

    The call asks the server again and again whether it is done, without a limit of its own. Where
    it is not told in time, a second, tiny step is asked for, which ends with the first.
    """
    try:
        await asyncio.wait_for(skipper.fast_forward(handle, duration), LONGEST)
    except TimeoutError:
        await asyncio.wait_for(skipper.fast_forward(handle, timedelta(seconds=1)), LONGEST)
