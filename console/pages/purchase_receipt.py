"""Goods are counted in: the form, whom it would release, and the button; then it is done, once."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
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
    happened_since,
    look,
    looked_at,
    purchase_path,
)
from console.routing import SEE_OTHER, PageRoute, shown
from console.visits import ForVisit, NotAllowedError, PurchaseNumber, Visit
from fulfillment.domain.model.meaning import meaning
from fulfillment.domain.model.moves import Disposition
from fulfillment.domain.model.refusals import invalid
from fulfillment.store.commands.supply.receiving import (
    Receipt,
    ReceivedLine,
    receipt_command,
    receive,
)
from fulfillment.store.commands.what_if import received
from fulfillment.store.reading.views.purchasing import PurchaseLineView
from fulfillment.store.records.loading import load_locations

router = APIRouter(route_class=PageRoute)

LINE = re.compile(r"[0-9]{1,7}")
OF_LINE = re.compile(r"[ud]([0-9]{1,7})")
"""Good or damaged units of a line by its number."""

MOST_LINES = 1_000


@dataclass(frozen=True, slots=True)
class Came:
    """Units of one line that came, as they were typed: good ones and damaged ones."""

    line: str
    good: str
    damaged: str

    @property
    def fields(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """The names of its two fields in the form, each with what is typed there."""
        return (f"u{self.line}", self.good), (f"d{self.line}", self.damaged)


BOTH = (Disposition.SELLABLE, Disposition.DAMAGED)


@router.get("/m/{merchant}/purchase-orders/{purchase}/receive")
def purchase_receipt(request: Request, purchase: PurchaseNumber, visit: ForVisit) -> Response:
    """The form; once it is filled in, which orders would go, and how the others would stand."""
    visit.check_purchase_order(purchase)
    asked = request.query_params
    found = look(visit, purchase)
    if "look" not in asked:
        return _page(visit, found, asked, NOTHING)
    told = looked_at(visit, lambda: _deed(visit, purchase, asked), _typed(asked))
    if "seen" in asked:
        # Who goes back after a delivery was counted is about to count another one.
        told = replace(told, since=happened_since(visit, purchase, asked))
    return _page(visit, found, asked, told)


@router.post("/m/{merchant}/purchase-orders/{purchase}/receive")
def do_purchase_receipt(purchase: PurchaseNumber, visit: ForVisit) -> Response:
    """Count them, once for the key of the form, if the purchase order is as the page showed it."""
    visit.check_purchase_order(purchase)
    form = visit.form
    told = done(visit, purchase, lambda: _deed(visit, purchase, form), _typed(form))
    if told is not None:
        return _page(visit, look(visit, purchase), visit.form, told)
    target = f"{purchase_path(visit, purchase)}?done=receive"
    return RedirectResponse(target, SEE_OTHER, dict(SIGNED_IN))


def _deed(visit: Visit, purchase: str, values: Values) -> Deed:
    receipt = _receipt(visit, purchase, values)

    def do(version: int, key: str) -> None:
        command = receipt_command(visit.of.id, visit.session.actor, receipt)
        if receipt.number is None:
            content = meaning(receipt)
            command = visit.session.command("receive", purchase, key, content, receipt.reason)
        receive(visit.desk.store, command, receipt, version)

    return Deed(lambda tx: received(tx, receipt), do)


def _receipt(visit: Visit, purchase: str, values: Values) -> Receipt:
    came = came_of(values)
    check({**values, **_fields(came)}, _readers(came))
    location = given.needed_location(values, "location")
    if not visit.session.sees([location]):
        raise NotAllowedError("You work elsewhere than where these goods are.")
    lines = tuple(_lines(came))
    if not lines:
        message = "say of at least one line how many units came"
        field = next(iter(_fields(came)), "lines")
        raise invalid("empty_receipt", message, field)
    number, reason = given.name(values, "number"), given.reason(values, "reason")
    return Receipt(number or None, purchase, location, lines, reason=reason or None)


def _readers(came: Sequence[Came]) -> dict[str, Reader]:
    """What reads each field, in the order of the form."""
    return {
        "location": given.needed_location,
        **dict.fromkeys(_fields(came), given.came_units),
        "number": given.name,
        "reason": given.reason,
    }


def _fields(came: Sequence[Came]) -> dict[str, str]:
    """What was typed of lines, by the names of the form's fields."""
    return {name: text for one in came for name, text in one.fields}


def _typed(values: Values) -> Typed:
    """The fields of the form, and which of them are the lines of the receipt."""
    came = came_of(values)
    return Typed(_readers(came), [name for name, text in _fields(came).items() if text.strip("0")])


def _lines(came: Sequence[Came]) -> Iterator[ReceivedLine]:
    """What came: nothing of a field that is empty, or says 0."""
    for one in came:
        for (name, text), disposition in zip(one.fields, BOTH, strict=True):
            if units := given.came_units({name: text}, name):
                line = given.line({name: one.line}, name)
                yield ReceivedLine(line, units, disposition)


def came_of(values: Values) -> list[Came]:
    """What was typed of each line: in fields of its own (`u1`, `d1`), or packed as `1:40:2`.

    A form with many lines has more fields than are read, so that the button sends one.
    """
    if "lines" in values:
        parts = [part.split(":") for part in values["lines"].split()]
        if len(parts) > MOST_LINES or not all(
            len(part) == len(fields(Came)) and LINE.fullmatch(part[0]) for part in parts
        ):
            raise invalid("bad_form", "open the page anew: its form is not whole", "lines")
        return [Came(*part) for part in parts]
    lines = {match[1] for name in values if (match := OF_LINE.fullmatch(name))}
    return [
        Came(line, values.get(f"u{line}", "").strip(), values.get(f"d{line}", "").strip())
        for line in sorted(lines, key=int)
    ]


def _labels(lines: Sequence[PurchaseLineView]) -> dict[str, str]:
    """What each field is called."""
    found = {"location": "Location", "number": "Receipt number", "reason": "Why"}
    for one in lines:
        found[f"u{one.line}"] = f"Good units of line {one.line}"
        found[f"d{one.line}"] = f"Damaged units of line {one.line}"
    return found


def _page(visit: Visit, looked: Looked, values: Values, told: Told) -> Response:
    one = looked.page.purchase_order
    came = came_of(values)
    if "fill" in values:
        came = [Came(str(x.line), str(x.outstanding), "") for x in one.lines if x.outstanding]
    places = _places(visit)
    usual = next((line.location for line in one.lines if line.location in places), "")
    return shown(
        "purchase_receipt.html",
        visit,
        told.status,
        found=looked.page,
        one=one,
        path=purchase_path(visit, one.number),
        came={each.line: each for each in came},
        packed=" ".join(
            f"{each.line}:{each.good}:{each.damaged}" for each in came if each.good or each.damaged
        ),
        places=places,
        location=values.get("location", usual),
        number=values.get("number", ""),
        reason=values.get("reason", ""),
        gave_up=any(line.closed for line in one.lines),
        labels=_labels(one.lines),
        told=told,
        version=looked.version,
        key=uuid4(),
    )


def _places(visit: Visit) -> list[str]:
    """The merchant's locations at which the user works."""
    locations = visit.session.read(lambda tx: sorted(load_locations(tx)))
    return [location for location in locations if visit.session.sees([location])]
