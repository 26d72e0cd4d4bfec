"""Draft purchase orders for all that should be bought."""

import hashlib
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from fulfillment.domain.insight.purchase_suggestions import Suggestion
from fulfillment.domain.model.meaning import canonical, meaning
from fulfillment.domain.model.refusals import RefusedError, conflict, invalid
from fulfillment.domain.model.statuses import PurchaseOrderStatus
from fulfillment.store.commands.supply.days import check_not_over
from fulfillment.store.commands.supply.purchase_orders.documents import (
    NewPurchaseLine,
    NewPurchaseOrder,
)
from fulfillment.store.commands.supply.purchase_orders.writing import write_purchase_order
from fulfillment.store.reading.rows import execute_as
from fulfillment.store.reading.suggestions import Wanted, find_suggestions
from fulfillment.store.reading.views.purchasing import DraftedOrders, PurchaseOrderView
from fulfillment.store.transactions.session import Command, Store, Tx

MOST_LINES = 500
"""Lines of one purchase order, as many as a client may write; a supplier of more gets several."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What to draft; all that should be bought unless it says less.

    With a supplier only what is bought of it and, of the `skus` that are named, those that have
    no supplier. With a location only what is to be bought for it. A purchase order's number is
    the prefix with the next number behind it.
    """

    supplier: str | None = None
    skus: tuple[str, ...] | None = None
    location: str | None = None
    prefix: str = "PO-"
    expected_on: date | None = None


def draft_purchase_orders(
    store: Store, command: Command, draft: Draft, seen: str | None = None
) -> DraftedOrders:
    """Write one purchase order in draft for each supplier, a line for each suggestion.

    Drafts of one merchant are made one after the other, each counting those before it, so that no
    need is bought twice. Products without a supplier are left out, and named, unless one is said.
    With what was `seen` of it, nothing is drafted if something else is to be bought by now.
    """

    def body(tx: Tx) -> DraftedOrders:
        _check_skus(tx, draft.skus or ())
        _wait_for_other_drafts(tx)
        found = find_to_draft(tx, draft)
        if seen not in {None, found.version}:
            message = "other units, or other products, are to be bought by now"
            raise conflict("needs_changed", message, version=found.version)
        written = write_next(tx, list(found.documents), draft.prefix)
        return DraftedOrders(tuple(written), found.without_supplier)

    return execute_as(DraftedOrders, store, command, body)


@dataclass(frozen=True, slots=True)
class ToDraft:
    """The purchase orders that would be drafted, without their numbers, and what is left out."""

    documents: tuple[NewPurchaseOrder, ...]
    without_supplier: tuple[str, ...]

    @property
    def version(self) -> str:
        """Another one as soon as something else would be drafted."""
        said = canonical([meaning(document) for document in self.documents])
        return hashlib.sha256(said.encode()).hexdigest()[:32]


def find_to_draft(tx: Tx, draft: Draft) -> ToDraft:
    """What would be drafted now; a SKU that is named and that nobody needs is bought of nobody."""
    check_not_over(tx, draft.expected_on, draft.location, "expected_on")
    found = [one.suggestion for one in find_suggestions(tx, _wanted(draft))]
    bought = [one for one in found if draft.supplier or one.supplier]
    left_out = {one.sku for one in found if not (draft.supplier or one.supplier)}
    return ToDraft(tuple(_documents(draft, bought)), tuple(sorted(left_out)))


def _check_skus(tx: Tx, skus: Sequence[str]) -> None:
    rows = tx.rows(
        "SELECT sku FROM product WHERE merchant = :merchant AND sku = ANY(:skus)",
        merchant=tx.merchant,
        skus=list(skus),
    )
    known = {row.sku for row in rows}
    for index, sku in enumerate(skus):
        if sku not in known:
            raise invalid("unknown_sku", f"there is no product {sku}", f"skus[{index}]", sku=sku)


def _wait_for_other_drafts(tx: Tx) -> None:
    """One draft of a merchant at a time, until it is committed.

    Whoever waits reads after it, and finds its drafts. It is taken before all other locks, and a
    draft takes no queue: nobody pegs on it, so nobody who holds one is waited for.
    """
    tx.rows(
        "SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))",
        key=f"pegboard draft {tx.merchant}",
    )


def _wanted(draft: Draft) -> Wanted:
    if not draft.supplier:
        return Wanted(None, draft.skus, draft.location)
    also = ("",) if draft.skus else ()
    return Wanted((draft.supplier, *also), draft.skus, draft.location)


def _documents(draft: Draft, bought: Iterable[Suggestion]) -> Iterator[NewPurchaseOrder]:
    """The purchase orders without numbers, by supplier, the oldest need first in each."""

    def supplier_of(one: Suggestion) -> str:
        return draft.supplier or one.supplier

    for supplier, suggestions in groupby(sorted(bought, key=supplier_of), key=supplier_of):
        lines = list(suggestions)
        for start in range(0, len(lines), MOST_LINES):
            yield NewPurchaseOrder(
                number="",
                lines=tuple(_lines(lines[start : start + MOST_LINES])),
                supplier=supplier,
                expected_on=draft.expected_on,
                status=PurchaseOrderStatus.DRAFT,
            )


def _lines(suggestions: Sequence[Suggestion]) -> Iterator[NewPurchaseLine]:
    for line, one in enumerate(suggestions, start=1):
        yield NewPurchaseLine(line, one.sku, one.units, one.location)


def write_next(
    tx: Tx, documents: Sequence[NewPurchaseOrder], prefix: str
) -> list[PurchaseOrderView]:
    """Each under the next number that is free; one that somebody takes meanwhile is passed over."""
    written: list[PurchaseOrderView] = []
    numbers = itertools.count(_next_number(tx, prefix))
    while len(written) < len(documents):
        document = replace(documents[len(written)], number=f"{prefix}{next(numbers)}")
        try:
            written.append(write_purchase_order(tx, document))
        except RefusedError as refusal:
            if refusal.code != "number_in_use":
                raise
    return written


def _next_number(tx: Tx, prefix: str) -> int:
    """One more than the highest there is behind this prefix."""
    (row,) = tx.rows(
        "SELECT coalesce(max(CAST(substr(number, :length + 1) AS bigint)), 0) + 1 AS next"
        " FROM purchase_order WHERE merchant = :merchant"
        " AND starts_with(number, CAST(:prefix AS text))"
        " AND substr(number, :length + 1) ~ '^[0-9]{1,15}$'",
        merchant=tx.merchant,
        prefix=prefix,
        length=len(prefix),
    )
    return int(row.next)
