"""What the fields of the API's types mean, as the OpenAPI document tells it, and their examples.

A field is described where it is defined: by the text below it, at the view in the store or at the
body here. What is named alike everywhere, such as a SKU, is described once, in TERMS.
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_type_hints

from pydantic import BaseModel

from starter.models import shown
from starter.models.paged import Paged
from starter.terms import IN_PATHS, NUMBERS, OF_LISTS, TERMS, VALUES


def classes_of(types: Iterable[Any]) -> set[type[Any]]:
    """Every model and dataclass that these types are made of."""
    found: set[type[Any]] = set()
    todo = list(types)
    while todo:
        one = todo.pop()
        todo += get_args(one)
        if isinstance(one, type) and one not in found and _has_fields(one):
            found.add(one)
            todo += get_type_hints(one, include_extras=True).values()
            todo += _generic_arguments(one)
    return found


def describe_fields(kind: type[Any], schema: dict[str, Any]) -> None:
    """Add to each property of a schema what its class, or else the term, says of it."""
    texts = {name: text for base in reversed(kind.__mro__) for name, text in _texts(base).items()}
    for name, field in _names(kind).items():
        part, text = schema.get("properties", {}).get(name), texts.get(field) or TERMS.get(field)
        if part is not None and text:
            part.setdefault("description", text)


def describe_parameters(path: str, operation: dict[str, Any]) -> None:
    """Add to each parameter of an operation what is said of its word; in a path, an example too."""
    for one in operation.get("parameters", ()):
        example = _example_of(path, one["name"]) if one["in"] == "path" else None
        if example is not None:
            one["example"] = example
        words = OF_LISTS if one["in"] == "query" else IN_PATHS
        if text := words.get(one["name"]) or IN_PATHS.get(one["name"]) or TERMS.get(one["name"]):
            one.setdefault("description", text)


def _example_of(path: str, name: str) -> object:
    """The value that stands for it in the examples of bodies; a number by what it is of."""
    found = (value for start, value in NUMBERS.items() if path.startswith(start))
    return VALUES.get(name) or next(found, None)


def examples_of(kind: type[Any]) -> list[Any]:
    """The example of a class; of a page, one item."""
    if issubclass(kind, Paged):
        return [
            {"items": [one], "next": None}
            for item in _generic_arguments(kind)
            for one in examples_of(item)
        ]
    if kind in shown.EXAMPLES:
        return [shown.EXAMPLES[kind]]
    extra = getattr(kind, "model_config", {}).get("json_schema_extra")
    return list(extra["examples"]) if isinstance(extra, dict) else []


def _has_fields(kind: type[Any]) -> bool:
    return is_dataclass(kind) or issubclass(kind, BaseModel)


def _generic_arguments(kind: type[Any]) -> Iterator[Any]:
    """What a model is parametrised with: the items of a page."""
    for base in kind.__mro__:
        generic = getattr(base, "__pydantic_generic_metadata__", None) or {}
        yield from generic.get("args", ())


def _names(kind: type[Any]) -> dict[str, str]:
    """The name of each property, and that of the field which it shows."""
    if is_dataclass(kind):
        return {f.metadata.get("serialization_alias", f.name): f.name for f in fields(kind)}
    return {name: name for name in kind.model_fields}


def _texts(kind: type[Any]) -> dict[str, str]:
    """The text below each field of a class; nothing where the program is there without its text."""
    module = sys.modules[kind.__module__]
    if not _has_fields(kind) or not module.__file__:
        return {}
    return _texts_in(module.__file__).get(kind.__name__, {})


@cache
def _texts_in(file: str) -> dict[str, dict[str, str]]:
    path = Path(file)
    if path.suffix != ".py" or not path.is_file():
        return {}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name: dict(_below(node)) for node in tree.body if isinstance(node, ast.ClassDef)}


def _below(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, text in zip(node.body, node.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            match text:
                case ast.Expr(ast.Constant(str() as said)):
                    yield field.target.id, " ".join(said.split())
