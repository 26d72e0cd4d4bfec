"""One after another, each on its own: who fails holds up nobody behind."""

from collections.abc import Callable, Iterable, Sequence
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
            _tell(step, item, error)
        else:
            done += 1
    return done


def together_or_apart(step: str, items: Sequence[Item], do: Callable[[Sequence[Item]], int]) -> int:
    """Do it for all at once; where that fails, for half of them and the other half.

    Who fails alone is told of in the log, and set aside. The sum of what was answered.
    """
    try:
        return do(items) if items else 0
    except Exception as error:
        if is_infrastructure(error):
            raise
        if len(items) == 1:
            _tell(step, items[0], error)
            return 0
    half = len(items) // 2
    return sum(together_or_apart(step, some, do) for some in (items[:half], items[half:]))


def _tell(step: str, item: object, error: Exception) -> None:
    # The error's own words are left out: they can quote what a customer sent.
    log.error("step_failed_for_one", step=step, which=item, error=type(error).__qualname__)
