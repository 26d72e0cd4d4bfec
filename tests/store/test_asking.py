"""The payment provider as a port: what is due is asked, and what is answered is settled."""

from dataclasses import dataclass, field

import pytest

from fulfillment.domain.payments import EntryStatus
from payments.asking import ask_due
from payments.manual import ManualProvider
from payments.port import Answered, Asked, ProviderAwayError
from tests.builders.warehouse import MERCHANT
from tests.store.test_payments import axis, due, pay, priced, settle


@dataclass
class Provider:
    """Answers each entry as it is told to, and remembers what it was asked."""

    status: EntryStatus = EntryStatus.DONE
    away_after: int = 100
    asked: list[Asked] = field(default_factory=list)

    def ask(self, entry: Asked) -> Answered | None:
        if len(self.asked) == self.away_after:
            raise ProviderAwayError
        self.asked.append(entry)
        return Answered(self.status, f"re_{entry.reference}")


@pytest.fixture
def refundable(warehouse):
    """An order with two refunds that are due."""
    mine = priced(warehouse, ("K1", 3, 500))
    pay(warehouse, mine, "capture", 1500)
    warehouse.edit(mine, {1: ("K1", 2)}, revision=1)
    warehouse.edit(mine, {1: ("K1", 1)}, revision=2)
    return mine


def test_what_is_due_stays_due_when_a_person_does_it(warehouse, refundable):
    assert ask_due(warehouse.store, MERCHANT, ManualProvider()) == 0
    assert due(warehouse, refundable) == [("refund", 500), ("refund", 500)]


def test_what_is_answered_is_settled(warehouse, refundable):
    provider = Provider()

    assert ask_due(warehouse.store, MERCHANT, provider) == 2
    assert [one.amount_minor for one in provider.asked] == [500, 500]
    assert len({one.reference for one in provider.asked}) == 2
    assert due(warehouse, refundable) == []
    assert axis(warehouse, refundable)["refunded_minor"] == 1000
    assert ask_due(warehouse.store, MERCHANT, provider) == 0


def test_what_failed_is_not_asked_again(warehouse, refundable):
    assert ask_due(warehouse.store, MERCHANT, Provider(EntryStatus.FAILED)) == 2
    assert due(warehouse, refundable) == []
    assert axis(warehouse, refundable)["refunded_minor"] == 0


def test_the_rest_stays_due_when_the_provider_goes_away(warehouse, refundable):
    assert ask_due(warehouse.store, MERCHANT, Provider(away_after=1)) == 1
    assert due(warehouse, refundable) == [("refund", 500)]


def test_a_persons_word_stands_when_the_provider_answers_later(warehouse, refundable):
    class Slow(Provider):
        def ask(self, entry: Asked) -> Answered | None:
            settle(warehouse, int(entry.reference.rpartition("-")[2]), "failed")
            return super().ask(entry)

    assert ask_due(warehouse.store, MERCHANT, Slow()) == 0
    assert axis(warehouse, refundable)["refunded_minor"] == 0
