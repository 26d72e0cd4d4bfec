"""Words of merchants: what they may do, and what is refused before they are stored."""

import time

import pytest

from deliveries.mail.samples import sample, try_words
from deliveries.mail.shipped_words import LANGUAGES, words_that_come
from deliveries.mail.words import WordsError
from fulfillment.domain.insight.customer_mail import MailType
from fulfillment.store.reading.views.mail_facts import MailWords


def words(text: str = "Hello", subject: str = "Hello", html: str = "<p>Hello</p>") -> MailWords:
    return MailWords(language="en", subject=subject, text=text, html=html)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("type_", MailType)
def test_the_words_that_come_fit_every_sample(type_, language):
    shown = try_words(type_, words_that_come(type_, language))
    assert "SO-1001" in shown.subject
    for text in (shown.text, shown.html):
        assert "SO-1001" in text
        assert "{" not in text.replace("{margin", "")
        assert "None" not in text
    assert "\n\n\n" not in shown.text


def test_what_a_mail_says_is_in_the_language_of_its_words():
    shown = try_words(MailType.WAITS, words_that_come(MailType.WAITS, "de"))
    assert "31. März 2026" in shown.text
    total = try_words(MailType.TAKEN, words_that_come(MailType.TAKEN, "de"))
    assert "93,90\N{NO-BREAK SPACE}\N{EURO SIGN}" in total.text


REFUSED = {
    "a call": "{{ order.number.upper() }}",
    "a call of ours": "{{ order.__class__ }}",
    "a name that there is not": "{{ customer.email }}",
    "a filter that there is not": "{{ order.number | safe }}",
    "arithmetic": "{{ 'x' * 1000000000 }}",
    "formatting": "{{ '%1000000000d' % 1 }}",
    "a range": "{% for i in range(10) %}{% endfor %}",
    "a macro": "{% macro m() %}{% endmacro %}",
    "an import": "{% import 'x' as y %}",
    "an include": "{% include 'delayed.html' %}",
    "a variable": "{% set x = 1 %}",
    "three loops": "{% for a in order.lines %}{% for b in order.lines %}{% for c in order.lines %}"
    "{% endfor %}{% endfor %}{% endfor %}",
    "an index": "{{ order.lines[0].sku }}",
    "a mistake": "{% if %}",
    "a day that is not always there": "{{ order.until | day }}",
    "an amount that is not always there": "{{ order.total_minor | money }}",
}


@pytest.mark.parametrize("name", REFUSED)
def test_words_that_could_do_more_than_print_are_refused(name):
    with pytest.raises(WordsError) as refused:
        try_words(MailType.WAITS, words(REFUSED[name]))
    assert refused.value.part == "text"
    assert str(refused.value)


def test_output_that_has_no_end_is_cut_off_at_once():
    endless = "{% for a in order.lines %}{% for b in order.lines %}" + "x" * 19_000
    endless += "{% endfor %}{% endfor %}"
    began = time.perf_counter()
    facts = sample(MailType.TAKEN)
    assert len(facts.order.lines) == 2
    try_words(MailType.TAKEN, words(endless))
    html = endless.replace("x" * 19_000, "x" * 49_000) * 1
    assert time.perf_counter() - began < 5
    with pytest.raises(WordsError):
        try_words(MailType.TAKEN, words(html=html * 1 + "y" * 2_000))


def test_values_are_escaped_in_html_and_only_there():
    shown = try_words(
        MailType.TAKEN, words("{{ order.number }} & {{ merchant.name }}", html="{{ '<b>' }}")
    )
    assert "&lt;b&gt;" in shown.html
    assert "SO-1001 & Acme" in shown.text


def test_a_subject_is_one_line():
    assert try_words(MailType.TAKEN, words(subject="a\nBcc: b")).subject == "a Bcc: b"
