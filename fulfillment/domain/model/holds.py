"""Why an order is on hold, in words: each reason is a code, a rule's or a person's own."""

from collections.abc import Iterable, Mapping

HOLD_WORDS: Mapping[str, str] = {
    "address_missing": "the address is missing",
    "possible_duplicate": "it may be a duplicate",
    "claim_failed": "its first claim failed",
    "parcel_left_before_restore": "a parcel left before the database was put back",
    "ended_before_restore": "it had ended before the database was put back",
}
"""Those that rules give. What a person writes is read as words."""


def hold_words(code: str) -> str:
    """One reason in words."""
    return HOLD_WORDS.get(code, code.replace("_", " "))


def holds_in_words(codes: Iterable[str]) -> str:
    """All reasons of an order, as a sentence names them."""
    return ", ".join(map(hold_words, codes))
