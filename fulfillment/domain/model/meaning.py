"""What a document or a request means: by this, what is sent again is found to be the same."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import Field, fields, is_dataclass
from types import MappingProxyType
from typing import Any

IN_NO_ORDER = frozenset({"lines", "added", "add_lines", "adjustments", "products", "skus"})
"""Fields whose parts say themselves which line or SKU they are of: nothing hangs on their order."""

LATER = MappingProxyType({"later": True})
"""Marks a field that its document did not always have: it says nothing where it has its default.

So a document that was stored before the field existed is the same as one without it.
"""


def meaning(content: object) -> Any:
    """Plain data, equal for two documents or requests that mean the same.

    Lines may stand in any order. A default that is spelled out is in the document either way;
    where it is a merchant's, who compares has to put it in.
    """
    if content is None or isinstance(content, (str, int)):
        return content  # Most parts are such, and every order is asked.
    if type(content) in _SAID or (is_dataclass(content) and not isinstance(content, type)):
        return {name: _part(name, value) for name, value in _said(content)}
    if isinstance(content, Mapping):
        return {name: _part(name, value) for name, value in content.items()}
    if isinstance(content, (list, tuple)):
        return [meaning(part) for part in content]
    return content


def canonical(content: object) -> str:
    """What it means as one text: JSON with sorted names, moments and days as they are written."""
    return json.dumps(meaning(content), sort_keys=True, separators=(",", ":"), default=str)


def _said(document: Any) -> Iterator[tuple[str, object]]:
    for name, is_later, default in _fields_of(type(document)):
        value = getattr(document, name)
        if not (is_later and value == default):
            yield name, value


_SAID: dict[type, tuple[tuple[str, bool, object], ...]] = {}
"""The fields of each kind of document, with those that came later: looked for once."""


def _fields_of(kind: type) -> tuple[tuple[str, bool, object], ...]:
    if kind not in _SAID:
        _SAID[kind] = tuple((each.name, _is_later(each), each.default) for each in fields(kind))
    return _SAID[kind]


def _is_later(each: Field[Any]) -> bool:
    return bool(each.metadata.get("later"))


def _part(name: str, value: object) -> object:
    meant = meaning(value)
    if name in IN_NO_ORDER and isinstance(meant, list):
        return sorted(meant, key=_place)
    return meant


def _place(part: object) -> tuple[int, str]:
    """By the number of the line, as they mostly are sent; what has none, by what it says."""
    line = part.get("line") if isinstance(part, Mapping) else None
    return line if isinstance(line, int) else 0, canonical(part)
