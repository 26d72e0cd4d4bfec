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
    """A request that is final as it stands: `code` is stable, `fields` name what is at fault.

    `sought` is what there is none of, and its name, where that is why.
    """

    def __init__(
        self,
        kind: RefusalKind,
        code: str,
        message: str,
        fields: Sequence[dict[str, object]] = (),
        sought: tuple[str, object] | None = None,
    ) -> None:
        self.kind, self.code, self.fields, self.sought = kind, code, tuple(fields), sought
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
    message = f"there is no {what} {name}"
    return RefusedError(RefusalKind.MISSING, code, message, sought=(what, name))


def missing_order(number: str, field: str) -> RefusedError:
    """An order that a request names, and that does not exist; `field` is where it names it."""
    message = f"there is no order {number}"
    at: list[dict[str, object]] = [{"field": field}]
    return RefusedError(RefusalKind.INVALID, "unknown_order", message, at, sought=("order", number))
