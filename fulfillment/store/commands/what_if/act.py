"""A wish as it is at this moment: what it reads, what it makes of a copy, and how it is done."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from fulfillment.domain.insight.wishes import Wish
from fulfillment.domain.model.rank import Rank
from fulfillment.domain.model.supply import Supply
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
    `cut`, more are pegged on the supply that it is about than are looked at.
    """

    skus: frozenset[str]
    orders: Collection[int] = ()
    beside: Collection[int] = ()
    margin: Mapping[str, int] = field(default_factory=dict)
    written: Collection[int] = ()
    asking: tuple[Rank, Mapping[str, int]] | None = None
    by_po_status: frozenset[str] = frozenset()
    dated: Mapping[int, date] = field(default_factory=dict)
    coming: Supply | None = None
    cut: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Act:
    """One wish. `put` lets a plan see it, and writes nothing; `do` is the command's own body.

    `places` are the locations that it is about, and `order` the number of the order, where it is
    about one.
    """

    wish: Wish
    facts: tuple[Fact, ...]
    reach: Reach
    put: Callable[[Workspace], None]
    do: Callable[[Tx, str], None]
    places: frozenset[str] = frozenset()
    order: str | None = None
