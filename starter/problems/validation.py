"""What pydantic found wrong, told by path and rule, never by what was sent."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from starter.problems.documents import Told

SAFE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,40}")
SOURCES = frozenset({"body", "query", "path", "header", "cookie"})
NOT_AN_OBJECT = frozenset({"model_attributes_type", "model_type", "dict_type"})
MOST_TOLD = 50


def told_of_errors(errors: Sequence[Mapping[str, Any]]) -> Told:
    """A 422 that names every field at fault, the first fifty of them."""
    told = [_error(error) for error in errors[:MOST_TOLD]]
    where = ", ".join(str(error["field"]) for error in told[:3])
    more = f" and {len(errors) - 3} more" if len(errors) > len(told[:3]) else ""
    return Told(422, "invalid_request", f"{where}{more}: {told[0]['message']}", told)


def is_unreadable(errors: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the body was no JSON at all."""
    return any(error["type"] == "json_invalid" for error in errors)


def is_no_object(errors: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the body as a whole was something else than an object."""
    return any(error["type"] in NOT_AN_OBJECT and error["loc"] == ("body",) for error in errors)


def _error(error: Mapping[str, Any]) -> dict[str, object]:
    return {
        "field": path(error["loc"]),
        "code": str(error["type"]),
        "message": _message(error),
    }


def _message(error: Mapping[str, Any]) -> str:
    """Pydantic's sentence tells the rule; the few that could quote the input are replaced."""
    if error["type"] in ("value_error", "assertion_error"):
        return "the value is not allowed here"
    return str(error["msg"])


def path(location: Sequence[object]) -> str:
    """A field's path as one writes it: lines[0].quantity."""
    parts = list(location[1:]) if location and location[0] in SOURCES else list(location)
    text = ""
    for part in parts:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part != "[key]":
            text += f".{_name(str(part))}" if text else _name(str(part))
    return text or "body"


def _name(part: str) -> str:
    """A name that the client made up is told only if it could be a name at all."""
    return part if SAFE_NAME.fullmatch(part) else "?"
