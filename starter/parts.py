"""What the routes share, made once for an app."""

from dataclasses import dataclass, field

from fastapi import Request

from fulfillment.store.reading.parties import merchant_exists
from fulfillment.store.session import Store
from starter.auth.keyring import Keyring


@dataclass
class KnownMerchants:
    """Merchants that were seen: they are never deleted, so one look is enough."""

    store: Store
    seen: set[str] = field(default_factory=set)

    def has(self, merchant: str) -> bool:
        """Whether there is such a merchant."""
        if merchant not in self.seen:
            if not self.store.read(merchant, lambda tx: merchant_exists(tx, merchant)):
                return False
            self.seen.add(merchant)
        return True


@dataclass(frozen=True, slots=True)
class Parts:
    """The store, the keys that were verified lately, the merchants that are known."""

    store: Store
    keyring: Keyring
    merchants: KnownMerchants


def make_parts(store: Store) -> Parts:
    """The parts of an app over this store."""
    return Parts(store, Keyring(store), KnownMerchants(store))


def parts_of(request: Request) -> Parts:
    """The parts of the app that serves this request."""
    parts: Parts = request.app.state.parts
    return parts
