"""Codes on goods: GTIN, of which EAN and UPC are the shorter ones."""

LENGTHS = (8, 12, 13, 14)


def is_gtin(code: str) -> bool:
    """Whether it has as many digits as one has, and the last one is the check of the others."""
    if len(code) not in LENGTHS or not (code.isascii() and code.isdecimal()):
        return False
    *digits, check = (int(digit) for digit in code)
    weighed = sum(digit * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(digits)))
    return (weighed + check) % 10 == 0
