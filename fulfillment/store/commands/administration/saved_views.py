"""Views of the lists of orders: saved under a name, shared, changed and deleted.

Who may change which is for the pages to say; here is what can be: names are given once, and there
are fifty at most.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from fulfillment.domain.model.names import as_written, fault_of
from fulfillment.domain.model.refusals import conflict, invalid
from fulfillment.store.reading.rows import execute_as
from fulfillment.store.reading.saved_views import read_saved_view
from fulfillment.store.reading.views.saved_views import SavedView
from fulfillment.store.transactions.session import Command, Store, Tx

MOST_VIEWS = 50
"""Views that one user has for a merchant, and that are shared there by all users together."""

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class NewView:
    """A list that is to be known by a name: what its address asks for, by parameter."""

    owner: str
    name: str
    asked: Mapping[str, str]
    shared: bool


@dataclass(frozen=True, slots=True)
class ViewChange:
    """What is otherwise of a view, of the version that was seen; without `asked` its list stays."""

    id: int
    version: int
    name: str
    shared: bool
    asked: Mapping[str, str] | None = None


def save_view(store: Store, command: Command, new: NewView) -> SavedView:
    """Save a list under a name, once for the command's key.

    A name is given once among a user's own views, and once among those that are shared, in capitals
    or not.
    """
    name = _checked(new.name)

    def body(tx: Tx) -> SavedView:
        _one_at_a_time(tx)
        _check_room(tx, "owner = :owner", new.owner, 0)
        _check_free(tx, new.owner, name, new.shared, 0)
        (made,) = tx.rows(
            "INSERT INTO saved_view (merchant, owner, name, asked, shared, created_at, changed_at)"
            " VALUES (:merchant, :owner, :name, CAST(:asked AS jsonb), :shared, :now, :now)"
            " RETURNING id",
            merchant=tx.merchant,
            owner=new.owner,
            name=name,
            asked=json.dumps(dict(new.asked)),
            shared=new.shared,
            now=tx.now,
        )
        return read_saved_view(tx, made.id)

    return execute_as(SavedView, store, command, body)


def change_view(store: Store, command: Command, change: ViewChange) -> SavedView:
    """Rename a view, share it or not, or have it ask for another list; its owner stays."""
    name = _checked(change.name)

    def body(tx: Tx) -> SavedView:
        found = _seen(tx, change.id, change.version)
        _check_free(tx, found.owner, name, change.shared, change.id)
        asked = found.asked if change.asked is None else change.asked
        tx.run(
            "UPDATE saved_view SET name = :name, shared = :shared, asked = CAST(:asked AS jsonb),"
            " version = version + 1, changed_at = :now WHERE merchant = :merchant AND id = :id",
            merchant=tx.merchant,
            id=change.id,
            name=name,
            shared=change.shared,
            asked=json.dumps(dict(asked)),
            now=tx.now,
        )
        return read_saved_view(tx, change.id)

    return execute_as(SavedView, store, command, body)


def delete_view(store: Store, command: Command, view: int, version: int) -> SavedView:
    """Delete a view, if it is as it was seen; told is what was deleted."""

    def body(tx: Tx) -> SavedView:
        found = _seen(tx, view, version)
        tx.run("DELETE FROM saved_view WHERE merchant = :merchant AND id = :id",
               merchant=tx.merchant, id=view)  # fmt: skip
        return found

    return execute_as(SavedView, store, command, body)


def _checked(name: str) -> str:
    written = as_written(name)
    if fault := fault_of(written, LONGEST_NAME):
        raise invalid("bad_view_name", f"the name {fault}", "name")
    return written


def _one_at_a_time(tx: Tx) -> None:
    """Names and room are checked for one at a time; no other work waits for this lock."""
    tx.rows("SELECT 1 FROM merchant WHERE id = :merchant FOR NO KEY UPDATE", merchant=tx.merchant)


def _seen(tx: Tx, view: int, version: int) -> SavedView:
    _one_at_a_time(tx)
    found = read_saved_view(tx, view)
    if found.version != version:
        message = f"the view {found.name} was changed since you looked at it"
        raise conflict("view_changed", message, version=found.version)
    return found


OTHERS = "SELECT count(*) AS views FROM saved_view WHERE merchant = :merchant AND id <> :but AND "


def _check_room(tx: Tx, which: str, owner: str, but: int) -> None:
    (row,) = tx.rows(OTHERS + which, merchant=tx.merchant, owner=owner, but=but)
    if row.views >= MOST_VIEWS:
        message = f"there are {MOST_VIEWS} views already; delete one, or replace one"
        raise conflict("too_many_views", message)


def _check_free(tx: Tx, owner: str, name: str, shared: bool, but: int) -> None:  # noqa: FBT001 -- a field of a form
    """Refuse a name that is given, and one shared view too many."""
    if shared:
        _check_room(tx, "shared", owner, but)
    (row,) = tx.rows(
        OTHERS + "lower(name) = lower(:name) AND (owner = :owner OR shared AND :shared)",
        merchant=tx.merchant,
        but=but,
        name=name,
        owner=owner,
        shared=shared,
    )
    if row.views:
        raise conflict("view_exists", f"there is a view {name} already; choose another name")
