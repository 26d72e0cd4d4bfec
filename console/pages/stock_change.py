"""A change of a SKU's stock: its form, what it would change, and the button; done once."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from console import form_values
from console.actions import Field, readers_of
from console.entries import RIGHT, Reader, Values, Wrong, check, wrong
from console.headers import SIGNED_IN
from console.impacts import Touched, touched
from console.routing import SEE_OTHER, PageRoute, shown
from console.stock_changes import (
    ADJUST,
    DISPOSITIONS,
    HOW,
    MOVE,
    NONE,
    TRANSFER,
    WHEN,
    Levels,
    StockChange,
)
from console.stock_places import SkuInPath, check_place, sku_path
from console.visits import ForVisit, Visit
from fulfillment.domain.model.permissions import Permission
from fulfillment.domain.model.refusals import RefusedError, invalid
from fulfillment.store.commands.supply.on_hand import Place, Seen
from fulfillment.store.insight.stock_changes import StockPreview
from fulfillment.store.reading.paging import Window
from fulfillment.store.reading.parties import read_product
from fulfillment.store.reading.places import orders_at
from fulfillment.store.reading.stock_item import read_stock_levels
from fulfillment.store.reading.stock_ledger import LedgerAsked, newest_in_ledger, read_ledger
from fulfillment.store.reading.views.parties import ProductView
from fulfillment.store.reading.views.stock_item import LedgerRow, LevelView
from fulfillment.store.records.loading import load_locations
from fulfillment.store.transactions.session import Tx

router = APIRouter(route_class=PageRoute)

CHANGED = "level_changed"
CONFLICT = 409
MOST_SHOWN = 50
MOST_SINCE = 20
DIGITS = 18


@dataclass(frozen=True, slots=True)
class Looked:
    """The SKU as it was when the page was made: its levels, and up to where its ledger went."""

    product: ProductView
    levels: Sequence[LevelView]
    locations: Sequence[str]
    newest: int

    def seen(self, sku: str) -> Levels:
        """What each place has."""
        return {
            (sku, one.location, one.disposition): Seen(one.on_hand, one.allocated)
            for one in self.levels
        }


@dataclass(frozen=True, slots=True)
class Previewed:
    """What the change would make of orders; those `hidden` have nothing at the user's places."""

    rows: Sequence[Touched]
    more: int
    hidden: int
    found: StockPreview


@dataclass(frozen=True, slots=True)
class Told:
    """What the page says beside its form: of a preview, of a refusal, of what others did."""

    preview: Previewed | None = None
    wrong: Wrong = RIGHT
    since: Sequence[LedgerRow] = ()
    is_stale: bool = False

    @property
    def status(self) -> int:
        """Of the answer."""
        return CONFLICT if self.is_stale else self.wrong.status


@router.get("/m/{merchant}/stock/{sku}/adjust")
def stock_adjust(request: Request, sku: SkuInPath, visit: ForVisit) -> Response:
    """The form; once it is filled in, who would gain or lose units."""
    return _form(visit, request, sku, ADJUST)


@router.post("/m/{merchant}/stock/{sku}/adjust")
def do_stock_adjust(sku: SkuInPath, visit: ForVisit) -> Response:
    """Do it, once for the key of the form, if the place has what the page showed."""
    return _do(visit, sku, ADJUST)


@router.get("/m/{merchant}/stock/{sku}/move")
def stock_move(request: Request, sku: SkuInPath, visit: ForVisit) -> Response:
    """The form; once it is filled in, who would gain or lose units."""
    return _form(visit, request, sku, MOVE)


@router.post("/m/{merchant}/stock/{sku}/move")
def do_stock_move(sku: SkuInPath, visit: ForVisit) -> Response:
    """Do it, once for the key of the form, if the place has what the page showed."""
    return _do(visit, sku, MOVE)


@router.get("/m/{merchant}/stock/{sku}/transfer")
def stock_transfer(request: Request, sku: SkuInPath, visit: ForVisit) -> Response:
    """The form; once it is filled in, whom the units would serve."""
    return _form(visit, request, sku, TRANSFER)


@router.post("/m/{merchant}/stock/{sku}/transfer")
def do_stock_transfer(sku: SkuInPath, visit: ForVisit) -> Response:
    """Write it, once under the number of the form, if the source has what the page showed."""
    return _do(visit, sku, TRANSFER)


def _form(visit: Visit, request: Request, sku: str, change: StockChange) -> Response:
    values = _values(change, request.query_params)
    check_place(visit, values["location"] or None)
    looked, sent = _look(visit, sku, values), request.query_params
    if "look" not in sent:
        return _page(visit, change, looked, _begun(values, visit, looked), Told())
    # Who goes back after it was done is about to do it once more.
    since = _since(visit, sku, values, sent) if "moved" in sent else ()
    told = Told(*_previewed(visit, change, values, looked), since)
    return _page(visit, change, looked, values, told)


def _begun(values: dict[str, str], visit: Visit, looked: Looked) -> dict[str, str]:
    """A form begins with the place that has the most, and a transfer with another one to go to."""
    mine = [one for one in looked.levels if visit.session.sees([one.location])]
    most = max(mine, key=lambda one: one.on_hand, default=None)
    at = values["location"] or (most.location if most else "")
    begun = values | {"location": at}
    if "destination" in values and not values["destination"]:
        begun["destination"] = next((one for one in sorted(looked.locations) if one != at), "")
    return begun


