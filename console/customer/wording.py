"""Sentences, days and money in the language of who reads."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal

from console.customer.sentences import LANGUAGES, Sentences
from fulfillment.store.records.currencies import minor_digits

ENGLISH = "en"
MOST_ACCEPTED = 10
"""Languages of a browser that are looked at."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A language with its customs, and its sentences; of an order that is picked up, or sent."""

    locale: Locale
    sentences: Sentences
    pickup: bool = False

    @property
    def language(self) -> str:
        """As a page declares it."""
        return str(self.locale).replace("_", "-")

    def say(self, sentence: str, /, **values: object) -> str:
        """The sentence of this name, filled."""
        own = f"{sentence}.pickup" if self.pickup else sentence
        return self.sentences[own if own in self.sentences else sentence].format(**values)

    def counted(self, name: str, count: int) -> str:
        """The sentence in the form that the language has for so many."""
        form = f"{name}.{self.locale.plural_form(count)}"
        named = form if form in self.sentences else f"{name}.other"
        return self.say(named, count=self.number(count))

    def number(self, count: int) -> str:
        """A whole number."""
        return str(format_decimal(count, locale=self.locale))

    def units(self, goods: Iterable[tuple[str, int]]) -> str:
        """Units by the name of their product, as a list."""
        parts = [self.say("units_of", units=self.number(n), name=name) for name, n in goods]
        return str(format_list(parts, style="standard", locale=self.locale))

    def day(self, on: date, today: date) -> str:
        """A day without its year where that is this one."""
        skeleton = "MMMMd" if on.year == today.year else "yMMMMd"
        return str(format_skeleton(skeleton, on, locale=self.locale))

    def leaves(self, on: date, today: date) -> str:
        """When something leaves."""
        if on <= today:
            return self.say("today")
        if on == today + timedelta(days=1):
            return self.say("tomorrow")
        return self.say("on_day", day=self.day(on, today))

    def money(self, minor: int, currency: str) -> str:
        """An amount in minor units."""
        amount = Decimal(minor).scaleb(-(minor_digits(currency) or 0))
        return str(format_currency(amount, currency, locale=self.locale))


def wording_for(locale: str | None, accepted: str = "") -> Wording:
    """That of the order's customer; else the first that the browser asks for; else English."""
    asked = [locale or "", *(part.partition(";")[0] for part in accepted.split(","))]
    for name in asked[: MOST_ACCEPTED + 1]:
        found = _known(name.strip())
        if found and found.language in LANGUAGES:
            return Wording(found, LANGUAGES[found.language])
    return Wording(Locale(ENGLISH), LANGUAGES[ENGLISH])


def _known(name: str) -> Locale | None:
    """`de-AT`, `de_AT` or `de`; a territory that is not known is left out."""
    for part in (name, name.replace("_", "-").partition("-")[0]):
        try:
            return Locale.parse(part, sep="_" if "_" in part else "-")
        except (UnknownLocaleError, ValueError, TypeError):
            continue
    return None
