"""What a workflow was sent, read as what it should be: anybody may send anything."""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any, TypeVar

from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue
from temporalio.converter import PayloadConverter

Message = TypeVar("Message")

MOST = 2**53
"""Above every number that is told: more neither fits a search attribute nor is a count of units."""

YEARS = range(1990, 2250)
"""Within these lies every date that is told, and no timer is too long for the engine."""


def heard(
    converter: PayloadConverter, sent: Sequence[RawValue], kind: type[Message]
) -> Message | None:
    """The one message that was sent, where it is of this kind and can be ours; else None."""
    return read(converter, [each.payload for each in sent], kind)


def read(
    converter: PayloadConverter, payloads: Sequence[Payload], kind: type[Message]
) -> Message | None:
    """The same, of payloads as they lie in a history."""
    if len(payloads) != 1:
        return None
    try:
        value = converter.from_payload(payloads[0], kind)
    except Exception:
        return None
    return value if isinstance(value, kind) and is_possible(value) else None


def is_possible(value: Any) -> bool:
    """Whether all numbers and dates of a message are such as the database has them."""
    if isinstance(value, int):
        return 0 <= value < MOST
    if isinstance(value, date):
        return value.year in YEARS
    if isinstance(value, tuple):
        return all(is_possible(each) for each in value)
    if is_dataclass(value):
        return all(is_possible(getattr(value, field.name)) for field in fields(value))
    return True
