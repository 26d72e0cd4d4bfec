"""The options that many commands share."""

from typing import Annotated

import typer

Merchant = Annotated[
    str | None,
    typer.Option(
        envvar="PEGBOARD_MERCHANT", help="Whose data it is; not needed where there is only one."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Limit = Annotated[int, typer.Option(min=1, max=10_000, help="Rows at most.")]
