"""Saved views as people meet them: their tab, their address, and whose they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.datastructures import QueryParams

from console.lists import FILTERS, SORT_TITLES, Asked, asked_for
from console.routing import sentence
from console.visits import Visit
from fulfillment.domain.model.permissions import Permission
from fulfillment.domain.model.refusals import RefusedError, invalid
from fulfillment.store.reading.saved_views import list_saved_views
from fulfillment.store.reading.views.saved_views import SavedView

MAY_ALL = Permission.WRITE_SETTINGS
"""Who may write the merchant's settings may change and delete whatever view there is."""

MOST_PARAMETERS = 50


@dataclass(frozen=True, slots=True)
class Tab:
    """A saved view with its address; `why` says why it can not be shown any more."""

    view: SavedView
    address: str | None
    why: str | None = None
    is_own: bool = True


def owner_of(visit: Visit) -> str:
    """The name to sign in with, by which a user's views are known."""
    return visit.user


def may_change(visit: Visit, view: SavedView) -> bool:
    """Whether it is the user's own, or anybody's to change."""
    return view.owner == owner_of(visit) or visit.may(MAY_ALL)


def tabs_of(visit: Visit, *, everybodys: bool = False) -> list[Tab]:
    """The user's own views and those that others share, each with where it leads."""
    owner = owner_of(visit)
    views = visit.session.read(lambda tx: list_saved_views(tx, owner, everybodys=everybodys))
    return [tab_of(visit, view) for view in views]


def tab_of(visit: Visit, view: SavedView) -> Tab:
    """Where a view leads; one whose list nobody knows any more says so."""
    is_own = view.owner == owner_of(visit)
    try:
        asked = list_of(view.asked)
    except RefusedError as error:
        return Tab(view, None, sentence(error), is_own=is_own)
    return Tab(view, asked.address(f"{visit.home}/orders", saved=str(view.id)), is_own=is_own)


def list_of(asked: Mapping[str, str]) -> Asked:
    """The list that a saved view asks for, or a refusal of what is no longer known."""
    return asked_for(QueryParams(dict(asked)))


def list_said(query: str) -> Asked:
    """A list that stands in an address as one parameter, without the page of it."""
    try:
        named = dict(parse_qsl(query, max_num_fields=MOST_PARAMETERS))
    except ValueError as error:
        raise invalid("bad_list", "this is not the address of a list", "list") from error
    return list_of(named)


def told(asked: Asked) -> str:
    """What a list is, in words."""
    parts = [asked.view.title]
    parts += [f"{FILTERS[name]}: {text}" for name, text in asked.filters.items()]
    parts += [f"sorted by {SORT_TITLES[asked.sort]}"]
    if asked.columns:
        parts += [f"columns {', '.join(one.title for one in asked.columns)}"]
    return "; ".join(parts)
