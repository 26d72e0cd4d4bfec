"""What the commands that change an order share: to be only looked at, a note, how to answer."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import typer

from cli.options import AsJson, Merchant

Preview = Annotated[
    bool, typer.Option("--preview", help="Do nothing; show what it would make of every order.")
]
Note = Annotated[str | None, typer.Option(help="Why, for the order's history.")]

ACTOR = "pegboard order"

COUNTS = ("allocated", "not_yet_received", "pegged", "backordered", "ready", "cancelled")


def changes_an_order(make: Callable[..., Any]) -> Callable[..., None]:
    """The command that does, or looks at, the change that `make` returns for its own parameters.

    It gets the options below beside those of `make`. Typer reads them from the signature.
    """

    def command(
        *,
        preview: Preview = False,
        note: Note = None,
        merchant: Merchant = None,
        as_json: AsJson = False,
        **own: Any,
    ) -> None:
        change = make(**own)
        if preview:
            _show_outcomes(_look(merchant, change), as_json=as_json)
        else:
            asked = {"verb": make.__name__, "content": own, "reason": note}
            _show_done(_do(merchant, change, asked), as_json=as_json)

    shared = [
        each
        for each in inspect.signature(command).parameters.values()
        if each.kind is inspect.Parameter.KEYWORD_ONLY
    ]
    own_first = [
        each.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for each in inspect.signature(make).parameters.values()
    ]
    made: Any = command
    made.__name__, made.__doc__ = make.__name__, make.__doc__
    made.__signature__ = inspect.Signature([*own_first, *shared])
    made.__annotations__ = {each.name: each.annotation for each in [*own_first, *shared]}
    return command


def _look(merchant: str | None, change: Any) -> list[dict[str, Any]]:
    from dataclasses import asdict

    from cli.host import connection
    from fulfillment import settings
    from fulfillment.store.planning.change import preview_change

    with connection.store_of(settings.load()) as store:
        told = preview_change(store, connection.only_merchant(store, merchant), change)
    return [asdict(one) for one in told]


def _do(merchant: str | None, change: Any, asked: Mapping[str, Any]) -> dict[str, Any]:
    from uuid import uuid4

    from cli.host import connection
    from fulfillment import settings
    from fulfillment.store.planning.change import change_order
    from fulfillment.store.transactions.session import Command

    with connection.store_of(settings.load()) as store:
        whose = connection.only_merchant(store, merchant)
        key = f"{asked['verb']}:{change.number}:{uuid4()}"
        return change_order(store, Command(whose, key=key, actor=ACTOR, **asked), change)


def _show_outcomes(found: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    """A row for everything that would change of an order."""
    from cli.output import console, print_json, table

    if as_json:
        print_json({"outcomes": found})
        return
    rows = [
        (one["order"], what, before, after)
        for one in found
        for what, before, after in _differences(one["before"], one["after"])
    ]
    console.print(table(_title(len(found)), ("order", "what", "now", "then"), rows))


def _title(orders: int) -> str:
    if not orders:
        return "Nothing would change"
    return f"{orders} orders would change" if orders > 1 else "1 order would change"


def _differences(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[tuple[str, object, object]]:
    names = [name for name in ("status", *COUNTS) if before[name] != after[name]]
    rows = [(name.replace("_", " "), before[name], after[name]) for name in names]
    if before["promised"] != after["promised"]:
        rows.append(("promise", _slices(before["promised"]), _slices(after["promised"])))
    return rows


def _slices(pieces: Sequence[Mapping[str, Any]]) -> list[str]:
    return [f"{piece['units']} on {piece['on']}" for piece in pieces]


def _show_done(done: Mapping[str, Any], *, as_json: bool) -> None:
    """Where the order stands now, and what else the change tells."""
    from rich.text import Text

    from cli.output import console, print_json, table

    if as_json:
        print_json(done)
        return
    waits = f", {done['waiting_units']} units wait" if done["waiting_units"] else ""
    console.print(Text(f"Order {done['number']}: status {done['status']}{waits}"))
    for told in ("taken", "short"):
        if rows := [(row["line"], row["sku"], row["units"]) for row in done.get(told, ())]:
            console.print(table(told.capitalize(), ("line", "sku", "units"), rows))
    if why := done.get("why_not_released"):
        console.print(Text(f"Not released: {why['sentence']}."))
