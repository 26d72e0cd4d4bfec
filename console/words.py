"""How values are written on pages: words, numbers, days and moments.

The words are English. Numbers and days are written as who looks is used to, by the languages that
the browser asks for.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton
from babel.numbers import format_decimal

from fulfillment.domain.model.counting import does, said_of
from fulfillment.domain.model.shipments import Slice

NOTHING = "—"

STATUSES: Mapping[str, str] = {
    "awaiting_pick_and_pack": "ready to pick",
    "partially_backordered": "partly backordered",
    "partially_shipped": "partly shipped",
}
"""Statuses that read better than their codes."""


def plain(code: object) -> str:
    """A code as words."""
    text = str(code)
    return STATUSES.get(text, text.replace("_", " "))


USED_TO: ContextVar[Locale | None] = ContextVar("used_to", default=None)
"""How numbers and days are written for who looks now; None: as in English."""

MOST_LANGUAGES, LONGEST_LANGUAGE = 10, 35


@contextmanager
def written_for(languages: str) -> Iterator[None]:
    """Write for who asks for these languages, the first known one of `Accept-Language`."""
    token = USED_TO.set(_first_known(languages))
    try:
        yield
    finally:
        USED_TO.reset(token)


def _first_known(languages: str) -> Locale | None:
    for part in languages.split(",")[:MOST_LANGUAGES]:
        name = part.partition(";")[0].strip()
        if name == "en" or name.startswith("en-") or not name[:LONGEST_LANGUAGE].isascii():
            return None
        try:
            return Locale.parse(name[:LONGEST_LANGUAGE], sep="-")
        except (ValueError, UnknownLocaleError):
            continue
    return None


def number(value: float | None) -> str:
    """A number with its thousands apart."""
    if value is None:
        return NOTHING
    locale = USED_TO.get()
    return f"{value:,}" if locale is None else format_decimal(value, locale=locale)


def counted(value: int, what: str, *, at_least: bool = False) -> str:
    """A number with what it counts, said as for one: `unit`, `order waits`; `+` where of more."""
    return f"{number(value)}{'+' if at_least else ''} {said_of(value, what)}"


def day(value: date | None) -> str:
    """A day, the month as a word: no reader takes it for another one."""
    if value is None:
        return NOTHING
    locale = USED_TO.get()
    if locale is None:
        return f"{value.day} {value:%b %Y}"
    return format_skeleton("yMMMd", value, locale=locale)


def moment(value: datetime | None, zone: str) -> str:
    """A moment in the merchant's time zone, to the minute."""
    if value is None:
        return NOTHING
    there = value.astimezone(ZoneInfo(zone))
    return f"{day(there.date())}, {there:%H:%M}"


def slices(pieces: Iterable[Slice]) -> str:
    """Units by day."""
    told = [f"{number(piece.units)} on {day(piece.on)}" for piece in pieces]
    return ", ".join(told) or NOTHING


A_DAY = re.compile(r"(?<![\w.-])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![\w-])")


def with_days(sentence: str) -> str:
    """A sentence of a rule, in which days are written as machines do, with days as people do."""
    return A_DAY.sub(lambda found: _text(found[0]), sentence)


def value(setting: object) -> str:
    """A setting, a reason or a fact, as people write it; a day as days are written."""
    if setting is None or setting == "":
        return "none"
    if isinstance(setting, bool):
        return "on" if setting else "off"
    if isinstance(setting, Mapping):
        known = ((name, one) for name, one in setting.items() if one is not None)
        return ", ".join(f"{plain(name)} {value(one)}" for name, one in known)
    if isinstance(setting, list | tuple):
        return "; ".join(value(one) for one in setting) or "none"
    if isinstance(setting, int):
        return number(setting)
    return _text(str(setting))


def _text(text: str) -> str:
    try:
        return day(date.fromisoformat(text)) if A_DAY.fullmatch(text) else plain(text)
    except ValueError:
        return plain(text)


FILTERS: Mapping[str, Callable[..., Any]] = {
    "counted": counted, "day": day, "does": does, "moment": moment, "number": number,
    "plain": plain, "slices": slices, "value": value, "with_days": with_days,
}  # fmt: skip
