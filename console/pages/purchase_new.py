"""A new purchase order by form: checked and shown, then written as a draft, once."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from console import form_values as given
from console.headers import SIGNED_IN
from console.purchase_changes import purchase_path
from console.routing import SEE_OTHER, STATUSES, PageRoute, sentence, shown
from console.visits import ForVisit, Visit
from fulfillment.domain.model.names import MOST_SKU, as_written, fault_of
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

Values = Mapping[str, str]

ROWS, MOST_ROWS = 6, 60
LONGEST = 100
MOST_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One line as it was typed; an empty one says nothing."""

    sku: str = ""
    units: str = ""
    location: str = ""
    expected_on: str = ""

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
        return _page(visit, values, rows, error=error)
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
        return _page(visit, form, rows, error=error)
    target = f"{purchase_path(visit, new.number)}?done=new"
    return RedirectResponse(target, SEE_OTHER, dict(SIGNED_IN))


def new_purchase(values: Values, rows: Sequence[Row]) -> NewPurchaseOrder:
    """What is to be written; a refusal of what can not be meant."""
    number = given.name(values, "number")
    if not number:
        raise invalid("bad_name", "give it a number that no other purchase order has", "number")
    supplier = values.get("supplier", "").strip()
    if len(supplier) > LONGEST or not supplier.isprintable():
        raise invalid("bad_supplier", f"a supplier has {LONGEST} letters at most", "supplier")
    lines = tuple(_line(at, row) for at, row in enumerate(rows, start=1))
    return NewPurchaseOrder(
        number,
        lines,
        supplier,
        given.day(values, "expected_on"),
        PurchaseOrderStatus.DRAFT,
        _percent(values),
    )


def _check(tx: Tx, new: NewPurchaseOrder) -> None:
    check_writable(tx, new)
    _check_days(tx, new)


def _check_days(tx: Tx, new: NewPurchaseOrder) -> None:
    """Who types a day means one that is still to come."""
    for line in new.lines:
        check_not_over(tx, line.expected_on or new.expected_on, line.location, f"on{line.line}")


def _percent(values: Values) -> int:
    text = values.get("over", "").strip() or "0"
    if not text.isdecimal() or not text.isascii() or int(text) > MOST_PERCENT:
        message = f"more than ordered is a whole number of percent from 0 to {MOST_PERCENT}"
        raise invalid("bad_percent", message, "over")
    return int(text)


def _line(at: int, row: Row) -> NewPurchaseLine:
    sku = as_written(row.sku)
    if fault := fault_of(sku, MOST_SKU):
        raise invalid("bad_name", f"the SKU of line {at} {fault}", f"sku{at}")
    location = given.location({"location": row.location}, "location")
    if location is None:
        raise invalid("bad_location", f"choose a location for line {at}", f"at{at}")
    units = given.needed_units({"units": row.units}, "units")
    on = given.day({"on": row.expected_on}, "on")
    return NewPurchaseLine(at, sku, units, location, on)


def _typed_rows(values: Values) -> Iterator[Row]:
    for at in range(1, MOST_ROWS + 1):
        names = (f"sku{at}", f"units{at}", f"at{at}", f"on{at}")
        row = Row(*(values.get(name, "").strip() for name in names))
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


def _page(
    visit: Visit,
    values: Values,
    rows: Sequence[Row],
    *,
    new: NewPurchaseOrder | None = None,
    error: RefusedError | None = None,
) -> Response:
    wanted = values.get("rows", "")
    least = int(wanted) if wanted.isdecimal() and len(wanted) <= len(str(MOST_ROWS)) else ROWS
    empty = max(min(least, MOST_ROWS) - len(rows), 0)
    locations = visit.session.read(lambda tx: list(load_locations(tx)))
    return shown(
        "purchase_new.html",
        visit,
        STATUSES[error.kind] if error else 200,
        values={
            name: values.get(name, "") for name in ("number", "supplier", "expected_on", "over")
        },
        rows=[*rows, *[Row()] * empty],
        most_rows=MOST_ROWS,
        lines=json.dumps([astuple(row) for row in rows]),
        locations=locations,
        new=new,
        refusal=sentence(error) if error else None,
    )
