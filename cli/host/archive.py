"""`pegboard archive`: how much is archived, and a round of it now."""

from typing import Annotated

import typer

from cli.options import AsJson


def archive(
    *,
    now: Annotated[
        bool,
        typer.Option("--now", help="Archive what is at rest now; the worker does it each hour."),
    ] = False,
    bring_all_back: Annotated[
        bool,
        typer.Option("--bring-all-back", help="Put every archived order back into the tables."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Tell how many orders are archived, month by month.

    Orders are archived so many days after they are over as `archive_after_days` of their merchant
    says. A month that was taken out of the database is told as away.

    Example: pegboard archive --now
    """
    from cli.errors import CommandError
    from cli.host.archiving import all_back, round_now, show, told_months
    from cli.host.connection import opened_store
    from cli.output import print_json
    from cli.telling import Step, told

    if now and bring_all_back:
        raise CommandError("either --now or --bring-all-back: one undoes the other")
    step = Step("opening the database")
    with told(lambda: step.words), opened_store() as store:
        moved = round_now(store, step) if now else all_back(store, step) if bring_all_back else 0
        months = told_months(store)
    if as_json:
        print_json({"moved": moved, "months": [month.plain for month in months]})
    else:
        show(months, moved, back=bring_all_back)
