"""`pegboard document ...`: the papers of the floor, written as PDF."""

from pathlib import Path
from typing import Annotated

import typer

from cli.options import Merchant

HELP = (
    "Write pick lists, packing slips and container labels as PDF."
    "\n\nExample: pegboard document pick-list 7 -o list.pdf"
)

app = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode="markdown")

Output = Annotated[
    Path | None,
    typer.Option("-o", "--output", help="Where to write it; - is the standard output."),
]
Id = Annotated[int, typer.Argument(metavar="ID", min=1, help="Its id.")]


@app.command("pick-list")
def pick_list(id_: Id, *, output: Output = None, merchant: Merchant = None) -> None:
    """Write a pick list: of every merchant on it, or of one.

    Example: pegboard document pick-list 7 -o list.pdf
    """
    from cli.host import connection
    from documents.pick_list import draw_pick_list
    from fulfillment import settings
    from fulfillment.store.reading.documents import read_pick_list_paper

    whose = None if merchant is None else [merchant]
    with connection.store_of(settings.load()) as store:
        paper = store.read("*", lambda tx: read_pick_list_paper(tx, id_, whose))
    _write(draw_pick_list(paper), output, f"pick-list-{id_}.pdf")


@app.command("packing-slip")
def packing_slip(
    id_: Annotated[int, typer.Argument(metavar="SHIPMENT", min=1, help="The shipment's id.")],
    *,
    package: Annotated[int | None, typer.Option(min=1, help="This package alone.")] = None,
    output: Output = None,
    merchant: Merchant = None,
) -> None:
    """Write the packing slips of a shipment, a page for each package, with the address.

    Example: pegboard document packing-slip 42 --package 2 -o slip.pdf
    """
    from cli.merchant_scope import merchants_store
    from documents.packing_slip import draw_packing_slip
    from fulfillment.store.reading.documents import read_packing_slip

    with merchants_store(merchant) as (store, whose):
        slip = store.read(whose, lambda tx: read_packing_slip(tx, id_, package))
    _write(draw_packing_slip(slip), output, f"packing-slip-{id_}.pdf")


@app.command("container-label")
def container_label(id_: Id, *, output: Output = None, merchant: Merchant = None) -> None:
    """Write the label of a container with staged units.

    Example: pegboard document container-label 3 -o label.pdf
    """
    from cli.host import connection
    from documents.container_label import draw_container_label
    from fulfillment import settings
    from fulfillment.store.reading.documents import read_container_label

    whose = None if merchant is None else [merchant]
    with connection.store_of(settings.load()) as store:
        label = store.read("*", lambda tx: read_container_label(tx, id_, whose))
    _write(draw_container_label(label), output, f"container-{id_}.pdf")


def _write(document: bytes, output: Path | None, name: str) -> None:
    import sys

    from cli.errors import CommandError
    from cli.output import console

    if output == Path("-"):
        sys.stdout.buffer.write(document)
        return
    path = output or Path(name)
    try:
        path.write_bytes(document)
    except OSError as error:
        raise CommandError(f"{path} can not be written: {error.strerror}") from None
    console.print(f"{path} is written", soft_wrap=True, highlight=False, markup=False)
