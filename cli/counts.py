"""`pegboard count ...`: what was counted at a location."""

from datetime import datetime
from typing import Annotated, Any

import typer

from cli.merchant_scope import merchants_store
from cli.options import AsJson, Limit, Merchant

HELP = (
    "Post what was counted at a location, and look at counts."
    "\n\nExample: pegboard count create CC-21 --location vienna TEA-GREEN=22"
)

app = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode="markdown")

ACTOR = "pegboard count"
COUNTED = r"(?P<sku>[^=]+)=(?P<counted>\d{1,9})(?::(?P<disposition>[a-z]+))?"
WRITTEN = "what was counted as SKU=UNITS or SKU=UNITS:DISPOSITION"

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The count's number.")]

OPTIONS = {
    "number": "NUMBER", "location": "--location", "lines": "SKU=UNITS", "reason": "--reason",
}  # fmt: skip


@app.command()
def create(  # noqa: PLR0913 -- each parameter is an option
    number: Number,
    lines: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SKU=UNITS[:DISPOSITION]", help="What is there; `sellable` unless said."
        ),
    ] = None,
    *,
    location: Annotated[str, typer.Option(help="Where it was counted.")],
    everything: Annotated[
        bool,
        typer.Option("--everything", help="What the books have there and is not named is gone."),
    ] = False,
    reason: Annotated[str | None, typer.Option(help="Why, for the ledger.")] = None,
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """What was counted is on hand from now on, all of it or none. A number counts once.

    More units serve those who wait. Fewer take claims back, the latest in rank first; below what is
    picked or staged the count is refused.

    Example: pegboard count create CC-21 --location vienna TEA-GREEN=22 CUP=3:damaged
    """
    from cli.arguments import naming, numbers, parts, request
    from cli.errors import UsageError
    from fulfillment.store.commands.supply.moves.counts import post_count
    from fulfillment.store.commands.supply.moves.documents import count_command
    from starter.models.counts import CountIn

    if not lines and not everything:
        raise UsageError("name SKU=UNITS for what was counted, or --everything for an empty place")
    values = {
        "number": number, "location": location, "reason": reason, "everything": everything,
        "lines": [numbers(row, "counted") for row in parts(COUNTED, lines or (), WRITTEN)],
    }  # fmt: skip
    count = request(CountIn, OPTIONS, values).to_domain()
    with naming(OPTIONS), merchants_store(merchant) as (store, whose):
        _show(post_count(store, count_command(whose, ACTOR, count), count), as_json=as_json)


@app.command("list")
def list_(
    *,
    location: Annotated[str | None, typer.Option(help="Only of this location.")] = None,
    limit: Limit = 50,
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """List counts, the newest first.

    Example: pegboard count list --location vienna
    """
    from cli.views import show_page
    from fulfillment.store.reading.counts import list_counts
    from fulfillment.store.reading.paging import Window

    with merchants_store(merchant) as (store, whose):
        page = store.read(whose, lambda tx: list_counts(tx, Window(limit), location=location))
    columns = ("number", "location", "at", "actor", "line_count", "differing", "reason")
    show_page("counts", columns, page, as_json=as_json)


@app.command()
def show(number: Number, *, merchant: Merchant = None, as_json: AsJson = False) -> None:
    """Show a count: what the books had, what was there, and the difference.

    Example: pegboard count show CC-21
    """
    from fulfillment.store.reading.counts import read_count

    with merchants_store(merchant) as (store, whose):
        _show(store.read(whose, lambda tx: read_count(tx, number)), as_json=as_json)


def _show(found: Any, *, as_json: bool) -> None:
    from cli.output import plain, print_json
    from cli.views import facts, show_lines

    found = plain(found)
    found = found | {"at": datetime.fromisoformat(str(found["at"]))}
    if as_json:
        print_json(found)
        return
    known = facts(found, location="at", at="on", actor="by", reason="for")
    columns = ("sku", "disposition", "expected", "counted", "difference")
    show_lines(f"Count {found['number']}: {known}", columns, found["lines"])
