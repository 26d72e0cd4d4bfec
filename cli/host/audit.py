"""`pegboard audit`: whether what must always be true is true now."""

from typing import Annotated

import typer

from cli.options import AsJson


def audit(
    *,
    engine: Annotated[bool, typer.Option("--engine/--no-engine", help="Ask Temporal, too.")] = True,
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Start orders again whose workflow is gone or behind."),
    ] = False,
    whole: Annotated[
        bool, typer.Option("--whole", help="Also look at the past that was proven before.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check that stock, orders and workflows agree. Exit code 1 when something is wrong.

    It reads one consistent snapshot and locks nothing, so it may run while the system works. What
    was found right once, and was not touched since, is looked at only with --whole.

    Example: pegboard audit --repair
    """
    from cli.errors import ExitCode
    from cli.host import connection
    from cli.host.auditing import check, mend, show
    from cli.output import print_json
    from cli.telling import Step, told
    from fulfillment import settings

    found = settings.load()
    connection.use_temporal_of(found)
    step = Step("opening the database")
    with told(lambda: step.words), connection.store_of(found) as store:
        result = check(store, step, with_engine=engine, whole=whole)
        started = mend(store, result) if repair else 0
    if as_json:
        print_json(result.plain | {"started_again": started})
    else:
        show(result, started)
    if result.findings:
        raise typer.Exit(ExitCode.FAILED)
