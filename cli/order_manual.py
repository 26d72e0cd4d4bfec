"""`pegboard order ...`: what a person does to an order by hand, done or only looked at."""

import re
from typing import Annotated, Any

import typer

from cli.order_changing import changes_an_order
from cli.orders import Number, app

__all__ = ["app"]

Line = Annotated[int | None, typer.Option(min=1, help="One line; all of them unless said.")]


@app.command()
@changes_an_order
def priority(
    number: Number,
    value: Annotated[int, typer.Argument(metavar="PRIORITY", help="0 is served first, 100 last.")],
) -> Any:
    """Give an order another place in the queue.

    Example: pegboard order priority SO-1001 10 --preview
    """
    from fulfillment.store.commands.orders import manual

    return manual.priority(number, value)


@app.command()
@changes_an_order
def policy(
    number: Number,
    values: Annotated[
        list[str] | None,
        typer.Argument(metavar="SETTING=VALUE", help="`preset=NAME` sets several at once."),
    ] = None,
    unset: Annotated[
        list[str] | None, typer.Option(help="Leave it to the merchant again; repeatable.")
    ] = None,
) -> Any:
    """Change settings of one order; those not named stay as they are. `none` is no value.

    Example: pegboard order policy SO-1001 max_shipments=none --unset auto_allocate
    """
    from cli.errors import UsageError
    from cli.settings import parsed
    from fulfillment.store.commands.orders import manual

    if not values and not unset:
        raise UsageError("name a SETTING=VALUE to set, or a setting to --unset")
    return manual.policy(number, dict(parsed(value) for value in values or ()), unset or ())


@app.command()
@changes_an_order
def lock(
    number: Number,
    location: Annotated[str, typer.Argument(metavar="LOCATION", help="The only one it may use.")],
) -> Any:
    """Bind an order to one location; what it holds elsewhere is given back.

    Example: pegboard order lock SO-1001 vienna --preview
    """
    from fulfillment.store.commands.orders import manual

    return manual.lock(number, location)


@app.command()
@changes_an_order
def pin(
    number: Number,
    line: Annotated[int, typer.Argument(min=1, metavar="LINE", help="The order's line.")],
    supplies: Annotated[
        list[str],
        typer.Argument(
            metavar="SUPPLY[=UNITS]",
            help="PO-7, or PO-7/2 for its line 2, restock:R-1, transfer:T-1; all that waits"
            " unless units are said.",
        ),
    ],
) -> Any:
    """Tie a line to what will come, in place of what it was pinned to. It goes before rank.

    Example: pegboard order pin SO-1001 1 PO-1=4 --preview
    """
    from fulfillment.store.commands.orders.pins import pin as pinned

    return pinned(number, line, [_supply(supply) for supply in supplies])


@app.command()
@changes_an_order
def unpin(
    number: Number,
    line: Annotated[int, typer.Argument(min=1, metavar="LINE", help="The order's line.")],
) -> Any:
    """Free a line from what it was pinned to: it is pegged by rank again.

    Example: pegboard order unpin SO-1001 1
    """
    from fulfillment.store.commands.orders.pins import pin as pinned

    return pinned(number, line, [])


SUPPLY = re.compile(
    r"(?:(?P<kind>purchase_order|transfer|return|restock):)?"
    r"(?P<document>[A-Za-z0-9][A-Za-z0-9._#-]{0,63})(?:/(?P<line>\d{1,7}))?(?:=(?P<units>\d{1,7}))?"
)


def _supply(told: str) -> Any:
    from cli.errors import UsageError
    from fulfillment.store.commands.orders.pins import Pinned

    found = SUPPLY.fullmatch(told)
    if found is None or found["units"] == "0":
        raise UsageError(f"a supply is written as PO-7, PO-7/2 or restock:R-1=5, not {told!r}")
    line, units = (int(found[name]) if found[name] else None for name in ("line", "units"))
    return Pinned(found["document"], found["kind"] or "purchase_order", line, units)


@app.command()
@changes_an_order
def unlock(number: Number) -> Any:
    """Let an order use every location again.

    Example: pegboard order unlock SO-1001
    """
    from fulfillment.store.commands.orders import manual

    return manual.lock(number, None)


@app.command()
@changes_an_order
def allocate(number: Number, line: Line = None) -> Any:
    """Take free units for an order by hand, whatever its policy says of it.

    Example: pegboard order allocate SO-1001 --line 2
    """
    from fulfillment.store.commands.orders import manual

    return manual.allocate(number, line)


@app.command()
@changes_an_order
def unallocate(number: Number, line: Line = None) -> Any:
    """Give back what an order holds; it takes nothing by itself from then on.

    Example: pegboard order unallocate SO-1001 --line 2 --preview
    """
    from fulfillment.store.commands.orders import manual

    return manual.unallocate(number, line)


@app.command()
@changes_an_order
def resume_allocation(number: Number, line: Line = None) -> Any:
    """Let an order take stock by itself again.

    Example: pegboard order resume-allocation SO-1001
    """
    from fulfillment.store.commands.orders import manual

    return manual.resume_allocation(number, line)


@app.command()
@changes_an_order
def split(number: Number) -> Any:
    """Let go now what is allocated; the rest waits on in a shipment of its own.

    Example: pegboard order split SO-1001 --preview
    """
    from fulfillment.store.commands.orders import manual

    return manual.split(number)


@app.command()
@changes_an_order
def remove_unavailable(number: Number) -> Any:
    """Cancel what is missing, and let the rest go.

    Example: pegboard order remove-unavailable SO-1001 --preview
    """
    from fulfillment.store.commands.orders import manual

    return manual.remove_unavailable(number)


@app.command()
@changes_an_order
def back_to_ship(number: Number) -> Any:
    """Take what is in stock now, and say what is still short.

    Example: pegboard order back-to-ship SO-1001
    """
    from fulfillment.store.commands.orders import manual

    return manual.back_to_ship(number)


@app.command()
@changes_an_order
def prepare(
    number: Number,
    lines: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="LINE=CHANNEL:LOCATION",
            help="`pick`, `pickup` or `drop_ship` with a location, or `backorder` without.",
        ),
    ] = None,
) -> Any:
    """Choose how lines reach the customer, and let the order go on; the others are routed.

    Example: pegboard order prepare SO-1001 1=pick:vienna 2=drop_ship:supplier 3=backorder
    """
    from fulfillment.store.commands.orders import manual

    return manual.prepare(number, [_choice(said) for said in lines or ()])


def _choice(said: str) -> Any:
    from cli.errors import UsageError
    from fulfillment.domain.actions.manual_prepare import Choice, Choose

    line, _, chosen = said.partition("=")
    channel, _, location = chosen.partition(":")
    if not line.isdecimal() or channel not in list(Choose):
        raise UsageError(f"write a line as LINE=CHANNEL:LOCATION, not {said!r}")
    return Choice(int(line), Choose(channel), location or None)
