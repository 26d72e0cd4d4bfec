"""The lists of purchase orders as views: which, in which order, and the address of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from console import form_values
from fulfillment.domain.model.refusals import invalid
from fulfillment.domain.model.statuses import ENDED, INBOUND, PurchaseOrderStatus
from fulfillment.store.reading.purchase_lists import SORTS, PurchaseFilter

OPEN = tuple(status for status in PurchaseOrderStatus if status in INBOUND)
A_WEEK = 7


@dataclass(frozen=True, slots=True)
class PurchaseView:
    """One list by its name in addresses."""

    name: str
    title: str
    asked: PurchaseFilter
    empty: str
    """What it means, and what to do, where there is none."""


VIEWS: Sequence[PurchaseView] = (
    PurchaseView(
        "open",
        "Open",
        PurchaseFilter(statuses=OPEN),
        "Nothing is on its way. Look at the suggestions for what should be bought.",
    ),
    PurchaseView(
        "due",
        "Due within a week",
        PurchaseFilter(statuses=OPEN, due_within=A_WEEK),
        "Nothing is due within a week.",
    ),
    PurchaseView(
        "overdue",
        "Overdue",
        PurchaseFilter(statuses=OPEN, late=True),
        "Nothing is past its day. What has arrived is not overdue, even if it is not counted yet.",
    ),
    PurchaseView(
        "late-suppliers",
        "Late suppliers",
        PurchaseFilter(statuses=OPEN, late_supplier=True),
        "No supplier is late with anything now. How they were is told under Suppliers.",
    ),
    PurchaseView(
        "draft",
        "Draft",
        PurchaseFilter(statuses=(PurchaseOrderStatus.DRAFT,)),
        "There is no draft. Suggestions become drafts, or write one.",
    ),
    PurchaseView(
        "closed",
        "Ended",
        PurchaseFilter(statuses=tuple(s for s in PurchaseOrderStatus if s in ENDED)),
        "No purchase order has ended yet.",
    ),
    PurchaseView("all", "All", PurchaseFilter(), "There is no purchase order yet. Write one."),
)
BY_NAME: Mapping[str, PurchaseView] = {view.name: view for view in VIEWS}

SORT_TITLES: Mapping[str, str] = {
    "due": "Due first",
    "waited_for": "Most waited for",
    "newest": "Newest first",
    "oldest": "Oldest first",
}
DEFAULT_SORT = "due"

FILTERS: Mapping[str, str] = {
    "q": "Number, supplier or SKU",
    "supplier": "Supplier",
    "location": "Location",
}

OTHERS = frozenset({"view", "sort", "after", "before", "done"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: a view, its sort, what it is narrowed by, and which page."""

    view: PurchaseView
    sort: str
    filters: Mapping[str, str]
    after: str | None = None
    before: str | None = None

    def filter_for(self, places: Sequence[str] | None) -> PurchaseFilter:
        """Which purchase orders, of those that bring something to these places."""
        narrowed: dict[str, Any] = dict(self.filters)
        return replace(self.view.asked, **narrowed, places=places)

    def address(self, path: str, **other: str | None) -> str:
        """The address of this list with something otherwise; None leaves it out."""
        named: dict[str, str | None] = {
            "view": None if self.view is VIEWS[0] else self.view.name,
            "sort": None if self.sort == DEFAULT_SORT else self.sort,
            **self.filters,
            **other,
        }
        query = urlencode({name: value for name, value in named.items() if value is not None})
        return f"{path}?{query}" if query else path


def asked_for(parameters: Mapping[str, str]) -> Asked:
    """What an address asks for; a word that nobody knows is refused, not left out."""
    for name in parameters:
        if name not in OTHERS and name not in FILTERS:
            message = f"there is no filter {name!r} of purchase orders"
            raise invalid("unknown_parameter", message, name)
    view = _known("view", parameters.get("view", VIEWS[0].name), BY_NAME)
    sort = _known("sort", parameters.get("sort", DEFAULT_SORT), SORTS)
    filters = form_values.filters(parameters, FILTERS)
    return Asked(BY_NAME[view], sort, filters, parameters.get("after"), parameters.get("before"))


def _known(name: str, word: str, words: Mapping[str, object]) -> str:
    if word not in words:
        raise invalid(f"unknown_{name}", f"{name} is one of {', '.join(words)}", name)
    return word
