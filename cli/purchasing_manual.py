"""`pegboard po ...`: what a person does to purchase orders."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.arguments import naming
from cli.merchant_scope import merchants_store
from cli.options import AsJson, Merchant
from cli.purchasing import OPTIONS, Number, app

if TYPE_CHECKING:
    from datetime import date

    from fulfillment.store.commands.supply.purchase_orders import Receipt

__all__ = ["app"]

ACTOR = "pegboard po"
PREFIX = r"[A-Za-z0-9][A-Za-z0-9._/#-]{0,47}"
RECEIPT = r"[A-Za-z0-9][A-Za-z0-9._/#-]{0,63}"
LINE = r"([0-9]{1,7})=([0-9]{1,7})"

Note = Annotated[str | None, typer.Option(help="Why, for the histories of the orders it changes.")]


@app.command()
def draft(  # noqa: PLR0913 -- each parameter is an option
    *,
    supplier: Annotated[
        str | None, typer.Option(help="Only of this one, and --sku that have none.")
    ] = None,
    sku: Annotated[list[str] | None, typer.Option(help="Only this SKU; repeatable.")] = None,
    location: Annotated[
        str | None, typer.Option(help="Only what is to be bought for this location.")
    ] = None,
    expected_on: Annotated[
        str | None, typer.Option(metavar="DATE", help="When it should come, as 2026-03-31.")
    ] = None,
    prefix: Annotated[str, typer.Option(help="Numbers are this and the next free number.")] = "PO-",
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """Draft purchase orders for all that should be bought, one for each supplier.

    What is drafted counts as bought; approve it, and orders are pegged to it.

    Example: pegboard po draft --supplier "Leaf Imports" --expected-on 2026-03-31
    """
    from cli.errors import UsageError
    from cli.output import plain, print_json
    from cli.purchasing_views import show_drafted
    from fulfillment.store.commands.supply.purchase_orders import Draft, draft_purchase_orders

    if supplier == "":
        raise UsageError("--supplier is a supplier's name")
    _check("--prefix", PREFIX, prefix)
    skus = tuple(sku) if sku else None
    asked = Draft(supplier, skus, location, prefix, day(expected_on))
    with naming(OPTIONS), merchants_store(merchant) as (store, whose):
        command = command_of(whose, "draft_purchase_orders", {"draft": str(asked)})
        done = draft_purchase_orders(store, command, asked)
    if as_json:
        print_json(done)
    else:
        show_drafted(plain(done))


@app.command()
def approve(
    number: Number, *, note: Note = None, merchant: Merchant = None, as_json: AsJson = False
) -> None:
    """Approve a draft: it counts as inbound, and who waits is pegged to it.

    Example: pegboard po approve PO-1
    """
    show_it(_moved(merchant, number, "approved", note), as_json=as_json)


@app.command()
def status(
    number: Number,
    target: Annotated[
        str, typer.Argument(metavar="STATUS", help="`in_transit`, `arrived`, `closed`, `cancelled`")
    ],
    *,
    note: Note = None,
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """Send a purchase order on its way, close it short or cancel it; who waits is planned anew.

    Example: pegboard po status PO-1 in_transit
    """
    from cli.errors import UsageError

    known = ("in_transit", "arrived", "closed", "cancelled")
    if target not in known:
        raise UsageError(f"STATUS is one of {', '.join(known)}, not {target!r}")
    show_it(_moved(merchant, number, target, note), as_json=as_json)


@app.command()
def receive(  # noqa: PLR0913 -- each parameter is an option
    number: Number,
    lines: Annotated[
        list[str] | None, typer.Argument(metavar="LINE=UNITS", help="Units that came of a line.")
    ] = None,
    *,
    receipt: Annotated[str, typer.Option(help="Its number, which is counted once.")],
    location: Annotated[str, typer.Option(help="Where the goods are.")],
    all_: Annotated[bool, typer.Option("--all", help="All that is outstanding came.")] = False,
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """Count what came; those who wait are served.

    Example: pegboard po receive PO-1 --receipt GR-1 --location vienna 1=40 2=12
    """
    from cli.errors import UsageError

    if bool(lines) is all_:
        raise UsageError("name LINE=UNITS for what came, or --all")
    _check("--receipt", RECEIPT, receipt)
    units = dict(line_and_units(said) for said in lines or ())
    if len(units) < len(lines or ()):
        raise UsageError("LINE=UNITS names each line once")
    with naming(OPTIONS), merchants_store(merchant) as (store, whose):
        counted = units or _outstanding(store, whose, number)
        show_it(
            _received(store, whose, _receipt(receipt, number, location, counted)), as_json=as_json
        )


def _receipt(receipt: str, number: str, location: str, units: Mapping[int, int]) -> "Receipt":
    from fulfillment.store.commands.supply.purchase_orders import Receipt, ReceivedLine

    lines = tuple(ReceivedLine(line, came) for line, came in units.items())
    return Receipt(receipt, number, location, lines)


def _received(store: Any, merchant: str, came: "Receipt") -> dict[str, Any]:
    from fulfillment.store.commands.supply.purchase_orders import receipt_content, receipt_key
    from fulfillment.store.commands.supply.purchase_orders import receive as count
    from fulfillment.store.transactions.session import Command

    key, content = receipt_key(came), receipt_content(came)
    return count(store, Command(merchant, "receive", key, ACTOR, content), came)


def _outstanding(store: Any, merchant: str, number: str) -> dict[int, int]:
    """All that may still come, by line."""
    from cli.errors import CommandError
    from fulfillment.store.reading.purchase_orders import read_purchase_order

    found = store.read(merchant, lambda tx: read_purchase_order(tx, number))
    units = {line.line: line.outstanding for line in found.lines if line.outstanding}
    if not units:
        raise CommandError(f"--all: nothing is outstanding on purchase order {number}")
    return units


def _moved(merchant: str | None, number: str, status: str, note: str | None) -> Any:
    from fulfillment.domain.model.statuses import PurchaseOrderStatus
    from fulfillment.store.commands.supply.purchase_orders import move_status

    with merchants_store(merchant) as (store, whose):
        command = command_of(whose, "move_purchase_order", {"status": status}, note)
        return move_status(store, command, number, PurchaseOrderStatus(status))


def command_of(
    merchant: str, verb: str, content: Mapping[str, object], reason: str | None = None
) -> Any:
    """A command that is its own: said again, it is done again."""
    from uuid import uuid4

    from fulfillment.store.transactions.session import Command

    return Command(merchant, verb, f"{verb}:{uuid4()}", ACTOR, content, reason)


def show_it(moved: Any, *, as_json: bool) -> None:
    """Where the purchase order stands now, as a sentence or as JSON."""
    from cli.output import plain, print_json
    from cli.purchasing_views import show_moved

    moved = plain(moved)
    if as_json:
        print_json(moved)
    else:
        show_moved(moved)


def _check(option: str, form: str, said: str) -> None:
    import re

    from cli.errors import UsageError

    if not re.fullmatch(form, said):
        raise UsageError(f"{option} is letters, digits and any of . _ / # -, not {said!r}")


def day(said: str | None) -> "date | None":
    """A date as it is said, or a refusal that shows how to say one."""
    from datetime import date

    from cli.errors import UsageError

    if said is None:
        return None
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise UsageError(f"--expected-on is a date as 2026-03-31, not {said!r}") from None


def line_and_units(said: str) -> tuple[int, int]:
    """A line's number and units, or a refusal that shows how to say them."""
    import re

    from cli.errors import UsageError

    if not (found := re.fullmatch(LINE, said)):
        raise UsageError(f"write LINE=UNITS, not {said!r}")
    return int(found[1]), int(found[2])
