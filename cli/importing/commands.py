"""`pegboard import`: a folder by its mapping, or one file at a time."""

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.importing.options import (
    CountName,
    Create,
    CsvFile,
    Dates,
    Decimal,
    Delimiter,
    DryRun,
    Encoding,
    Errors,
    Location,
    Maps,
    Merchant,
    Sets,
    Thousands,
)

HELP = """
Import products, stock, purchase orders and orders from CSV files.

Good rows go in; each bad one is refused with its file, line and column. Importing again is safe:
products are put, purchase orders and orders are taken once by number, stock is counted once.

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
    count: CountName = None,
) -> None:
    """Import all the files that a mapping describes, in the right order.

    Example: pegboard import folder data/northwind --mapping northwind --create
    """
    from cli.importing.mapping import load
    from cli.importing.session import Asked, import_files

    asked = Asked(merchant, location, create, dry_run, errors, count)
    _end(import_files(load(mapping), path, asked))


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
    decimal: Decimal = ".",
    thousands: Thousands = "",
    encoding: Encoding = "utf-8-sig",
    delimiter: Delimiter = None,
) -> None:
    """Import products. Fields: sku, name, supplier, allow_backorder, packs.NAME, ...

    Example: pegboard import products items.csv --map sku=item_no --map name=title
    """
    sheets = {"products": _sheet(file, map_, set_, encoding, delimiter)}
    formats = {"decimal": decimal, "thousands": thousands}
    _import(file, sheets, formats, (merchant, None, create, dry_run, errors, None))


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
    decimal: Decimal = ".",
    thousands: Thousands = "",
    encoding: Encoding = "utf-8-sig",
    delimiter: Delimiter = None,
) -> None:
    """Add counted units to what is on hand, once. Fields: sku, units, location, disposition.

    Example: pegboard import stock count.csv --location main --map units=on_hand
    """
    sheets = {"stock": _sheet(file, map_, set_, encoding, delimiter)}
    formats = {"decimal": decimal, "thousands": thousands}
    _import(file, sheets, formats, (merchant, location, create, dry_run, errors, count))


@app.command()
def purchase_orders(  # noqa: PLR0913
    file: CsvFile,
    *,
    merchant: Merchant = None,
    location: Location = None,
    map_: Maps = None,
    set_: Sets = None,
    date: Dates = None,
    create: Create = False,
    dry_run: DryRun = False,
    errors: Errors = None,
    decimal: Decimal = ".",
    thousands: Thousands = "",
    encoding: Encoding = "utf-8-sig",
    delimiter: Delimiter = None,
) -> None:
    """Import purchase orders, one line a row. Fields: number, supplier, sku, units, expected_on...

    Example: pegboard import purchase-orders pos.csv --map number=po --date %d.%m.%Y
    """
    both = _split("purchase_orders", "purchase_order_lines", map_, set_)
    shape = {"file": file.name, "encoding": encoding, "delimiter": delimiter}
    sheets = {name: {**shape, **given} for name, given in both.items()}
    formats = {"dates": date or [], "decimal": decimal, "thousands": thousands}
    _import(file, sheets, formats, (merchant, location, create, dry_run, errors, None))


@app.command()
def orders(  # noqa: PLR0913
    file: CsvFile,
    *,
    lines: Annotated[
        Path | None, typer.Option(help="The lines' file; without it each row is a line.")
    ] = None,
    merchant: Merchant = None,
    map_: Maps = None,
    set_: Sets = None,
    map_line: Annotated[
        list[str] | None,
        typer.Option("--map-line", metavar="FIELD=COLUMN", help="As --map, for the lines' file."),
    ] = None,
    date: Dates = None,
    create: Create = False,
    dry_run: DryRun = False,
    errors: Errors = None,
    decimal: Decimal = ".",
    thousands: Thousands = "",
    encoding: Encoding = "utf-8-sig",
    delimiter: Delimiter = None,
) -> None:
    """Import orders with their lines, from one file or from two.

    Fields: number, placed_at, ship_by, customer_reference, address.NAME, ...; of lines: number,
    sku, quantity, line, pack, unit_price.

    Example: pegboard import orders orders.csv --lines lines.csv --map number=order_id
    --map-line number=order_id
    """
    shape = {"encoding": encoding, "delimiter": delimiter}
    both = _split("orders", "order_lines", map_, set_)
    if lines is not None:
        both["orders"]["columns"] = _pairs("--map", map_)
        both["order_lines"]["columns"] = _pairs("--map-line", map_line)
    files = {"orders": file, "order_lines": lines or file}
    sheets = {
        name: {"file": str(files[name].resolve()), **shape, **given} for name, given in both.items()
    }
    formats = {"dates": date or [], "decimal": decimal, "thousands": thousands}
    _import(file, sheets, formats, (merchant, None, create, dry_run, errors, None))


def _import(
    file: Path, sheets: dict[str, Any], formats: dict[str, Any], asked: tuple[Any, ...]
) -> None:
    from cli.importing.mapping import build
    from cli.importing.session import Asked, import_files

    mapping = build({"formats": formats, **sheets}, "options")
    _end(import_files(mapping, file.parent, Asked(*asked)))


def _sheet(
    file: Path,
    maps: list[str] | None,
    sets: list[str] | None,
    encoding: str,
    delimiter: str | None,
) -> dict[str, Any]:
    columns, constants = _pairs("--map", maps), _pairs("--set", sets)
    return {
        "file": file.name,
        "columns": columns,
        "constants": constants,
        "encoding": encoding,
        "delimiter": delimiter,
    }


def _pairs(option: str, given: list[str] | None) -> dict[str, str]:
    from cli.errors import UsageError

    pairs = {}
    for pair in given or ():
        field, sign, rest = pair.partition("=")
        if not sign or not field or not rest:
            raise UsageError(f"{option} takes FIELD=..., not {pair!r}")
        pairs[field] = rest
    return pairs


def _split(
    heads: str, parts: str, maps: list[str] | None, sets: list[str] | None
) -> dict[str, dict[str, Any]]:
    """The options of one file that holds documents and lines: each kind takes what it has."""
    from cli.errors import UsageError
    from cli.importing.kinds import KINDS

    found: dict[str, dict[str, Any]] = {
        heads: {"columns": {}, "constants": {}},
        parts: {"columns": {}, "constants": {}},
    }
    for option, group, given in (("--map", "columns", maps), ("--set", "constants", sets)):
        for field, value in _pairs(option, given).items():
            takers = [name for name in (heads, parts) if KINDS[name].reader_of(field)]
            if not takers:
                known = f"{KINDS[heads].known_fields}, {KINDS[parts].known_fields}"
                raise UsageError(f"{option}: there is no field {field!r}; there are: {known}")
            for name in takers:
                found[name][group][field] = value
    return found


def _end(refused: int) -> None:
    from cli.errors import ExitCode

    if refused:
        raise typer.Exit(ExitCode.FAILED)
