"""The lists of orders as views: which orders, in which order, and the address of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from console import form_values
from console.columns import COLUMNS, USUAL, OrderColumn, columns_of
from fulfillment.domain.model.refusals import invalid
from fulfillment.domain.model.statuses import FINISHED_ORDER, OrderStatus
from fulfillment.store.reading.orders import SORTS, OrderFilter

STATUSES = {str(status): status for status in OrderStatus}
UNFINISHED = tuple(status for status in OrderStatus if status not in FINISHED_ORDER)


@dataclass(frozen=True, slots=True)
class ListView:
    """One list by its name in addresses."""

    name: str
    title: str
    asked: OrderFilter
    empty: str
    """What it means, and what to do, where there is no order."""


VIEWS: Sequence[ListView] = (
    ListView(
        "open",
        "Open",
        OrderFilter(statuses=UNFINISHED),
        "Nothing is open. Orders come in over the API, by import, or with `pegboard order create`.",
    ),
    ListView(
        "backordered",
        "Backordered",
        OrderFilter(backordered=True),
        "No order waits for units. Nothing to do here.",
    ),
    ListView(
        "awaiting-stock",
        "Awaiting stock",
        OrderFilter(statuses=(OrderStatus.AWAITING_STOCK,)),
        "No order is held up as a whole by what is missing.",
    ),
    ListView(
        "fulfillable",
        "Fulfillable",
        OrderFilter(fulfillable=True),
        "No open order has all of its units here. Look at what is backordered, and why.",
    ),
    ListView(
        "partly-fulfillable",
        "Partly fulfillable",
        OrderFilter(partially_fulfillable=True),
        "No order has some of its units here and lacks others.",
    ),
    ListView(
        "ready",
        "Ready",
        OrderFilter(ready=True),
        "Nothing can be picked now. What waits, and for what, is told under Backordered.",
    ),
    ListView(
        "overdue",
        "Overdue",
        OrderFilter(overdue=True),
        "No open order is past its ship-by date.",
    ),
    ListView("on-hold", "On hold", OrderFilter(on_hold=True), "No order is on hold."),
    ListView("all", "All", OrderFilter(), "There is no order yet."),
)
BY_NAME: Mapping[str, ListView] = {view.name: view for view in VIEWS}

SORT_TITLES: Mapping[str, str] = {
    "rank": "Rank (who is served first)",
    "placed_at": "Oldest first",
    "-placed_at": "Newest first",
    "ready_since": "Longest ready first",
    "ship_by": "Ship by",
    "target_ship_on": "Target day",
}

FILTERS: Mapping[str, str] = {
    "q": "Search",
    "status": "Status",
    "sku": "SKU",
    "location": "Location",
    "purchase_order": "Waits for purchase order",
    "served_by_purchase_order": "Served by purchase order",
    "served_by_receipt": "Served by receipt",
}
"""What a list can be narrowed by, beside its view; a search is a filter like any other."""

LONGEST_ID = 15
OTHERS = frozenset({"view", "sort", "columns", "after", "before", "saved", "choose"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: a view, its sort, what it is narrowed by, and which page.

    `saved` is the saved view by which somebody came; `all_chosen`: every order of the page is.
    """

    view: ListView
    sort: str
    filters: Mapping[str, str]
    columns: tuple[OrderColumn, ...] | None = None
    after: str | None = None
    before: str | None = None
    saved: int | None = None
    all_chosen: bool = False

    @property
    def shown(self) -> Sequence[OrderColumn]:
        """The columns of the page."""
        return USUAL if self.columns is None else self.columns

    @property
    def filed(self) -> Sequence[OrderColumn]:
        """The columns of the file: those that were chosen, or all of them."""
        return COLUMNS if self.columns is None else self.columns

    def filter_for(self, places: Sequence[str] | None) -> OrderFilter:
        """Which orders, of those that somebody who works at these places sees."""
        narrowed: dict[str, Any] = dict(self.filters)
        if status := narrowed.pop("status", None):
            narrowed["statuses"] = (status,)
        return replace(self.view.asked, **narrowed, places=places)

    @property
    def parameters(self) -> dict[str, str]:
        """What the address says of the list itself, not of the page: what can be saved."""
        named: dict[str, str | None] = {
            "view": None if self.view is VIEWS[0] else self.view.name,
            "sort": None if self.sort == DEFAULT_SORT else self.sort,
            **self.filters,
            "columns": ",".join(one.name for one in self.columns) if self.columns else None,
        }
        return {name: value for name, value in named.items() if value is not None}

    @property
    def query(self) -> str:
        """The same as one text, as an address has it."""
        return urlencode(self.parameters, safe=",")

    def address(self, path: str, **other: str | None) -> str:
        """The address of this list with something otherwise; None leaves it out."""
        saved = None if self.saved is None else str(self.saved)
        return address(path, {**self.parameters, "saved": saved, **other})


def address(path: str, named: Mapping[str, str | None]) -> str:
    """An address with these parameters; None leaves one out."""
    query = urlencode({k: value for k, value in named.items() if value is not None}, safe=",")
    return f"{path}?{query}" if query else path


DEFAULT_SORT = "rank"


def asked_for(parameters: QueryParams) -> Asked:
    """What an address asks for; a word that nobody knows is refused, not left out."""
    for name in parameters:
        if name not in OTHERS and name not in FILTERS:
            raise invalid("unknown_parameter", f"there is no filter {name!r} of orders", name)
    view = _known("view", parameters.get("view", VIEWS[0].name), BY_NAME)
    sort = _known("sort", parameters.get("sort", DEFAULT_SORT), SORTS)
    filters = form_values.filters(parameters, FILTERS)
    if "status" in filters:
        _known("status", filters["status"], STATUSES)
    saved = parameters.get("saved", "")
    return Asked(
        BY_NAME[view],
        sort,
        filters,
        columns_of(parameters.getlist("columns")),
        parameters.get("after"),
        parameters.get("before"),
        int(saved) if saved.isdecimal() and len(saved) <= LONGEST_ID else None,
        parameters.get("choose") == "all",
    )


def _known(name: str, word: str, words: Mapping[str, object]) -> str:
    if word not in words:
        raise invalid(f"unknown_{name}", f"{name} is one of {', '.join(words)}", name)
    return word
