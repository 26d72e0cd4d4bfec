"""Days, moments and money as a customer reads them: by language, country and zone."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency
from jinja2 import pass_context
from jinja2.runtime import Context

from fulfillment.store.records.currencies import minor_digits

FALLBACK = "en"


def locale_of(*wanted: str | None, country: str | None = None) -> Locale:
    """The first that is known, in the customer's country where that is spoken there."""
    for one in wanted:
        if one and (found := _known(one)):
            spoken = country and not found.territory and _known(f"{found.language}_{country}")
            return spoken or found
    return Locale(FALLBACK)


def _known(written: str) -> Locale | None:
    try:
        return Locale.parse(written.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        return None


def zone_or(*wanted: str | None) -> ZoneInfo | None:
    """The first that is a zone."""
    for one in wanted:
        if one:
            try:
                return ZoneInfo(one)
            except (KeyError, ValueError, OSError):
                continue
    return None


class NothingToPrintError(ValueError):
    """A value that is none: the library would print today's day, or no amount at all."""


def _there(value: Any) -> Any:
    if value is None:
        raise NothingToPrintError
    return value


def _day(context: Context, value: date | None) -> str:
    """A day in words: 14 December 2026."""
    return format_date(_there(value), "long", locale=context["locale"])


def _moment(context: Context, value: datetime | None) -> str:
    """A moment in the customer's zone."""
    zone = context["zone"] or UTC
    return format_datetime(_there(value).astimezone(zone), "medium", locale=context["locale"])


def _money(context: Context, minor: int | None) -> str:
    """Minor units of the order's currency."""
    currency = context["order"].currency
    amount = Decimal(_there(minor)).scaleb(-(minor_digits(currency) or 0))
    return str(format_currency(amount, currency, locale=context["locale"]))


def _text(value: object) -> str:
    return str(value)


FILTERS: Mapping[str, Callable[..., Any]] = {
    "day": pass_context(_day),
    "moment": pass_context(_moment),
    "money": pass_context(_money),
    "length": len,
    "upper": lambda value: _text(value).upper(),
    "lower": lambda value: _text(value).lower(),
    "trim": lambda value: _text(value).strip(),
}
"""All that a template may do with a value."""
