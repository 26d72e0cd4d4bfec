"""A new purchase order by form: checked and shown, then written as a draft, once."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from console import form_values as given
from console.entries import RIGHT, Reader, Values, Wrong, check, wrong
from console.headers import SIGNED_IN
from console.purchase_changes import purchase_path
from console.routing import SEE_OTHER, PageRoute, shown
from console.visits import ForVisit, Visit
from fulfillment.domain.model.refusals import RefusedError, invalid
from fulfillment.domain.model.statuses import PurchaseOrderStatus
from fulfillment.store.commands.supply.days import check_not_over
from fulfillment.store.commands.supply.purchase_orders import (
    NewPurchaseLine,
    NewPurchaseOrder,
    check_writable,
    create_purchase_order,
    purchase_order_command,
)
from fulfillment.store.records.loading import load_locations
from fulfillment.store.transactions.session import Tx

router = APIRouter(route_class=PageRoute)

ROWS, MOST_ROWS = 6, 60
OF_LINE: dict[str, Reader] = {
    "sku": given.sku,
    "units": given.needed_units,
    "at": given.needed_location,
    "on": given.day,
}
"""What reads the fields of a line, by what their names begin with."""

TITLES = {"sku": "SKU", "units": "Units", "at": "Location", "on": "Other day"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line as it was typed, and where; an empty one says nothing."""

    sku: str = ""
    units: str = ""
    location: str = ""
    expected_on: str = ""

    def fields(self, at: int) -> dict[str, str]:
        """What is typed in it, by the names of the form's fields."""
        return {f"{name}{at}": text for name, text in zip(OF_LINE, astuple(self), strict=True)}

    @property
    def is_typed(self) -> bool:
        """Whether it says anything: a location alone is what the form offers."""
        return bool(self.sku or self.units or self.expected_on)


@router.get("/m/{merchant}/purchasing/new")
def purchase_new(request: Request, visit: ForVisit) -> Response:
    """The form; once it is filled in, what would be written."""
    values = request.query_params
    rows = list(_typed_rows(values))
    if "look" not in values:
        return _page(visit, values, rows)
    try:
        new = new_purchase(values, rows)
        visit.session.read(lambda tx: _check(tx, new))
    except RefusedError as error:
        return _page(visit, values, rows, faults=_wrong(error, rows))
    return _page(visit, values, rows, new=new)


@router.post("/m/{merchant}/purchasing/new")
def do_purchase_new(visit: ForVisit) -> Response:
    """Write it; a purchase order is known by its number, so that twice is once."""
    form = visit.form
    rows: list[Row] = []
    try:
        rows = _sent_rows(form)
        new = new_purchase(form, rows)
        visit.session.read(lambda tx: _check_days(tx, new))
        command = purchase_order_command(visit.of.id, visit.session.actor, new)
        create_purchase_order(visit.desk.store, command, new)
    except RefusedError as error:
        return _page(visit, form, rows, faults=_wrong(error, rows))
    target = f"{purchase_path(visit, new.number)}?done=new"
    return RedirectResponse(target, SEE_OTHER, dict(SIGNED_IN))


def new_purchase(values: Values, rows: Sequence[Row]) -> NewPurchaseOrder:
    """What is to be written; a refusal of what can not be meant."""
    check(_all(values, rows), _readers(rows))
    lines = tuple(_line(at, row) for at, row in enumerate(rows, start=1))
    return NewPurchaseOrder(
        given.needed_name(values, "number"),
        lines,
        given.words(values, "supplier"),
        given.day(values, "expected_on"),
        PurchaseOrderStatus.DRAFT,
        given.percent(values, "over"),
    )


def _all(values: Values, rows: Sequence[Row]) -> dict[str, str]:
    """All that is typed, by the names of the form's fields: rows close up where one is empty."""
    found = {name: values.get(name, "") for name in HEAD}
    for at, row in enumerate(rows, start=1):
        found |= row.fields(at)
    return found


HEAD: dict[str, Reader] = {
    "number": given.needed_name,
    "supplier": given.words,
    "expected_on": given.day,
    "over": given.percent,
}


def _readers(rows: Sequence[Row]) -> dict[str, Reader]:
    """What reads each field, in the order of the form."""
    lines = range(1, len(rows) + 1)
    return HEAD | {f"{name}{at}": read for at in lines for name, read in OF_LINE.items()}


def _wrong(error: RefusedError, rows: Sequence[Row]) -> Wrong:
    """What is wrong; of a line of the document, beside the SKU of its row."""
    skus = [f"sku{at}" for at in range(1, len(rows) + 1)]
    return wrong(error, _readers(rows), skus)


def _check(tx: Tx, new: NewPurchaseOrder) -> None:
    check_writable(tx, new)
    _check_days(tx, new)


def _check_days(tx: Tx, new: NewPurchaseOrder) -> None:
    """Who types a day means one that is still to come."""
    for line in new.lines:
        check_not_over(tx, line.expected_on or new.expected_on, line.location, f"on{line.line}")


def _line(at: int, row: Row) -> NewPurchaseLine:
    typed = row.fields(at)
    return NewPurchaseLine(
        at,
        given.sku(typed, f"sku{at}"),
        given.needed_units(typed, f"units{at}"),
        given.needed_location(typed, f"at{at}"),
        given.day(typed, f"on{at}"),
    )


def _typed_rows(values: Values) -> Iterator[Row]:
    for at in range(1, MOST_ROWS + 1):
        row = Row(*(values.get(name, "").strip() for name in Row().fields(at)))
        if row.is_typed:
            yield row


def _sent_rows(form: Values) -> list[Row]:
    """The lines out of the one field that the button sends them in."""
    broken = invalid("bad_form", "open the page anew: its form is not whole", "lines")
    try:
        found = json.loads(form.get("lines", ""))
        rows = [Row(*row) for row in found]
    except (ValueError, TypeError, RecursionError):
        raise broken from None
    if len(rows) > MOST_ROWS or not all(
        isinstance(cell, str) for row in rows for cell in astuple(row)
    ):
        raise broken
    return rows


def _labels(rows: int) -> dict[str, str]:
    """What each field is called."""
    head = {"number": "Number", "supplier": "Supplier", "expected_on": "Expected on"}
    lines = range(1, max(rows, MOST_ROWS) + 1)
    return head | {
        "over": "More than ordered, in percent",
        **{f"{name}{at}": f"{TITLES[name]} of line {at}" for at in lines for name in OF_LINE},
    }


def _page(
    visit: Visit,
    values: Values,
    rows: Sequence[Row],
    *,
    new: NewPurchaseOrder | None = None,
    faults: Wrong = RIGHT,
) -> Response:
    wanted = values.get("rows", "")
    least = int(wanted) if wanted.isdecimal() and len(wanted) <= len(str(MOST_ROWS)) else ROWS
    empty = max(min(least, MOST_ROWS) - len(rows), 0)
    locations = visit.session.read(lambda tx: list(load_locations(tx)))
    return shown(
        "purchase_new.html",
        visit,
        faults.status,
        values={name: values.get(name, "") for name in HEAD},
        rows=[*rows, *[Row()] * empty],
        most_rows=MOST_ROWS,
        lines=json.dumps([astuple(row) for row in rows]),
        locations=locations,
        new=new,
        wrong=faults,
        labels=_labels(len(rows)),
    )
