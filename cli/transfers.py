"""`pegboard transfer ...`: what goes from one location to another."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from cli.merchant_scope import merchants_store
from cli.options import AsJson, Limit, Merchant

HELP = (
    "Move goods from one location to another: write, ship and receive transfers."
    "\n\nExample: pegboard transfer create TR-1 --from vienna --to graz TEA-GREEN=12 --ship"
)

app = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode="markdown")

ACTOR = "pegboard transfer"
WANT, WANTS = r"(?P<sku>[^=]+)=(?P<units>\d{1,9})", "what goes as SKU=UNITS"
CAME, CAMES = r"(?P<line>\d{1,9})=(?P<units>\d{1,9})", "what came as LINE=UNITS"

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The transfer's number.")]
Note = Annotated[str | None, typer.Option(help="Why, for the histories of the orders it changes.")]
Source = Annotated[str | None, typer.Option("--from", help="Only from this location.")]
Destination = Annotated[str | None, typer.Option("--to", help="Only to this location.")]

OPTIONS = {
    "number": "NUMBER", "source": "--from", "destination": "--to", "lines": "SKU=UNITS",
    "expected_on": "--expected-on", "note": "--note",
}  # fmt: skip


@app.command()
def create(  # noqa: PLR0913 -- each parameter is an option
    number: Number,
    wants: Annotated[list[str], typer.Argument(metavar="SKU=UNITS...", help="What is to go.")],
    *,
    source: Annotated[str, typer.Option("--from", help="Where the goods are.")],
    destination: Annotated[str, typer.Option("--to", help="Where they are to go.")],
    expected_on: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="When they come; without it nobody is pegged on them."),
    ] = None,
    ship: Annotated[bool, typer.Option("--ship", help="They leave now.")] = False,
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """Write a transfer; nothing moves until it is shipped. The same again changes nothing.

    Example: pegboard transfer create TR-1 --from vienna --to graz TEA-GREEN=12 CUP=3
    """
    from cli.arguments import naming, numbers, one_of_a_number, parts, request
    from fulfillment.store.commands.supply.moves import transfers
    from fulfillment.store.transactions.session import Command
    from starter.models.transfers import TransferIn

    rows = [numbers(row, "units") for row in parts(WANT, wants, WANTS)]
    values = {
        "number": number, "source": source, "destination": destination, "ship": ship,
        "expected_on": expected_on, "lines": [{"line": n} | row for n, row in enumerate(rows, 1)],
    }  # fmt: skip
    wanted = request(TransferIn, OPTIONS, values)
    with naming(OPTIONS), merchants_store(merchant) as (store, whose), one_of_a_number(number):
        key, content = f"create_transfer:{number}", wanted.model_dump(mode="json")
        command = Command(whose, "create_transfer", key, ACTOR, content)
        _show(transfers.create_transfer(store, command, wanted.to_domain()), as_json=as_json)


@app.command("list")
def list_(  # noqa: PLR0913 -- each parameter is an option
    *,
    status: Annotated[list[str] | None, typer.Option(help="With this status; repeatable.")] = None,
    source: Source = None,
    destination: Destination = None,
    sku: Annotated[str | None, typer.Option(help="With a line of this SKU.")] = None,
    limit: Limit = 50,
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """List transfers, the newest first.

    Example: pegboard transfer list --to graz --status in_transit
    """
    from cli.errors import UsageError
    from cli.views import show_page
    from fulfillment.domain.model.moves import TransferStatus
    from fulfillment.store.reading.paging import Window
    from fulfillment.store.reading.transfers import TransferFilter, list_transfers

    if unknown := sorted(set(status or ()) - set(TransferStatus)):
        raise UsageError(f"--status is one of {', '.join(TransferStatus)}, not {unknown[0]!r}")
    which = TransferFilter(status or None, source, destination, sku)
    with merchants_store(merchant) as (store, whose):
        page = store.read(whose, lambda tx: list_transfers(tx, Window(limit), which))
    columns = ("number", "source", "destination", "status", "expected_on", "units", "received")
    show_page("transfers", columns, page, as_json=as_json)


@app.command()
def show(number: Number, *, merchant: Merchant = None, as_json: AsJson = False) -> None:
    """Show a transfer: what goes, what came, and how much of the rest is pegged.

    Example: pegboard transfer show TR-1
    """
    from fulfillment.store.reading.transfers import read_transfer

    with merchants_store(merchant) as (store, whose):
        _show(store.read(whose, lambda tx: read_transfer(tx, number)), as_json=as_json)


@app.command()
def ship(
    number: Number, *, note: Note = None, merchant: Merchant = None, as_json: AsJson = False
) -> None:
    """Send it: available units leave the source, and are inbound until they come.

    Example: pegboard transfer ship TR-1
    """
    from fulfillment.store.commands.supply.moves.transfers import ship_transfer

    _do(ship_transfer, number, note, merchant, as_json=as_json)


@app.command()
def receive(  # noqa: PLR0913 -- each parameter is an option
    number: Number,
    lines: Annotated[
        list[str] | None, typer.Argument(metavar="LINE=UNITS", help="Units that came of a line.")
    ] = None,
    *,
    receipt: Annotated[str, typer.Option(help="Its number, which is counted once.")],
    all_: Annotated[bool, typer.Option("--all", help="All that is under way came.")] = False,
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """Count what came to the destination; those who wait are served.

    Example: pegboard transfer receive TR-1 --receipt GR-12 1=10
    """
    from cli.arguments import naming, numbers, parts, request, some_or_all
    from fulfillment.store.commands.supply.moves.documents import receipt_command
    from fulfillment.store.commands.supply.moves.receiving import receive_transfer
    from starter.models.transfers import TransferReceiptIn

    options = {"number": "--receipt", "lines": "LINE=UNITS"}
    some_or_all(lines, everything=all_, written="LINE=UNITS for what came")
    rows = [numbers(row, "line", "units") for row in parts(CAME, lines or (), CAMES)]
    # Before the database is asked; with --all the lines are known only afterwards.
    request(TransferReceiptIn, options, {"number": receipt, "lines": rows})
    with naming(options), merchants_store(merchant) as (store, whose):
        values = {"number": receipt, "lines": rows or _under_way(store, whose, number)}
        came = request(TransferReceiptIn, options, values).to_domain(number)
        command = receipt_command(whose, "receive_transfer", ACTOR, came)
        _show(receive_transfer(store, command, came), as_json=as_json)


@app.command()
def close(
    number: Number, *, note: Note = None, merchant: Merchant = None, as_json: AsJson = False
) -> None:
    """What is still under way was lost; who was pegged on it is planned anew.

    Example: pegboard transfer close TR-1 --note "Two cartons were lost."
    """
    from fulfillment.store.commands.supply.moves.transfers import close_transfer

    _do(close_transfer, number, note, merchant, as_json=as_json)


@app.command()
def cancel(
    number: Number, *, note: Note = None, merchant: Merchant = None, as_json: AsJson = False
) -> None:
    """It is not sent after all; one that was shipped is received or closed instead.

    Example: pegboard transfer cancel TR-1
    """
    from fulfillment.store.commands.supply.moves.transfers import cancel_transfer

    _do(cancel_transfer, number, note, merchant, as_json=as_json)


def _do(
    act: Callable[..., dict[str, Any]],
    number: str,
    note: str | None,
    merchant: str | None,
    *,
    as_json: bool,
) -> None:
    from uuid import uuid4

    from cli.arguments import request
    from fulfillment.store.transactions.session import Command
    from starter.models.transfers import MoveNoteIn

    verb, why = act.__name__, request(MoveNoteIn, OPTIONS, {"note": note}).note
    with merchants_store(merchant) as (store, whose):
        command = Command(whose, verb, f"{verb}:{number}:{uuid4()}", ACTOR, {"note": why}, why)
        _show(act(store, command, number), as_json=as_json)


def _under_way(store: Any, merchant: str, number: str) -> list[dict[str, int]]:
    """All that may still come, by line."""
    from dataclasses import asdict

    from cli.errors import CommandError
    from fulfillment.store.reading.transfers import read_transfer

    found = asdict(store.read(merchant, lambda tx: read_transfer(tx, number)))
    units = [
        {"line": line["line"], "units": line["outstanding"]}
        for line in found["lines"]
        if line["outstanding"]
    ]
    if not units:
        raise CommandError(f"--all: nothing is outstanding on transfer {number}")
    return units


def _show(found: Any, *, as_json: bool) -> None:
    from cli.output import plain, print_json
    from cli.views import facts, show_lines

    found = plain(found)
    if as_json:
        print_json(found)
        return
    known = facts(found, status="", source="from", destination="to", expected_on="expected")
    columns = ("line", "sku", "units", "received", "closed", "outstanding", "pegged")
    show_lines(f"Transfer {found['number']}: {known}", columns, found["lines"])
