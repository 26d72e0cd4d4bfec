"""The lists of stock as views: which SKUs, in which order, and the address of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from console import form_values
from fulfillment.domain.model.refusals import invalid
from fulfillment.store.reading.stock_lists import SORTS, StockAsked


@dataclass(frozen=True, slots=True)
class StockList:
    """One list by its name in addresses; `empty` says what it means that nothing is in it."""

    name: str
    title: str
    says: str
    empty: str


VIEWS: Sequence[StockList] = (
    StockList(
        "all",
        "All",
        "Every product, with what is there and what comes.",
        "There is no product yet. Products come in over the API, by import, or with"
        " `pegboard product put`.",
    ),
    StockList(
        "short",
        "Short",
        "Somebody waits, and nothing is free.",
        "Nobody waits for what is not there.",
    ),
    StockList(
        "idle",
        "Idle",
        "Something is free while somebody waits: the order may be held, bound to another place, or"
        " wait until it is complete.",
        "Nothing is free that anybody waits for.",
    ),
    StockList(
        "damaged",
        "Not sellable",
        "On hand, damaged or in quarantine: it serves nobody.",
        "Everything that is on hand can be sold.",
    ),
    StockList(
        "low",
        "Low",
        "What is free and comes, less what waits, is below the reorder level.",
        "Nothing is below its reorder level.",
    ),
)
BY_NAME: Mapping[str, StockList] = {view.name: view for view in VIEWS}

SORT_TITLES: Mapping[str, str] = {
    "sku": "SKU",
    "waiting": "Most waiting first",
    "available": "Least available first",
    "-available": "Most available first",
}

FILTERS: Mapping[str, str] = {"q": "SKU, name or barcode", "location": "Place"}
OTHERS = frozenset({"view", "sort", "after", "before"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: a view, its sort, what it is narrowed by, and which page."""

    view: StockList
    sort: str
    filters: Mapping[str, str]
    after: str | None = None
    before: str | None = None

    def of_places(self, places: Sequence[str] | None) -> StockAsked:
        """Which SKUs, for somebody who works at these places."""
        return StockAsked(self.view.name, places=places, **self.filters)

    def address(self, path: str, **other: str | None) -> str:
        """The address of this list with something otherwise; None leaves it out."""
        named: dict[str, str | None] = {
            "view": None if self.view is VIEWS[0] else self.view.name,
            "sort": None if self.sort == "sku" else self.sort,
            **self.filters,
            **other,
        }
        query = urlencode({name: value for name, value in named.items() if value is not None})
        return f"{path}?{query}" if query else path


def asked_for(parameters: Mapping[str, str]) -> Asked:
    """What an address asks for; a word that nobody knows is refused, not left out."""
    for name in parameters:
        if name not in OTHERS and name not in FILTERS:
            raise invalid("unknown_parameter", f"there is no filter {name!r} of stock", name)
    named = {"view": "all", "sort": "sku", **parameters}
    view = form_values.one_of(named, "view", [*BY_NAME])
    sort = form_values.one_of(named, "sort", [*SORTS])
    filters = form_values.filters(parameters, FILTERS)
    form_values.location(filters, "location")
    return Asked(BY_NAME[view], sort, filters, parameters.get("after"), parameters.get("before"))
