"""What the failure of an activity says: that a rule refused, or that something went wrong."""

from temporalio.exceptions import ActivityError, ApplicationError, FailureError


def is_of_a_rule(error: FailureError) -> bool:
    """Whether a rule refused: that is final. All else is tried again."""
    cause = _cause_of(error)
    return isinstance(cause, ApplicationError) and cause.non_retryable


def code_of(error: FailureError) -> str | None:
    """The code of the rule that was broken. Raises what says of no rule."""
    cause = _cause_of(error)
    if not isinstance(cause, ApplicationError):
        raise error
    return cause.type


def _cause_of(error: FailureError) -> BaseException | None:
    """What an activity told; a local one's failure comes without the engine's words around it."""
    return error.cause if isinstance(error, ActivityError) else error
