"""Where long work is, told every ten seconds, also where nobody sits at a terminal."""

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

EVERY_SECONDS = 10.0


@dataclass
class Step:
    """What is being done now; whoever does it says so by calling this."""

    words: str = ""

    def __call__(self, words: str) -> None:
        """This is done from now on."""
        self.words = words


@dataclass(frozen=True, slots=True)
class Clock:
    """`wait` waits so many seconds, and says whether it was ended meanwhile; `end` ends it."""

    now: Callable[[], float]
    wait: Callable[[float], object]
    end: Callable[[], None]


def real_clock() -> Clock:
    """The clock on the wall."""
    ended = threading.Event()
    return Clock(time.monotonic, ended.wait, ended.set)


def say(line: str) -> None:
    """On the side of errors: what a program reads stays as it is. Nobody may be there to read."""
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


@contextmanager
def told(where: Callable[[], str]) -> Iterator[None]:
    """Tell where the block is, every ten seconds, in a line each, until it ends.

    What ends within ten seconds tells nothing. A thread tells, since a statement may take minutes.
    """
    clock = real_clock()
    began = clock.now()

    def tell() -> None:
        while not clock.wait(EVERY_SECONDS):
            say(f"{clock.now() - began:.0f} s: {where()}")

    teller = threading.Thread(target=tell, name="teller", daemon=True)
    teller.start()
    try:
        yield
    finally:
        clock.end()
        teller.join()
