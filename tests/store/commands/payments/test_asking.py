"""The payment provider as a port: what is due is asked, and what is answered is settled."""

import asyncio
import threading
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from fulfillment.domain.model.payments import EntryStatus, PaymentKind
from fulfillment.store.commands import catalogue, intake
from fulfillment.store.commands.orders import lifecycle
from fulfillment.store.commands.payments import asking as commands
from fulfillment.store.commands.payments import record
from fulfillment.store.planning.change import change_order
from fulfillment.store.transactions.session import Command, Store
from payments.asking import LEASE, LONGEST_LATER, Outcome, ask_due, ask_next
from payments.manual import ManualProvider
from payments.port import Answered, Asked, ProviderAwayError
from payments.process import Asking
from tests.builders.calling import at_once
from tests.builders.warehouse import Warehouse
from tests.store.commands.payments.test_payments import axis, due, pay, priced, recorded, settle


@dataclass
class Provider:
    """Answers each entry as it is told to, and remembers what it was asked."""

    status: EntryStatus = EntryStatus.DONE
    away_after: int = 100
    asked: list[Asked] = field(default_factory=list)

    def ask(self, entry: Asked) -> Answered | None:
        if len(self.asked) == self.away_after:
            raise ProviderAwayError("it answered 503")
        self.asked.append(entry)
        return Answered(self.status, f"re_{entry.reference}")


class Faulty(Provider):
    """Fails in a way of its own on the first entry that it is asked for."""

    def ask(self, entry: Asked) -> Answered | None:
        if not self.asked or self.asked[0] == entry:
            self.asked.append(entry)
            raise KeyError("Zoe Example, 1 Example Street")
        return super().ask(entry)


def owed(warehouse: Warehouse) -> int:
    """An order with a refund that is due."""
    mine = priced(warehouse, ("K1", 3, 500))
    pay(warehouse, mine, "capture", 1500)
    warehouse.edit(mine, {1: ("K1", 2)}, revision=1)
    return mine


@pytest.fixture
def refundable(warehouse):
    """An order with two refunds that are due: one was asked for when the other came."""
    mine = owed(warehouse)
    assert ask_next(warehouse.store, Provider(away_after=0)) is Outcome.AWAY
    warehouse.edit(mine, {1: ("K1", 1)}, revision=2)
    later(warehouse, LEASE)
    return mine


def later(warehouse: Warehouse, wait: timedelta) -> None:
    warehouse.clock.now += wait


def test_what_is_due_stays_due_when_a_person_does_it(warehouse, refundable):
    assert ask_due(warehouse.store, ManualProvider()) == 0
    assert due(warehouse, refundable) == [("refund", 500), ("refund", 500)]


def test_what_is_answered_is_settled(warehouse, refundable):
    provider = Provider()

    assert ask_due(warehouse.store, provider) == 2
    assert [(one.kind, one.amount_minor) for one in provider.asked] == [("refund", 500)] * 2
    assert {(one.merchant, one.order) for one in provider.asked} == {
        ("acme", warehouse.number(refundable))
    }
    assert len({one.reference for one in provider.asked}) == 2
    assert due(warehouse, refundable) == []
    assert axis(warehouse, refundable)["refunded_minor"] == 1000
    assert ask_due(warehouse.store, provider) == 0


def test_what_failed_is_not_asked_again(warehouse, refundable):
    assert ask_due(warehouse.store, Provider(EntryStatus.FAILED)) == 1
    later(warehouse, timedelta(days=9))
    assert ask_due(warehouse.store, Provider()) == 0
    assert due(warehouse, refundable) == [("refund", 1000)]
    assert axis(warehouse, refundable)["refunded_minor"] == 0


def test_the_rest_stays_due_when_the_provider_goes_away(warehouse, refundable):
    assert ask_due(warehouse.store, Provider(away_after=1)) == 1
    assert due(warehouse, refundable) == [("refund", 500)]


def test_a_persons_word_stands_when_the_provider_answers_later(warehouse):
    mine = owed(warehouse)

    class Slow(Provider):
        def ask(self, entry: Asked) -> Answered | None:
            settle(warehouse, int(entry.reference.rpartition("-")[2]), "failed")
            return super().ask(entry)

    with capture_logs() as logs:
        assert ask_due(warehouse.store, Slow()) == 0
    assert axis(warehouse, mine)["refunded_minor"] == 0
    assert logs == []


