"""What happened to an order's payments."""

from collections.abc import Mapping

from console import words
from console.telling.phrases import Facts, Sentences, money

PAYMENTS: Mapping[str, str] = {
    "invoice": "invoice",
    "authorise": "authorisation",
    "capture": "payment",
    "void": "release of an authorisation",
    "refund": "refund",
}
"""What was asked of the provider, or recorded."""


def _what(facts: Facts) -> str:
    kind = str(facts.get("payment", "payment"))
    return f"{PAYMENTS.get(kind, words.plain(kind))} of {_amount(facts)}"


def _amount(facts: Facts) -> str:
    return money(facts.get("amount_minor"), facts.get("currency"))


PAID: Sentences = {
    "payment_recorded": lambda facts: f"Recorded: {_what(facts)}.",
    "authorise_due": lambda facts: f"To be authorised: {_amount(facts)}.",
    "void_due": lambda facts: f"An authorisation is to be released: {_amount(facts)}.",
    "refund_due": lambda facts: f"To be refunded: {_amount(facts)}.",
    "payment_withdrawn": lambda facts: f"No longer due: {_what(facts)}.",
    "payment_done": lambda facts: f"Done: {_what(facts)}.",
    "payment_failed": lambda facts: f"Failed: {_what(facts)}.",
}
