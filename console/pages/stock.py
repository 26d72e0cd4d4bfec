"""Lists of stock by SKU and place, and the same as CSV."""

from collections.abc import Iterator

from fastapi import APIRouter, Request, Response
from starlette.responses import StreamingResponse

from console.csv_lines import BYTE_ORDER_MARK, csv_line
from console.headers import SIGNED_IN
from console.list_windows import window_at
from console.routing import PageRoute, shown
from console.stock_lists import FILTERS, SORT_TITLES, VIEWS, Asked, StockList, asked_for
from console.stock_places import check_place
from console.visits import ForVisit, Visit
from fulfillment.store.reading.cursors import cursor_of
from fulfillment.store.reading.orders import Counted
from fulfillment.store.reading.paging import Page, Window
from fulfillment.store.reading.stock_lists import SORTS, StockAsked, count_stock, list_stock_by
from fulfillment.store.reading.views.stock import ListedStock

router = APIRouter(route_class=PageRoute)

ON_A_PAGE = 50
MOST_COUNTED = 1_000
MOST_IN_A_FILE = 10_000
IN_ONE_READ = 500


@router.get("/m/{merchant}/stock")
def stock_list(request: Request, visit: ForVisit) -> Response:
    """One page of a list; its address is all that it is made of."""
    asked = _asked(request, visit)
    page = _page(visit, asked, window_at(SORTS[asked.sort], asked.after, asked.before, ON_A_PAGE))
    sort, path = SORTS[asked.sort], f"{visit.home}/stock"
    previous, following = cursor_of(page.previous_key, sort), cursor_of(page.next_key, sort)
    return shown(
        "stock.html",
        visit,
        asked=asked,
        items=page.items,
        tabs=[(view, _count(visit, view), _tab(asked, view, path)) for view in VIEWS],
        sorts=SORT_TITLES,
        filters=FILTERS,
        without={name: asked.address(path, **{name: None}) for name in asked.filters},
        previous=previous and asked.address(path, before=previous),
        following=following and asked.address(path, after=following),
        first=asked.address(path),
        csv=asked.address(f"{path}.csv"),
    )


@router.get("/m/{merchant}/stock.csv")
def stock_csv(request: Request, visit: ForVisit) -> Response:
    """The list as a file for spreadsheets, a row for each place, of the first ten thousand SKUs."""
    asked = _asked(request, visit)
    _page(visit, asked, Window(1))  # What is asked for wrongly is told before the file begins.
    name = f"stock-{visit.of.id}-{asked.view.name}.csv"
    headers = {**SIGNED_IN, "Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_lines(visit, asked), 200, headers, "text/csv; charset=utf-8")


OF_SKU = ("sku", "name", "managed", "active", "reorder_level", "waiting")
AT_PLACE = (
    "location", "on_hand", "allocated", "available", "picked", "staged", "inbound", "not_sellable",
    "out_of_use",
)  # fmt: skip


def _lines(visit: Visit, asked: Asked) -> Iterator[str]:
    # Excel takes a file for UTF-8 if it begins with this.
    yield BYTE_ORDER_MARK + csv_line([*OF_SKU, *AT_PLACE])
    window, written = Window(IN_ONE_READ), 0
    while written < MOST_IN_A_FILE:
        page = _page(visit, asked, window)
        yield "".join(csv_line(cells) for one in page.items for cells in _rows(one))
        written += len(page.items)
        if page.next_key is None:
            return
        window = Window(IN_ONE_READ, page.next_key)


def _rows(one: ListedStock) -> Iterator[list[object]]:
    """A row for each place; what waits is the SKU's, and stands in its first row alone."""
    of_sku: list[object] = [getattr(one, name) for name in OF_SKU]
    for place in one.locations or (None,):
        yield [*of_sku, *(getattr(place, name, None) for name in AT_PLACE)]
        of_sku[-1] = None


def _asked(request: Request, visit: Visit) -> Asked:
    asked = asked_for(request.query_params)
    check_place(visit, asked.filters.get("location"))
    return asked


def _tab(asked: Asked, view: StockList, path: str) -> str:
    return Asked(view, asked.sort, asked.filters).address(path)


def _page(visit: Visit, asked: Asked, window: Window) -> Page[ListedStock]:
    wanted = asked.of_places(visit.caller.scope.location_list)
    return visit.session.read(lambda tx: list_stock_by(tx, wanted, asked.sort, window))


def _count(visit: Visit, view: StockList) -> Counted:
    """Of the whole view, whatever it is narrowed by: what all who see it share."""
    places = visit.caller.scope.location_list
    wanted = StockAsked(view.name, places=places)

    def compute() -> Counted:
        return visit.session.read(lambda tx: count_stock(tx, wanted, MOST_COUNTED))

    mine = None if places is None else tuple(places)
    return visit.desk.recent.get(("stock", visit.of.id, view.name, mine), compute)[0]