def test_the_provider_is_not_asked_for_what_the_shop_told_of(warehouse):
    mine = owed(warehouse)
    recorded(warehouse, mine, "refund", 500, "rf_1")

    assert ask_due(warehouse.store, Provider()) == 0
    assert (due(warehouse, mine), axis(warehouse, mine)["refunded_minor"]) == ([], 500)


class SameName(Provider):
    """Has one name for all that it does."""

    def ask(self, entry: Asked) -> Answered | None:
        self.asked.append(entry)
        return Answered(self.status, "re_same")


def test_a_refund_is_one_when_the_shop_told_of_it_before_the_provider_answers(warehouse):
    mine = owed(warehouse)

    class Late(SameName):
        def ask(self, entry: Asked) -> Answered | None:
            recorded(warehouse, mine, "refund", 500, "re_same")
            return super().ask(entry)

    with capture_logs() as logs:
        assert ask_due(warehouse.store, Late()) == 1

    assert (due(warehouse, mine), axis(warehouse, mine)["refunded_minor"]) == ([], 500)
    assert logs == []


def test_the_second_stays_due_when_a_provider_answers_two_with_one_name(warehouse, refundable):
    with capture_logs() as logs:
        assert ask_due(warehouse.store, SameName()) == 1

    assert due(warehouse, refundable) == [("refund", 500)]
    assert axis(warehouse, refundable)["refunded_minor"] == 500
    assert [(log["event"], log["reason"]) for log in logs] == [
        ("payment_stays_due", "reference_in_use")
    ]


def test_an_answer_counts_for_nothing_when_the_entry_was_told_of_and_settled_meanwhile(warehouse):
    mine = owed(warehouse)

    class Slow(Provider):
        def ask(self, entry: Asked) -> Answered | None:
            recorded(warehouse, mine, "refund", 500, "rf_1")
            settle(warehouse, int(entry.reference.rpartition("-")[2]), "done", "rf_1")
            return super().ask(entry)

    assert ask_due(warehouse.store, Slow()) == 0
    assert (due(warehouse, mine), axis(warehouse, mine)["refunded_minor"]) == ([], 500)


def test_nothing_is_locked_or_open_while_the_provider_thinks(warehouse, refundable):
    class Watching(Provider):
        def ask(self, entry: Asked) -> Answered | None:
            assert warehouse.engine.pool.checkedout() == 0
            return super().ask(entry)

    assert ask_due(warehouse.store, Watching()) == 2


# --- who asks, and in which order ----------------------------------------------------------------


def test_entries_of_all_merchants_are_asked_for(warehouse):
    mine, provider = owed(warehouse), Provider()
    owed_by_bolt(warehouse.store)

    assert ask_due(warehouse.store, provider) == 2
    assert {(one.merchant, one.order) for one in provider.asked} == {
        ("acme", warehouse.number(mine)),
        ("bolt", "B-1"),
    }


def owed_by_bolt(store: Store) -> None:
    """The refund of another merchant's order B-1."""
    catalogue.put_merchant(store, catalogue.NewMerchant("bolt", "Bolt"))
    catalogue.put_location(store, catalogue.NewLocation("Z", "Z", serves={"bolt": 1}))
    catalogue.put_products(store, "bolt", [catalogue.NewProduct("K1", "K1")])
    line = intake.NewLine(1, "K1", 1, unit_price_minor=500)
    new = intake.NewOrder("B-1", (line,), address={"street": "Kai 1"})
    taken = intake.create_order(store, "bolt", new, "tester")
    assert taken.order is not None
    lifecycle.prepare_fulfillment(store, "bolt", [taken.order])
    captured = record.NewPayment(PaymentKind.CAPTURE, 500)
    record.record_payment(store, Command("bolt", "pay", "pay", "tester"), "B-1", captured)
    change_order(store, Command("bolt", "cancel", "cancel", "tester"), lifecycle.cancel("B-1"))


def test_each_entry_is_asked_for_once_when_several_processes_ask_at_once(warehouse):
    for _ in range(4):
        owed(warehouse)
    provider, together = Provider(), threading.Barrier(4)

    class Meeting(Provider):
        def ask(self, entry: Asked) -> Answered | None:
            together.wait(timeout=30)
            return provider.ask(entry)

    results = at_once(*[lambda: ask_next(warehouse.store, Meeting())] * 4)

    assert results == [Outcome.SETTLED] * 4
    assert len({one.reference for one in provider.asked}) == len(provider.asked) == 4


