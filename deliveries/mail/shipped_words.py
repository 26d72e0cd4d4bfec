"""The words that come with Pegboard, and which ones a mail has: of whom, and in which language."""

from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

from babel import Locale

from deliveries.mail.printing import FALLBACK
from fulfillment.domain.insight.customer_mail import MailType
from fulfillment.store.reading.views.mail_facts import MailWords

LANGUAGES = ("en", "de")
SUBJECT = "Subject: "


@cache
def words_that_come(type_: MailType, language: str) -> MailWords:
    """Pegboard's own words for a type, in one of its languages."""
    folder = files("deliveries.mail") / "templates" / language
    subject, _, text = (folder / f"{type_}.txt").read_text(encoding="utf-8").partition("\n\n")
    html = (folder / f"{type_}.html").read_text(encoding="utf-8")
    return MailWords(language=language, subject=subject.removeprefix(SUBJECT), text=text, html=html)


def chosen_words(type_: MailType, own: Iterable[MailWords], locales: Iterable[Locale]) -> MailWords:
    """The words for who speaks these, the best first: the merchant's own go before those that come.

    In a language of the country, then in the language at all; in English where nothing fits.
    """
    known = {words.language: words for words in own}
    for name in _names(locales):
        if name in known:
            return known[name]
        if name in LANGUAGES:
            return words_that_come(type_, name)
    return known.get(FALLBACK) or words_that_come(type_, FALLBACK)


def _names(locales: Iterable[Locale]) -> Iterator[str]:
    for locale in locales:
        yield str(locale).replace("_", "-")
        yield locale.language
