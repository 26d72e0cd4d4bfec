"""What is asked of whoever carries mail: a port, with one adapter for each way."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """One message for one recipient. `name` is how people may know it; it is no customer's.

    `sender` is where it comes back to when it can not be delivered.
    """

    name: str
    sender: str
    recipient: str
    content: bytes


class Result(StrEnum):
    """What became of it."""

    SENT = "sent"
    REFUSED = "refused"
    LATER = "later"
    """It was not taken now, and may be tried again."""
    UNKNOWN = "unknown"
    """The connection was lost when it may have been taken already."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What became of it, and what the server answered, where it did."""

    result: Result
    reply: int | None = None


class TransportAwayError(Exception):
    """Nothing was sent: there is nobody who would take it. Its words hold nothing of the mail."""


class Transport(Protocol):
    """Somebody who carries mail."""

    def send(self, mail: OutgoingMail) -> Carried:
        """Have it carried, and come back within minutes. Raises TransportAwayError."""

    def close(self) -> None:
        """End what is open; it is opened again by the next mail."""
