"""Parts of sentences: goods, days, places, money, and what is left out where nothing is told."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency

from console import words
from fulfillment.store.records.currencies import minor_digits

Facts = Mapping[str, Any]
Sentence = Callable[[Facts], str]
Sentences = Mapping[str, Sentence]

MOST_NAMED = 8
"""Lines that a sentence names; the others are counted."""

FIELDS: Mapping[str, str] = {
    "address": "the address",
    "contact": "the contact",
    "packer_note": "the note for the packer",
    "shipping_method": "how it is sent",
    "deliver_by": "the day by which it is to be there",
}
"""What of an order may be changed without its history telling to what."""


def listed(parts: Iterable[str]) -> str:
    """Several things as a sentence names them, the first of them if there are many."""
    named = list(parts)
    more = len(named) - MOST_NAMED
    if more > 0:
        return f"{', '.join(named[:MOST_NAMED])} and {words.number(more)} more"
    return " and ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)


def goods(row: Facts) -> str:
    """So many units of a SKU, as far as they are told."""
    units = f"{words.number(row['units'])} " if row.get("units") is not None else ""
    return f"{units}{row.get('sku') or 'units'}"


def all_goods(facts: Facts, each: Sentence = goods) -> str:
    """The goods of all lines that are told."""
    return listed(each(row) for row in facts.get("lines") or ()) or "nothing"


def units(facts: Facts, name: str = "units") -> str:
    """A number of units; nothing where it is not told."""
    return words.counted(facts[name], "unit") if facts.get(name) is not None else "units"


def of_line(facts: Facts) -> str:
    """Which line it is about, with its SKU."""
    line, sku = facts.get("line"), facts.get("sku")
    if line is None:
        return str(sku or "a line")
    return f"line {line} ({sku})" if sku else f"line {line}"


def shipment(facts: Facts) -> str:
    """Which shipment it is about."""
    return f"Shipment {facts.get('shipment', '')}".strip()


def of_shipment(facts: Facts) -> str:
    """Of which shipment; nothing where none is told."""
    return _with("of shipment", facts.get("shipment"))


def at(facts: Facts) -> str:
    """At which place; nothing where none is told."""
    return _with("at", facts.get("location"))


def to(facts: Facts) -> str:
    """To which place; nothing where none is told."""
    return _with("to", facts.get("location"))


def by(facts: Facts, before: str = "expected on", name: str = "expected_on") -> str:
    """On which day, behind a comma; nothing where none is told."""
    return f", {before} {a_day(facts[name])}" if facts.get(name) else ""


def a_day(text: object) -> str:
    """A day as days are written; `never` and such stay as they are."""
    return words.value(text)


def no_day(text: object) -> str:
    """A day, or that there is none."""
    return a_day(text) if text else "no date"


def slices(pieces: Iterable[Facts]) -> str:
    """Units by day, as they are promised."""
    return listed(f"{words.number(one['units'])} on {a_day(one['on'])}" for one in pieces) or "—"


def money(minor: object, currency: object) -> str:
    """An amount in minor units, in its currency; without one the number alone."""
    if not isinstance(minor, int):
        return "an amount"
    if not currency:
        return words.number(minor)
    amount = Decimal(minor).scaleb(-(minor_digits(str(currency)) or 0))
    return str(format_currency(amount, str(currency), locale=words.USED_TO.get() or "en"))


def numbers(many: Sequence[object]) -> str:
    """Shipments or packages by their numbers."""
    return listed(map(str, many))


def _with(before: str, text: object) -> str:
    return f" {before} {text}" if text else ""
