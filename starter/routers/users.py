"""Who may sign in to the pages: the operator's to say."""

from fastapi import APIRouter, Response

from fulfillment.store.commands.administration import users as commands
from fulfillment.store.reading import users
from fulfillment.store.reading.views.users import UserView
from starter.auth.guard import GuardedRoute
from starter.auth.session import ForAll, IdempotencyKey
from starter.models.fields import Slug
from starter.models.users import PasswordIn, UserChangeIn, UserIn, UserPage
from starter.paging import Cursor, Limit, paged, window
from starter.routers.responses import problems

router = APIRouter(prefix="/v1/users", tags=["users"], route_class=GuardedRoute)


@router.post("", status_code=201, summary="Make a user", responses=problems(404, 409))
def create_user(
    wanted: UserIn, session: ForAll, response: Response, key: IdempotencyKey = None
) -> UserView:
    """For one merchant, for several, or for all; one of the warehouse may be bound to locations."""
    # Not even a quick hash of the password is kept with the command.
    content = wanted.model_dump(mode="json", exclude={"password"})
    command = session.command("make_user", wanted.name, key, content)
    secret = wanted.password.get_secret_value()
    made = commands.make_user(session.store, command, wanted.to_domain(), secret)
    response.headers["Location"] = f"/v1/users/{made.name}"
    return made


@router.get("", summary="List users")
def list_users(session: ForAll, cursor: Cursor = None, limit: Limit = 50) -> UserPage:
    """A page of users by name; disabled ones too."""
    page = window(limit, cursor, users.BY_NAME)
    found = session.read(lambda tx: users.list_users(tx, page))
    return paged(UserPage, found, users.BY_NAME)


@router.get("/{user}", summary="Read a user", responses=problems(404))
def get_user(user: Slug, session: ForAll) -> UserView:
    """What the user may do and see."""
    return session.read(lambda tx: users.read_user(tx, user))


@router.patch("/{user}", summary="Change what a user may do", responses=problems(404))
def change_user(
    user: Slug, wanted: UserChangeIn, session: ForAll, key: IdempotencyKey = None
) -> UserView:
    """Another role, other merchants or locations; in force for the next page asked for."""
    content = wanted.model_dump(mode="json", exclude_unset=True)
    command = session.command("change_user", user, key, content)
    return commands.change_user(session.store, command, wanted.to_domain(user))


@router.post("/{user}/password", summary="Set a user's password", responses=problems(404))
def set_user_password(
    user: Slug, wanted: PasswordIn, session: ForAll, key: IdempotencyKey = None
) -> UserView:
    """Whoever is signed in as this user is signed out."""
    command = session.command("set_password", user, key, {})
    secret = wanted.password.get_secret_value()
    return commands.set_password(session.store, command, user, secret)


@router.post("/{user}/disable", summary="Let a user in no more", responses=problems(404))
def disable_user(user: Slug, session: ForAll) -> UserView:
    """All sessions end; who is disabled already stays so. Histories keep the name."""
    return commands.disable_user(session.store, user)


@router.post("/{user}/enable", summary="Let a user in again", responses=problems(404))
def enable_user(user: Slug, session: ForAll) -> UserView:
    """With the password that the user had."""
    return commands.enable_user(session.store, user)
