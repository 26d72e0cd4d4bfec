"""What many look at is computed once, never older than it says, and behind who looks often."""

import threading
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs

from console.recent import SECONDS, SOON, Recent


@dataclass
class Counted:
    """Counts how often it is computed; each waits until it may."""

    times: int = 0
    done: threading.Event = field(default_factory=threading.Event)
    fails: bool = False

    def __call__(self) -> int:
        self.times += 1
        try:
            if self.fails:
                raise LookupError
            return self.times
        finally:
            self.done.set()


@dataclass
class Clock:
    at: float = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


def wait_until_renewed(recent: Recent, counted: Counted) -> None:
    assert counted.done.wait(10)
    with recent._lock_of("board"):
        counted.done.clear()


def test_it_is_computed_once_for_all_who_look_soon(clock):
    recent, counted = Recent(clock), Counted()

    assert recent.get("board", counted) == (1, 0)
    clock.at = SOON - 1
    assert recent.get("board", counted) == (1, int(SOON) - 1)
    assert counted.times == 1


def test_who_looks_often_never_waits_and_sees_the_new_one_next(clock):
    recent, counted = Recent(clock), Counted()
    recent.get("board", counted)
    counted.done.clear()

    clock.at = SOON + 1
    assert recent.get("board", counted) == (1, int(SOON) + 1)
    wait_until_renewed(recent, counted)
    assert recent.get("board", counted) == (2, 0)


def test_nothing_is_shown_that_is_older_than_it_may_be(clock):
    recent, counted = Recent(clock), Counted()
    recent.get("board", counted)

    clock.at = SECONDS
    assert recent.get("board", counted) == (2, 0)


def test_what_fails_behind_who_looks_is_told_and_tried_again(clock):
    recent, counted = Recent(clock), Counted()
    recent.get("board", counted)
    counted.done.clear()
    counted.fails, clock.at = True, SOON

    with capture_logs() as logs:
        assert recent.get("board", counted) == (1, int(SOON))
        wait_until_renewed(recent, counted)
    assert [(line["event"], line["error"]) for line in logs] == [
        ("not_computed_again", "LookupError")
    ]
    clock.at = SECONDS
    with pytest.raises(LookupError):
        recent.get("board", counted)
