"""`pegboard keys`: who may use the API."""

from typing import Annotated, Any

import typer

from cli.options import AsJson

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
        str | None, typer.Option(help="Whose data it may touch; every merchant's unless said.")
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
    from fulfillment.store.commands.administration.keys import Role, create_key

    if role not in list(Role):
        raise UsageError(f"--role is one of {', '.join(Role)}")
    with _store() as store:
        key = create_key(store, name, Role(role), merchant, location or ())
    if as_json:
        named = {"name": name, "role": role, "merchant": merchant}
        print_json({"key": key, **named, "locations": sorted(set(location or ())) or None})
    else:
        console.print(key, soft_wrap=True, highlight=False, markup=False)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the keys by their first parts; the secrets are not stored.

    Example: pegboard keys list
    """
    from dataclasses import asdict

    from cli.output import console, print_json, table
    from fulfillment.store.reading.keys import list_keys

    with _store() as store:
        keys = store.read("*", list_keys)
    if as_json:
        print_json({"keys": [asdict(key) for key in keys]})
        return
    names = ("id", "name", "role", "merchant", "locations", "created_at", "revoked_at")
    rows = [
        [asdict(key)[name] if name != "locations" else key.locations or "all" for name in names]
        for key in keys
    ]
    console.print(table(f"{len(keys)} keys", names, rows))


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