def _do(visit: Visit, sku: str, change: StockChange) -> Response:
    """Do it; if the place has something else by now, say what moved, with the button again."""
    values = _values(change, visit.form)
    check_place(visit, values["location"] or None)
    note: Reader = form_values.needed_note if change.needs_reason else form_values.note
    try:
        check(visit.form, readers_of(change.fields) | {"note": note})
        places = change.watched(sku, values)
        wanted = change.make(sku, values, _seen(places, visit.form.get("seen", "")))
        wanted.do(visit, form_values.key(visit.form), values, form_values.note(visit.form))
    except RefusedError as error:
        return _not_done(visit, change, sku, error)
    target = f"{sku_path(visit, sku)}?done={change.name}"
    return RedirectResponse(target, SEE_OTHER, dict(SIGNED_IN))


def _not_done(visit: Visit, change: StockChange, sku: str, error: RefusedError) -> Response:
    """The form again, with what was said in it, why it was not done, and how it would be now."""
    values = _values(change, visit.form)
    looked = _look(visit, sku, values)
    preview, now = _previewed(visit, change, values, looked)
    if error.code == CHANGED:
        told = Told(preview, now, _since(visit, sku, values, visit.form), is_stale=True)
    else:
        told = Told(preview, wrong(error, [*values, "note"]))
    return _page(visit, change, looked, values, told)


def _values(change: StockChange, sent: Values) -> dict[str, str]:
    return {field.name: sent.get(field.name, "").strip() for field in change.fields}


def _look(visit: Visit, sku: str, values: Values) -> Looked:
    places, at = visit.caller.scope.location_list, values["location"]

    def look(tx: Tx) -> Looked:
        return Looked(
            read_product(tx, sku),
            read_stock_levels(tx, sku, places),
            [*load_locations(tx)],
            newest_in_ledger(tx, sku, at),
        )

    return visit.session.read(look)


def _previewed(
    visit: Visit, change: StockChange, values: Values, looked: Looked
) -> tuple[Previewed | None, Wrong]:
    """What it would make of orders, or what is wrong with the form."""
    try:
        check(values, readers_of(change.fields))
        sku = looked.product.sku
        found = change.make(sku, values, looked.seen(sku)).preview(visit)
    except RefusedError as error:
        return None, wrong(error, values)
    return _as_seen_by(visit, found), RIGHT


def _as_seen_by(visit: Visit, found: StockPreview) -> Previewed:
    rows = touched(None, found.orders)
    first, places = rows[:MOST_SHOWN], visit.caller.scope.location_list
    names = [one.order for one in first]
    known = visit.session.read(lambda tx: orders_at(tx, names, places))
    mine = [one for one in first if one.order in known]
    return Previewed(mine, len(rows) - len(first), len(first) - len(mine), found)


def _since(visit: Visit, sku: str, values: Values, sent: Values) -> Sequence[LedgerRow]:
    """What moved at the place after the page was made that sent this, the newest of it."""
    moved = sent.get("moved", "")
    since = int(moved) if moved.isdecimal() and len(moved) <= DIGITS else 0
    asked = LedgerAsked(values["location"], since, visit.caller.scope.location_list)
    return visit.session.read(lambda tx: read_ledger(tx, sku, Window(MOST_SINCE), asked)).items


def _seen(places: Sequence[Place], text: str) -> Levels:
    """What the form says that was on hand and allocated at each place: `10.4,0.0`."""
    parts = [part.split(".") for part in text.split(",")]
    if len(parts) != len(places) or not all(
        len(part) == len(("on hand", "allocated"))
        and all(one.isdecimal() and len(one) <= DIGITS for one in part)
        for part in parts
    ):
        raise invalid("bad_form", "open the page anew: its form is not whole", "key")
    return {
        place: Seen(int(on_hand), int(allocated))
        for place, (on_hand, allocated) in zip(places, parts, strict=True)
    }


def _page(
    visit: Visit, change: StockChange, looked: Looked, values: Values, told: Told
) -> Response:
    sku = looked.product.sku
    return shown(
        "stock_change.html",
        visit,
        told.status,
        change=change,
        product=looked.product,
        levels=looked.levels,
        path=sku_path(visit, sku),
        values=values,
        options={field.name: _options(field, visit, looked) for field in change.fields},
        labels={field.name: field.label for field in change.fields},
        told=told,
        not_possible=None,
        held=_held(visit, change, looked, values) if told.preview else {},
        newest=looked.newest,
        is_document=change is TRANSFER,
        note=visit.form.get("note", ""),
        note_for="ledger" if change.needs_reason else "history",
        needs_note=change.needs_reason,
        may_read_orders=visit.may(Permission.READ_ORDERS),
    )


def _held(visit: Visit, change: StockChange, looked: Looked, values: Values) -> dict[str, object]:
    """What the button sends along: whose form it is, its key, and what was seen of the places."""
    return {
        "token": visit.token,
        "key": f"TR-{uuid4().hex[:10].upper()}" if change is TRANSFER else uuid4(),
        "seen": _as_seen(change, looked.product.sku, values, looked),
        "moved": looked.newest,
    }


def _as_seen(change: StockChange, sku: str, values: Values, looked: Looked) -> str:
    levels = looked.seen(sku)
    found = [levels.get(place, NONE) for place in change.watched(sku, values)]
    return ",".join(f"{one.on_hand}.{one.allocated}" for one in found)


def _options(field: Field, visit: Visit, looked: Looked) -> list[tuple[str, str]] | None:
    """What can be chosen, each with its words; None where it is typed."""
    there = {*looked.locations, *(one.location for one in looked.levels)}
    mine = sorted(one for one in there if visit.session.sees([one]))
    dispositions = [(one, one) for one in DISPOSITIONS]
    return {
        "location": [(one, one) for one in mine],
        "destination": [(one, one) for one in sorted(looked.locations)],
        "disposition": dispositions,
        "from": dispositions,
        "to": dispositions[1:] + dispositions[:1],
        "how": list(HOW.items()),
        "when": list(WHEN.items()),
    }.get(field.name)
