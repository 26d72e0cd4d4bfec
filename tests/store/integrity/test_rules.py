"""The rules of the audit as a whole."""

from collections import Counter

from fulfillment.store.integrity.asking import ALL, CHECKPOINT


def test_no_two_rules_of_the_audit_have_one_number() -> None:
    numbers = Counter(check.number for check in (*ALL, CHECKPOINT))
    assert [number for number, times in numbers.items() if times > 1] == []
