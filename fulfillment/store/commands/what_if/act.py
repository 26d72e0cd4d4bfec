"""A wish as it is at this moment: what it reads, what it makes of a copy, and how it is done."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from fulfillment.domain.model.rank import Rank
from fulfillment.domain.model.supply import Otherwise, Supply
from fulfillment.store.planning.workspace import Workspace
from fulfillment.store.transactions.session import Tx

Value = date | int | str | None


@dataclass(frozen=True, slots=True)
class Fact:
    """What a wish is about in words, and its value now and then."""

    subject: str
    what: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Reach:
    """Which queues and orders a wish needs open, and why: see `Opening`.

    Those `beside` are looked at in these queues alone, whatever else they are for. In the queues of
    `cut`, more are pegged on the supply that it is about than are looked at: as far as that rank.
    """

    skus: frozenset[str]
    orders: Collection[int] = ()
    beside: Collection[int] = ()
    margin: Mapping[str, int] = field(default_factory=dict)
    written: Collection[int] = ()
    asking: tuple[Rank, Mapping[str, int]] | None = None
    by_po_status: frozenset[str] = frozenset()
    changes: "SupplyChanges" = field(default_factory=dict)
    cut: Mapping[str, Rank] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SupplyChange:
    """A supply as it is stored, and what becomes of it, whatever was tried before."""

    was: Supply
    change: Callable[[Supply], Supply]


SupplyChanges = Mapping[int, SupplyChange]
"""By supply."""


def otherwise(tried: Mapping[int, Otherwise], changes: SupplyChanges) -> Mapping[int, Otherwise]:
    """Supplies as they would be once more of them was tried."""
    found = dict(tried)
    for id_, one in changes.items():
        now = found[id_].now if id_ in found else one.was
        found[id_] = Otherwise(one.was, one.change(now))
    return found


@dataclass(frozen=True, slots=True)
class Act:
    """One change of the world. `put` lets a plan see it, and writes nothing; `do` is the command.

    That answers with the document that it wrote, if any. `places` are the locations that it is
    about, and `order` the number of the order, where it is about one.
    """

    facts: tuple[Fact, ...]
    reach: Reach
    put: Callable[[Workspace], None]
    do: Callable[[Tx, str], str | None]
    places: frozenset[str] = frozenset()
    order: str | None = None
