"""How long one attempt of an activity may take, and when its worker is taken for dead."""

from datetime import timedelta
from typing import TypedDict


class Attempt(TypedDict):
    """The options of every activity that waits for a turn, a thread or a lock."""

    start_to_close_timeout: timedelta
    heartbeat_timeout: timedelta


OF_AN_ACTIVITY = Attempt(
    # Waiting is a part of an attempt: how long it takes says nothing of whether a worker lives.
    start_to_close_timeout=timedelta(hours=1),
    # Without a heartbeat for so long the worker is taken for dead, and another does it.
    heartbeat_timeout=timedelta(seconds=20),
)
