"""How a command's process ends: one message, the right code, and nothing after it."""

import logging
import os
import sys
import traceback
from collections.abc import Callable
from typing import NoReturn

import click

from cli.errors import CommandError, ExitCode

# Errors of our parts and libraries by name, so that `--help` need not import any of them.
REFUSED = {
    "embedded.errors.EmbeddedServerError",
    "embedded.errors.ServerInUseError",
    "fulfillment.domain.model.refusals.RefusedError",
    "fulfillment.sealing.SealingError",
    "fulfillment.settings.MissingSettingError",
    "importing.errors.ImportStoppedError",
    "pydantic_core._pydantic_core.ValidationError",
}
UNFIT = {"fulfillment.settings.SettingError", "importing.errors.UnfitFileError"}
UNFIT_DATABASE = {
    "fulfillment.settings.DatabaseAddressError",
    "fulfillment.store.reading.health.UnfitDatabaseError",
}
AWAY = {
    "httpx.ConnectError",
    "httpx.ConnectTimeout",
    "psycopg.OperationalError",
    "sqlalchemy.exc.OperationalError",
}


def run_and_end(command: Callable[[], object]) -> NoReturn:
    """Run the command, then end the process with its code.

    The process ends without Python's own clean-up: threads of the Temporal client that are
    still alive then can abort the process with code 134.
    """
    code = _outcome(command)
    logging.shutdown()
    _flush()
    os._exit(code)


def _outcome(command: Callable[[], object]) -> int:
    try:
        command()
    except SystemExit as ending:
        return _code_of(ending)
    except (KeyboardInterrupt, click.Abort):
        return ExitCode.FAILED
    except Exception as error:  # every way a command can fail ends here
        return _explain(error)
    return ExitCode.FINE


def _code_of(ending: SystemExit) -> int:
    """`sys.exit("words")` prints the words and counts as failed."""
    if ending.code is None or isinstance(ending.code, int):
        return ending.code or ExitCode.FINE
    _say(ending.code)
    return ExitCode.FAILED


def _explain(error: Exception) -> int:
    """One line for what a person can put right, a traceback for a fault of ours."""
    if isinstance(error, CommandError):
        _say(str(error))
        return error.exit_code
    names = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__}
    if names & AWAY or _is_temporal_away(error):
        _say(f"a service is away: {_first_line(error)}")
        return ExitCode.SERVICE_AWAY
    if names & UNFIT_DATABASE:
        _say(str(error))
        return ExitCode.SERVICE_AWAY
    if names & UNFIT:
        _say(str(error))
        return ExitCode.USAGE
    if names & REFUSED:
        _say(str(error))
    else:
        traceback.print_exception(error)
    return ExitCode.FAILED


def _first_line(error: Exception) -> str:
    """Without the statement, its values, and hints of more lines, which libraries add."""
    told = str(getattr(error, "orig", None) or error).strip()
    return told.partition("\n")[0]


def _is_temporal_away(error: Exception) -> bool:
    """The client says so with a RuntimeError when it connects, with a status afterwards."""
    if type(error) is RuntimeError and "client connect" in str(error):
        return True
    return getattr(getattr(error, "status", None), "name", None) == "UNAVAILABLE"


def _say(words: object) -> None:
    sys.stderr.write(f"pegboard: {words}\n")


def _flush() -> None:
    """A reader that has gone (`pegboard ... | head`) is no failure."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            continue
