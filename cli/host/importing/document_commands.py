"""`pegboard import` of documents with lines: purchase orders, receipts and orders."""

from cli.host.importing.arguments import Given, documents, import_given
from cli.host.importing.options import (
    Create,
    CsvFile,
    Dates,
    Decimal,
    Delimiter,
    DryRun,
    Encoding,
    Errors,
    LineMaps,
    LinesFile,
    Location,
    Maps,
    RoundMoney,
    Sets,
    SkusRepeat,
    Strict,
    Thousands,
)
from cli.options import Merchant


def purchase_orders(  # noqa: PLR0913
    file: CsvFile,
    *,
    lines: LinesFile = None,
    merchant: Merchant = None,
    location: Location = None,
    map_: Maps = None,
    set_: Sets = None,
    map_line: LineMaps = None,
    date: Dates = None,
    skus_repeat: SkusRepeat = False,
    create: Create = False,
    dry_run: DryRun = False,
    errors: Errors = None,
    strict: Strict = False,
    decimal: Decimal = ".",
    thousands: Thousands = "",
    encoding: Encoding = "utf-8-sig",
    delimiter: Delimiter = None,
) -> None:
    """Import purchase orders with their lines, from one file or from two.

    Fields: number, supplier, status (draft, approved), over_receipt_percent and, with --lines,
    expected_on; of lines: number, sku, units, line, location, expected_on.

    Example: pegboard import purchase-orders pos.csv --map number=po --date %d.%m.%Y
    """
    given = Given(file, lines, map_, map_line, set_, skus_repeat)
    sheets = documents(given, "purchase_orders", encoding, delimiter)
    formats = {"dates": date or [], "decimal": decimal, "thousands": thousands}
    import_given(
        file, sheets, formats, (merchant, location, create, dry_run, errors, None), strict=strict
    )


def receipts(  # noqa: PLR0913
    file: CsvFile,
    *,
    lines: LinesFile = None,
    merchant: Merchant = None,
    location: Location = None,
    map_: Maps = None,
    set_: Sets = None,
    map_line: LineMaps = None,
    create: Create = False,
    dry_run: DryRun = False,
    errors: Errors = None,
    strict: Strict = False,
    decimal: Decimal = ".",
    thousands: Thousands = "",
    encoding: Encoding = "utf-8-sig",
    delimiter: Delimiter = None,
) -> None:
    """Count what came for purchase orders; those who wait are served. From one file or from two.

    Fields: number (the receipt's), purchase_order, location; of lines: number, units, and line
    (the purchase order's) or sku.

    Example: pegboard import receipts receipts.csv --map purchase_order=po --location main
    """
    given = Given(file, lines, map_, map_line, set_)
    sheets = documents(given, "receipts", encoding, delimiter)
    formats = {"decimal": decimal, "thousands": thousands}
    import_given(
        file, sheets, formats, (merchant, location, create, dry_run, errors, None), strict=strict
    )


def orders(  # noqa: PLR0913
    file: CsvFile,
    *,
    lines: LinesFile = None,
    merchant: Merchant = None,
    map_: Maps = None,
    set_: Sets = None,
    map_line: LineMaps = None,
    date: Dates = None,
    skus_repeat: SkusRepeat = False,
    create: Create = False,
    dry_run: DryRun = False,
    errors: Errors = None,
    strict: Strict = False,
    decimal: Decimal = ".",
    thousands: Thousands = "",
    round_money: RoundMoney = False,
    encoding: Encoding = "utf-8-sig",
    delimiter: Delimiter = None,
) -> None:
    """Import orders with their lines, from one file or from two.

    Fields: number, placed_at, ship_by, customer_reference, address.NAME, ...; of lines: number,
    sku, quantity, line, pack, unit_price.

    Example: pegboard import orders orders.csv --lines lines.csv --map number=order_id
    --map-line number=order_id
    """
    given = Given(file, lines, map_, map_line, set_, skus_repeat)
    sheets = documents(given, "orders", encoding, delimiter)
    formats = {
        "dates": date or [],
        "decimal": decimal,
        "thousands": thousands,
        "round_money": round_money,
    }
    import_given(
        file, sheets, formats, (merchant, None, create, dry_run, errors, None), strict=strict
    )
