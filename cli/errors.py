"""What a command's exit code says."""

from enum import IntEnum


class ExitCode(IntEnum):
    """0 fine, 1 refused or failed, 2 wrong usage, 3 a service that is needed is away."""

    FINE = 0
    FAILED = 1
    USAGE = 2
    SERVICE_AWAY = 3


class CommandError(Exception):
    """A command ends with this message, in one line and without a traceback."""

    exit_code = ExitCode.FAILED


class ServiceAwayError(CommandError):
    """The database, Temporal or the API does not answer."""

    exit_code = ExitCode.SERVICE_AWAY


class UsageError(CommandError):
    """What was asked makes no sense as it stands: an option, a mapping file, a column."""

    exit_code = ExitCode.USAGE
