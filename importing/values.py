"""Text of a file into values. A reason never repeats the text: it may be personal data."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from fulfillment.domain.model.barcodes import is_gtin
from fulfillment.domain.model.days import day_of
from fulfillment.domain.model.names import MOST_NUMBER, MOST_SKU, as_written, fault_of
from fulfillment.store.records.currencies import minor_digits, minor_units

MOST_UNITS = 1_000_000
MOST_COUNTED = 100_000_000
MOST_MONEY = 10**12
"""More than these in one row is taken for a mistake, as the API does."""

FIRST_YEAR, LAST_YEAR = 1900, 2199
TRUE = frozenset({"1", "true", "yes", "y", "t", "x"})
FALSE = frozenset({"0", "false", "no", "n", "f"})


class BadValueError(Exception):
    """A cell that can not be taken, with the reason."""


@dataclass(frozen=True, slots=True)
class Formats:
    """How a file writes dates, numbers and money; `zone` is the merchant's.

    `round_money` says that digits which a currency does not have are rounded, not refused.
    """

    dates: tuple[str, ...] = ()
    decimal: str = "."
    thousands: str = ""
    round_money: bool = False
    zone: ZoneInfo = ZoneInfo("UTC")  # noqa: RUF009 -- immutable


Read = Callable[[str, Formats], object]


def text(most: int) -> Read:
    """Any text, brought to one line."""

    def read(raw: str, _formats: Formats) -> str:
        found = " ".join(raw.split())
        if len(found) > most:
            raise BadValueError(f"has {len(found)} characters, at most {most} are kept")
        if not found.isprintable():
            raise BadValueError("holds a character that can not be shown")
        return found

    return read


def several_lines(most: int) -> Read:
    """Any text, which keeps its line breaks."""
    read_line = text(most)

    def read(raw: str, formats: Formats) -> str:
        read_line(raw, formats)
        return "\n".join(" ".join(line.split()) for line in raw.strip().splitlines())

    return read


short_text, long_text = text(100), several_lines(500)


def named(pattern: str, what: str) -> Read:
    """A name that the API takes, too: it is a part of addresses and of workflows' ids."""

    def read(raw: str, _formats: Formats) -> str:
        if not re.fullmatch(pattern, raw, re.ASCII):
            raise BadValueError(f"is not {what}")
        return raw

    return read


def currency(raw: str, _formats: Formats) -> str:
    """A currency of ISO 4217."""
    if minor_digits(raw) is None:
        raise BadValueError("is no currency of ISO 4217 (three capital letters, as in EUR)")
    return raw


def as_the_shop_writes_it(most: int) -> Read:
    """A number or a SKU: letters, digits, signs and spaces."""

    def read(raw: str, _formats: Formats) -> str:
        name = as_written(raw)
        if fault := fault_of(name, most):
            raise BadValueError(fault)
        return name

    return read


