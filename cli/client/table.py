"""What one command is: data, from which says, completion and the request come."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from cli.blocks import Block
from cli.client.readers import Flag, Reader, Text, Whole

AS_IT_IS = Text()

Answer = Any
"""What the API answered, as JSON."""

View = Callable[[Answer, Mapping[str, Any]], Iterable[Block]]
"""What is shown of an answer; the mapping holds the parts of the request's path."""


class Asks(Protocol):
    """Reads from the API, for a request that has to know something first."""

    def read(self, path: str, query: Mapping[str, Any] | None = None) -> Answer:
        """The answer to a GET."""
        ...


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument or option, and the place of the request that it fills.

    `to` is `path.NAME`, `query.NAME`, `body.NAME`, `body` for an object that is merged into the
    body, or `client.NAME` for what only `complete` reads. `name` is how a person sees it: `--po`,
    or an argument's `LINE=UNITS`.
    """

    to: str
    name: str
    says: str
    read: Reader = AS_IT_IS
    required: bool = False
    many: bool = False

    @property
    def is_option(self) -> bool:
        """Whether it is named, not told by its place."""
        return self.name.startswith("-")

    @property
    def field(self) -> str:
        """The field of the request that it fills; empty for the whole body."""
        return self.to.partition(".")[2]

    @property
    def label(self) -> str:
        """How it is named to a person: without what may be left out."""
        return self.name.strip("[]").split("[")[0].rstrip(".")

    @property
    def identifier(self) -> str:
        """Its name in Python."""
        return self.to.replace(".", "_")


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent: the path is filled, what was not said is not there."""

    method: str
    path: str
    query: Mapping[str, Any]
    body: Mapping[str, Any] | None
    arguments: Mapping[str, Any]
    """The parts of the path, by name."""

    client: Mapping[str, Any] = field(default_factory=dict)
    """Options that are for the client alone, as they were read."""

    def with_body(self, **fields: object) -> "Request":
        """The same with these fields of the body."""
        return replace(self, body={**(self.body or {}), **fields})


Complete = Callable[[Asks, Request], Request]
"""Fills in what the API has to be asked for first."""


@dataclass(frozen=True, slots=True)
class Follow:
    """A read that is asked again until it is done, with a line for each change."""

    is_done: Callable[[Answer], bool]
    tell: Callable[[Answer], Iterable[Block]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """`pegboard GROUP VERB`: one operation of the API; without a verb the group is the command."""

    group: str
    verb: str
    method: str
    path: str
    says: str
    example: str
    view: View
    parameters: Sequence[Parameter] = ()
    fixed: Mapping[str, Any] | None = None
    """Fields of the body that are always the same."""

    either: tuple[str, str] | None = None
    """Two parameters, by what they fill, of which just one is named."""

    some: tuple[str, str] | None = None
    """Two parameters of which at least one is named."""

    merchant: bool = True
    """Whether it is for one merchant's data."""

    keyed: bool = True
    """Of what changes something: whether the API takes an Idempotency-Key."""

    waits: bool = False
    """Whether the API can be asked to wait for the outcome."""

    pages: bool = False
    """Whether the answer comes in pages, which are followed."""

    default_path: str = ""
    """The same for what holds for merchants that do not say otherwise: `--default`."""

    file: str = ""
    """What the answer is written to, if it is a file: a name with the path's parts in it."""

    complete: Complete | None = None
    follow: Follow | None = None
    tails: bool = False
    """Whether the answer ends with the cursor from which it can be asked for what comes next."""

    @property
    def changes(self) -> bool:
        """Whether it does something, so that an answer that is lost leaves a question."""
        return self.method != "GET"

    @property
    def takes_key(self) -> bool:
        """Whether it is sent with an Idempotency-Key."""
        return self.changes and self.keyed

    @property
    def has_body(self) -> bool:
        """Whether it sends a body."""
        ours = any(one.to.partition(".")[0] == "body" for one in self.parameters)
        return ours or self.fixed is not None


def argument(to: str, name: str, says: str, read: Reader = AS_IT_IS) -> Parameter:
    """An argument that has to be there."""
    return Parameter(to, name, says, read, required=True)


def arguments(
    to: str, name: str, says: str, read: Reader = AS_IT_IS, *, required: bool = False
) -> Parameter:
    """Any number of words, the last of the arguments."""
    return Parameter(to, name, says, read, required=required, many=True)


def optional(to: str, name: str, says: str, read: Reader = AS_IT_IS) -> Parameter:
    """An argument that may be left out."""
    return Parameter(to, name, says, read)


def option(
    to: str, says: str, read: Reader = AS_IT_IS, *, name: str = "", required: bool = False
) -> Parameter:
    """An option, named as its field unless told otherwise."""
    return Parameter(to, name or _dashed(to), says, read, required=required)


def options(to: str, says: str, read: Reader = AS_IT_IS, *, name: str = "") -> Parameter:
    """An option that may be repeated."""
    return Parameter(to, name or _dashed(to), says, read, many=True)


def flag(to: str, says: str, *, name: str = "") -> Parameter:
    """An option that is true where it is named."""
    return Parameter(to, name or _dashed(to), says, Flag())


def whole(to: str, says: str, least: int = 1, most: int | None = None) -> Parameter:
    """An option that is a whole number."""
    return option(to, says, Whole(least, most))


def _dashed(to: str) -> str:
    return f"--{to.rpartition('.')[2].replace('_', '-')}"


NOTE = option("body.note", "Why, for the histories of the orders it changes.")
PREVIEW = flag("query.preview", "Do nothing; show what it would make of every order.")
