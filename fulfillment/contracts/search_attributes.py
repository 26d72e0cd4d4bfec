"""What an operator can search for in the Temporal UI, and how it is filled.

SQL visibility has room for 10 Keyword attributes and 3 of each other type, and a KeywordList
value of more than 2,048 bytes terminates its workflow: lists are cut well below, with a count
beside them.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time
from typing import Any

from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from fulfillment.contracts.messages import EDITION, Progress, PurchaseOrderProgress
from fulfillment.domain.model.statuses import OrderStatus

MERCHANT = SearchAttributeKey.for_keyword("PegboardMerchant")
STATUS = SearchAttributeKey.for_keyword("PegboardStatus")
VERSION = SearchAttributeKey.for_keyword("PegboardVersion")
PRIORITY = SearchAttributeKey.for_int("PegboardPriority")
SUPPLIER = SearchAttributeKey.for_keyword("PegboardSupplier")
AWAITED_SKUS = SearchAttributeKey.for_keyword_list("PegboardAwaitedSkus")
AWAITED_SUPPLY = SearchAttributeKey.for_keyword_list("PegboardAwaitedSupply")
AWAITED_UNITS = SearchAttributeKey.for_int("PegboardAwaitedUnits")
EXPECTED_DATE = SearchAttributeKey.for_datetime("PegboardExpectedDate")

TYPES = {
    MERCHANT.name: "Keyword",
    STATUS.name: "Keyword",
    VERSION.name: "Keyword",
    PRIORITY.name: "Int",
    SUPPLIER.name: "Keyword",
    AWAITED_SKUS.name: "KeywordList",
    AWAITED_SUPPLY.name: "KeywordList",
    AWAITED_UNITS.name: "Int",
    EXPECTED_DATE.name: "Datetime",
}

AT_THE_WAREHOUSE = OrderStatus.AWAITING_PICK_AND_PACK
"""Shown of an order that is being picked and packed too, whose news are not shown one by one."""

LIST_BYTES = 1_500
"""A list is cut before it grows longer than this, encoded."""


def order_at_start(
    merchant: str, priority: int | None = None, progress: Progress | None = None
) -> TypedSearchAttributes:
    """What is known of an order when its workflow starts; more where it was started before."""
    values = order_values(progress) if progress else {STATUS.name: "received"}
    pairs: list[SearchAttributePair[Any]] = [
        SearchAttributePair(MERCHANT, merchant),
        *(
            SearchAttributePair(KEYS[name], value)
            for name, value in values.items()
            if value is not None
        ),
    ]
    if priority is not None:
        pairs.append(SearchAttributePair(PRIORITY, priority))
    return TypedSearchAttributes(pairs)


def order_values(progress: Progress, edition: int = EDITION) -> dict[str, object]:
    """Every attribute that follows an order's progress, by name; None where it has no value.

    Each change of one costs a run an event. How far the warehouse has come with an order stands in
    its details alone, since edition 1: nobody looks for orders by it here. Since edition 2 there is
    the version: by the list alone the audit sees whether a run has heard of the last change.
    """
    due, status = progress.next_date, progress.status
    if edition >= 1 and status is OrderStatus.PICKING:
        status = AT_THE_WAREHOUSE
    version = {VERSION.name: version_text(progress.version)} if edition >= 2 else {}  # noqa: PLR2004
    return version | {
        STATUS.name: str(status),
        AWAITED_SKUS.name: capped(progress.awaited_skus) or None,
        AWAITED_SUPPLY.name: capped(progress.awaited_supply) or None,
        AWAITED_UNITS.name: progress.waiting_units or None,
        EXPECTED_DATE.name: datetime.combine(due, time(), UTC) if due else None,
    }


def is_in_details_alone(shown: Mapping[str, object], values: Mapping[str, object]) -> bool:
    """Whether news are not worth an event: the warehouse goes on with an order, step by step.

    So the version that is shown is the last one that was heard, but for an order of which it is
    shown that it is at the warehouse (`is_exact`): of that, there may be later ones.
    """
    is_at_work = values.get(STATUS.name) == AT_THE_WAREHOUSE
    return is_at_work and all(
        shown.get(name) == value for name, value in values.items() if name != VERSION.name
    )


def is_exact(status: str | None) -> bool:
    """Whether a run that shows this status shows the version of the last news that it heard."""
    return status is not None and status != AT_THE_WAREHOUSE


def version_text(version: tuple[int, int]) -> str:
    """Epoch and sequence as they are shown."""
    epoch, seq = version
    return f"{epoch}.{seq}"


def version_in(text: str) -> tuple[int, int] | None:
    """The version that such a text tells; None for any other text."""
    epoch, _, seq = text.partition(".")
    known = epoch.isdecimal() and seq.isdecimal() and text.isascii()
    return (int(epoch), int(seq)) if known else None


def purchase_order_values(progress: PurchaseOrderProgress) -> dict[str, object]:
    """Every attribute that follows a purchase order's progress."""
    due = progress.due_on
    return {
        STATUS.name: str(progress.status),
        EXPECTED_DATE.name: datetime.combine(due, time(), UTC) if due else None,
        AWAITED_UNITS.name: max(progress.ordered - progress.received, 0) or None,
    }


def capped(values: Iterable[str]) -> list[str]:
    """As many of the values, in order, as fit."""
    fitting: list[str] = []
    size = 0
    for value in values:
        size += len(value.encode()) + 4
        if size > LIST_BYTES:
            break
        fitting.append(value)
    return fitting


KEYS: dict[str, SearchAttributeKey[Any]] = {
    key.name: key
    for key in (STATUS, VERSION, AWAITED_SKUS, AWAITED_SUPPLY, AWAITED_UNITS, EXPECTED_DATE)
}
