"""What the routes share, made once for an app."""

from dataclasses import dataclass, field

from fastapi import Request

from deliveries.mail.return_address import ReturnAddress
from deliveries.mail.wiring import returns_of, with_kept_mail
from deliveries.webhooks.addresses import Allowed
from deliveries.webhooks.urls import allowed_by
from fulfillment.brake import Brake
from fulfillment.keeping import Pulse
from fulfillment.sealing import Sealer, sealer_of
from fulfillment.settings import Settings
from fulfillment.store.reading.parties import merchant_exists, some_merchants
from fulfillment.store.records.loading import EVERYBODY
from fulfillment.store.transactions.session import Store
from starter.auth.keyring import Keyring
from starter.feed.watch import FeedWatch
from starter.probing import Probes
from starter.waiting import Waits


@dataclass
class KnownMerchants:
    """Merchants that were seen: they are never deleted, so one look is enough."""

    store: Store
    seen: set[str] = field(default_factory=set)

    def has(self, merchant: str) -> bool:
        """Whether there is such a merchant; the database is asked once."""
        if merchant not in self.seen:
            if not self.store.read(merchant, lambda tx: merchant_exists(tx, merchant)):
                return False
            self.seen.add(merchant)
        return True

    def only(self) -> str | None:
        """The one that there is; None where there are several, or none."""
        found = self.store.read(EVERYBODY, lambda tx: some_merchants(tx, 2))
        return found[0] if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class Parts:
    """The store, the keys that were verified lately, the merchants that are known.

    And how often wrong keys were tried, what readiness asks: the probes, and the pulse of the
    relay if there is one, how far the feed is, who waits for an outcome, and who has a stream.
    The sealer keeps secrets; `allowed` says whom webhooks may call.
    The `public_url` is where people reach all this, if the installation knows, and `returns` where
    mails come back to.
    """

    store: Store
    keyring: Keyring
    brake: Brake
    merchants: KnownMerchants
    probes: Probes
    relay: Pulse | None
    feed: FeedWatch
    sealer: Sealer
    allowed: Allowed
    waits: Waits = field(default_factory=Waits)
    streams: Waits = field(default_factory=Waits)
    public_url: str | None = None
    returns: ReturnAddress | None = None


def make_parts(store: Store, chosen: Settings, relay: Pulse | None = None) -> Parts:
    """The parts of an app over this store. Raises SettingError for keys that are none."""
    probes = Probes.of(store.engine.url)
    known = KnownMerchants(store)
    return Parts(
        store=store,
        keyring=Keyring(store),
        brake=Brake(chosen.wrong_keys_a_minute),
        merchants=known,
        probes=probes,
        relay=relay,
        feed=FeedWatch(store),
        sealer=sealer_of(chosen),
        allowed=allowed_by(chosen),
        returns=returns_of(with_kept_mail(chosen, store)),
        public_url=chosen.public_base,
    )


def parts_of(request: Request) -> Parts:
    """The parts of the app that serves this request."""
    parts: Parts = request.app.state.parts
    return parts
