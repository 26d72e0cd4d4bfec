"""Lists of orders, and the same as CSV."""

from collections.abc import Iterator, Sequence

from fastapi import APIRouter, Request, Response
from starlette.responses import StreamingResponse

from console.actions import WRITE
from console.columns import BY_NAME, COLUMNS, OrderColumn, References
from console.csv_lines import BYTE_ORDER_MARK, csv_line
from console.headers import SIGNED_IN
from console.list_windows import window_at
from console.lists import FILTERS, SORT_TITLES, VIEWS, Asked, ListView, asked_for
from console.routing import PageRoute, shown
from console.saved_views import tabs_of
from console.together import MOST_TOGETHER, TOGETHER
from console.visits import ForVisit, Visit
from fulfillment.store.reading.archived_orders import ArchivedFilter, list_archived
from fulfillment.store.reading.chosen_orders import read_references
from fulfillment.store.reading.cursors import cursor_of
from fulfillment.store.reading.orders import SORTS, Counted, count_orders, list_orders
from fulfillment.store.reading.paging import Page, Window
from fulfillment.store.reading.views.archived_orders import ArchivedOrderView
from fulfillment.store.reading.views.orders import OrderSummary
from fulfillment.store.transactions.session import Tx

router = APIRouter(route_class=PageRoute)

ON_A_PAGE = 50
MOST_COUNTED = 1_000
MOST_IN_A_FILE = 10_000
MOST_ARCHIVED = 10

REFERENCE = BY_NAME["customer_reference"]
"""Asked for only where it is shown: it is customers' data."""


@router.get("/m/{merchant}/orders")
def order_list(request: Request, visit: ForVisit) -> Response:
    """One page of a list; its address is all that it is made of."""
    asked = asked_for(request.query_params)
    page, references = _page(
        visit,
        asked,
        window_at(SORTS[asked.sort], asked.after, asked.before, ON_A_PAGE),
        asked.shown,
    )
    sort, path = SORTS[asked.sort], f"{visit.home}/orders"
    previous, following = cursor_of(page.previous_key, sort), cursor_of(page.next_key, sort)
    return shown(
        "orders.html",
        visit,
        asked=asked,
        orders=page.items,
        references=references,
        columns=COLUMNS,
        tabs=[(view, _count(visit, view), _tab(asked, view, path)) for view in VIEWS],
        saved=tabs_of(visit),
        together=TOGETHER if visit.may(WRITE) else (),
        chosen=asked.address(path, after=asked.after, before=asked.before, choose="all"),
        most_together=MOST_TOGETHER,
        sorts=SORT_TITLES,
        filters=FILTERS,
        without={name: asked.address(path, **{name: None}) for name in asked.filters},
        previous=previous and asked.address(path, before=previous),
        following=following and asked.address(path, after=following),
        first=asked.address(path),
        usual=asked.address(path, columns=None),
        csv=asked.address(f"{path}.csv", saved=None),
        archived=_archived(visit, asked),
        archived_list=f"{visit.home}/archived-orders",
    )


def _archived(visit: Visit, asked: Asked) -> Sequence[ArchivedOrderView]:
    """What a search finds beside the list, as it is in none."""
    if "q" not in asked.filters or asked.after or asked.before:
        return ()
    named = ArchivedFilter(asked.filters["q"], places=visit.caller.scope.location_list)
    return visit.session.read(lambda tx: list_archived(tx, named, Window(MOST_ARCHIVED))).items


@router.get("/m/{merchant}/orders.csv")
def order_csv(request: Request, visit: ForVisit) -> Response:
    """The list as a file for spreadsheets, the first ten thousand orders of it."""
    asked = asked_for(request.query_params)
    _page(visit, asked, Window(1), ())  # What is asked for wrongly is told before the file begins.
    name = f"orders-{visit.of.id}-{asked.view.name}.csv"
    headers = {**SIGNED_IN, "Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_lines(visit, asked), 200, headers, "text/csv; charset=utf-8")


def _lines(visit: Visit, asked: Asked) -> Iterator[str]:
    # Excel takes a file for UTF-8 if it begins with this.
    yield BYTE_ORDER_MARK + csv_line(column.name for column in asked.filed)
    window, written = Window(200), 0
    while written < MOST_IN_A_FILE:
        page, references = _page(visit, asked, window, asked.filed)
        yield "".join(
            csv_line(column.cell(one, references) for column in asked.filed) for one in page.items
        )
        written += len(page.items)
        if page.next_key is None:
            return
        window = Window(min(200, MOST_IN_A_FILE - written), page.next_key)


def _tab(asked: Asked, view: ListView, path: str) -> str:
    return Asked(view, asked.sort, asked.filters, asked.columns).address(path)


def _page(
    visit: Visit, asked: Asked, window: Window, columns: Sequence[OrderColumn]
) -> tuple[Page[OrderSummary], References]:
    """One page, and what customers call its orders, where a column says it."""
    wanted = asked.filter_for(visit.caller.scope.location_list)

    def read(tx: Tx) -> tuple[Page[OrderSummary], References]:
        page = list_orders(tx, wanted, asked.sort, window)
        if REFERENCE not in columns:
            return page, {}
        return page, read_references(tx, [one.number for one in page.items])

    return visit.session.read(read)


def _count(visit: Visit, view: ListView) -> Counted:
    """Of the whole view, whatever it is narrowed by: what all who see it share."""
    places = visit.caller.scope.location_list
    wanted = Asked(view, "rank", {}).filter_for(places)

    def compute() -> Counted:
        return visit.session.read(lambda tx: count_orders(tx, wanted, MOST_COUNTED))

    name = ("count", visit.of.id, view.name, tuple(places) if places is not None else None)
    return visit.desk.recent.get(name, compute)[0]
