"""What Pegboard asks of a payment provider: a port, with one adapter for each provider.

An entry of the ledger becomes due in the transaction that makes it necessary, whatever the provider
does. It is asked outside of any transaction, and again when nobody knows what became of it: an
adapter hands `reference` to the provider as its idempotency key, and answers the same.
"""

from dataclasses import dataclass
from typing import Protocol

from fulfillment.domain.model.payments import EntryStatus, PaymentKind


@dataclass(frozen=True, slots=True)
class Asked:
    """One entry that is due: what is to be done with which amount, in minor units.

    Minor units have the digits that ISO 4217 gives the currency: 500 is EUR 5.00, JPY 500, KWD
    0.500. A provider that counts otherwise is its adapter's business.

    `order` is the merchant's number, by which the provider knows the payment; nothing of the
    customer or of a card is told.
    """

    reference: str
    merchant: str
    order: str
    kind: PaymentKind
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What the provider made of it, done or failed, and its own name for that."""

    status: EntryStatus
    reference: str | None = None


class ProviderAwayError(Exception):
    """The provider did not answer; what is due stays due and is asked again.

    Its words are logged: an adapter puts nothing into them that it was sent.
    """


class PaymentProvider(Protocol):
    """Somebody who holds, takes and gives back money."""

    def ask(self, entry: Asked) -> Answered | None:
        """Have it done, and come back within seconds.

        None leaves it due: a person settles it, or a later answer to the same reference does.
        """
