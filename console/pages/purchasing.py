"""Lists of purchase orders, the same as CSV, and how reliable suppliers are."""

from collections.abc import Iterator, Sequence

from fastapi import APIRouter, Request, Response
from starlette.responses import StreamingResponse

from console.csv_lines import BYTE_ORDER_MARK, csv_line
from console.headers import SIGNED_IN
from console.list_windows import window_at
from console.purchase_views import FILTERS, SORT_TITLES, VIEWS, Asked, PurchaseView, asked_for
from console.routing import PageRoute, shown
from console.visits import ForVisit, Visit
from fulfillment.domain.model.permissions import Permission
from fulfillment.store.reading.cursors import cursor_of
from fulfillment.store.reading.paging import Page, Window
from fulfillment.store.reading.purchase_lists import SORTS, count_purchases, list_purchases
from fulfillment.store.reading.supplier_reliability import list_suppliers
from fulfillment.store.reading.views.purchase_lists import CountedPurchases, PurchaseRow

router = APIRouter(route_class=PageRoute)

ON_A_PAGE = 50
MOST_COUNTED = 1_000
MOST_IN_A_FILE = 10_000
A_PART = 200
"""Rows of a file that are read at once."""

WRITE = Permission.WRITE_PURCHASE_ORDERS


@router.get("/m/{merchant}/purchasing")
def purchase_list(request: Request, visit: ForVisit) -> Response:
    """One page of a list; its address is all that it is made of."""
    asked = asked_for(request.query_params)
    page = _page(visit, asked, window_at(SORTS[asked.sort], asked.after, asked.before, ON_A_PAGE))
    sort, path = SORTS[asked.sort], f"{visit.home}/purchasing"
    previous, following = cursor_of(page.previous_key, sort), cursor_of(page.next_key, sort)
    return shown(
        "purchasing.html",
        visit,
        asked=asked,
        rows=page.items,
        tabs=[(view, _count(visit, view), Asked(view, asked.sort, asked.filters).address(path))
              for view in VIEWS],
        sorts=SORT_TITLES,
        filters=FILTERS,
        without={name: asked.address(path, **{name: None}) for name in asked.filters},
        previous=previous and asked.address(path, before=previous),
        following=following and asked.address(path, after=following),
        first=asked.address(path),
        csv=asked.address(f"{path}.csv"),
        may_write=visit.may(WRITE),
    )  # fmt: skip


@router.get("/m/{merchant}/purchasing.csv")
def purchase_csv(request: Request, visit: ForVisit) -> Response:
    """The list as a file for spreadsheets, the first ten thousand rows of it."""
    asked = asked_for(request.query_params)
    _page(visit, asked, Window(1))  # What is asked for wrongly is told before the file begins.
    name = f"purchase-orders-{visit.of.id}-{asked.view.name}.csv"
    headers = {**SIGNED_IN, "Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_lines(visit, asked), 200, headers, "text/csv; charset=utf-8")


@router.get("/m/{merchant}/purchasing/suppliers")
def supplier_list(visit: ForVisit) -> Response:
    """Who is late now, and how each supplier's last purchase orders went."""
    places = visit.caller.scope.location_list
    found = visit.session.read(lambda tx: list_suppliers(tx, places))
    return shown("suppliers.html", visit, suppliers=found, may_write=visit.may(WRITE))


COLUMNS = (
    "number", "supplier", "status", "partly_received", "due_on", "late", "created_at",
    "line_count", "ordered", "received", "outstanding", "pegged",
)  # fmt: skip


def _lines(visit: Visit, asked: Asked) -> Iterator[str]:
    # Excel takes a file for UTF-8 if it begins with this.
    yield BYTE_ORDER_MARK + csv_line(COLUMNS)
    window, written = Window(A_PART), 0
    while written < MOST_IN_A_FILE:
        page = _page(visit, asked, window)
        yield "".join(csv_line(_cells(one)) for one in page.items)
        written += len(page.items)
        if page.next_key is None:
            return
        window = Window(min(A_PART, MOST_IN_A_FILE - written), page.next_key)


def _cells(one: PurchaseRow) -> Sequence[object]:
    return [getattr(one, name) for name in COLUMNS]


def _page(visit: Visit, asked: Asked, window: Window) -> Page[PurchaseRow]:
    wanted = asked.filter_for(visit.caller.scope.location_list)
    return visit.session.read(lambda tx: list_purchases(tx, wanted, asked.sort, window))


def _count(visit: Visit, view: PurchaseView) -> CountedPurchases:
    """Of the whole view, whatever it is narrowed by: what all who see it share."""
    places = visit.caller.scope.location_list
    wanted = Asked(view, "newest", {}).filter_for(places)

    def compute() -> CountedPurchases:
        return visit.session.read(lambda tx: count_purchases(tx, wanted, MOST_COUNTED))

    name = ("purchases", visit.of.id, view.name, tuple(places) if places is not None else None)
    return visit.desk.recent.get(name, compute)[0]
