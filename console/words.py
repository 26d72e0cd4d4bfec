"""How values are written on pages: words, numbers, days and moments."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

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


def number(value: float | None) -> str:
    """A number with its thousands apart."""
    return NOTHING if value is None else f"{value:,}"


def day(value: date | None) -> str:
    """A day, the month as a word: no reader takes it for another one."""
    return NOTHING if value is None else f"{value.day} {value:%b %Y}"


def moment(value: datetime | None, zone: str) -> str:
    """A moment in the merchant's time zone, to the minute."""
    if value is None:
        return NOTHING
    there = value.astimezone(ZoneInfo(zone))
    return f"{there.day} {there:%b %Y, %H:%M}"


def slices(pieces: Iterable[Slice]) -> str:
    """Units by day."""
    told = [f"{piece.units:,} on {day(piece.on)}" for piece in pieces]
    return ", ".join(told) or NOTHING


def value(setting: object) -> str:
    """A setting, a reason or a fact, as people write it."""
    if setting is None or setting == "":
        return "none"
    if isinstance(setting, bool):
        return "on" if setting else "off"
    if isinstance(setting, Mapping):
        return ", ".join(f"{plain(name)} {value(one)}" for name, one in setting.items())
    if isinstance(setting, list | tuple):
        return "; ".join(value(one) for one in setting) or "none"
    return f"{setting:,}" if isinstance(setting, int) else str(setting).replace("_", " ")


FILTERS: Mapping[str, Callable[..., Any]] = {
    "day": day, "moment": moment, "number": number, "plain": plain, "slices": slices,
    "value": value,
}  # fmt: skip
