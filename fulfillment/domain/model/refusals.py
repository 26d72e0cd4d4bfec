"""A broken business rule, told so that a person or a program can act on it."""

from collections.abc import Sequence
from enum import StrEnum


class RefusalKind(StrEnum):
    """What sort of answer a refusal is; the API maps each to one HTTP status."""

    INVALID = "invalid"
    CONFLICT = "conflict"
    MISSING = "missing"
    GONE = "gone"


class RefusedError(Exception):
    """A request that is final as it stands: `code` is stable, `fields` name what is at fault."""

    def __init__(
        self,
        kind: RefusalKind,
        code: str,
        message: str,
        fields: Sequence[dict[str, object]] = (),
    ) -> None:
        self.kind, self.code, self.fields = kind, code, tuple(fields)
        super().__init__(message)


def invalid(code: str, message: str, field: str, **facts: object) -> RefusedError:
    """A value that can not be taken; `field` is its path in the request."""
    return RefusedError(RefusalKind.INVALID, code, message, [{"field": field, **facts}])


def conflict(code: str, message: str, **facts: object) -> RefusedError:
    """A state that does not allow it."""
    return RefusedError(RefusalKind.CONFLICT, code, message, [facts] if facts else ())


def missing(what: str, name: object) -> RefusedError:
    """Something that does not exist, or not for this merchant."""
    code = f"unknown_{what.replace(' ', '_')}"
    return RefusedError(RefusalKind.MISSING, code, f"there is no {what} {name}")
