"""The checks an order passes by itself before it may be released."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.policy import Duplicates, Policy, Step


@dataclass(frozen=True, slots=True)
class VerificationFacts:
    """What the checks look at: answers, never the customer's data itself."""

    has_address: bool
    is_picked_up: bool
    looks_like: str | None
    """The number of an earlier order by the same customer with the same lines, on the same day."""
    same_address_as: str | None = None
    """That of one with the same lines that goes to the same name and address, within 24 hours."""


def address_is_present(facts: VerificationFacts, _: Policy) -> bool:
    """Goods that are not picked up need somewhere to go."""
    return facts.has_address or facts.is_picked_up


def is_no_duplicate(facts: VerificationFacts, policy: Policy) -> bool:
    """The same customer does not order the same twice on one day without being asked.

    The customer is known by the reference; where the policy says so, by the address too.
    """
    if policy.duplicates is Duplicates.ADDRESS and facts.same_address_as is not None:
        return False
    return facts.looks_like is None


ADDRESS_MISSING = "address_missing"

CHECKS: dict[str, Callable[[VerificationFacts, Policy], bool]] = {
    ADDRESS_MISSING: address_is_present,
    "possible_duplicate": is_no_duplicate,
}
"""Hold reason by the check that gives it; room for more."""


def failed_checks(facts: VerificationFacts, policy: Policy) -> tuple[str, ...]:
    """The hold reasons of the checks that fail."""
    return tuple(reason for reason, passes in CHECKS.items() if not passes(facts, policy))


def verified(order: Order, facts: VerificationFacts) -> Order:
    """Automatic verification: what fails it is put on hold with the reasons."""
    if order.verified or order.policy.verify is Step.MANUAL:
        return order
    failed = failed_checks(facts, order.policy)
    return replace(order, verified=True, holds=tuple(sorted({*order.holds, *failed})))
