"""The steps of an order's life as groups of events: the history says which step each belongs to."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from temporalio import workflow

VERIFY = "verify"
PREPARE = "prepare fulfillment"
AWAIT_STOCK = "await stock"


@contextmanager
def step(*names: str) -> Iterator[None]:
    """What is begun within belongs to these steps. It costs neither an event nor an action."""
    with ExitStack() as stack:
        for name in names:
            stack.enter_context(workflow.create_event_group(name, label=name).scope())
        yield
