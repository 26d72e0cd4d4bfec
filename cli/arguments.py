"""What is said on the command line: checked as the API checks it, and told by its option."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from cli.errors import CommandError, UsageError

if TYPE_CHECKING:
    from pydantic import BaseModel

Model = TypeVar("Model", bound="BaseModel")
Options = Mapping[str, str]
"""How the fields of a request are named on the command line."""


def request(model: type[Model], options: Options, values: Mapping[str, object]) -> Model:
    """What the API would take for the same, or a usage error that names the option at fault."""
    from pydantic import ValidationError

    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        words = first["msg"][:1].lower() + first["msg"][1:]
        raise UsageError(f"{_option(first['loc'], options)}{words}, not {_said(first)}") from None


def _said(error: Any) -> str:
    found = error["input"]
    return repr(found) if isinstance(found, str | int) else "what was said"


def _option(location: Sequence[object], options: Options) -> str:
    name = str(location[0]) if location else ""
    return f"{options.get(name, name)}: " if name else ""


@contextmanager
def naming(options: Options) -> Iterator[None]:
    """A refusal names the option at fault, where it is about the value of one."""
    from fulfillment.domain.model.refusals import RefusedError

    try:
        yield
    except RefusedError as refusal:
        fields = [str(one.get("field", "")) for one in refusal.fields]
        location = [re.split(r"[.\[]", fields[0])[0]] if fields else []
        raise CommandError(f"{_option(location, options)}{refusal}") from refusal


@contextmanager
def one_of_a_number(number: str) -> Iterator[None]:
    """The same document again is answered as the first time; other content is refused."""
    from fulfillment.domain.model.refusals import RefusedError

    try:
        yield
    except RefusedError as refusal:
        if refusal.code != "key_reused":
            raise
        raise CommandError(f"{number} exists with other content") from refusal


def parts(form: str, said: Sequence[str], written: str) -> list[dict[str, str]]:
    """The named parts of each thing that was said; `written` is how one is written."""
    found = [re.fullmatch(form, each) for each in said]
    for each, match in zip(said, found, strict=True):
        if match is None:
            raise UsageError(f"write {written}, not {each!r}")
    return [
        {name: part for name, part in match.groupdict().items() if part is not None}
        for match in found
        if match
    ]


def numbers(row: Mapping[str, str], *names: str) -> dict[str, object]:
    """The row with these parts as numbers."""
    return {name: int(part) if name in names else part for name, part in row.items()}


def some_or_all(said: Sequence[str] | None, *, everything: bool, written: str) -> None:
    """What is named, or all that there is: one of both."""
    if bool(said) is everything:
        raise UsageError(f"name {written}, or --all")
