"""`pegboard keys`: who may use the API."""

from typing import Annotated, Any

import typer

from cli.options import AsJson

MOST = 1_000
"""Keys that are listed at most, the newest first."""

app = typer.Typer(
    help="Who may use the API.\n\nExample: pegboard keys create --name shop --role intake",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


@app.command()
def create(
    name: Annotated[str, typer.Option(help="Who will use it, to be told apart later.")],
    role: Annotated[str, typer.Option(help="intake, warehouse, purchasing or admin.")],
    merchant: Annotated[
        list[str] | None,
        typer.Option(help="Whose data it may touch, as often as needed; everybody's unless said."),
    ] = None,
    location: Annotated[
        list[str] | None,
        typer.Option(help="Where a warehouse key works; every location unless said."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a key and print it. It is shown this once, and stored only as a hash.

    Example: pegboard keys create --name shop --role intake --merchant acme
    """
    from cli.errors import UsageError
    from cli.output import console, print_json
    from fulfillment.domain.model.scope import Scope
    from fulfillment.store.commands.administration.keys import NewKey, Role, make_key

    if role not in list(Role):
        raise UsageError(f"--role is one of {', '.join(Role)}")
    scope = Scope(frozenset(merchant or ()) or None, frozenset(location or ()) or None)
    with _store() as store:
        made = make_key(store, _command("make_key"), NewKey(name, Role(role), scope))
    if as_json:
        named = {"name": name, "role": role, "merchants": scope.merchant_list}
        print_json({"key": made.secret, **named, "locations": scope.location_list})
    else:
        console.print(made.secret, soft_wrap=True, highlight=False, markup=False)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the keys by their first parts; the secrets are not stored.

    Example: pegboard keys list
    """
    from dataclasses import asdict

    from cli.output import console, print_json, table
    from fulfillment.store.reading.keys import list_keys
    from fulfillment.store.reading.paging import Window

    with _store() as store:
        keys = store.read("*", lambda tx: list_keys(tx, Window(MOST))).items
    if as_json:
        print_json({"keys": [asdict(key) for key in keys]})
        return
    names = ("id", "name", "role", "merchants", "locations", "created_at", "revoked_at")
    bound = {"merchants", "locations"}
    rows = [
        [(asdict(key)[name] or "all") if name in bound else asdict(key)[name] for name in names]
        for key in keys
    ]
    console.print(table(f"{len(keys)} keys", names, rows))


@app.command()
def change(
    key: Annotated[str, typer.Argument(metavar="KEY", help="The key, or its id in the list.")],
    merchant: Annotated[
        list[str] | None, typer.Option(help="Whose data it may touch from now on.")
    ] = None,
    location: Annotated[
        list[str] | None, typer.Option(help="Where a warehouse key works from now on.")
    ] = None,
    every_merchant: Annotated[bool, typer.Option(help="Everybody's data from now on.")] = False,
    every_location: Annotated[bool, typer.Option(help="At every location from now on.")] = False,
) -> None:
    """Have a key open other merchants or locations; what is not said stays.

    Example: pegboard keys change 1f2e3d4c5b6a7988 --merchant acme --merchant bolt
    """
    from cli.output import console
    from fulfillment.store.commands.administration.keys import KeyChange, change_key

    merchants = _bound("merchant", merchant, every_merchant)
    change_ = KeyChange(key, merchants, _bound("location", location, every_location))
    with _store() as store:
        change_key(store, _command("change_key"), change_)
    console.print("changed")


def _bound(name: str, named: list[str] | None, every: bool) -> Any:
    """Those that are named, None for every one, or what it is already."""
    from cli.errors import UsageError
    from fulfillment.store.commands.administration.keys import KEEP

    if named and every:
        raise UsageError(f"--{name} and --every-{name} contradict each other")
    if every:
        return None
    return frozenset(named) if named else KEEP


def _command(verb: str) -> Any:
    """What is asked for here is asked for once: nobody sends it again by itself."""
    from uuid import uuid4

    from fulfillment.store.transactions.session import Command

    return Command("*", verb, f"{verb}:{uuid4()}", "operator")


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(metavar="KEY", help="The key, or its id in the list.")],
) -> None:
    """End a key at once.

    Example: pegboard keys revoke 1f2e3d4c5b6a7988
    """
    from cli.output import console
    from fulfillment.store.commands.administration.keys import revoke_key

    with _store() as store:
        revoke_key(store, key)
    console.print("revoked")


def _store() -> Any:
    from cli.host import connection
    from fulfillment import settings

    return connection.store_of(settings.load())
