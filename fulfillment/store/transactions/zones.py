"""Stored time zones."""

from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog

log = structlog.get_logger(__name__)

NOT_KNOWN = (ZoneInfoNotFoundError, ValueError, OSError)
"""What a name raises that is no zone; a folder of zones is an OSError."""


@cache
def zone_of(name: str) -> ZoneInfo:
    """A stored zone. One that is not known any more is told once, and taken for UTC.

    A fault of one location, or of one merchant, must not stop those who are planned beside it.
    """
    try:
        return ZoneInfo(name)
    except NOT_KNOWN:
        log.error("time_zone_not_known", time_zone=name, taken_for="UTC")  # noqa: TRY400
        return ZoneInfo("UTC")


def zone_if_known(name: str | None) -> ZoneInfo | None:
    """A zone that somebody outside named; None where nobody did, or it is none."""
    try:
        return ZoneInfo(name) if name else None
    except NOT_KNOWN:
        return None
