"""Goods are counted in: the form, whom it would release, and the button; then it is done, once."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from console import form_values as given
from console.headers import SIGNED_IN
from console.purchase_changes import (
    NOTHING,
    Deed,
    Looked,
    Told,
    done,
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
from fulfillment.store.records.loading import load_locations

router = APIRouter(route_class=PageRoute)

Values = Mapping[str, str]

OF_LINE = re.compile(r"[ud]([0-9]{1,7})")
"""Good or damaged units of a line by its number."""

MOST_LINES = 1_000
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Came:
    """Units of one line that came, as they were typed: good ones and damaged ones."""

    line: str
    good: str
    damaged: str


@router.get("/m/{merchant}/purchase-orders/{purchase}/receive")
def purchase_receipt(request: Request, purchase: PurchaseNumber, visit: ForVisit) -> Response:
    """The form; once it is filled in, which orders would go, and how the others would stand."""
    visit.check_purchase_order(purchase)
    asked = request.query_params
    found = look(visit, purchase)
    told = looked_at(visit, lambda: _deed(visit, purchase, asked)) if "look" in asked else NOTHING
    return _page(visit, found, asked, told)


@router.post("/m/{merchant}/purchase-orders/{purchase}/receive")
def do_purchase_receipt(purchase: PurchaseNumber, visit: ForVisit) -> Response:
    """Count them, once for the key of the form, if the purchase order is as the page showed it."""
    visit.check_purchase_order(purchase)
    told = done(visit, purchase, lambda: _deed(visit, purchase, visit.form))
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
    location = given.location(values, "location")
    if location is None:
        raise invalid("bad_location", "choose the location at which the goods are", "location")
    if not visit.session.sees([location]):
        raise NotAllowedError("You work elsewhere than where these goods are.")
    number = given.name(values, "number") or None
    return Receipt(number, purchase, location, tuple(_lines(values)), reason=_reason(values))


def _reason(values: Values) -> str | None:
    text = values.get("reason", "").strip()
    if len(text) > LONGEST_REASON or not text.isprintable():
        message = f"a reason is text of at most {LONGEST_REASON} characters"
        raise invalid("bad_reason", message, "reason")
    return text or None


def _lines(values: Values) -> Iterator[ReceivedLine]:
    found = False
    for came in came_of(values):
        line = given.line({"line": came.line}, "line")
        for typed, disposition in (
            (came.good, Disposition.SELLABLE),
            (came.damaged, Disposition.DAMAGED),
        ):
            if typed:
                found = True
                units = given.needed_units({"units": typed}, "units")
                yield ReceivedLine(line, units, disposition)
    if not found:
        raise invalid("empty_receipt", "say of at least one line how many units came", "lines")


def came_of(values: Values) -> list[Came]:
    """What was typed of each line: in fields of its own (`u1`, `d1`), or packed as `1:40:2`.

    A form with many lines has more fields than are read, so that the button sends one.
    """
    if "lines" in values:
        parts = [part.split(":") for part in values["lines"].split()[:MOST_LINES]]
        return [Came(*part) for part in parts if len(part) == len(fields(Came))]
    lines = {match[1] for name in values if (match := OF_LINE.fullmatch(name))}
    return [
        Came(line, values.get(f"u{line}", "").strip(), values.get(f"d{line}", "").strip())
        for line in sorted(lines, key=int)
    ]


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
        told=told,
        version=looked.version,
        key=uuid4(),
    )


def _places(visit: Visit) -> list[str]:
    """The merchant's locations at which the user works."""
    locations = visit.session.read(lambda tx: sorted(load_locations(tx)))
    return [location for location in locations if visit.session.sees([location])]