number, sku = as_the_shop_writes_it(MOST_NUMBER), as_the_shop_writes_it(MOST_SKU)
location = named(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", "a location of up to 63 letters and digits")
pack = named(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,29}", "the name of a pack of up to 30 letters")
country = named(r"[A-Z]{2}", "a country's two capital letters")


customs_code = named(r"[0-9]{6,14}", "a customs code of 6 to 14 digits")


def gtin(raw: str, _formats: Formats) -> str:
    """A GTIN, EAN or UPC with its check digit."""
    if not is_gtin(raw):
        raise BadValueError("is no GTIN (8, 12, 13 or 14 digits, of which the last is a check)")
    return raw


def whole(low: int, high: int) -> Read:
    """A whole number in a range."""

    def read(raw: str, formats: Formats) -> int:
        plain = _plain_number(raw, formats)
        head, _, tail = plain.partition(".")
        if tail.strip("0"):
            raise BadValueError("is not a whole number")
        found = _integer(head, "is not a whole number")
        if found < low:
            raise BadValueError(_too_low(low))
        if found > high:
            raise BadValueError(f"is more than {high:,}")
        return found

    return read


def _too_low(low: int) -> str:
    if low == 1:
        return "must be positive"
    return "must not be negative" if low == 0 else f"is less than {low}"


positive = whole(1, MOST_UNITS)
units = whole(0, MOST_UNITS)
counted = whole(0, MOST_COUNTED)
pack_units = whole(1, MOST_UNITS)
line_number = whole(1, 1_000_000)
priority = whole(0, 100)
percent = whole(0, 100)
measure = whole(1, 100_000_000)


def money(raw: str, formats: Formats) -> Decimal:
    """A decimal amount, never negative; its row's currency says later what its minor units are."""
    plain = _plain_number(raw, formats)
    if not re.fullmatch(r"[+-]?(\d{1,18}\.\d{0,40}|\.\d{1,40})", plain, re.ASCII):
        raise BadValueError("is not an amount of money")
    amount = Decimal(plain)
    if amount < 0:
        raise BadValueError("must not be negative")
    return amount


def in_minor_units(amount: Decimal, currency: str, formats: Formats) -> int:
    """The amount as it is stored: with the digits of its currency."""
    try:
        minor = minor_units(amount, currency, rounded=formats.round_money)
    except ValueError as error:
        raise BadValueError(str(error)) from error
    if minor > MOST_MONEY:
        raise BadValueError("is too large")
    return minor


def _plain_number(raw: str, formats: Formats) -> str:
    """Digits with a point; a separator is taken only where the mapping says what it is."""
    head, _, tail = raw.partition(formats.decimal)
    if formats.thousands and formats.thousands in head:
        grouped = rf"[+-]?\d{{1,3}}({re.escape(formats.thousands)}\d{{3}})+"
        if not re.fullmatch(grouped, head):
            raise BadValueError("has its thousands separators in the wrong places")
        head = head.replace(formats.thousands, "")
    if re.search(r"[.,'\u2019\s\u00a0]", head + tail):
        raise BadValueError(
            f"has a separator that is not known: the decimal sign is {formats.decimal!r}, thousands"
            f" are separated by {formats.thousands!r}"
        )
    return f"{head}.{tail}"


def _integer(raw: str, reason: str) -> int:
    if not re.fullmatch(r"[+-]?\d{1,18}", raw, re.ASCII):
        raise BadValueError(reason)
    return int(raw)


def switch(raw: str, _formats: Formats) -> bool:
    """Yes or no."""
    lowered = raw.lower()
    if lowered not in TRUE | FALSE:
        raise BadValueError("is neither yes nor no (1/0, true/false, yes/no)")
    return lowered in TRUE


def day(raw: str, formats: Formats) -> date:
    """A date; of a time with an offset, the merchant's day at that moment."""
    moment = _moment(raw, formats)
    return day_of(moment if moment.tzinfo else moment.replace(tzinfo=formats.zone), formats.zone)


def instant(raw: str, formats: Formats) -> datetime:
    """A time; a date alone is its first moment, and a time without a zone is the merchant's."""
    moment = _moment(raw, formats)
    in_zone = moment if moment.tzinfo else moment.replace(tzinfo=formats.zone)
    return in_zone.astimezone(UTC)


def _moment(raw: str, formats: Formats) -> datetime:
    found = _parsed(raw, formats)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise BadValueError(f"does not lie between {FIRST_YEAR} and {LAST_YEAR}")
    return found


def _parsed(raw: str, formats: Formats) -> datetime:
    for form in formats.dates:
        try:
            # The merchant's zone is given to what has none by the one caller that needs it.
            return datetime.strptime(raw, form)  # noqa: DTZ007
        except ValueError:
            continue
    if formats.dates:
        raise BadValueError(f"is not a date of the form {' or '.join(formats.dates)}")
    try:
        return datetime.fromisoformat(raw)
    except ValueError:
        raise BadValueError("is not a date like 2024-05-31 or 2024-05-31T14:00:00+02:00") from None


def one_of(*choices: str) -> Read:
    """One of some words."""

    def read(raw: str, _formats: Formats) -> str:
        lowered = raw.lower()
        if lowered not in choices:
            raise BadValueError(f"is not one of {', '.join(choices)}")
        return lowered

    return read
