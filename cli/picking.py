"""`pegboard pick ...`: what a picker says of the work that was taken."""

from typing import Annotated, Any

import typer

from cli.merchant_scope import floor_store
from cli.options import AsJson, Merchant
from cli.pick_lists import OPTIONS, Id, app, floor_command, show_list

__all__ = ["app"]

PICKED = r"(?P<shipment>\d{1,18})/(?P<order_line>\d{1,9})=(?P<units>\d{1,9})"
WRITTEN = "picked units as SHIPMENT/LINE=UNITS, as 42/1=3"
CONTAINER, CONTAINERS = r"(?P<order>[^=]+)=(?P<label>.+)", "a container as ORDER=LABEL"

Lines = Annotated[
    list[str] | None, typer.Argument(metavar="SHIPMENT/LINE=UNITS", help="Units of these lines.")
]


@app.command()
def confirm(  # noqa: PLR0913 -- each parameter is an option
    pick_list: Id,
    lines: Lines = None,
    *,
    all_: Annotated[bool, typer.Option("--all", help="All that is left of it.")] = False,
    container: Annotated[
        list[str] | None,
        typer.Option(metavar="ORDER=LABEL", help="Where an order's staged units are; repeatable."),
    ] = None,
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """Units are in the picker's hands, or in their containers; a shipment may become picked.

    Example: pegboard pick confirm 7 42/1=3 42/2=1
    """
    from cli.arguments import naming, parts, request, some_or_all
    from fulfillment.store.commands import floor
    from starter.models.pick_lists import ConfirmIn

    some_or_all(lines, everything=all_, written="SHIPMENT/LINE=UNITS for what was picked")
    named = parts(CONTAINER, container or (), CONTAINERS)
    values = _lines(lines) | {"containers": {row["order"]: row["label"] for row in named}}
    done = request(ConfirmIn, OPTIONS, values)
    with naming(OPTIONS), floor_store(merchant) as (store, whose, merchants):
        asked = floor.Confirmation(pick_list, merchants, done.to_domain(), done.containers)
        command = floor_command(whose, "confirm_picks", pick_list, done.model_dump(mode="json"))
        show_list(floor.confirm(store, command, asked), as_json=as_json)


@app.command()
def unpick(
    pick_list: Id,
    lines: Lines = None,
    *,
    all_: Annotated[bool, typer.Option("--all", help="All that is picked of it.")] = False,
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """Units are on the shelf again, and on the list to be picked; nothing that is packed.

    Example: pegboard pick unpick 7 42/1=1
    """
    from cli.arguments import naming, request, some_or_all
    from fulfillment.store.commands import floor
    from starter.models.pick_lists import UnpickIn

    some_or_all(lines, everything=all_, written="SHIPMENT/LINE=UNITS for what goes back")
    undone = request(UnpickIn, OPTIONS, _lines(lines))
    with naming(OPTIONS), floor_store(merchant) as (store, whose, merchants):
        asked = floor.Confirmation(pick_list, merchants, undone.to_domain())
        command = floor_command(whose, "unpick", pick_list, undone.model_dump(mode="json"))
        show_list(floor.unpick(store, command, asked), as_json=as_json)


@app.command()
def give_up(pick_list: Id, *, merchant: Merchant = None, as_json: AsJson = False) -> None:
    """What nobody began to pick is ready for others; un-pick first what is partly picked.

    Example: pegboard pick give-up 7
    """
    from cli.output import console, print_json
    from fulfillment.store.commands import floor

    with floor_store(merchant) as (store, whose, merchants):
        command = floor_command(whose, "give_up", pick_list, {"list": pick_list})
        done = floor.give_up(store, command, pick_list, merchants)
    if as_json:
        print_json(done)
    else:
        console.print(f"Pick list {pick_list} is given up", highlight=False)


@app.command()
def short(  # noqa: PLR0913 -- each parameter is an option
    pick_list: Id,
    shipment: Annotated[int, typer.Argument(metavar="SHIPMENT", min=1, max=2**63 - 1)],
    line: Annotated[int, typer.Argument(metavar="LINE", min=1, help="The order's line.")],
    *,
    found: Annotated[
        int, typer.Option(min=0, help="Units found in all, those confirmed before too.")
    ],
    reason: Annotated[str, typer.Option(help="Why; write no customer data into it.")],
    container: Annotated[
        str | None, typer.Option(help="For what was found, where it has to wait for the rest.")
    ] = None,
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """Less is there: what is missing leaves on hand, is counted, and waits again at its rank.

    Example: pegboard pick short 7 42 1 --found 2 --reason "Two were broken."
    """
    from cli.arguments import naming, request
    from fulfillment.store.commands import floor
    from starter.models.pick_lists import ShortIn

    values = {
        "shipment": shipment, "order_line": line, "found": found, "reason": reason,
        "container": container,
    }  # fmt: skip
    sent = request(ShortIn, OPTIONS, values)
    with naming(OPTIONS), floor_store(merchant) as (store, whose, merchants):
        mine = _owner(store, whose, (pick_list, shipment), merchants)
        command = floor_command(mine, "pick_short", pick_list, sent.model_dump(mode="json"), reason)
        asked = floor.ShortPick(pick_list, shipment, line, found, container)
        _show_short(floor.pick_short(store, command, asked), as_json=as_json)


def _owner(
    store: Any, whose: str, where: tuple[int, int], merchants: tuple[str, ...] | None
) -> str:
    """The one merchant whose shipment it is on a list."""
    from cli.errors import CommandError
    from fulfillment.store.reading.pick_lists import head_of, merchant_of

    def read(tx: Any) -> str:
        head_of(tx, where[0], merchants)
        return merchant_of(tx, *where)

    owner = str(store.read(whose, read))
    if merchants is not None and owner not in merchants:
        raise CommandError(f"there is no shipment {where[1]}")
    return owner


def _lines(said: list[str] | None) -> dict[str, object]:
    from cli.arguments import numbers, parts

    rows = [numbers(row, *row) for row in parts(PICKED, said or (), WRITTEN)]
    return {"lines": rows} if rows else {"all": True}


def _show_short(done: dict[str, Any], *, as_json: bool) -> None:
    from cli.output import console, print_json

    if as_json:
        print_json(done)
        return
    goes = "what was found goes on" if done["went_on"] else "what was found waits for the rest"
    console.print(f"{done['short']} units short; {goes}; order {done['status']}", highlight=False)
