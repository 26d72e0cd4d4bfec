"""The currencies of ISO 4217 and the digits of their minor units, from a library."""

from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache

from iso4217 import Currency

from fulfillment.domain.model.refusals import invalid

EXACTLY = Context(prec=100)
"""Python's own context would silently round an amount of more than 28 digits."""


@cache
def minor_digits(code: str) -> int | None:
    """How many digits stand after the point: EUR 2, JPY 0, KWD 3.

    None where ISO 4217 has no such currency today, or gives it no minor unit because nothing is
    priced in it: gold (XAU), tests (XTS), no currency (XXX).
    """
    try:
        return Currency(code).exponent
    except ValueError:
        return None


def check_currency(code: str, field_name: str) -> None:
    """Refuse a currency that ISO 4217 does not know: nobody could tell what an amount of it is."""
    if minor_digits(code) is None:
        message = f"there is no currency {code!r} in ISO 4217; name one of its codes, as in EUR"
        raise invalid("unknown_currency", message, field_name)


def minor_units(amount: Decimal, code: str, *, rounded: bool = False) -> int:
    """An amount in the currency's minor units, exactly: EUR 9.80 is 980, JPY 150 is 150.

    Digits beyond those that the currency has are refused, or rounded half up. Raises ValueError
    with the reason.
    """
    digits = minor_digits(code)
    if digits is None:
        raise ValueError(f"can not be counted: there is no currency {code!r} in ISO 4217")
    minor = amount.scaleb(digits, EXACTLY)
    whole = minor.to_integral_value(ROUND_HALF_UP, EXACTLY)
    if whole != minor and not rounded:
        raise ValueError(f"has more digits after the point than {code} has ({digits})")
    return int(whole)
