"""`pegboard return ...`: what comes back from customers."""

from typing import Annotated, Any

import typer

from cli.merchant_scope import merchants_store
from cli.options import AsJson, Limit, Merchant

HELP = (
    "Announce what customers send back, and take it in."
    "\n\nExample: pegboard return create RMA-8 --location vienna --order SO-2 TEA-GREEN=2@1"
)

app = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode="markdown")

ACTOR = "pegboard return"
WANT = r"(?P<sku>[^=]+)=(?P<units>\d{1,9})(?:@(?P<order_line>\d{1,9}))?"
WANTS = "what comes back as SKU=UNITS or SKU=UNITS@LINE"
CAME = r"(?P<line>\d{1,9})=(?P<units>\d{1,9}):(?P<disposition>[a-z]+)"
CAMES = "what came as LINE=UNITS:DISPOSITION, as 1=2:sellable"

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The return's number.")]

OPTIONS = {
    "number": "NUMBER", "location": "--location", "order": "--order", "lines": "SKU=UNITS",
    "reason": "--reason", "expected_on": "--expected-on", "note": "--note",
}  # fmt: skip


@app.command()
def create(  # noqa: PLR0913 -- each parameter is an option
    number: Number,
    wants: Annotated[
        list[str],
        typer.Argument(
            metavar="SKU=UNITS[@LINE]...", help="What comes back, and of which line of the order."
        ),
    ],
    *,
    location: Annotated[str, typer.Option(help="Where it comes to.")],
    order: Annotated[str | None, typer.Option(help="The order that it was shipped for.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why; write no customer data into it.")] = None,
    expected_on: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="When it comes; without it nobody is pegged on it."),
    ] = None,
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """Announce a return; its units are inbound at once. The same again changes nothing.

    Example: pegboard return create RMA-8 --location vienna --order SO-2 TEA-GREEN=2@1
    """
    from cli.arguments import naming, numbers, one_of_a_number, parts, request
    from fulfillment.store.commands.supply.moves.returns import announce_return
    from fulfillment.store.transactions.session import Command
    from starter.models.returns import ReturnIn

    rows = [numbers(row, "units", "order_line") for row in parts(WANT, wants, WANTS)]
    values = {
        "number": number, "location": location, "order": order, "reason": reason,
        "expected_on": expected_on, "lines": [{"line": n} | row for n, row in enumerate(rows, 1)],
    }  # fmt: skip
    wanted = request(ReturnIn, OPTIONS, values)
    with naming(OPTIONS), merchants_store(merchant) as (store, whose), one_of_a_number(number):
        key, content = f"create_return:{number}", wanted.model_dump(mode="json")
        command = Command(whose, "create_return", key, ACTOR, content)
        _show(announce_return(store, command, wanted.to_domain()), as_json=as_json)


@app.command("list")
def list_(  # noqa: PLR0913 -- each parameter is an option
    *,
    status: Annotated[list[str] | None, typer.Option(help="With this status; repeatable.")] = None,
    order: Annotated[str | None, typer.Option(help="Of this order.")] = None,
    sku: Annotated[str | None, typer.Option(help="With a line of this SKU.")] = None,
    limit: Limit = 50,
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """List returns, the newest first.

    Example: pegboard return list --status announced
    """
    from cli.errors import UsageError
    from cli.views import show_page
    from fulfillment.domain.model.moves import ReturnStatus
    from fulfillment.store.reading.paging import Window
    from fulfillment.store.reading.returns import ReturnFilter, list_returns

    if unknown := sorted(set(status or ()) - set(ReturnStatus)):
        raise UsageError(f"--status is one of {', '.join(ReturnStatus)}, not {unknown[0]!r}")
    which = ReturnFilter(status or None, order, sku)
    with merchants_store(merchant) as (store, whose):
        page = store.read(whose, lambda tx: list_returns(tx, Window(limit), which))
    columns = ("number", "location", "order", "status", "expected_on", "units", "received")
    show_page("returns", columns, page, as_json=as_json)


@app.command()
def show(number: Number, *, merchant: Merchant = None, as_json: AsJson = False) -> None:
    """Show a return: what comes back, and what was made of what came.

    Example: pegboard return show RMA-8
    """
    from fulfillment.store.reading.returns import read_return

    with merchants_store(merchant) as (store, whose):
        _show(store.read(whose, lambda tx: read_return(tx, number)), as_json=as_json)


@app.command()
def receive(
    number: Number,
    lines: Annotated[
        list[str],
        typer.Argument(
            metavar="LINE=UNITS:DISPOSITION...",
            help="What came, as `sellable`, `damaged`, `quarantine` or `scrapped`.",
        ),
    ],
    *,
    receipt: Annotated[str, typer.Option(help="Its number, which is counted once.")],
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """Count what came back, by what is made of it; only sellable units serve those who wait.

    Example: pegboard return receive RMA-8 --receipt GR-13 1=1:sellable 1=1:damaged
    """
    from cli.arguments import naming, numbers, parts, request
    from fulfillment.store.commands.supply.moves.documents import receipt_command
    from fulfillment.store.commands.supply.moves.receiving import receive_return
    from starter.models.returns import ReturnReceiptIn

    options = {"number": "--receipt", "lines": "LINE=UNITS:DISPOSITION"}
    rows = [numbers(row, "line", "units") for row in parts(CAME, lines, CAMES)]
    sent = request(ReturnReceiptIn, options, {"number": receipt, "lines": rows})
    with naming(options), merchants_store(merchant) as (store, whose):
        came = sent.to_domain(number)
        command = receipt_command(whose, "receive_return", ACTOR, came)
        _show(receive_return(store, command, came), as_json=as_json)


@app.command()
def close(
    number: Number,
    *,
    note: Annotated[
        str | None, typer.Option(help="Why, for the histories of the orders it changes.")
    ] = None,
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """The rest will not come; who was pegged on it is planned anew.

    Example: pegboard return close RMA-8
    """
    from uuid import uuid4

    from cli.arguments import request
    from fulfillment.store.commands.supply.moves.returns import close_return
    from fulfillment.store.transactions.session import Command
    from starter.models.transfers import MoveNoteIn

    why = request(MoveNoteIn, OPTIONS, {"note": note}).note
    with merchants_store(merchant) as (store, whose):
        key = f"close_return:{number}:{uuid4()}"
        command = Command(whose, "close_return", key, ACTOR, {"note": why}, why)
        _show(close_return(store, command, number), as_json=as_json)


def _show(found: Any, *, as_json: bool) -> None:
    from cli.output import plain, print_json
    from cli.views import facts, show_lines

    found = plain(found)
    if as_json:
        print_json(found)
        return
    known = facts(found, status="", location="to", order="of order", expected_on="expected")
    columns = ("line", "sku", "order_line", "units", "came", "closed", "outstanding", "pegged")
    show_lines(f"Return {found['number']}: {known}", columns, found["lines"])
