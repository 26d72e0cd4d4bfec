"""One after another, each on its own: who fails holds up nobody behind."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import structlog

from fulfillment.store.transactions.faults import is_infrastructure

log = structlog.get_logger(__name__)

Item = TypeVar("Item")


def each_apart(step: str, items: Iterable[Item], do: Callable[[Item], object]) -> int:
    """Do it for each, and tell in the log for whom it failed; for how many it was done.

    Raises where the database is away: then it would fail for all.
    """
    done = 0
    for item in items:
        try:
            do(item)
        except Exception as error:
            if is_infrastructure(error):
                raise
            # The error's own words are left out: they can quote what a customer sent.
            log.error("step_failed_for_one", step=step, which=item, error=type(error).__qualname__)  # noqa: TRY400
        else:
            done += 1
    return done
