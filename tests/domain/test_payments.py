"""The payment axis: sums, statuses, what is due back, what is authorised anew."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.domain.insight.release_blockers import why_it_waits
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.payments import (
    Amounts,
    EntryStatus,
    PaymentEntry,
    PaymentKind,
    PaymentTerms,
    amounts_of,
    check_recorded,
    is_settled,
    payment_status,
    reauthorisation,
    refund_for,
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


REFUNDS = [
    (100, 30, 70, 30, "all was captured"),
    (40, 30, 70, 0, "what was captured still pays for the rest"),
    (90, 30, 70, 20, "a part of what is cancelled was never captured"),
    (110, 30, 70, 30, "what was captured for something else is not the lines'"),
    (100, 100, 0, 100, "all of it is cancelled"),
    (0, 100, 0, 0, "nothing was captured"),
]


@pytest.mark.parametrize(("captured", "cancelled", "left", "due", "why"), REFUNDS)
def test_what_is_due_back_when_units_are_cancelled(captured, cancelled, left, due, why):
    assert refund_for(Amounts(captured=captured), cancelled, left) == due, why


money = st.integers(0, 10_000)


@given(st.builds(Amounts, *[money] * 9), money, money)
def test_never_more_is_due_back_than_was_captured(amounts, cancelled, left):
    due = refund_for(amounts, cancelled, left)

    assert 0 <= due <= cancelled
    assert due + amounts.refund_due + amounts.refunded <= max(
        amounts.captured, amounts.refund_due + amounts.refunded
    )


@given(st.lists(money, min_size=1, max_size=6), money)
def test_an_order_cancelled_piece_by_piece_gives_back_what_was_captured(pieces, captured):
    """What is captured of the lines comes back in all, whatever is cancelled first."""
    captured = min(captured, sum(pieces))
    due, left = 0, sum(pieces)
    for piece in pieces:
        left -= piece
        due += refund_for(Amounts(captured=captured, refund_due=due), piece, left)

    assert due == captured


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
        check_recorded(Amounts(captured=100, refund_due=30), refund)
    assert refusal.value.code == "more_than_captured"
    with pytest.raises(RefusedError) as refusal:
        check_recorded(Amounts(authorised=10), void)
    assert refusal.value.code == "more_than_authorised"
    check_recorded(Amounts(captured=101, refund_due=30), refund)
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
    assert waits["code"] == "payment_not_authorised"
    assert why_it_waits(allocated(1000)) != waits


def test_cancelled_units_need_no_authorisation():
    fewer = allocated(500)
    fewer = fewer.with_lines([replace(fewer.lines[0], cancelled=1)])

    assert not allocated(500).may_release
    assert fewer.may_release
