"""Calls as a test makes them: several at the same moment, or one that is refused."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from fulfillment.domain.model.refusals import RefusedError


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls at the same moment, each on a connection of its own; refusals are results."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return call()
        except RefusedError as refusal:
            return refusal.code

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def codes(results: Sequence[Any]) -> list[str]:
    """The codes of those calls that were refused, sorted."""
    return sorted(result for result in results if isinstance(result, str))


def refused(call: Callable[[], object]) -> RefusedError:
    """The refusal that a call has to end with."""
    with pytest.raises(RefusedError) as refusal:
        call()
    return refusal.value
