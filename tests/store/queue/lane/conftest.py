"""The lane, watched: how many lines went through it."""

from collections.abc import Callable
from typing import Any

import pytest

from fulfillment.store.queue.lane import NOTHING, Filled, filling


class Counted:
    """The lane, with a count of the lines that went through it; shut where it is asked to be."""

    def __init__(self, fill: Callable[..., Filled]) -> None:
        self.fill, self.is_shut, self.lines = fill, False, 0

    def __call__(self, *arguments: Any) -> Filled:
        if self.is_shut:
            return NOTHING
        filled = self.fill(*arguments)
        self.lines += sum(map(len, filled.lines.values()))
        return filled


@pytest.fixture
def lane(monkeypatch: pytest.MonkeyPatch) -> Counted:
    counted = Counted(filling.fill_plain_lines)
    monkeypatch.setattr(filling, "fill_plain_lines", counted)
    return counted
