"""Other days and units of a purchase order: who would be later or earlier, and the button."""

import re
from collections.abc import Iterator
from datetime import date
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from console import form_values as given
from console.entries import Reader, Values, check
from console.headers import SIGNED_IN
from console.purchase_changes import (
    NOTHING,
    Deed,
    Looked,
    Told,
    Typed,
    done,
    look,
    looked_at,
    purchase_path,
)
from console.routing import SEE_OTHER, PageRoute, shown
from console.visits import ForVisit, PurchaseNumber, Visit
from fulfillment.domain.model.refusals import invalid
from fulfillment.store.commands.supply.purchase_orders import (
    KEEP,
    LineChange,
    NewDate,
    PurchaseChange,
    change_purchase_order,
)
from fulfillment.store.commands.what_if import amended, check_days
from fulfillment.store.reading.views.purchasing import PurchaseOrderView

router = APIRouter(route_class=PageRoute)

OF_LINE = re.compile(r"[uen]([0-9]{1,7})")
"""Units, a day, or no day, of a line by its number."""


@router.get("/m/{merchant}/purchase-orders/{purchase}/dates")
def purchase_dates(request: Request, purchase: PurchaseNumber, visit: ForVisit) -> Response:
    """The form as it stands; once something in it is otherwise, who would be later or earlier."""
    visit.check_purchase_order(purchase)
    found = look(visit, purchase)
    values = request.query_params
    if "look" not in values:
        return _page(visit, found, values, NOTHING)
    one = found.page.purchase_order
    told = looked_at(visit, lambda: _deed(visit, typed_change(one, values)), _typed(found))
    hidden = sent(typed_change(one, values)) if told.effect else {}
    return _page(visit, found, values, told, hidden)


@router.post("/m/{merchant}/purchase-orders/{purchase}/dates")
def do_purchase_dates(purchase: PurchaseNumber, visit: ForVisit) -> Response:
    """Change it, once for the key of the form, if it is as the page showed it."""
    visit.check_purchase_order(purchase)
    hidden = {name: visit.form.get(name, "") for name in SENT}
    found = look(visit, purchase)

    def deed() -> Deed:
        return _deed(visit, sent_change(purchase, visit.form))

    told = done(visit, purchase, deed, _typed(found))
    if told is not None:
        typed = {**hidden, **_fields(visit.form)}
        return _page(visit, look(visit, purchase), typed, told, hidden)
    path = purchase_path(visit, purchase)
    return RedirectResponse(f"{path}?done=dates", SEE_OTHER, dict(SIGNED_IN))


def _deed(visit: Visit, change: PurchaseChange) -> Deed:
    def do(version: int, key: str) -> None:
        visit.session.read(lambda tx: check_days(tx, change))
        note = given.note(visit.form)
        command = visit.session.command(
            "change_purchase_order", change.number, key, sent(change), note
        )
        change_purchase_order(visit.desk.store, command, change, version)

    return Deed(lambda tx: amended(tx, change), do)


SENT = ("expected_on", "no_day", "lines")
"""The fields of the button: all lines in one, since a form has more fields than are read."""


def sent(change: PurchaseChange) -> dict[str, str]:
    """What is to be different, as the button sends it."""
    on = change.expected_on
    parts = []
    for line in change.lines:
        if line.expected_on is None:
            parts.append(f"n{line.line}=1")
        elif line.expected_on is not KEEP:
            parts.append(f"e{line.line}={line.expected_on}")
        if line.units is not None:
            parts.append(f"u{line.line}={line.units}")
    return {
        "expected_on": "" if on in {None, KEEP} else str(on),
        "no_day": "1" if on is None else "",
        "lines": " ".join(parts),
    }


def sent_change(number: str, form: Values) -> PurchaseChange:
    """What the button asks for, whatever stands there by now."""
    lines = tuple(
        LineChange(int(line), _new_day(fields, f"e{line}"), given.ordered_units(fields, f"u{line}"))
        for fields in [_fields(form)]
        for line in _numbers(fields)
    )
    return PurchaseChange(number, _new_day(form, "expected_on"), lines)


def _fields(form: Values) -> dict[str, str]:
    """The fields of lines out of the one that holds them all."""
    parts = (part.partition("=") for part in form.get("lines", "").split())
    return {name: value for name, _, value in parts}


def typed_change(one: PurchaseOrderView, values: Values) -> PurchaseChange:
    """What is to be different: fields that say what stands there already, or nothing, say nothing.

    A line whose day is the header's follows that, unless it is given another one.
    """
    check(values, _readers(one))
    header = _new_day(values, "expected_on", one.expected_on)
    lines = tuple(_changed(one, values))
    change = PurchaseChange(one.number, KEEP if header == one.expected_on else header, lines)
    if change == PurchaseChange(one.number):
        raise invalid("empty_change", "name another day, or other units of a line", "expected_on")
    return change


def _changed(one: PurchaseOrderView, values: Values) -> Iterator[LineChange]:
    known = {str(line.line): line for line in one.lines}
    for number in _numbers(values):
        if number not in known:
            message = f"purchase order {one.number} has no line {number}"
            raise invalid("unknown_line", message, "lines")
        line = known[number]
        on = _new_day(values, f"e{number}")
        units = given.ordered_units(values, f"u{number}")
        if on == line.expected_on:
            on = KEEP
        if units == line.ordered - line.closed:
            units = None
        if on is not KEEP or units is not None:
            yield LineChange(line.line, on, units)


def _numbers(values: Values) -> list[str]:
    """The lines of which something is said."""
    found = {match[1] for name in values if (match := OF_LINE.fullmatch(name))}
    return sorted(found, key=int)


def _new_day(values: Values, field: str, stands: date | None = None) -> NewDate:
    """The day of a field; KEEP where none is named, None where there is to be none.

    A day that `stands` there already is no other one.
    """
    on = given.day(values, field)
    if not values.get("no_day" if field == "expected_on" else f"n{field[1:]}"):
        return on or KEEP
    if on not in {None, stands}:
        raise invalid("day_and_none", "name a day, or say that none is known; not both", field)
    return None


def _readers(one: PurchaseOrderView) -> dict[str, Reader]:
    """What reads each field that is typed in, in the order of the form."""
    found: dict[str, Reader] = {
        "expected_on": lambda values, field: _new_day(values, field, one.expected_on)
    }
    for line in one.lines:
        found |= {f"u{line.line}": given.ordered_units, f"e{line.line}": _new_day}
    return found


def _typed(looked: Looked) -> Typed:
    return Typed(_readers(looked.page.purchase_order))


def _labels(one: PurchaseOrderView) -> dict[str, str]:
    """What each field is called."""
    found = {"expected_on": "Expected on"}
    for line in one.lines:
        found[f"u{line.line}"] = f"Units of line {line.line} ordered in all"
        found[f"e{line.line}"] = f"Other day of line {line.line}"
    return found


def _page(
    visit: Visit, looked: Looked, values: Values, told: Told, hidden: Values | None = None
) -> Response:
    one = looked.page.purchase_order
    return shown(
        "purchase_dates.html",
        visit,
        told.status,
        found=looked.page,
        one=one,
        path=purchase_path(visit, one.number),
        values=values,
        labels=_labels(one),
        hidden=hidden or {},
        told=told,
        version=looked.version,
        key=uuid4(),
        note=visit.form.get("note", ""),
    )
