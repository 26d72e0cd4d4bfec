"""What should be bought: per supplier and SKU, the oldest need first (behaviour.md §7).

A fixed number of statements, whatever waits: one counts, one finds who is short, and one more
names the orders behind what is shown.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from fulfillment.domain.insight.purchase_suggestions import Need, Suggestion, suggest, surplus
from fulfillment.domain.model.rank import LAST_PRIORITY, Rank
from fulfillment.domain.model.refusals import invalid
from fulfillment.store.reading.needs import NEEDS, SURPLUS
from fulfillment.store.reading.paging import Key, Page, Sort, Window
from fulfillment.store.reading.rows import rows_as, view
from fulfillment.store.reading.views.purchasing import ShortOrder, SuggestionView
from fulfillment.store.records.loading import load_locations
from fulfillment.store.sums.short import Met, short_orders
from fulfillment.store.transactions.session import Tx

BY_NEED = Sort(
    ("priority", "placed_at", "intake_seq", "sku", "location"),
    ("int", "timestamptz", "bigint", "text", "text"),
)
"""The rank of the first order that is short, then the SKU; what no order waits for comes last."""

MOST_ORDERS = 20
"""Orders that are named behind one suggestion; all of them are counted."""

NOBODY = Rank(LAST_PRIORITY + 1, datetime(9999, 12, 31, tzinfo=UTC), 0)

TOTALS = ("waiting", "free", "coming", "drafted")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which suggestions; what is None is not asked about.

    With a location, only what would be bought for it: what is bound to it, and all that any
    location may serve. A product without a supplier has the supplier "".
    """

    suppliers: tuple[str, ...] | None = None
    skus: tuple[str, ...] | None = None
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One suggestion with what it was counted from, and the first order that is short.

    `totals` are units of the product at all locations. Of the demand in each queue, for the
    location or for any, `met` says how many units are met, from the head.
    """

    suggestion: Suggestion
    name: str
    totals: Mapping[str, int]
    met: tuple[tuple[str | None, int], ...]
    rank: Rank = NOBODY
    order_count: int = 0

    @property
    def key(self) -> Key:
        """Its place in the list."""
        rank, one = self.rank, self.suggestion
        return (rank.priority, rank.placed_at, rank.intake_seq, one.sku, one.location)


def list_suggestions(tx: Tx, window: Window, wanted: Wanted) -> Page[SuggestionView]:
    """One page of what should be bought, each with the orders behind its number.

    At its end stands what is drafted and nothing asks for any more.
    """
    after = _comparable(window.after) if window.after else None
    locations = _locations(tx, wanted)
    found = _sorted(tx, wanted, locations)
    behind = [one for one in found if after is None or one.key > after]
    shown = behind[: window.limit]
    orders = _short_orders(tx, shown, MOST_ORDERS)
    drafts: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in _surplus_lines(tx, shown):
        drafts[row.sku, row.location].append(row.number)
    items = [_item(one, orders[_place(one)], drafts[_place(one)]) for one in shown]
    return Page(items, shown[-1].key if len(behind) > len(shown) else None)


def find_suggestions(tx: Tx, wanted: Wanted) -> list[Found]:
    """Everything that should be bought, the oldest need first."""
    found = _sorted(tx, wanted, _locations(tx, wanted))
    return [one for one in found if one.suggestion.units]


def surplus_of(tx: Tx, skus: Iterable[str]) -> dict[tuple[str, int], int]:
    """Units that nothing asks for any more, by number and line of the drafts of these products."""
    wanted = Wanted(skus=tuple(skus))
    found = _counted(tx, wanted, _locations(tx, wanted))
    return {(row.number, row.line): row.units for row in _surplus_lines(tx, list(found))}


def _surplus_lines(tx: Tx, found: Sequence[Found]) -> list[Any]:
    over = [one.suggestion for one in found if one.suggestion.surplus]
    if not over:
        return []
    return tx.rows(
        SURPLUS,
        merchant=tx.merchant,
        skus=[one.sku for one in over],
        locations=[one.location for one in over],
        units=[one.surplus for one in over],
    )


def _sorted(tx: Tx, wanted: Wanted, locations: Sequence[str]) -> list[Found]:
    counted = list(_counted(tx, wanted, locations))
    first = _short_orders(tx, counted, 1)
    ranked = (_ranked(one, first[_place(one)]) for one in counted)
    return sorted(ranked, key=lambda one: one.key)


def _comparable(key: Key) -> Key:
    """A moment that a client sends without a zone is UTC."""
    priority, placed_at, *more = key
    return (priority, placed_at if placed_at.tzinfo else placed_at.replace(tzinfo=UTC), *more)


def _locations(tx: Tx, wanted: Wanted) -> list[str]:
    """The merchant's active locations, that for which is bought what any may serve first."""
    locations = list(load_locations(tx))
    if wanted.location is None:
        return locations
    if wanted.location not in locations:
        message = f"{wanted.location} is not an active location of this merchant"
        raise invalid("unknown_location", message, "location", location=wanted.location)
    return sorted(locations, key=lambda location: location != wanted.location)


