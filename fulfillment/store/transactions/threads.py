"""Blocking work beside an event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")


async def in_thread(
    executor: Executor | None,
    work: Callable[Given, Result],
    *given: Given.args,
    **named: Given.kwargs,
) -> Result:
    """Run blocking work on a thread, and never leave it running behind one's back.

    A task that is cancelled meanwhile ends only when the work has ended: else a transaction
    could still be open when the process believes that it has closed everything.
    """
    loop = asyncio.get_running_loop()
    running = loop.run_in_executor(executor, lambda: work(*given, **named))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise
