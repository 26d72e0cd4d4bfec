"""Ask the provider for what is due, and settle what it answers."""

from datetime import timedelta
from enum import StrEnum

import structlog

from fulfillment.domain.model.payments import EntryStatus, PaymentKind
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands.payments.asking import DueEntry, claim_due, put_off
from fulfillment.store.commands.payments.record import Settlement, settle_payment
from fulfillment.store.transactions.session import Command, Store
from payments.port import Answered, Asked, PaymentProvider, ProviderAwayError

log = structlog.get_logger(__name__)

ACTOR = "payment provider"
LEASE = timedelta(minutes=2)
"""Longer than any provider may think: until then nobody else asks for the same entry."""

FIRST_PAUSE = timedelta(seconds=10)
LONGEST_AWAY = timedelta(minutes=5)
LONGEST_LATER = timedelta(hours=1)


class Outcome(StrEnum):
    """What came of asking for one entry."""

    SETTLED = "settled"
    LEFT = "left"
    AWAY = "away"


def ask_due(store: Store, provider: PaymentProvider) -> int:
    """Ask for all that is due, of every merchant, until the provider is away; how many it settled.

    Dying in between loses nothing: what is not settled is due, and is asked for again under the
    same reference.
    """
    settled = 0
    while (outcome := ask_next(store, provider)) not in (None, Outcome.AWAY):
        settled += outcome is Outcome.SETTLED
    return settled


def ask_next(store: Store, provider: PaymentProvider) -> Outcome | None:
    """Ask for the entry whose turn it is, with no transaction open; None where none is left.

    An adapter that fails in a way of its own puts off this entry, and keeps no other from being
    asked for.
    """
    entry = claim_due(store, LEASE)
    if entry is None:
        return None
    try:
        answer = provider.ask(_asked(entry))
    except ProviderAwayError as error:
        return _failed(store, entry, str(error) or "away", Outcome.AWAY)
    except Exception as error:
        # Its words could quote what was sent; its kind can not.
        return _failed(store, entry, type(error).__name__, Outcome.LEFT)
    if answer is None or answer.status is EntryStatus.DUE:
        put_off(store, entry, _pause(entry, LONGEST_LATER))
        return Outcome.LEFT
    return _settled(store, entry, answer)


def _asked(entry: DueEntry) -> Asked:
    return Asked(
        reference=_reference(entry),
        merchant=entry.merchant,
        order=entry.order,
        kind=PaymentKind(entry.kind),
        amount_minor=entry.amount_minor,
        currency=entry.currency,
    )


def _reference(entry: DueEntry) -> str:
    """The entry's own, for ever: asked for twice, the provider does it once."""
    return f"pegboard-{entry.id}"


def _settled(store: Store, entry: DueEntry, answer: Answered) -> Outcome:
    """A person who settled it meanwhile, or told of it, was first, and stays right."""
    command = Command(entry.merchant, "settle", f"settle:{_reference(entry)}", ACTOR)
    try:
        settle_payment(store, command, entry.id, Settlement(answer.status, answer.reference))
    except RefusedError as refusal:
        if refusal.code in ("already_settled", "unknown_payment"):
            return Outcome.LEFT
        return _failed(store, entry, refusal.code, Outcome.LEFT)
    return Outcome.SETTLED


def _failed(store: Store, entry: DueEntry, reason: str, outcome: Outcome) -> Outcome:
    log.warning(
        "payment_stays_due",
        merchant=entry.merchant,
        payment=entry.id,
        asks=entry.asks,
        reason=reason,
    )
    longest = LONGEST_AWAY if outcome is Outcome.AWAY else LONGEST_LATER
    put_off(store, entry, _pause(entry, longest))
    return outcome


def _pause(entry: DueEntry, longest: timedelta) -> timedelta:
    """Twice as long with every time that it was asked for."""
    return min(FIRST_PAUSE * (1 << min(entry.asks - 1, 12)), longest)
