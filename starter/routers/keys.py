"""Who may use the API, and what each key opens: the operator's to say."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import StringConstraints

from fulfillment.store.commands.administration import keys as commands
from fulfillment.store.reading import keys
from fulfillment.store.reading.views.keys import KeyView
from starter.auth.guard import GuardedRoute
from starter.auth.session import ForAll, IdempotencyKey
from starter.models.keys import KeyChangeIn, KeyIn, KeyPage, MadeKeyOut
from starter.paging import Cursor, Limit, paged, window
from starter.routers.responses import problems

router = APIRouter(prefix="/v1/keys", tags=["keys"], route_class=GuardedRoute)

KeyId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]


@router.post("", status_code=201, summary="Make a key", responses=problems(404, 409))
def create_key(
    wanted: KeyIn, session: ForAll, response: Response, key: IdempotencyKey = None
) -> MadeKeyOut:
    """For one merchant, for several, or for all; one of the warehouse may be bound to locations.

    The whole of it is shown in this answer, and never again: it is stored as a hash alone. The same
    request again answers with the same key without it.
    """
    response.headers["Cache-Control"] = "no-store"
    command = session.command("make_key", wanted.name, key, wanted.model_dump(mode="json"))
    made = commands.make_key(session.store, command, wanted.to_domain())
    response.headers["Location"] = f"/v1/keys/{made.view.id}"
    return MadeKeyOut(key=made.view, secret=made.secret)


@router.get("", summary="List keys")
def list_keys(session: ForAll, cursor: Cursor = None, limit: Limit = 50) -> KeyPage:
    """A page of keys, the newest first; ended ones too."""
    page = window(limit, cursor, keys.NEWEST_FIRST)
    found = session.read(lambda tx: keys.list_keys(tx, page))
    return paged(KeyPage, found, keys.NEWEST_FIRST)


@router.get("/{key_id}", summary="Read a key", responses=problems(404))
def get_key(key_id: KeyId, session: ForAll) -> KeyView:
    """What it may do, and what it opens."""
    return session.read(lambda tx: keys.read_key(tx, key_id))


@router.patch("/{key_id}", summary="Change what a key opens", responses=problems(404, 409))
def change_key(
    key_id: KeyId, wanted: KeyChangeIn, session: ForAll, key: IdempotencyKey = None
) -> KeyView:
    """Other merchants or locations; in force within a second in every process."""
    content = wanted.model_dump(mode="json", exclude_unset=True)
    command = session.command("change_key", key_id, key, content)
    return commands.change_key(session.store, command, wanted.to_domain(key_id))


@router.post("/{key_id}/revoke", summary="Revoke a key", responses=problems(404))
def revoke_key(key_id: KeyId, session: ForAll) -> KeyView:
    """It opens nothing any more; one that has ended stays as it is."""
    return commands.revoke_key(session.store, key_id)
