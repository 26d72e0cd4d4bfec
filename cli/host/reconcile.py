"""`pegboard reconcile`: after the database was put back from an older copy."""

from typing import Annotated

import typer

from cli.options import AsJson


def reconcile(
    *,
    preview: Annotated[
        bool, typer.Option("--preview", help="Say what is at odds, and do nothing.")
    ] = False,
    end_unknown: Annotated[
        bool,
        typer.Option("--end-unknown", help="End workflows of orders that the database lacks."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Bring Temporal and a database that was put back from an older copy together again.

    Stop workers and API before, start them after it. It begins a new epoch, in which no id is used
    again; puts on hold what left, ended or was held after the copy was made; owes every unfinished
    order a start; and lists what Temporal knows and the database does not. Safe to run again.

    Example: pegboard reconcile --preview
    """
    from cli.host import connection
    from cli.host.reconciling import run, show
    from cli.output import print_json
    from cli.telling import Step, told
    from fulfillment import settings

    found = settings.load()
    connection.use_temporal_of(found)
    step = Step("opening the database")
    with told(lambda: step.words), connection.store_of(found) as store:
        report = run(store, step, only_preview=preview, end_unknown=end_unknown)
    if as_json:
        print_json(report.plain)
    else:
        show(report, only_preview=preview)
