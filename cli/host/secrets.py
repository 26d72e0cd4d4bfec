"""`pegboard secrets`: the keys under which secrets are kept that must be read again."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import AsJson

Name = Annotated[
    str,
    typer.Argument(
        help="mail-smtp-password, mail-imap-password, mail-bounce-secret or payment-webhook-secret."
    ),
]

if TYPE_CHECKING:
    from cli.host.resealing import Found
    from fulfillment.domain.model.sealed import Sealed

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


@app.command()
def put(
    name: Name,
    replace: Annotated[
        bool, typer.Option("--replace", help="Also where another one is kept: that is gone then.")
    ] = False,
) -> None:
    """Keep a secret of the settings sealed in the database. It is asked for, or piped in.

    It counts where the environment does not set it. Workers and the API take it when they start.
    One that is kept already is replaced only if you say so: by --replace, or when you are asked.

    Example: echo "$PASSWORD" | pegboard secrets put mail-smtp-password
    """
    from cli.errors import UsageError
    from cli.output import console
    from fulfillment.kept_settings import fault_of_kept, kept_name, sealed_setting
    from fulfillment.store.commands.administration.secrets import put_secret

    sealer, secret = _sealer(), _typed(_known(name))
    if fault := fault_of_kept(name, secret):
        raise UsageError(fault)
    with _store() as store:
        if (kept := sealed_setting(store, name)) and not replace:
            _check_replaced(name, _where(name, kept))
        put_secret(store, kept_name(name), sealer.seal(kept_name(name), secret))
    console.print(f"{name} is kept; start workers and the API anew to use it", markup=False)


def _check_replaced(name: str, where: str) -> None:
    """Refuse to lose what is kept, unless somebody who is asked wants it lost."""
    import sys

    from cli.errors import UsageError

    told = f"another {name} is {where}; it can not be had back once it is replaced"
    if not sys.stdin.isatty():
        raise UsageError(f"{told}. Nothing was changed: say --replace to replace it")
    if not typer.confirm(f"{told}. Replace it?", err=True):
        raise UsageError(f"{name} stays as it was")


@app.command()
def forget(name: Name) -> None:
    """Keep a secret of the settings no more.

    Example: pegboard secrets forget mail-smtp-password
    """
    from cli.output import console
    from fulfillment.kept_settings import kept_name
    from fulfillment.store.commands.administration.secrets import forget_secret

    secret = kept_name(_known(name))
    with _store() as store:
        store.transact("*", lambda tx: forget_secret(tx, secret))
    console.print(f"{name} is kept no more", markup=False)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Say of each secret of the settings where it comes from; none of them is shown.

    Example: pegboard secrets list
    """
    from cli.output import console, print_json
    from fulfillment import settings
    from fulfillment.kept_settings import KEPT, sealed_setting

    found, told = settings.load(), {}
    with _store() as store:
        for name, field in KEPT.items():
            sealed = sealed_setting(store, name)
            is_set = getattr(found, field) is not None
            told[name] = "environment" if is_set else _where(name, sealed)
    if as_json:
        print_json({"secrets": told})
        return
    for name, source in told.items():
        console.print(f"{name}: {source}", highlight=False, markup=False)


def _where(name: str, sealed: "Sealed | None") -> str:
    from fulfillment.kept_settings import kept_name
    from fulfillment.sealing import SealingError

    if sealed is None:
        return "not set"
    try:
        _sealer().open(kept_name(name), sealed)
    except SealingError:
        return "kept, and not opened by the keys that are set"
    return "kept"


def _known(name: str) -> str:
    from cli.errors import UsageError
    from fulfillment.kept_settings import KEPT

    if name not in KEPT:
        raise UsageError(f"a secret that can be kept is one of {', '.join(KEPT)}")
    return name


def _typed(name: str) -> str:
    """Never an argument: those are seen by everybody on the machine, and kept by shells."""
    import sys

    if sys.stdin.isatty():
        return str(typer.prompt(name, hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\r\n")


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
