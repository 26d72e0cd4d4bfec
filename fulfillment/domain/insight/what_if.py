"""What-ifs as text: each wish is one short line, which is read and written here.

Wishes stand in addresses, one behind the other, and mean the same to everybody who opens them. In
a name, `%`, `:`, `/`, `@` and `=` are written as in addresses (`%3A`), so that any number and any
SKU can be named.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from fulfillment.domain.insight.wishes import (
    AdjustStock,
    Buy,
    CancelUnits,
    ChangeUnits,
    MoveDate,
    MoveStatus,
    Receive,
    SetPriority,
    Wish,
)
from fulfillment.domain.model.limits import MOST_UNITS
from fulfillment.domain.model.names import MOST_NUMBER, MOST_SKU, as_written, fault_of
from fulfillment.domain.model.rank import FIRST_PRIORITY, LAST_PRIORITY
from fulfillment.domain.model.refusals import RefusedError, invalid
from fulfillment.domain.model.statuses import PurchaseOrderStatus

MOST_WISHES = 20
MOST_LINE = 1_000_000
LONGEST = 400
FIRST_YEAR, LAST_YEAR = 2000, 2199


FORMS: Mapping[str, str] = MappingProxyType({
    "po": "PO7:+5d, PO7:-3d, PO7:2026-12-20 or, for line 2 alone, PO7/2:+5d; PO7/2:units=30;"
          " PO7:approved, PO7:in_transit, PO7:arrived, PO7:closed or PO7:cancelled",
    "order": "order:1042:priority=10, order:1042:cancel, order:1042/1:cancel or"
             " order:1042/1:cancel=2",
    "buy": "buy:K1:200@2026-12-20 or buy:K1:200@2026-12-20:vienna",
    "receive": "receive:PO7/1:20",
    "stock": "stock:K1:-5:vienna or stock:K1:+5:vienna",
})  # fmt: skip
"""How each kind is written, by the word it begins with. A purchase order needs none, unless its
number is one of these words."""

STATUSES = ("approved", "in_transit", "arrived", "closed", "cancelled")
"""Those that a purchase order can be moved to; it is received by its receipts."""


def parse_all(texts: Sequence[str]) -> tuple[Wish, ...]:
    """The wishes in their order; refused where one can not be read, or is asked for twice."""
    if len(texts) > MOST_WISHES:
        message = f"a what-if has {MOST_WISHES} parts at most, not {len(texts)}"
        raise invalid("too_many_wishes", message, "if")
    wishes: list[Wish] = []
    for at, text in enumerate(texts):
        wish = _parsed(text, at)
        if any(_subject(wish) == _subject(other) for other in wishes):
            raise _refused(text, at, "the same is asked for twice; leave one out")
        wishes.append(wish)
    return tuple(wishes)


def parse(text: str) -> Wish:
    """One wish."""
    return _parsed(text, 0)


def write(wish: Wish) -> str:
    """The wish as `parse` reads it."""
    match wish:
        case MoveDate() | MoveStatus() | ChangeUnits():
            prefix = "po:" if wish.number in FORMS else ""
            line = None if isinstance(wish, MoveStatus) else wish.line
            return f"{prefix}{_named(wish.number, line)}:{_becomes(wish)}"
        case SetPriority():
            return f"order:{_named(wish.order)}:priority={wish.priority}"
        case CancelUnits():
            units = "" if wish.units is None else f"={wish.units}"
            return f"order:{_named(wish.order, wish.line)}:cancel{units}"
        case Buy():
            place = "" if wish.location is None else f":{_named(wish.location)}"
            return f"buy:{_named(wish.sku)}:{wish.units}@{wish.on.isoformat()}{place}"
        case Receive():
            return f"receive:{_named(wish.number, wish.line)}:{wish.units}"
        case AdjustStock():
            return f"stock:{_named(wish.sku)}:{wish.units:+d}:{_named(wish.location)}"


def _becomes(wish: MoveDate | MoveStatus | ChangeUnits) -> str:
    """What becomes of a purchase order."""
    match wish:
        case MoveStatus():
            return str(wish.status)
        case ChangeUnits():
            return f"{UNITS}{wish.units}"
        case MoveDate():
            return wish.on.isoformat() if wish.on else f"{wish.days:+d}d"


UNITS = "units="
RESERVED = re.compile(r"[%:/@=]")
ENCODED = re.compile(r"(?:%[0-9A-Fa-f]{2})+")


def _named(name: str, line: int | None = None) -> str:
    written = RESERVED.sub(lambda found: f"%{ord(found[0]):02X}", name)
    return written if line is None else f"{written}/{line}"


def _subject(wish: Wish) -> tuple[object, ...]:
    """What it is about: nothing is to be said twice of the same."""
    match wish:
        case MoveDate() | Receive() | ChangeUnits():
            return type(wish), wish.number, wish.line
        case MoveStatus():
            return type(wish), wish.number
        case SetPriority():
            return type(wish), wish.order
        case CancelUnits():
            return type(wish), wish.order, wish.line
        case Buy():
            return type(wish), wish.sku, wish.on, wish.location
        case AdjustStock():
            return type(wish), wish.sku, wish.location


# --- reading -------------------------------------------------------------------------------------


class _UnreadableError(Exception):
    """What is wrong with a part, in words."""


def _parsed(text: str, at: int) -> Wish:
    head, sign, rest = text.strip().partition(":")
    kind, told = (head, rest) if sign and head in FORMS else ("po", text.strip())
    if len(text) > LONGEST:
        raise _refused(text, at, f"it is longer than {LONGEST} characters")
    try:
        return READERS[kind](told.split(":"))
    except _UnreadableError as error:
        possible = FORMS[kind] if kind != "po" or head == "po" else "; ".join(FORMS.values())
        raise _refused(text, at, f"{error}; possible is {possible}") from error


def _refused(text: str, at: int, why: str) -> RefusedError:
    shown = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return invalid("bad_what_if", f"part {at + 1} of the what-if, “{shown}”: {why}", f"if[{at}]")


def _move(parts: Sequence[str]) -> Wish:
    of, when = _split(parts, 2, "a purchase order and a day")
    number, line = _document(of)
    if when in STATUSES and line is None:
        return MoveStatus(number, PurchaseOrderStatus(when))
    if when.startswith(UNITS) and line is not None:
        units = _whole(when.removeprefix(UNITS), 0, MOST_UNITS, "a number of units")
        return ChangeUnits(number, line, units)
    # A plus that is typed into an address arrives as a space.
    if found := re.fullmatch(r"([+ -])([0-9]{1,3})d", when):
        days = int(found[2]) * (-1 if found[1] == "-" else 1)
        if not days:
            message = "no days are no change"
            raise _UnreadableError(message)
        return MoveDate(number, line, days=days)
    return MoveDate(number, line, on=_day(when))


def _order(parts: Sequence[str]) -> Wish:
    of, what = _split(parts, 2, "an order and what becomes of it")
    verb, sign, value = what.partition("=")
    number, line = _document(of)
    if verb == "priority" and sign and line is None:
        return SetPriority(number, _whole(value, FIRST_PRIORITY, LAST_PRIORITY, "a priority"))
    if verb != "cancel" or (sign and line is None):
        message = f"“{what}” is nothing that can become of it"
        raise _UnreadableError(message)
    return CancelUnits(number, line, _units(value) if sign else None)


def _buy(parts: Sequence[str]) -> Wish:
    sku, what, *place = parts if len(parts) == len(("sku", "what", "place")) else _split(
        parts, 2, "a SKU, and units with their day")  # fmt: skip
    units, sign, on = what.partition("@")
    if not sign:
        message = "the day is missing"
        raise _UnreadableError(message)
    at = _name(place[0], MOST_SKU, "location") if place else None
    return Buy(_name(sku, MOST_SKU, "SKU"), _units(units), _day(on), at)


def _receive(parts: Sequence[str]) -> Wish:
    of, units = _split(parts, 2, "a line of a purchase order, and units")
    number, line = _document(of)
    if line is None:
        message = "the line is missing"
        raise _UnreadableError(message)
    return Receive(number, line, _units(units))


def _stock(parts: Sequence[str]) -> Wish:
    sku, units, place = _split(parts, 3, "a SKU, units and a location")
    found = re.fullmatch(r"([+ -])([0-9]{1,10})", units)
    if not found:
        message = "units of stock are written with their sign"
        raise _UnreadableError(message)
    count = _units(found[2]) * (-1 if found[1] == "-" else 1)
    return AdjustStock(_name(sku, MOST_SKU, "SKU"), count, _name(place, MOST_SKU, "location"))


READERS: Mapping[str, Callable[[Sequence[str]], Wish]] = MappingProxyType(
    {"po": _move, "order": _order, "buy": _buy, "receive": _receive, "stock": _stock}
)


def _split(parts: Sequence[str], most: int, what: str) -> Sequence[str]:
    if len(parts) != most:
        message = f"it has to name {what}"
        raise _UnreadableError(message)
    return parts


def _document(text: str) -> tuple[str, int | None]:
    """A number, and the line behind it if one is named."""
    number, sign, line = text.partition("/")
    counted = _whole(line, 1, MOST_LINE, "a line") if sign else None
    return _name(number, MOST_NUMBER, "number"), counted


def _name(text: str, most: int, what: str) -> str:
    try:
        name = as_written(ENCODED.sub(_decoded, text))
    except UnicodeDecodeError:
        name = ""
    if fault := fault_of(name, most):
        message = f"the {what} {fault}"
        raise _UnreadableError(message)
    return name


def _decoded(found: re.Match[str]) -> str:
    return bytes.fromhex(found[0].replace("%", "")).decode()


def _units(text: str) -> int:
    return _whole(text, 1, MOST_UNITS, "a number of units")


def _whole(text: str, least: int, most: int, what: str) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", text) or not least <= int(text) <= most:
        message = f"{what} is a whole number from {least} to {most}, not “{text}”"
        raise _UnreadableError(message)
    return int(text)


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}(-[0-9]{2}){2}", text) else None
    except ValueError:
        found = None
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        message = f"“{text}” is no day"
        raise _UnreadableError(message)
    return found
