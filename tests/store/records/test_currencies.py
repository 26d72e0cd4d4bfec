from decimal import Decimal

import pytest

from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands.catalogue import NewMerchant, put_merchant
from fulfillment.store.records.currencies import check_currency, minor_digits, minor_units
from tests.builders.warehouse import Warehouse


@pytest.mark.parametrize(
    ("code", "digits"),
    [
        ("EUR", 2),
        ("USD", 2),
        ("JPY", 0),
        ("KRW", 0),
        ("KWD", 3),
        ("TND", 3),
        ("CLF", 4),
        ("UYW", 4),
        ("XAU", None),
        ("XTS", None),
        ("XXX", None),
        ("QQQ", None),
        ("eur", None),
        ("", None),
    ],
)
def test_minor_units_have_the_digits_that_iso_4217_gives(code, digits):
    assert minor_digits(code) == digits


@pytest.mark.parametrize(
    ("amount", "code", "minor"), [("150", "JPY", 150), ("1.234", "KWD", 1234), ("9.8", "EUR", 980)]
)
def test_an_amount_is_counted_in_the_minor_units_of_its_currency(amount, code, minor):
    assert minor_units(Decimal(amount), code) == minor


def test_an_amount_is_refused_when_it_has_more_digits_than_its_currency():
    with pytest.raises(ValueError, match=r"more digits after the point than JPY has \(0\)"):
        minor_units(Decimal("150.5"), "JPY")

    assert minor_units(Decimal("150.5"), "JPY", rounded=True) == 151


def test_a_currency_that_there_is_not_is_refused_naming_the_field():
    with pytest.raises(RefusedError, match="no currency 'QQQ'") as refused:
        check_currency("QQQ", "currency")

    assert (refused.value.code, refused.value.fields[0]["field"]) == (
        "unknown_currency",
        "currency",
    )


def test_a_merchant_is_refused_when_there_is_no_currency_like_its_own(warehouse: Warehouse):
    with pytest.raises(RefusedError) as refused:
        put_merchant(warehouse.store, NewMerchant("other", "Other", currency="QQQ"))

    assert refused.value.code == "unknown_currency"
