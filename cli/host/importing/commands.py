"""`pegboard import`: a folder by its mapping, or one file at a time."""

from pathlib import Path
from typing import Annotated

import typer

from cli.host.importing.arguments import end, import_given, sheet
from cli.host.importing.document_commands import orders, purchase_orders, receipts
from cli.host.importing.options import (
    CountName,
    Create,
    CsvFile,
    Decimal,
    Delimiter,
    DryRun,
    Encoding,
    Errors,
    Location,
    Maps,
    Mended,
    Sets,
    Strict,
    Thousands,
)
from cli.options import Merchant

HELP = """
Import products, stock, purchase orders, receipts and orders from CSV files.

Good rows go in; each bad one is refused with its file, line and column. Importing again is safe:
products are put; purchase orders, receipts and orders are taken once by number; stock is counted
once.

Example: pegboard import folder data/northwind --mapping northwind --create
"""

app = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode="markdown")


@app.command()
def folder(  # noqa: PLR0913 -- each parameter is an option
    path: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the CSV files are.")],
    *,
    mapping: Annotated[str, typer.Option(help="A preset (northwind), or a TOML file.")],
    merchant: Merchant = None,
    location: Location = None,
    create: Create = False,
    dry_run: DryRun = False,
    errors: Errors = None,
    strict: Strict = False,
    count: CountName = None,
    mended: Mended = None,
) -> None:
    """Import all the files that a mapping describes, in the right order.

    Example: pegboard import folder data/northwind --mapping northwind --create
    """
    from cli.host.connection import opened_store
    from cli.telling import told
    from importing.mapping import load
    from importing.session import Asked, import_files

    asked = Asked(merchant, location, create, dry_run, errors, count, mended, strict)
    end(import_files(load(mapping), path, asked, opened_store, told))


@app.command()
def products(  # noqa: PLR0913
    file: CsvFile,
    *,
    merchant: Merchant = None,
    map_: Maps = None,
    set_: Sets = None,
    create: Create = False,
    dry_run: DryRun = False,
    errors: Errors = None,
    strict: Strict = False,
    decimal: Decimal = ".",
    thousands: Thousands = "",
    encoding: Encoding = "utf-8-sig",
    delimiter: Delimiter = None,
) -> None:
    """Import products.

    Fields: sku, name, supplier, allow_backorder, packs.NAME, barcode, barcodes.PACK, weight_g,
    length_mm, width_mm, height_mm, country_of_origin, customs_code, bins.LOCATION, ...

    Example: pegboard import products items.csv --map sku=item_no --map name=title
    """
    sheets = {"products": sheet(file, map_, set_, encoding, delimiter)}
    formats = {"decimal": decimal, "thousands": thousands}
    import_given(
        file, sheets, formats, (merchant, None, create, dry_run, errors, None), strict=strict
    )


@app.command()
def stock(  # noqa: PLR0913
    file: CsvFile,
    *,
    merchant: Merchant = None,
    location: Location = None,
    map_: Maps = None,
    set_: Sets = None,
    count: CountName = None,
    create: Create = False,
    dry_run: DryRun = False,
    errors: Errors = None,
    strict: Strict = False,
    decimal: Decimal = ".",
    thousands: Thousands = "",
    encoding: Encoding = "utf-8-sig",
    delimiter: Delimiter = None,
) -> None:
    """Add counted units to what is on hand, once. Fields: sku, units, location, disposition.

    Example: pegboard import stock count.csv --location main --map units=on_hand
    """
    sheets = {"stock": sheet(file, map_, set_, encoding, delimiter)}
    formats = {"decimal": decimal, "thousands": thousands}
    import_given(
        file, sheets, formats, (merchant, location, create, dry_run, errors, count), strict=strict
    )


for command in (purchase_orders, receipts, orders):
    app.command()(command)
