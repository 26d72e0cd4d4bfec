"""An order as a client sends it, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import product

from fulfillment.domain.model.meaning import LATER
from fulfillment.domain.model.rank import DEFAULT_PRIORITY
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.transactions.session import fingerprint


@dataclass(frozen=True, slots=True)
class NewLine:
    """One line as the client asks for it: a number of packs, or of units where no pack is named."""

    line: int
    sku: str
    quantity: int
    pack: str | None = None
    unit_price_minor: int | None = None
    wanted_on: date | None = field(default=None, metadata=LATER)


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order as a client sends it; its policy may name a preset beside knobs.

    Contact, address and the packer's note are stored apart from the rest.
    """

    number: str
    lines: tuple[NewLine, ...]
    placed_at: datetime | None = None
    priority: int = DEFAULT_PRIORITY
    ship_by: date | None = None
    currency: str | None = None
    policy: Mapping[str, object] = field(default_factory=dict)
    lock_location: str | None = None
    pickup_location: str | None = None
    customer_reference: str | None = None
    contact: Mapping[str, object] = field(default_factory=dict)
    address: Mapping[str, object] = field(default_factory=dict)
    revision: int = 0
    shipping_method: str | None = field(default=None, metadata=LATER)
    packer_note: str | None = field(default=None, metadata=LATER)
    deliver_by: date | None = field(default=None, metadata=LATER)

    @property
    def content_hash(self) -> bytes:
        """Equal for two orders that say the same."""
        return fingerprint(self)


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """An order that has its number already: what it said, and what stands where it said nothing."""

    id: int
    content_hash: bytes
    currency: str
    placed_at: datetime

    def is_meant(self, order: NewOrder, currency: str) -> bool:
        """Whether an order of its number is the same one sent again.

        `currency` is the merchant's. It makes no difference whether that, or the moment at which
        the order was taken in, is spelled out.
        """
        currencies, moments = {order.currency}, {order.placed_at}
        if (order.currency or currency) == self.currency:
            currencies = {None, self.currency}
        if order.placed_at == self.placed_at:
            moments.add(None)
        spelled = product(currencies, moments)
        return any(
            replace(order, currency=currency, placed_at=moment).content_hash == self.content_hash
            for currency, moment in spelled
        )


class Outcome(StrEnum):
    """What became of one order of a batch."""

    CREATED = "created"
    EXISTING = "existing"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Taken:
    """The answer for one order of a batch; `order` is its id, or None where it was refused."""

    number: str
    outcome: Outcome
    order: int | None = None
    refusal: RefusedError | None = None


def number_in_use(number: str) -> str:
    """What a client is told whose order number has other content."""
    return f"order {number} exists with other content; send a change as PUT with a higher revision"
