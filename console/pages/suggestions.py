"""What should be bought, and drafts of it: some are picked, what would be drafted is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from console import form_values as given
from console.entries import RIGHT, Wrong, check, wrong
from console.headers import SIGNED_IN
from console.purchase_changes import CONFLICT, KEY_LETTERS, purchase_path
from console.routing import SEE_OTHER, PageRoute, shown
from console.visits import ForVisit, Visit
from fulfillment.domain.model.names import MOST_SKU, as_written, fault_of
from fulfillment.domain.model.refusals import RefusedError, invalid
from fulfillment.store.commands.supply.purchase_orders import (
    Draft,
    ToDraft,
    draft_purchase_orders,
    find_to_draft,
)
from fulfillment.store.reading.cursors import cursor_of, key_of
from fulfillment.store.reading.paging import Window
from fulfillment.store.reading.suggestions import BY_NEED, Wanted, list_suggestions

router = APIRouter(route_class=PageRoute)

ON_A_PAGE = 50
"""Suggestions of a page, and how many can be picked at once."""

VERSION_LETTERS = 32
CHANGED = "needs_changed"
LABELS = {"supplier": "Supplier", "expected_on": "Expected on"}


@dataclass(frozen=True, slots=True)
class Picked:
    """What was picked, and of whom and when it is to come."""

    skus: tuple[str, ...] = ()
    supplier: str = ""
    expected_on: str = ""

    def draft(self) -> Draft:
        """What is to be drafted; a refusal of what can not be meant."""
        typed = {"supplier": self.supplier, "expected_on": self.expected_on}
        check(typed, {"supplier": given.words, "expected_on": given.day})
        if not self.skus:
            raise invalid("nothing_picked", "pick what is to be bought", "sku")
        if len(self.skus) > ON_A_PAGE:
            raise invalid("too_many", f"pick {ON_A_PAGE} products at most", "sku")
        for sku in self.skus:
            if fault := fault_of(sku, MOST_SKU):
                raise invalid("bad_name", f"a SKU {fault}", "sku")
        return Draft(self.supplier or None, self.skus, expected_on=given.day(typed, "expected_on"))


@dataclass(frozen=True, slots=True)
class Told:
    """What would be drafted, or why it can not be."""

    found: ToDraft | None = None
    wrong: Wrong = RIGHT
    is_stale: bool = False

    @property
    def status(self) -> int:
        """Of the answer."""
        return CONFLICT if self.is_stale else self.wrong.status


@router.get("/m/{merchant}/purchasing/suggestions")
def suggestion_list(request: Request, visit: ForVisit) -> Response:
    """A page of what should be bought; of what was picked, which drafts it would make."""
    asked = request.query_params
    skus = tuple(dict.fromkeys(as_written(sku) for sku in asked.getlist("sku")))
    picked = Picked(skus, asked.get("supplier", "").strip(), asked.get("expected_on", ""))
    told = _looked_at(visit, picked) if "look" in asked else Told()
    return _page(visit, picked, told, asked.get("after"), _drafted(asked.get("drafted", "")))


@router.post("/m/{merchant}/purchasing/suggestions")
def do_suggestions(visit: ForVisit) -> Response:
    """Draft it, once for the key of the form, if the same is to be bought as the page showed."""
    form = visit.form
    names = sorted((name for name in form if name[:3] == "sku" and name[3:].isdecimal()),
                   key=lambda name: int(name[3:]))  # fmt: skip
    skus = tuple(as_written(form[name]) for name in names)
    picked = Picked(skus, form.get("supplier", "").strip(), form.get("expected_on", ""))
    try:
        numbers = _draft(visit, picked)
    except RefusedError as error:
        now = _looked_at(visit, picked)
        if error.code == CHANGED:
            told = Told(now.found, now.wrong, is_stale=True)
        else:
            told = Told(now.found, wrong(error, LABELS))
        return _page(visit, picked, told, None, ())
    if len(numbers) == 1:
        target = f"{purchase_path(visit, numbers[0])}?done=new"
    else:
        query = urlencode({"drafted": "\n".join(numbers)})
        target = f"{visit.home}/purchasing/suggestions?{query}"
    return RedirectResponse(target, SEE_OTHER, dict(SIGNED_IN))


def _draft(visit: Visit, picked: Picked) -> list[str]:
    key, version = visit.form.get("key", ""), visit.form.get("version", "")
    is_key = 0 < len(key) <= KEY_LETTERS and key.isprintable()
    if not is_key or len(version) != VERSION_LETTERS:
        raise invalid("bad_form", "open the page anew: its form is not whole", "key")
    draft = picked.draft()
    content = {"skus": picked.skus, "supplier": picked.supplier, "expected_on": draft.expected_on}
    command = visit.session.command("draft_purchase_orders", "suggestions", key, content)
    done = draft_purchase_orders(visit.desk.store, command, draft, version)
    return [one.number for one in done.purchase_orders]


def _looked_at(visit: Visit, picked: Picked) -> Told:
    try:
        draft = picked.draft()
        return Told(visit.session.read(lambda tx: find_to_draft(tx, draft)))
    except RefusedError as error:
        return Told(wrong=wrong(error, LABELS))


def _drafted(text: str) -> Sequence[str]:
    """Numbers of drafts that were just written, as far as they can be numbers."""
    return [number for number in text.split("\n")[:ON_A_PAGE] if number and number.isprintable()]


def _page(
    visit: Visit, picked: Picked, told: Told, after: str | None, drafted: Sequence[str]
) -> Response:
    window = Window(ON_A_PAGE, key_of(after, BY_NEED) if after else None)
    page = visit.session.read(lambda tx: list_suggestions(tx, window, Wanted()))
    path = f"{visit.home}/purchasing/suggestions"
    following = cursor_of(page.next_key, BY_NEED)
    return shown(
        "suggestions.html",
        visit,
        told.status,
        suggestions=page.items,
        path=path,
        picked=picked,
        told=told,
        labels=LABELS,
        drafted=drafted,
        is_first=after is None,
        following=following and f"{path}?{urlencode({'after': following})}",
        key=uuid4(),
    )
