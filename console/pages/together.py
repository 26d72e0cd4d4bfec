"""One action on many orders: its form, what it would change of all of them, and the button."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from fastapi import APIRouter, Request, Response

from console.actions import Action, readers_of
from console.entries import RIGHT, Values, Wrong, check, wrong
from console.impacts import Difference, Touched, touched
from console.routing import PageRoute, sentence, shown
from console.saved_views import list_said
from console.together import MOST_TOGETHER, TOGETHER, key_in, known, too_many, values_of, written
from console.visits import ForVisit, Visit
from fulfillment.domain.model.limits import within_lines
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.planning.many_changes import Previewed, preview_changes
from fulfillment.store.reading.chosen_orders import read_chosen
from fulfillment.store.reading.orders import list_orders
from fulfillment.store.reading.paging import Window
from fulfillment.store.reading.together import read_together
from fulfillment.store.reading.views.chosen_orders import ChosenOrder
from fulfillment.store.reading.views.together import SeenOrder
from fulfillment.store.records.loading import load_locations

router = APIRouter(route_class=PageRoute)

MOST_OTHERS = 100
"""Orders beside the chosen ones that are told."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The orders that were chosen, as they are now, and how an address says which."""

    orders: Sequence[ChosenOrder]
    unknown: Sequence[str]
    said: Sequence[tuple[str, str]]
    """Parameters of an address, each with its value."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would become of one chosen order: refused, otherwise, the same, or not looked at."""

    order: ChosenOrder
    differences: Sequence[Difference]
    refusal: str | None
    is_looked_at: bool = True


@dataclass(frozen=True, slots=True)
class Preview:
    """What it would make of the chosen orders, and of others."""

    orders: Sequence[Foreseen]
    others: Sequence[Touched]
    others_more: int

    @property
    def is_possible(self) -> bool:
        """Whether it would be done with any of them."""
        return any(one.refusal is None for one in self.orders)


@dataclass(frozen=True, slots=True)
class Told:
    """What the page says beside the chosen orders."""

    values: Values = field(default_factory=dict)
    preview: Preview | None = None
    wrong: Wrong = RIGHT
    note: str = ""


@router.get("/m/{merchant}/together")
def together(request: Request, visit: ForVisit) -> Response:
    """The chosen orders; the action's form; once it is filled in, what it would change."""
    choice, query = _chosen(request, visit), request.query_params
    action = known(query["action"]) if "action" in query else None
    if action is None:
        return _page(visit, choice, None, Told())
    visit.check(action.permission)
    values = values_of(action, query)
    if not choice.orders or (action.fields and "look" not in query):
        return _page(visit, choice, action, Told(values))
    preview, faults = _previewed(visit, choice, action, values)
    return _page(visit, choice, action, Told(values, preview, faults))


def not_done(
    visit: Visit, orders: Sequence[SeenOrder], action: Action, error: RefusedError
) -> Response:
    """The page again, with what was typed, and why it was done with none of these orders."""
    places, values = visit.caller.scope.location_list, values_of(action, visit.form)
    numbers = [one.number for one in orders]
    found = visit.session.read(lambda tx: read_chosen(tx, numbers, places))
    choice = Choice(found, (), [("order", one.number) for one in found])
    preview, _ = _previewed(visit, choice, action, values)
    faults = wrong(error, [*values, "note"])
    return _page(visit, choice, action, Told(values, preview, faults, visit.form.get("note", "")))


def _chosen(request: Request, visit: Visit) -> Choice:
    """The orders that the address names: one by one, as the first of a list, or as left undone."""
    query, places = request.query_params, visit.caller.scope.location_list
    said = [(name, query[name]) for name in ("list", "again") if name in query][:1]
    said = said or [("order", one) for one in query.getlist("order")]
    numbers = [one for one in dict.fromkeys(_numbers(visit, said)) if one.isprintable()]
    if len(numbers) > MOST_TOGETHER:
        raise too_many(len(numbers))
    found = visit.session.read(lambda tx: read_chosen(tx, numbers, places))
    known = {one.number for one in found}
    return Choice(found, [one for one in numbers if one not in known], said)


def _numbers(visit: Visit, said: Sequence[tuple[str, str]]) -> list[str]:
    places = visit.caller.scope.location_list
    match said:
        case [("list", text)]:
            asked, window = list_said(text), Window(MOST_TOGETHER)
            wanted = asked.filter_for(places)
            page = visit.session.read(lambda tx: list_orders(tx, wanted, asked.sort, window))
            return [one.number for one in page.items]
        case [("again", key)]:
            found = visit.session.read(lambda tx: read_together(tx, key_in(key), places))
            return [one.number for one in found.orders if one.is_left]
        case _:
            return [number for _, number in said]


def _previewed(
    visit: Visit, choice: Choice, action: Action, values: Values
) -> tuple[Preview | None, Wrong]:
    """What it would make of them, or what is wrong with the form."""
    try:
        check(values, readers_of(action.fields))
        return _preview(visit, choice, action, values), RIGHT
    except RefusedError as error:
        return None, wrong(error, values)


def _preview(visit: Visit, choice: Choice, action: Action, values: Values) -> Preview:
    """What it would make of the first of them, as many as have 2,000 lines together."""
    looked = choice.orders[: within_lines(one.lines for one in choice.orders)]
    changes = [action.make(one.number, values) for one in looked]
    found = preview_changes(visit.desk.store, visit.of.id, changes)
    rows = {row.order: row for row in touched("", found.impacts)}
    chosen = {one.number for one in choice.orders}
    others = [row for row in rows.values() if row.order not in chosen]
    foreseen = [_foreseen(one, found, rows) for one in looked]
    foreseen += [
        Foreseen(one, (), None, is_looked_at=False) for one in choice.orders[len(looked) :]
    ]
    return Preview(foreseen, others[:MOST_OTHERS], max(len(others) - MOST_OTHERS, 0))


def _foreseen(one: ChosenOrder, found: Previewed, rows: Mapping[str, Touched]) -> Foreseen:
    refusal = found.refused.get(one.number)
    differences = rows[one.number].differences if one.number in rows else ()
    return Foreseen(one, differences, sentence(refusal) if refusal else None)


def _page(visit: Visit, choice: Choice, action: Action | None, told: Told) -> Response:
    orders = [SeenOrder(number=one.number, version=one.version) for one in choice.orders]
    locations = visit.session.read(lambda tx: sorted(load_locations(tx)))
    return shown(
        "together.html",
        visit,
        told.wrong.status,
        choice=choice,
        actions=TOGETHER,
        action=action,
        told=told,
        labels={field.name: field.label for field in action.fields} if action else {},
        options={"location": [("", "None: from anywhere"), *((at, at) for at in locations)]},
        orders=written(orders),
        key=uuid4(),
    )
