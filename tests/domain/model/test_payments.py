"""The payment axis: sums, statuses, what is due back, what is authorised anew."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.domain.insight.release_blockers import why_it_waits
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.payments import (
    Amounts,
    Correction,
    EntryStatus,
    PaymentEntry,
    PaymentKind,
    PaymentTerms,
    Worth,
    amounts_of,
    check_recorded,
    corrected,
    is_settled,
    payment_status,
    reauthorisation,
    what_is_due,
)
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.domain.planning.plan import plan
from tests.builders.values import claim, line, order, shipment, snapshot

STATUSES = [
    ("none", {}, 100),
    ("none", {"invoiced": 100}, 100),
    ("authorisation_due", {"authorisation_due": 100}, 100),
    ("partially_authorised", {"authorised": 60}, 100),
    ("authorised", {"authorised": 100}, 100),
    ("authorised", {"authorised": 5}, None),
    ("voided", {"authorised": 100, "voided": 100}, 100),
    ("authorisation_due", {"authorised": 9, "voided": 9, "authorisation_due": 9}, 9),
    ("partially_captured", {"authorised": 100, "captured": 40}, 100),
    ("captured", {"authorised": 100, "captured": 100}, 100),
    ("captured", {"captured": 70}, 70),
    ("refund_due", {"captured": 100, "refund_due": 30}, 70),
    ("partially_refunded", {"captured": 100, "refunded": 30}, 70),
    ("refunded", {"captured": 100, "refunded": 100}, 0),
]


@pytest.mark.parametrize(("status", "sums", "value"), STATUSES)
def test_the_status_is_told_by_the_sums(status, sums, value):
    assert payment_status(Amounts(**sums), value) == status


def test_what_failed_counts_for_nothing():
    entries = [
        PaymentEntry(PaymentKind.CAPTURE, EntryStatus.DONE, 40),
        PaymentEntry(PaymentKind.CAPTURE, EntryStatus.FAILED, 60),
        PaymentEntry(PaymentKind.CAPTURE, EntryStatus.DONE, 2),
        PaymentEntry(PaymentKind.REFUND, EntryStatus.DUE, 7),
    ]

    assert amounts_of(entries) == Amounts(captured=42, refund_due=7)


DUE = [
    ("all was captured", {"captured": 100}, Worth(70), (0, 0, 30)),
    ("what was captured pays for the rest", {"captured": 40}, Worth(70), (0, 0, 0)),
    ("it was given back", {"captured": 100, "refunded": 30}, Worth(70), (0, 0, 0)),
    ("more was given back", {"captured": 100, "refunded": 40}, Worth(70), (0, 0, 0)),
    ("nothing is left", {"captured": 100}, Worth(0, is_over=True), (0, 0, 100)),
    ("no line has a price", {"captured": 100}, Worth(None, is_known=False), (0, 0, 0)),
    ("something has no price", {"captured": 100}, Worth(20, False, 30), (0, 0, 30)),
    ("something is left to ship", {"authorised": 100}, Worth(70), (0, 0, 0)),
    ("nothing is left to ship", {"authorised": 100}, Worth(0, is_over=True), (100, 0, 0)),
    ("what is shipped is not captured", {"authorised": 100}, Worth(70, is_over=True), (0, 0, 0)),
    (
        "what is shipped is captured",
        {"authorised": 100, "captured": 70},
        Worth(70, is_over=True),
        (30, 0, 0),
    ),
    ("nobody knows", {"authorised": 100}, Worth(None, False, 0, True), (0, 0, 0)),
    (
        "it is authorised anew",
        {"authorised": 100, "renewal_void": 100, "authorisation_due": 100},
        Worth(70),
        (100, 70, 0),
    ),
    (
        "a part was captured meanwhile",
        {"authorised": 100, "captured": 40, "renewal_void": 100, "authorisation_due": 100},
        Worth(100),
        (60, 60, 0),
    ),
    (
        "another authorisation was made meanwhile",
        {"authorised": 200, "renewal_void": 100, "authorisation_due": 100},
        Worth(100),
        (100, 0, 0),
    ),
]


@pytest.mark.parametrize(("why", "sums", "worth", "due"), DUE)
def test_what_is_due_is_told_by_state_and_ledger(why, sums, worth, due):
    assert tuple(what_is_due(Amounts(**sums), worth).values()) == due, why


money = st.integers(0, 10_000)
worths = st.builds(Worth, st.none() | money, st.booleans(), money, st.booleans())


@given(st.builds(Amounts, *[money] * 12), worths)
def test_never_more_is_due_back_than_there_is(amounts, worth):
    due = what_is_due(amounts, worth)

    assert 0 <= due[PaymentKind.REFUND] <= max(amounts.captured - amounts.refunded, 0)
    assert 0 <= due[PaymentKind.VOID] <= amounts.held
    assert due[PaymentKind.AUTHORISE] >= 0


@dataclass(frozen=True)
class Told:
    """One thing that happens: an entry that is done, or a change of what the order is worth."""

    kind: PaymentKind | None
    minor: int


told = st.builds(
    Told,
    st.sampled_from([None, PaymentKind.AUTHORISE, PaymentKind.CAPTURE, PaymentKind.REFUND]),
    money,
)


def ledger_after(events: Sequence[Told]) -> dict[PaymentKind, int]:
    """What the due entries come to, with each thing written down as it happens."""
    entries: list[PaymentEntry] = []
    value = 0
    for event in events:
        if event.kind is None:
            value += event.minor
        else:
            entries.append(PaymentEntry(event.kind, EntryStatus.DONE, event.minor))
        change = corrected(
            entries, what_is_due(amounts_of(entries), Worth(value, is_over=value == 0))
        )
        entries = [each for each in entries if each.id not in change.withdrawn or not each.id]
        first = max([each.id for each in entries], default=0) + 1
        entries += [
            PaymentEntry(kind, EntryStatus.DUE, amount, id_)
            for id_, (kind, amount) in enumerate(change.added, first)
        ]
    due = [each for each in entries if each.status is EntryStatus.DUE]
    assert len({each.kind for each in due}) == len(due)
    return {each.kind: each.amount_minor for each in due}


@given(
    st.lists(told, max_size=6).flatmap(lambda made: st.tuples(st.just(made), st.permutations(made)))
)
def test_any_order_of_the_same_events_gives_the_same_due(turns):
    one, other = turns

    assert ledger_after(one) == ledger_after(other)


def test_what_was_asked_for_stays_and_only_the_rest_is_an_entry_of_its_own():
    def refund(id_: int, amount: int, *, asked: bool = False) -> PaymentEntry:
        return PaymentEntry(PaymentKind.REFUND, EntryStatus.DUE, amount, id_, asked)

    entries = [refund(1, 30, asked=True), refund(2, 20)]

    def due(amount: int) -> Correction:
        return corrected(entries, {PaymentKind.REFUND: amount})

    assert due(50) == Correction((), ())
    assert due(60) == Correction((2,), ((PaymentKind.REFUND, 30),))
    assert due(30) == due(0) == Correction((2,), ())


def test_a_new_authorisation_stays_behind_the_void_that_makes_room_for_it():
    void, new = PaymentKind.VOID, PaymentKind.AUTHORISE
    entries = [
        PaymentEntry(void, EntryStatus.DUE, 30, 1),
        PaymentEntry(new, EntryStatus.DUE, 30, 2),
    ]

    assert corrected(entries, {void: 20, new: 30}) == Correction((1, 2), ((void, 20), (new, 30)))


def test_the_rest_is_authorised_anew_when_something_that_waited_is_released():
    assert reauthorisation(Amounts(authorised=100, captured=40), 100) == (60, 60)
    assert reauthorisation(Amounts(authorised=100, captured=40), 70) == (60, 30)
    assert reauthorisation(Amounts(authorised=100), None) == (100, 100)
    assert reauthorisation(Amounts(), 100) == (0, 0)
    assert reauthorisation(Amounts(authorised=100, void_due=100), 100) == (0, 0)


def test_more_is_not_given_back_than_there_is():
    refund = PaymentEntry(PaymentKind.REFUND, EntryStatus.DONE, 71)
    void = PaymentEntry(PaymentKind.VOID, EntryStatus.DONE, 11)
    with pytest.raises(RefusedError) as refusal:
        check_recorded(Amounts(captured=100, refund_due=50, refund_asked=30), refund)
    assert refusal.value.code == "more_than_captured"
    with pytest.raises(RefusedError) as refusal:
        check_recorded(Amounts(authorised=10), void)
    assert refusal.value.code == "more_than_authorised"
    check_recorded(Amounts(captured=101, refund_due=50, refund_asked=30), refund)
    check_recorded(Amounts(authorised=11), void)


@pytest.mark.parametrize(
    ("secured", "value", "allowed"),
    [(99, 100, False), (100, 100, True), (0, 0, True), (0, None, False), (1, None, True)],
)
def test_the_gate_opens_when_the_value_is_secured(secured, value, allowed):
    assert PaymentTerms(authorise_first=True, secured_minor=secured).allow(value) is allowed
    assert PaymentTerms(secured_minor=secured).allow(value)


def test_all_is_settled_when_the_value_is_captured_and_nothing_is_due():
    assert is_settled(Amounts(captured=100), 100)
    assert not is_settled(Amounts(captured=99, invoiced=100), 100)
    assert not is_settled(Amounts(captured=100, refund_due=1), 100)
    assert not is_settled(Amounts(), None)
    assert is_settled(Amounts(), 0)


# --- the gate of release -------------------------------------------------------------------------


def allocated(secured: int, price: int | None = 500) -> Order:
    """An order of two units that are all there, and the gate before them."""
    row = line("K1", 2, claims=[claim(2)])
    made = order(shipments=[shipment(row)])
    terms = PaymentTerms(authorise_first=True, secured_minor=secured)
    lines = [replace(each, unit_price_minor=price) for each in made.lines]
    return replace(made.with_lines(lines), terms=terms)


@pytest.mark.parametrize(("secured", "status"), [(999, "backorder"), (1000, "ready")])
def test_an_order_keeps_its_claim_and_waits_until_its_value_is_secured(secured, status):
    (planned,) = plan(snapshot(allocated(secured)))

    assert [each.status for each in planned.live] == [status]
    assert sum(row.allocated for each in planned.live for row in each.lines) == 2


def test_the_gate_is_told_when_it_keeps_units_from_going():
    waits = why_it_waits(allocated(0))

    assert waits is not None
    assert waits.code == "payment_not_authorised"
    assert why_it_waits(allocated(1000)) != waits


def test_cancelled_units_need_no_authorisation():
    fewer = allocated(500)
    fewer = fewer.with_lines([replace(fewer.lines[0], cancelled=1)])

    assert not allocated(500).may_release
    assert fewer.may_release
