"""`pegboard users`: who may sign in to the pages."""

from typing import Annotated, Any

import typer

from cli.options import AsJson

MOST = 1_000
"""Users that are listed at most."""

app = typer.Typer(
    help="Who may sign in to the pages.\n\n"
    "Example: pegboard users create mara --full-name 'Mara Holm' --role intake",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

User = Annotated[str, typer.Argument(metavar="NAME", help="With which the user signs in.")]


@app.command()
def create(
    name: User,
    role: Annotated[str, typer.Option(help="intake, warehouse, purchasing or admin.")],
    full_name: Annotated[
        str | None, typer.Option(help="How histories name the user; the name unless said.")
    ] = None,
    merchant: Annotated[
        list[str] | None,
        typer.Option(help="Whose data the user sees, as often as needed; everybody's unless said."),
    ] = None,
    location: Annotated[
        list[str] | None,
        typer.Option(help="Where a user of the warehouse works; every location unless said."),
    ] = None,
) -> None:
    """Make a user. The password is asked for, or is the first line of the input.

    Example: echo "$PASSWORD" | pegboard users create mara --full-name "Mara Holm" --role intake
    """
    from cli.errors import UsageError
    from cli.output import console
    from fulfillment.domain.model.permissions import Role
    from fulfillment.domain.model.scope import Scope
    from fulfillment.store.commands.administration.users import NewUser, make_user

    if role not in list(Role):
        raise UsageError(f"--role is one of {', '.join(Role)}")
    scope = Scope(frozenset(merchant or ()) or None, frozenset(location or ()) or None)
    new = NewUser(_name(name), full_name or name, Role(role), scope)
    password = _password()
    with _store() as store:
        make_user(store, _command("make_user"), new, password)
    console.print(f"{name} may sign in", highlight=False, markup=False)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the users; their passwords are not stored.

    Example: pegboard users list
    """
    from dataclasses import asdict

    from cli.output import console, print_json, table
    from fulfillment.store.reading.paging import Window
    from fulfillment.store.reading.users import list_users

    with _store() as store:
        users = store.read("*", lambda tx: list_users(tx, Window(MOST))).items
    if as_json:
        print_json({"users": [asdict(user) for user in users]})
        return
    names = ("name", "full_name", "role", "merchants", "locations", "created_at", "disabled_at")
    bound = {"merchants", "locations"}
    rows = [
        [(asdict(user)[name] or "all") if name in bound else asdict(user)[name] for name in names]
        for user in users
    ]
    console.print(table(f"{len(users)} users", names, rows))


@app.command()
def password(name: User) -> None:
    """Set a user's password, and sign the user out everywhere.

    Example: pegboard users password mara
    """
    from cli.output import console
    from fulfillment.store.commands.administration.users import set_password

    chosen = _password()
    with _store() as store:
        set_password(store, _command("set_password"), name, chosen)
    console.print("set")


@app.command()
def disable(name: User) -> None:
    """Let a user in no more, and sign the user out everywhere. Histories keep the name.

    Example: pegboard users disable mara
    """
    from cli.output import console
    from fulfillment.store.commands.administration.users import disable_user

    with _store() as store:
        disable_user(store, name)
    console.print("disabled")


@app.command()
def enable(name: User) -> None:
    """Let a user in again, with the password that the user had.

    Example: pegboard users enable mara
    """
    from cli.output import console
    from fulfillment.store.commands.administration.users import enable_user

    with _store() as store:
        enable_user(store, name)
    console.print("enabled")


def _name(name: str) -> str:
    import re

    from cli.errors import UsageError

    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", name):
        raise UsageError("a user's name has small letters, digits and dashes only")
    return name


def _password() -> str:
    """Never an argument: those are seen by everybody on the machine, and kept by shells."""
    import sys

    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\r\n")


def _command(verb: str) -> Any:
    """What is asked for here is asked for once: nobody sends it again by itself."""
    from uuid import uuid4

    from fulfillment.store.transactions.session import Command

    return Command("*", verb, f"{verb}:{uuid4()}", "operator")


def _store() -> Any:
    from cli.host import connection
    from fulfillment import settings

    return connection.store_of(settings.load())
