"""Look at all secrets that are kept, and seal them anew."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from fulfillment.domain.model.sealed import Sealed, SecretName
from fulfillment.sealing import CanNotOpenError, Sealer
from fulfillment.store.commands.administration.secrets import reseal_next
from fulfillment.store.reading.secrets import KeptSecret, list_sealed
from fulfillment.store.transactions.session import Store

BATCH = 500


@dataclass
class Found:
    """How many secrets were done, how many are under an older key, which can not be opened."""

    done: int = 0
    older: int = 0
    closed: list[SecretName] = field(default_factory=list)


def check(store: Store, sealer: Sealer) -> Found:
    """Open every secret once, and keep nothing of it. Raises NoSecretKeyError."""
    found, first = Found(), sealer.first
    for kept in _all(store):
        if _opens(sealer, kept):
            found.done += 1
            found.older += kept.sealed.key != first
        else:
            found.closed.append(kept.name)
    return found


def rotate(store: Store, sealer: Sealer) -> Found:
    """Seal all anew that is not under the first key, batch by batch. Raises NoSecretKeyError."""
    found, after = Found(), 0
    while batch := reseal_next(store, sealer.first, lambda one: _renewed(sealer, one), after):
        found.done += batch.renewed
        found.closed += batch.left
        after = batch.upto
    return found


def _all(store: Store) -> Iterator[KeptSecret]:
    after = 0
    while kept := store.read("*", partial(list_sealed, after=after, most=BATCH)):
        yield from kept
        after = kept[-1].id


def _opens(sealer: Sealer, kept: KeptSecret) -> bool:
    try:
        sealer.open(kept.name, kept.sealed)
    except CanNotOpenError:
        return False
    return True


def _renewed(sealer: Sealer, kept: KeptSecret) -> Sealed | None:
    try:
        return sealer.renew(kept.name, kept.sealed)
    except CanNotOpenError:
        return None
