"""Numbers of cards are not taken, wherever one could stand."""

import re

LONG_NUMBER = re.compile(r"(?<!\d)[2-6](?:[ -]?\d){12,18}(?!\d)")
"""As many digits as a card has, beginning like one."""


def has_card_number(text: str) -> bool:
    """Whether something in the text could be the number of a card."""
    return any(_is_checked(re.sub(r"\D", "", found)) for found in LONG_NUMBER.findall(text))


def _is_checked(digits: str) -> bool:
    """By Luhn's sum, which every card number passes."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled  # noqa: PLR2004 -- two digits are added
    return total % 10 == 0
