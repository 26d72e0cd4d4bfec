"""`pegboard settings`: how orders are fulfilled where they do not say it themselves."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from cli.options import AsJson, Merchant

app = typer.Typer(
    help="How orders are fulfilled where they do not say it themselves."
    "\n\nExample: pegboard settings set preset=shipstream.up_to max_shipments=3",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

ForAll = Annotated[
    bool, typer.Option("--default", help="What holds for merchants that do not say otherwise.")
]
Values = Annotated[
    list[str],
    typer.Argument(metavar="SETTING=VALUE...", help="`preset=NAME` sets several at once."),
]
Names = Annotated[list[str], typer.Argument(metavar="SETTING...", help="Their names.")]

ACTOR = "pegboard settings"
PLAIN = {"none": None, "null": None, "true": True, "false": False}


@app.command()
def show(for_all: ForAll = False, merchant: Merchant = None, as_json: AsJson = False) -> None:
    """Show the value of every setting, and where it comes from.

    Example: pegboard settings show --merchant acme
    """
    from fulfillment.store.reading.settings import effective_settings

    with _store(merchant, for_all=for_all) as (store, scope):
        found = store.read(scope, effective_settings)
    _show(found, as_json=as_json)


@app.command("set")
def set_(
    values: Values, for_all: ForAll = False, merchant: Merchant = None, as_json: AsJson = False
) -> None:
    """Change settings; those not named stay as they are. `none` is no value.

    Example: pegboard settings set max_shipments=2 future_inventory=on
    """
    knobs = dict(parsed(value) for value in values)
    with _store(merchant, for_all=for_all) as (store, scope):
        found = _change(store, scope, knobs, ())
    _show(found, as_json=as_json)


@app.command()
def unset(
    names: Names, for_all: ForAll = False, merchant: Merchant = None, as_json: AsJson = False
) -> None:
    """Give settings up: the default, or what is built in, counts again.

    Example: pegboard settings unset max_shipments
    """
    with _store(merchant, for_all=for_all) as (store, scope):
        found = _change(store, scope, {}, names)
    _show(found, as_json=as_json)


@app.command()
def presets(as_json: AsJson = False) -> None:
    """List other systems' settings, which can be set by name.

    Example: pegboard settings presets
    """
    from dataclasses import asdict

    from cli.output import console, print_json, table
    from fulfillment.domain.actions.presets import PRESETS

    if as_json:
        print_json({"presets": [asdict(preset) for preset in PRESETS.values()]})
        return
    rows = [
        (preset.name, [f"{knob}={_told(value)}" for knob, value in preset.knobs.items()])
        for preset in PRESETS.values()
    ]
    console.print(table(f"{len(rows)} presets", ("preset", "sets"), rows))


@app.command()
def changes(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Changes at most.")] = 50,
    for_all: ForAll = False,
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """List what was changed by whom and when, the last change first.

    Example: pegboard settings changes --limit 10
    """
    from dataclasses import asdict

    from cli.output import console, print_json, table
    from fulfillment.store.reading.paging import Window
    from fulfillment.store.reading.settings import list_changes

    with _store(merchant, for_all=for_all) as (store, scope):
        page = store.read(scope, lambda tx: list_changes(tx, Window(limit)))
    more = page.next_key is not None
    if as_json:
        print_json({"changes": [asdict(one) for one in page.items], "more": more})
        return
    rows = [
        (one.at, one.knob, _set_to(one.before), _set_to(one.after), one.actor) for one in page.items
    ]
    title = f"{len(rows)} changes"
    console.print(table(title, ("at", "setting", "before", "after", "who"), rows))
    if more:
        console.print("and more: --limit shows them", style="dim")


def parsed(said: str) -> tuple[str, object]:
    """A setting and its value; on and off are words of their own for some, for others a switch."""
    from cli.errors import UsageError
    from fulfillment.domain.model.policy import Policy

    knob, sign, value = said.partition("=")
    if not knob or not sign or not value:
        raise UsageError(f"write a setting as SETTING=VALUE, not {said!r}")
    if value in PLAIN:
        return knob, PLAIN[value]
    if value in ("on", "off") and isinstance(getattr(Policy(), knob, None), bool):
        return knob, value == "on"
    return knob, int(value) if value.removeprefix("-").isdecimal() else value


def _change(
    store: Any, scope: str, knobs: Mapping[str, object], unset: Sequence[str]
) -> dict[str, Any]:
    from uuid import uuid4

    from fulfillment.store.commands.administration.settings import change_settings
    from fulfillment.store.transactions.session import Command

    content = {"knobs": knobs, "unset": unset}
    command = Command(scope, "change_settings", f"change_settings:{uuid4()}", ACTOR, content)
    return change_settings(store, command, knobs, unset)


def _show(found: Mapping[str, Any], *, as_json: bool) -> None:
    from cli.output import console, print_json, table

    if as_json:
        told = {knob: {"value": one.value, "from": one.scope} for knob, one in found.items()}
        print_json({"settings": told})
        return
    rows = [(knob, _told(one.value), one.scope) for knob, one in found.items()]
    console.print(table("Settings", ("setting", "value", "from"), rows))


def _told(value: object) -> str:
    """A value as it is written in `settings set`."""
    if value is None:
        return "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _set_to(change: Any) -> str:
    return _told(change.value) if change else "not set"


@contextmanager
def _store(merchant: str | None, *, for_all: bool) -> Iterator[tuple[Any, str]]:
    """The store, and whose settings are meant."""
    from cli.host import connection
    from fulfillment import settings
    from fulfillment.store.records.loading import EVERYBODY

    with connection.store_of(settings.load()) as store:
        yield store, EVERYBODY if for_all else connection.only_merchant(store, merchant)
