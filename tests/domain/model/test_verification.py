import pytest

from fulfillment.domain.model.policy import Duplicates, Policy
from fulfillment.domain.model.verification import CHECKS, VerificationFacts, failed_checks


@pytest.mark.parametrize(
    ("facts", "failed"),
    [
        (VerificationFacts(has_address=True, is_picked_up=False, looks_like=None), ()),
        (VerificationFacts(has_address=False, is_picked_up=True, looks_like=None), ()),
        (
            VerificationFacts(has_address=False, is_picked_up=False, looks_like=None),
            ("address_missing",),
        ),
        (
            VerificationFacts(has_address=True, is_picked_up=False, looks_like="O1"),
            ("possible_duplicate",),
        ),
        (
            VerificationFacts(has_address=False, is_picked_up=False, looks_like="O1"),
            tuple(CHECKS),
        ),
    ],
)
def test_the_reasons_are_named_when_checks_fail(facts, failed):
    assert failed_checks(facts, Policy()) == failed


@pytest.mark.parametrize(
    ("duplicates", "failed"),
    [(Duplicates.REFERENCE, ()), (Duplicates.ADDRESS, ("possible_duplicate",))],
)
def test_one_of_the_same_address_is_asked_about_when_the_policy_says_so(duplicates, failed):
    facts = VerificationFacts(
        has_address=True, is_picked_up=False, looks_like=None, same_address_as="O1"
    )
    assert failed_checks(facts, Policy(duplicates=duplicates)) == failed
