from dataclasses import dataclass

FIRST_SECONDS = 1.0
LAST_SECONDS = 30.0
HEALTHY_SECONDS = 60.0


@dataclass
class Backoff:
    """How long to wait before the next restart: twice as long each time.

    It begins again once what was restarted has lived for a minute.
    """

    seconds: float = FIRST_SECONDS
    started_at: float = 0.0
    due_at: float | None = None

    def started(self, now: float) -> None:
        """Note a start."""
        self.started_at, self.due_at = now, None

    def plan(self, now: float) -> float:
        """Note an end; the wait before the next start."""
        if now - self.started_at >= HEALTHY_SECONDS:
            self.seconds = FIRST_SECONDS
        wait, self.seconds = self.seconds, min(self.seconds * 2, LAST_SECONDS)
        self.due_at = now + wait
        return wait
