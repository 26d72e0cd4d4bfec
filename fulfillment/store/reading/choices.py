"""Allowed actions as plain data."""

from collections.abc import Iterable
from typing import Any

from fulfillment.domain.actions import Choice


def choices(made: Iterable[Choice]) -> dict[str, Any]:
    """The names of what is allowed, and for the rest the code and the reason."""
    told = list(made)
    return {
        "allowed": [choice.action for choice in told if choice.allowed],
        "refused": [
            {"action": choice.action, "code": choice.code, "why": choice.why}
            for choice in told
            if not choice.allowed
        ],
    }