def test_entries_of_one_order_are_asked_for_one_after_the_other(warehouse, refundable):
    first = commands.claim_due(warehouse.store, LEASE)
    assert first is not None
    assert commands.claim_due(warehouse.store, LEASE) is None
    settle(warehouse, first.id)

    second = commands.claim_due(warehouse.store, LEASE)
    assert second is not None
    assert second.id > first.id


def test_it_is_asked_for_again_under_the_same_reference_when_a_process_died_with_it(warehouse):
    mine = owed(warehouse)
    taken = commands.claim_due(warehouse.store, LEASE)
    assert taken is not None
    assert ask_due(warehouse.store, Provider()) == 0

    later(warehouse, LEASE)
    provider = Provider()
    assert ask_due(warehouse.store, provider) == 1
    assert [one.reference for one in provider.asked] == [f"pegboard-{taken.id}"]
    assert due(warehouse, mine) == []


def test_a_settlement_counts_once_when_a_lease_ran_out_and_two_ask(warehouse):
    mine = owed(warehouse)

    class Overtaken(Provider):
        def ask(self, entry: Asked) -> Answered | None:
            later(warehouse, LEASE)
            assert ask_due(warehouse.store, Provider()) == 1
            return super().ask(entry)

    assert ask_next(warehouse.store, Overtaken()) is Outcome.SETTLED
    assert axis(warehouse, mine)["refunded_minor"] == 500


# --- a provider that is away, thinks, or is at fault ---------------------------------------------


def test_pauses_grow_to_a_limit_when_the_provider_says_later(warehouse):
    owed(warehouse)
    waits = []
    for _ in range(12):
        asks = ManualProvider()
        assert ask_next(warehouse.store, asks) is Outcome.LEFT
        assert ask_next(warehouse.store, asks) is None
        began = warehouse.clock.now
        (row,) = warehouse.rows("SELECT ask_after FROM payment_entry WHERE status = 'due'")
        warehouse.clock.now = row.ask_after
        waits.append(warehouse.clock.now - began)

    assert [wait.total_seconds() for wait in waits[:4]] == [10, 20, 40, 80]
    assert max(waits) == waits[-1] == LONGEST_LATER


def test_others_are_asked_for_when_an_adapter_fails_on_one(warehouse):
    failing, healthy = owed(warehouse), owed(warehouse)
    with capture_logs() as logs:
        assert ask_due(warehouse.store, Faulty()) == 1

    assert (len(due(warehouse, failing)), len(due(warehouse, healthy))) == (1, 0)
    (told,) = logs
    assert (told["event"], told["reason"], told["asks"]) == ("payment_stays_due", "KeyError", 1)
    assert "Example" not in str(logs)


def test_what_was_never_asked_for_goes_before_what_is_asked_for_again(warehouse):
    first = owed(warehouse)
    assert ask_next(warehouse.store, Provider(away_after=0)) is Outcome.AWAY
    second = owed(warehouse)
    later(warehouse, LEASE)
    provider = Provider()

    assert ask_due(warehouse.store, provider) == 2
    assert [one.order for one in provider.asked] == [
        warehouse.number(second),
        warehouse.number(first),
    ]


async def test_the_asking_goes_on_when_provider_and_database_were_away(warehouse):
    mine, asked = owed(warehouse), asyncio.Event()
    loop = asyncio.get_running_loop()

    class Back(Provider):
        def ask(self, entry: Asked) -> Answered | None:
            answer = super().ask(entry)
            loop.call_soon_threadsafe(asked.set)
            return answer

    provider = Back(away_after=0)
    asking = Asking(warehouse.store, provider, every_seconds=0.01)
    assert not await asking.look()
    assert not await Asking(_AwayStore(warehouse.engine), provider).look()

    task = asyncio.create_task(asking.run())
    provider.away_after = 100
    later(warehouse, LEASE)
    async with asyncio.timeout(30):
        await asked.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert due(warehouse, mine) == []
    assert await asking.look()


class _AwayStore(Store):
    def transact(self, *_given: object, **_named: object) -> None:  # type: ignore[override]
        raise OSError("the database is away")
