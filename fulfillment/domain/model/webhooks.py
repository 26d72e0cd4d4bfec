"""Webhooks: what an endpoint is told, and what becomes of a delivery after each attempt.

The pauses and what an answer means are those of the Standard Webhooks specification.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

TEST_EVENT = "webhook.test"
"""What is sent to try an endpoint; nothing has happened."""

EVERYTHING = "*"


class EndpointStatus(StrEnum):
    """Whether an endpoint is told anything."""

    ON = "on"
    OFF = "off"


class OffReason(StrEnum):
    """Why an endpoint is off."""

    MANUAL = "manual"
    GONE = "gone"
    FAILING = "failing"


class DeliveryStatus(StrEnum):
    """How far a delivery is: it is due until it was taken or given up."""

    DUE = "due"
    DELIVERED = "delivered"
    FAILED = "failed"


class Fault(StrEnum):
    """Why there was no answer."""

    ADDRESS_REFUSED = "address_refused"
    NAME_NOT_RESOLVED = "name_not_resolved"
    NOT_CONNECTED = "not_connected"
    TLS_FAILED = "tls_failed"
    TIMED_OUT = "timed_out"
    BROKEN_OFF = "broken_off"
    SECRET_NOT_OPENED = "secret_not_opened"  # noqa: S105 -- a code, no secret


# --- topics --------------------------------------------------------------------------------------


def is_topic(topic: str, types: Iterable[str]) -> bool:
    """Whether this is a type of event, all of a family such as `order.*`, or `*` for all."""
    known = list(types)
    return topic in {EVERYTHING, *known, *families(known)}


def families(types: Iterable[str]) -> Iterator[str]:
    """The topics that stand for all types of a family, each once, in order."""
    yield from dict.fromkeys(f"{each.partition('.')[0]}.*" for each in types)


def wants(topics: Collection[str], type_: str) -> bool:
    """Whether who has these topics is told of this type, also of one that comes later."""
    return EVERYTHING in topics or type_ in topics or f"{type_.partition('.')[0]}.*" in topics


# --- what becomes of a delivery ------------------------------------------------------------------

PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""After each attempt that failed; after the one that follows the last, it is given up."""

JITTER = 0.2
"""A pause is longer by up to this share, by chance: what failed together does not come together."""

SLOW_DOWN = frozenset({429, 502, 503, 504})
"""Answers that ask for fewer calls."""

GONE = 410
FIRST_SLOWDOWN = timedelta(seconds=5)
LONGEST_SLOWDOWN = timedelta(minutes=5)
LONGEST_RETRY_AFTER = timedelta(hours=24)
DOUBLINGS = 10


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one attempt: a status, or why there was none, and how long to wait if told."""

    status: int | None = None
    fault: Fault | None = None
    retry_after: timedelta | None = None

    @property
    def is_success(self) -> bool:
        """Any status from 200 to 299; a redirection is none."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 -- the rule


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a delivery and its endpoint stand when an attempt has failed.

    `attempts` counts this one; `slowdowns` those in a row before it that asked for fewer calls;
    `failing_for` is how long nothing got through.
    """

    attempts: int
    slowdowns: int = 0
    failing_for: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of the delivery, and of the endpoint.

    `retry_in` is there while it is due. `slow_for` is how long the endpoint gets no call at all;
    `off` is why it is switched off.
    """

    status: DeliveryStatus
    retry_in: timedelta | None = None
    slow_for: timedelta | None = None
    off: OffReason | None = None


def judge(attempt: Attempt, at: Standing, patience: timedelta, chance: float) -> Verdict:
    """What becomes of a delivery after an attempt; `chance` is from 0 to 1.

    An endpoint to which nothing got through for longer than `patience` is switched off. One whose
    secret can not be opened is no fault of the receiver: it only waits.
    """
    if attempt.is_success:
        return Verdict(DeliveryStatus.DELIVERED)
    if attempt.status == GONE:
        return Verdict(DeliveryStatus.FAILED, off=OffReason.GONE)
    if attempt.fault is Fault.SECRET_NOT_OPENED:
        return Verdict(DeliveryStatus.DUE, PAUSES[1], PAUSES[1])
    if at.failing_for > patience:
        return Verdict(DeliveryStatus.FAILED, off=OffReason.FAILING)
    slow_for = _slowdown(attempt, at.slowdowns)
    if at.attempts > len(PAUSES):
        return Verdict(DeliveryStatus.FAILED, slow_for=slow_for)
    pause = PAUSES[at.attempts - 1] * (1 + JITTER * chance)
    return Verdict(DeliveryStatus.DUE, max(pause, slow_for or pause), slow_for)


def _slowdown(attempt: Attempt, before: int) -> timedelta | None:
    """As long as the receiver says, within bounds; else longer with each time that it asks."""
    if attempt.retry_after is not None:
        return min(max(attempt.retry_after, FIRST_SLOWDOWN), LONGEST_RETRY_AFTER)
    if attempt.status in SLOW_DOWN:
        return min(FIRST_SLOWDOWN * (1 << min(before, DOUBLINGS)), LONGEST_SLOWDOWN)
    return None