def _counted(tx: Tx, wanted: Wanted, locations: Sequence[str]) -> Iterator[Found]:
    if not locations:
        return
    rows = tx.rows(
        NEEDS,
        merchant=tx.merchant,
        locations=list(locations),
        skus=_listed(wanted.skus),
        suppliers=_listed(wanted.suppliers),
    )
    for _, places in groupby(rows, key=lambda row: row.sku):
        product = list(places)
        need = _need(product)
        totals = {name: sum(getattr(row, name) for row in product) for name in TOTALS}
        for one in (*suggest(need, locations[0]), *surplus(need)):
            if wanted.location in (None, one.location):
                yield Found(one, product[0].name, totals, tuple(_met(need, one)))


def _listed(values: Sequence[str] | None) -> list[str] | None:
    return None if values is None else sorted(set(values))


def _need(places: Sequence[Any]) -> Need:
    """The need of one product, less what is pegged: those units are for who has the pegs."""
    located = [row for row in places if row.place is not None]
    return Need(
        sku=places[0].sku,
        supplier=places[0].supplier,
        reorder_level=places[0].reorder_level,
        waiting={row.place: row.waiting - row.waiting_pegged for row in places},
        free={row.place: row.free for row in located},
        coming={row.place: row.coming - row.coming_pegged for row in located},
        drafted={row.place: row.drafted for row in located},
    )


def _met(need: Need, one: Suggestion) -> Iterator[tuple[str | None, int]]:
    for place, short in ((one.location, one.short_here), (None, one.short_anywhere)):
        if short:
            yield place, need.waiting[place] - short


def _ranked(found: Found, first: Sequence[Any]) -> Found:
    if not first:
        return found
    rank = Rank(first[0].priority, first[0].placed_at, first[0].intake_seq)
    return replace(found, rank=rank, order_count=first[0].order_count)


def _short_orders(
    tx: Tx, found: Iterable[Found], most: int
) -> Mapping[tuple[str, str], Sequence[Any]]:
    """The first orders in rank that are short, by SKU and location; each tells how many are."""
    queues = [Met(*_place(one), *queue) for one in found for queue in one.met]
    orders: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in short_orders(tx, queues, most):
        orders[row.sku, row.location].append(row)
    return orders


def _place(found: Found) -> tuple[str, str]:
    return found.suggestion.sku, found.suggestion.location


def _item(found: Found, orders: Sequence[Any], drafts: Sequence[str]) -> SuggestionView:
    return view(
        SuggestionView,
        found.suggestion,
        name=found.name,
        **found.totals,
        oldest=found.rank.placed_at if found.order_count else None,
        order_count=found.order_count,
        drafts=tuple(dict.fromkeys(drafts)),
        orders=tuple(map(rows_as(ShortOrder), orders)),
    )
