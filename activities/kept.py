"""Answers that are asked for once more in a moment, by the same workflow on the same worker."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Key = TypeVar("Key")
Answer = TypeVar("Answer")

SECONDS = 10.0
"""What was not asked for by then is not any more: its workflow went on elsewhere."""

MOST = 1_000


@dataclass
class Kept(Generic[Key, Answer]):
    """The last answer for each key, for a short while, and given out once."""

    seconds: float = SECONDS
    most: int = MOST
    clock: Callable[[], float] = time.monotonic
    _answers: dict[Key, tuple[float, Answer]] = field(default_factory=dict)

    def keep(self, key: Key, answer: Answer) -> None:
        """Keep it in the place of an earlier one; the oldest goes where there are too many."""
        self._answers.pop(key, None)
        self._answers[key] = self.clock() + self.seconds, answer
        if len(self._answers) > self.most:
            del self._answers[next(iter(self._answers))]

    def take(self, key: Key) -> Answer | None:
        """The answer, which is then given away; None where there is none, or it is too old."""
        until, answer = self._answers.pop(key, (float("-inf"), None))
        return answer if self.clock() < until else None
