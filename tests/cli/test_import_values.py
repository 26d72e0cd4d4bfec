from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from importing import values
from importing.values import BadValueError, Formats

GERMAN = Formats(dates=("%d.%m.%Y",), decimal=",", thousands=".")
GROUPED = Formats(thousands=",")


def read_money(raw: str, formats: Formats, code: str = "USD") -> int:
    return values.in_minor_units(values.money(raw, formats), code, formats)


@pytest.mark.parametrize(
    ("raw", "formats", "minor"),
    [
        ("9.8", Formats(), 980),
        ("14", Formats(), 1400),
        ("14.", Formats(), 1400),
        ("123.79", Formats(), 12379),
        ("0.1", Formats(), 10),
        ("19.990", Formats(), 1999),
        (".5", Formats(), 50),
        ("1.234,5", GERMAN, 123450),
        ("1,234.50", GROUPED, 123450),
        ("9.805", Formats(), None),
        ("-1", Formats(), None),
        ("nine", Formats(), None),
        ("", Formats(), None),
        (".", Formats(), None),
        ("1,234.50", Formats(), None),
        ("1,23.50", GROUPED, None),
        ("1e3", Formats(), None),
        ("\u0663", Formats(), None),
        ("10000000000.01", Formats(), None),
        ("9" * 18, Formats(round_money=True), None),
    ],
)
def test_money_is_read_exactly_or_refused(raw, formats, minor):
    if minor is None:
        with pytest.raises(BadValueError):
            read_money(raw, formats)
    else:
        assert read_money(raw, formats) == minor


@pytest.mark.parametrize(
    ("raw", "code", "minor"),
    [
        ("150", "JPY", 150),
        ("150.0", "JPY", 150),
        ("150.5", "JPY", None),
        ("1.234", "KWD", 1234),
        ("1.2345", "KWD", None),
        ("356.898", "USD", None),
        ("1.2345", "CLF", 12345),
        ("1.00000000000000000000000000000000001", "EUR", None),
    ],
)
def test_money_has_the_digits_of_its_currency(raw, code, minor):
    if minor is None:
        with pytest.raises(BadValueError, match=f"more digits after the point than {code} has"):
            read_money(raw, Formats(), code)
    else:
        assert read_money(raw, Formats(), code) == minor


@pytest.mark.parametrize(
    ("raw", "code", "minor"),
    [("356.898", "USD", 35690), ("150.5", "JPY", 151), ("0.0005", "KWD", 1), ("2.675", "EUR", 268)],
)
def test_money_is_rounded_half_up_where_the_mapping_says_so(raw, code, minor):
    assert read_money(raw, Formats(round_money=True), code) == minor


@pytest.mark.parametrize("raw", ["eur", "EURO", "QQQ", "XXX", "XAU", "", "E\u00dcR"])
def test_currency_is_refused_when_iso_4217_prices_nothing_in_it(raw):
    with pytest.raises(BadValueError, match="no currency of ISO 4217"):
        values.currency(raw, Formats())


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("1,000", "separator that is not known"),
        ("1.5", "not a whole number"),
        ("-3", "positive"),
        ("0", "positive"),
        ("1000001", "more than 1,000,000"),
        ("twelve", "not a whole number"),
    ],
)
def test_units_are_refused_with_a_reason_that_repeats_nothing(raw, reason):
    with pytest.raises(BadValueError, match=reason) as refused:
        values.positive(raw, Formats())

    assert raw not in str(refused.value).split("more than")[0].split("separated")[0]


def test_units_are_read_when_the_mapping_says_what_separates_thousands():
    assert values.positive("1,000", GROUPED) == 1000
    assert values.positive("1.000", GERMAN) == 1000
    assert values.positive("12.0", Formats()) == 12


def test_day_begins_in_the_merchants_zone_when_only_a_date_is_given():
    vienna = Formats(zone=ZoneInfo("Europe/Vienna"))

    assert values.instant("2026-07-01", vienna) == datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert values.instant("2026-07-01T12:00:00Z", vienna) == datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("2026-12-24", date(2026, 12, 24)),
        ("2026-12-24T23:00:00Z", date(2026, 12, 25)),
        ("2026-12-24T22:59:59Z", date(2026, 12, 24)),
        ("2026-12-25T00:30:00+05:00", date(2026, 12, 24)),
        ("2026-12-24T23:59:59", date(2026, 12, 24)),
    ],
)
def test_a_date_that_carries_a_time_is_the_merchants_day(raw, day):
    assert values.day(raw, Formats(zone=ZoneInfo("Europe/Vienna"))) == day


def test_date_is_read_by_the_form_that_the_mapping_names():
    assert values.day("31.12.2025", GERMAN) == date(2025, 12, 31)
    for wrong in ("2025-12-31", "31.02.2025", "31.12.1066"):
        with pytest.raises(BadValueError):
            values.day(wrong, GERMAN)


@pytest.mark.parametrize("raw", ["", "--", "a\tb", "a\u200bb", "a" * 64])
def test_sku_is_refused_when_the_api_would_not_take_it(raw):
    with pytest.raises(BadValueError):
        values.sku(raw, Formats())
