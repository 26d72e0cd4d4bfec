"""`pegboard secrets`: the keys under which secrets are kept that must be read again."""

from typing import TYPE_CHECKING, Any

import typer

from cli.options import AsJson

if TYPE_CHECKING:
    from cli.host.resealing import Found

app = typer.Typer(
    help="The keys under which secrets are sealed.\n\nExample: pegboard secrets check",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


@app.command("new-key")
def new_key() -> None:
    """Print a new key for PEGBOARD_SECRET_KEYS. It is kept nowhere.

    Example: pegboard secrets new-key
    """
    from cli.output import console
    from fulfillment import sealing

    console.print(sealing.new_key(), soft_wrap=True, highlight=False, markup=False)


@app.command()
def check(as_json: AsJson = False) -> None:
    """Say whether each secret can be opened, and which of them wait to be sealed anew.

    Ends with 1 where one can not be opened.

    Example: pegboard secrets check
    """
    from cli.host.resealing import check as look

    with _store() as store:
        _show(look(store, _sealer()), "can be opened", as_json=as_json)


@app.command()
def rotate(as_json: AsJson = False) -> None:
    """Seal all secrets anew under the first key. Safe to break off, and to run again.

    Ends with 1 where one can not be opened; it stays as it is.

    Example: pegboard secrets rotate
    """
    from cli.host.resealing import rotate as reseal

    with _store() as store:
        _show(reseal(store, _sealer()), "sealed anew", as_json=as_json)


def _show(found: "Found", done: str, *, as_json: bool) -> None:
    from cli.errors import ExitCode
    from cli.output import console, print_json

    closed = [str(name) for name in found.closed]
    if as_json:
        print_json({"secrets": found.done, "under_older_keys": found.older, "closed": closed})
    else:
        console.print(f"{found.done} secrets {done}")
        if found.older:
            console.print(f"{found.older} are under an older key: pegboard secrets rotate")
        for name in closed:
            console.print(f"can not be opened: {name}", soft_wrap=True, markup=False)
    if closed:
        raise typer.Exit(ExitCode.FAILED)


def _sealer() -> Any:
    from cli.host.secret_keys import with_keys_of_folder
    from fulfillment import settings
    from fulfillment.sealing import sealer_of

    return sealer_of(with_keys_of_folder(settings.load()))


def _store() -> Any:
    from cli.host import connection
    from fulfillment import settings

    return connection.store_of(settings.load())
