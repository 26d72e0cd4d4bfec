"""Ask the provider for what is due, and settle what it answers."""

from typing import Any

from fulfillment.domain.payments import PaymentKind
from fulfillment.domain.refusals import RefusedError
from fulfillment.store.commands.payments import Settlement, settle_payment
from fulfillment.store.reading.paging import Window
from fulfillment.store.reading.payments import list_payments
from fulfillment.store.session import Command, Store
from payments.port import Asked, PaymentProvider, ProviderAwayError

ACTOR = "payment provider"
MOST = 100
"""Entries that are asked in one go."""


def ask_due(store: Store, merchant: str, provider: PaymentProvider) -> int:
    """Ask for a merchant's due entries, those first that have waited longest; how many are settled.

    An entry that a person settled meanwhile is left as it is. Dying in between loses nothing: what
    is not settled is due, and is asked again under the same reference.
    """
    page = store.read(merchant, lambda tx: list_payments(tx, Window(MOST), "due"))
    settled = 0
    for item in page.items:
        try:
            settled += _ask(store, merchant, provider, item)
        except ProviderAwayError:
            break
    return settled


def _ask(store: Store, merchant: str, provider: PaymentProvider, item: dict[str, Any]) -> bool:
    entry = Asked(
        reference=f"pegboard-{item['id']}",
        order=item["order"],
        kind=PaymentKind(item["kind"]),
        amount_minor=item["amount_minor"],
        currency=item["currency"],
    )
    answer = provider.ask(entry)
    if answer is None:
        return False
    command = Command(merchant, "settle", f"settle:{entry.reference}", ACTOR)
    settlement = Settlement(answer.status, answer.reference)
    try:
        settle_payment(store, command, item["id"], settlement)
    except RefusedError as refusal:
        if refusal.code != "already_settled":
            raise
        return False
    return True
