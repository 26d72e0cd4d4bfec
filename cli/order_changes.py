"""`pegboard order ...`: what people change on an order, and whether it may go on."""

from typing import Annotated, Any

import typer

from cli.order_changing import changes_an_order
from cli.order_manual import app
from cli.orders import Number

__all__ = ["app"]

Line = Annotated[int, typer.Argument(min=1, metavar="LINE", help="The order's line.")]
Pack = Annotated[str | None, typer.Option(help="The number is of these packs, not of base units.")]
Price = Annotated[int | None, typer.Option(min=0, help="Of one base unit, in minor units.")]
Reason = Annotated[str, typer.Argument(metavar="REASON", help="A short code: payment_review.")]


# --- whether it may go on ------------------------------------------------------------------------


@app.command()
@changes_an_order
def verify(number: Number) -> Any:
    """Say that an order is good; what waits only for that goes on.

    Example: pegboard order verify SO-1001
    """
    from fulfillment.store.commands.orders import lifecycle

    return lifecycle.verifying(number)


@app.command()
@changes_an_order
def hold(number: Number, reason: Reason) -> Any:
    """Keep an order from going on; it keeps its units and its place.

    Example: pegboard order hold SO-1001 payment_review --note "Card was declined."
    """
    import re

    from cli.errors import UsageError
    from fulfillment.store.commands.orders import lifecycle

    if not re.fullmatch("[a-z][a-z0-9_]{0,39}", reason):
        raise UsageError(f"a reason is a short code as payment_review, not {reason!r}; see --note")
    return lifecycle.putting_on_hold(number, reason)


@app.command()
@changes_an_order
def unhold(
    number: Number,
    reason: Annotated[
        str | None, typer.Argument(metavar="REASON", help="One hold; all of them unless said.")
    ] = None,
) -> Any:
    """Lift a hold, or all of them; what waits only for that goes on.

    Example: pegboard order unhold SO-1001 payment_review
    """
    from fulfillment.store.commands.orders import lifecycle

    return lifecycle.lifting_hold(number, reason)


# --- fewer, more, others -------------------------------------------------------------------------


@app.command()
@changes_an_order
def cancel(
    number: Number,
    lines: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="LINE[=UNITS]", help="Only these; a line's units, or all of it that is left."
        ),
    ] = None,
) -> Any:
    """Cancel what has not left the building, or some lines; its units go to those who wait.

    Example: pegboard order cancel SO-1001 1=2 3 --preview
    """
    from fulfillment.store.commands.orders import lifecycle, line_changes

    if not lines:
        return lifecycle.cancelling(number)
    return line_changes.cancelling_units(number, [_line_units(told) for told in lines])


def _line_units(told: str) -> Any:
    from cli.errors import UsageError
    from fulfillment.domain.actions.line_changes import LineUnits

    line, equals, units = told.partition("=")
    if not line.isdecimal() or (equals and not units.isdecimal()):
        raise UsageError(f"write a line as LINE or LINE=UNITS, not {told!r}")
    return LineUnits(int(line), int(units) if equals else None)


@app.command()
@changes_an_order
def mark_backordered(number: Number, line: Line) -> Any:
    """Let a line wait, by hand, whatever it holds.

    Example: pegboard order mark-backordered SO-1001 2
    """
    from fulfillment.store.commands.orders import manual

    return manual.mark_backordered(number, line)


@app.command()
@changes_an_order
def quantity(
    number: Number,
    line: Line,
    units: Annotated[
        int, typer.Argument(min=1, max=1_000_000, metavar="UNITS", help="In all, shipped ones too.")
    ],
    pack: Pack = None,
) -> Any:
    """Say for how many units a line is to be in all.

    Example: pegboard order quantity SO-1001 1 4 --preview
    """
    from fulfillment.store.commands.orders import line_changes

    return line_changes.quantity(number, line, units, pack)


@app.command()
@changes_an_order
def add_line(  # noqa: PLR0913 -- each parameter is an option
    *,
    number: Number,
    sku: Annotated[str, typer.Argument(metavar="SKU")],
    amount: Annotated[
        int, typer.Argument(min=1, max=1_000_000, metavar="QUANTITY", help="Base units, or packs.")
    ],
    line: Annotated[
        int | None, typer.Option(min=1, max=1_000_000, help="Its number; else the next one.")
    ] = None,
    pack: Pack = None,
    unit_price: Price = None,
) -> Any:
    """Add a line to an order of which something is still to be done.

    Example: pegboard order add-line SO-1001 TEA-GREEN 2 --pack carton
    """
    from fulfillment.store.commands.orders import line_changes

    return line_changes.add_line(number, line_changes.Added(sku, amount, pack, unit_price, line))


@app.command()
@changes_an_order
def exchange(
    number: Number,
    line: Line,
    sku: Annotated[str, typer.Argument(metavar="SKU", help="What it is to be instead.")],
    units: Annotated[
        int | None, typer.Option(min=1, help="So many; all that has not left unless said.")
    ] = None,
    unit_price: Price = None,
) -> Any:
    """Exchange units of a line for another SKU; what they held is free for others.

    Example: pegboard order exchange SO-1001 1 TEA-BLACK --units 2 --preview
    """
    from fulfillment.domain.actions.line_changes import LineUnits
    from fulfillment.store.commands.orders import line_changes

    return line_changes.exchange(number, LineUnits(line, units), sku, unit_price)


# --- where to, and until when --------------------------------------------------------------------


@app.command()
@changes_an_order
def address(
    number: Number,
    values: Annotated[
        list[str],
        typer.Argument(
            metavar="FIELD=VALUE",
            help="name, company, line1, line2, city, region, postal_code, country, instructions.",
        ),
    ],
) -> Any:
    """Change where an order goes, all of it, until a shipment of it is packed.

    Example: pegboard order address SO-1001 name=Example line1="1 Example Street" country=AT
    """
    from fulfillment.store.commands.orders import details

    return details.address(number, details.Customer(address=_address(values)))


ADDRESS = (
    "name", "company", "line1", "line2", "city", "region", "postal_code", "country", "instructions",
)  # fmt: skip


def _address(values: list[str]) -> dict[str, object]:
    from cli.errors import UsageError

    told: dict[str, object] = {}
    for value in values:
        name, equals, text = value.partition("=")
        if name not in ADDRESS or not equals or not text.isprintable():
            raise UsageError(f"write an address as FIELD=VALUE; there are {', '.join(ADDRESS)}")
        told[name] = text
    return told


@app.command()
@changes_an_order
def cancel_date(
    number: Number,
    day: Annotated[
        str, typer.Argument(metavar="DAY", help="2026-04-30, `never`, or `policy` to give it back.")
    ],
) -> Any:
    """Say on which day what then still waits is cancelled, unless supply is due by then.

    Example: pegboard order cancel-date SO-1001 2026-04-30
    """
    from fulfillment.store.commands.orders import details

    return details.cancel_date(number, _day(day))


def _day(told: str) -> Any:
    from datetime import date

    from cli.errors import UsageError
    from fulfillment.domain.planning.expiry import NEVER

    if told in ("never", "policy"):
        return NEVER if told == "never" else None
    try:
        return date.fromisoformat(told)
    except ValueError:
        raise UsageError(f"a day is written as 2026-04-30, not {told!r}") from None
