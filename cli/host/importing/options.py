"""The options that the import commands share."""

from pathlib import Path
from typing import Annotated

import typer

LOCATION = typer.Option(help="Where the stock is and goods come to, unless a row says otherwise.")
MAP = typer.Option("--map", metavar="FIELD=COLUMN", help="Which column gives a field; repeatable.")
LINES = typer.Option("--lines", help="The lines' file; without it each row is a line.")
MAP_LINE = typer.Option("--map-line", metavar="FIELD=COLUMN", help="As --map, for the lines only.")
SET = typer.Option("--set", metavar="FIELD=VALUE", help="The same value for every row; repeatable.")
CREATE = typer.Option("--create", help="Create the merchant and locations that are missing.")
DRY_RUN = typer.Option("--dry-run", help="Check everything and write nothing.")
ERRORS = typer.Option(help="Write the refused rows here as CSV, with the reasons.")
DATES = typer.Option("--date", metavar="FORM", help="How dates are written: %d.%m.%Y; repeatable.")
DECIMAL = typer.Option(help="The decimal sign.")
THOUSANDS = typer.Option(help="What separates thousands, as in 1,000.")
ROUND_MONEY = typer.Option("--round-money", help="Round digits that a currency does not have.")
SKUS_REPEAT = typer.Option("--skus-repeat", help="A SKU twice in a document is meant twice.")
STRICT = typer.Option("--strict", help="Refuse a file with a column that nothing reads.")
ENCODING = typer.Option(help="How the file is encoded.")
DELIMITER = typer.Option(help="What separates the cells; found out where it is not said.")
COUNT = typer.Option("--count", help="The name of this stock count; the file's unless it is said.")

MENDED = typer.Option("--mended", help="Take the rows of this file that --errors wrote, mended.")

CsvFile = Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file with a header.")]
Location = Annotated[str | None, LOCATION]
Maps = Annotated[list[str] | None, MAP]
LinesFile = Annotated[Path | None, LINES]
LineMaps = Annotated[list[str] | None, MAP_LINE]
Mended = Annotated[Path | None, MENDED]
Sets = Annotated[list[str] | None, SET]
Create = Annotated[bool, CREATE]
DryRun = Annotated[bool, DRY_RUN]
Errors = Annotated[Path | None, ERRORS]
Dates = Annotated[list[str] | None, DATES]
Decimal = Annotated[str, DECIMAL]
Thousands = Annotated[str, THOUSANDS]
RoundMoney = Annotated[bool, ROUND_MONEY]
SkusRepeat = Annotated[bool, SKUS_REPEAT]
Strict = Annotated[bool, STRICT]
Encoding = Annotated[str, ENCODING]
Delimiter = Annotated[str | None, DELIMITER]
CountName = Annotated[str | None, COUNT]
