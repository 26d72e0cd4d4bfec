"""Whose orders are shown, with which key, and whether the sample is played."""

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.demo import catalogue, keyfile
from cli.demo.client import Client
from cli.demo.player import clear_stage, new_play
from cli.demo.steps import Play
from fulfillment.settings import Settings
from fulfillment.store.commands.administration.keys import Role, caller_of, create_key
from fulfillment.store.reading.orders import OrderFilter, list_orders
from fulfillment.store.reading.paging import Window
from fulfillment.store.reading.parties import list_merchants
from fulfillment.store.reading.views.parties import MerchantView
from fulfillment.store.transactions.session import Store, connect

SAMPLE = catalogue.MERCHANT.id
KEY_NAME = "pegboard up"

MAIL = {"enabled": True, "sender_address": "shop@example.com"}
"""The sample's customers get mail where it is written into a folder; nobody has these addresses."""


@dataclass(frozen=True)
class Asked:
    """What the options of `pegboard up` say. `plays` None: only on a fresh database of our own."""

    plays: bool | None = None
    until_played: bool = False
    speed: float = 1.0


@dataclass(frozen=True)
class Stage:
    """One merchant's orders, seen with a key of its own."""

    merchant: str
    name: str
    time_zone: str
    client: Client
    play: Play | None


@dataclass(frozen=True)
class Place:
    """The running system as the play knows it."""

    settings: Settings
    database_url: str
    api_url: str
    stopping: threading.Event
    say: Callable[[str], None]

    @property
    def home(self) -> Path:
        """The folder of the data and the key."""
        return self.settings.home


def set_up(place: Place, asked: Asked) -> Stage | None:
    """Load the sample if it is to be played; None where there is no one merchant to show.

    A database that was named, and so is not ours, gets no sample and no key unless that is asked.
    """
    if place.settings.database_url is not None and not _is_asked(asked):
        return None
    engine = connect(place.database_url, pool_size=2)
    try:
        return _set_up(place, asked, Store(engine))
    finally:
        engine.dispose()


def _is_asked(asked: Asked) -> bool:
    return bool(asked.plays) or asked.until_played


def _set_up(place: Place, asked: Asked, store: Store) -> Stage | None:
    merchants = store.read("*", lambda tx: list_merchants(tx, Window(100))).items
    is_fresh = _is_fresh(store, merchants)
    plays = _is_asked(asked) or (asked.plays is None and is_fresh)
    if plays:
        place.say("loading a sample catalogue")
        catalogue.put_parties(store)
        merchants = store.read("*", lambda tx: list_merchants(tx, Window(100))).items
    chosen = _chosen(merchants, plays=plays)
    if chosen is None:
        return None
    client = Client(place.api_url, _key(place.home, store, chosen.id), place.stopping)
    play = None
    if plays:
        clear_stage(client)
        catalogue.put_goods(client)
        if place.settings.database_url is None:
            client.send("PATCH", "/v1/mail/settings", MAIL)
        play = new_play(client, place.stopping, asked.speed)
    return Stage(chosen.id, chosen.name, chosen.time_zone, client, play)


def _is_fresh(store: Store, merchants: Sequence[MerchantView]) -> bool:
    """Nothing was taken in yet; a sample whose loading was broken off counts as nothing."""
    if not merchants:
        return True
    if [merchant.id for merchant in merchants] != [SAMPLE]:
        return False
    page = store.read(SAMPLE, lambda tx: list_orders(tx, OrderFilter(), "rank", Window(1)))
    return not page.items


def _chosen(merchants: Sequence[MerchantView], *, plays: bool) -> MerchantView | None:
    """The sample's merchant while it plays, else the one that is named, or the only one."""
    by_id = {merchant.id: merchant for merchant in merchants}
    named = SAMPLE if plays else os.environ.get("PEGBOARD_MERCHANT")
    if named is not None:
        return by_id.get(named)
    return by_id.get(SAMPLE) or (merchants[0] if len(merchants) == 1 else None)


def _key(home: Path, store: Store, merchant: str) -> str:
    """The key that is kept, as long as it opens this merchant's data; else a new one."""
    kept = keyfile.read(home)
    caller = caller_of(store, kept) if kept else None
    if kept and caller and caller.scope.only_merchant == merchant and caller.role is Role.ADMIN:
        return kept
    key = create_key(store, KEY_NAME, Role.ADMIN, merchant)
    keyfile.write(home, key)
    return key
