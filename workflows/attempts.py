"""How long one attempt of an activity may take, and when its worker is taken for dead."""

from datetime import timedelta
from typing import TypedDict

from temporalio.common import RetryPolicy

RETRIES = RetryPolicy(
    initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=30)
)
"""Infrastructure is retried without limit; a broken rule is final by its own type."""


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


class LocalAttempt(TypedDict):
    """The options of an activity that is done within a workflow task."""

    start_to_close_timeout: timedelta
    retry_policy: RetryPolicy


OF_A_LOCAL_ACTIVITY = LocalAttempt(
    # It gives up by itself after a few seconds (`AT_ONCE_SECONDS`): this only ends one that hangs.
    start_to_close_timeout=timedelta(minutes=1),
    # No second try: the retries of the engine's own activities wait without a task and an event.
    retry_policy=RetryPolicy(maximum_attempts=1),
)
