"""Cursors of the feed: opaque to clients, and refused where they can not be honoured."""

import base64
import binascii
import json
from dataclasses import dataclass

from fulfillment.domain.model.refusals import RefusalKind, RefusedError, invalid

LONGEST = 200
HIGHEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Position:
    """Up to where somebody has read: a place, and in which life of the database it was given.

    `check` is the end of the id of the event in that place: a database that was put back,
    and of which nobody said so, has another one there.
    """

    epoch: int
    place: int
    check: str = ""

    @property
    def cursor(self) -> str:
        """As a client keeps it."""
        content = json.dumps([self.epoch, self.place, self.check], separators=(",", ":"))
        return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def position_of(cursor: str) -> Position:
    """What a cursor says; refused where it is none of ours."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        epoch, place, check = json.loads(base64.b64decode(padded, b"-_", validate=True))
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise _bad() from error
    are_numbers = all(type(one) is int and 0 <= one <= HIGHEST for one in (epoch, place))
    if not are_numbers or not isinstance(check, str):
        raise _bad()
    return Position(epoch, place, check)


def _bad() -> RefusedError:
    return invalid("bad_cursor", "the cursor is not one of this feed", "after")


def gone(oldest: Position, why: str) -> RefusedError:
    """A cursor that can not be honoured, with the oldest one that can."""
    fields: list[dict[str, object]] = [{"field": "after", "oldest": oldest.cursor}]
    return RefusedError(RefusalKind.GONE, "cursor_gone", why, fields)
