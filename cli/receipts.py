"""`pegboard receipt ...`: what came, where it went, and what is taken back."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from cli.merchant_scope import merchants_store
from cli.options import AsJson, Merchant

HELP = "Look at receipts, and take back those that were counted by mistake."

app = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode="markdown")

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The receipt's number.")]


@app.command()
def show(number: Number, *, merchant: Merchant = None, as_json: AsJson = False) -> None:
    """Show a receipt: how many units go straight to which shipments, and how many to the shelf.

    Example: pegboard receipt show GR-1
    """
    from fulfillment.store.reading.receipts import read_receipt

    with merchants_store(merchant) as (store, whose):
        _show(store.read(whose, lambda tx: read_receipt(tx, number)), as_json=as_json)


@app.command(name="list")
def list_(
    *,
    po: Annotated[str | None, typer.Option(help="Only those of this purchase order.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many.")] = 50,
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """List receipts, the newest first.

    Example: pegboard receipt list --po PO-1
    """
    from cli.output import console, print_json, table
    from fulfillment.store.reading.paging import Window
    from fulfillment.store.reading.receipts import list_receipts

    which = {"purchase_order": po or None}
    with merchants_store(merchant) as (store, whose):
        page = store.read(whose, lambda tx: list_receipts(tx, Window(limit), which))
    if as_json:
        print_json({"receipts": page.items, "more": page.next_key is not None})
    else:
        names = ("number", "document", "location", "units", "to_shipments", "to_shelf", "at")
        rows = [[getattr(one, name) for name in names] for one in page.items]
        console.print(table(f"{len(rows)} receipts", titles(names), rows))


@app.command()
def reverse(
    number: Number,
    *,
    reason: Annotated[str, typer.Option(help="Why it is taken back.")],
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """Take a receipt back while its units are not picked: they are to come again.

    Example: pegboard receipt reverse GR-1 --reason "counted on the wrong purchase order"
    """
    from uuid import uuid4

    from fulfillment.store.commands.supply.receipt_reversal import reverse_receipt
    from fulfillment.store.transactions.session import Command

    with merchants_store(merchant) as (store, whose):
        key = f"reverse_receipt:{number}:{uuid4()}"
        command = Command(whose, "reverse_receipt", key, "pegboard receipt", reason=reason)
        _show(reverse_receipt(store, command, number, reason), as_json=as_json)


def _show(receipt: Any, *, as_json: bool) -> None:
    from rich.text import Text

    from cli.output import plain

    receipt = plain(receipt)
    from cli.output import console, print_json, table

    if as_json:
        print_json(receipt)
        return
    head = f"Receipt {receipt['number']} for {receipt['document']} at {receipt['location']}"
    if receipt["reversed_at"]:
        head += f", taken back: {receipt['reversal_reason']}"
    console.print(Text(head))
    names = ("line", "sku", "disposition", "units", "to_shipments", "to_shelf", "undistributed")
    lines = receipt["lines"]
    console.print(table("Lines", titles(names), [[line[n] for n in names] for line in lines]))
    straight = [
        (line["line"], docked["order"], docked["shipment"], docked["units"])
        for line in lines
        for docked in line["shipments"]
    ]
    if straight:
        columns = ("line", "order", "shipment", "units")
        console.print(table("Straight to these shipments", columns, straight))


def titles(names: Sequence[str]) -> list[str]:
    """Fields as columns are titled."""
    return [name.replace("_", " ") for name in names]
