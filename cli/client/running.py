"""One command, run: what was written becomes a request, and its answer is shown."""

import re
import sys
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import quote
from uuid import uuid4

from cli.client.readers import Switch
from cli.client.table import Answer, Command, Parameter, Request
from cli.errors import CommandError, ServiceAwayError, UsageError

if TYPE_CHECKING:
    from cli.client.transport import Api, ProblemError

SAYS_ALL = frozenset({400, 404, 422})
"""Refusals that name what is wrong: there is nothing to add on what can be done."""

EVERY_SECONDS = 1.0
"""How often a read that is followed is asked again."""


@dataclass(frozen=True, slots=True)
class Shared:
    """The options that are not of one command alone."""

    merchant: str | None = None
    as_json: bool = False
    limit: int = 50
    default: bool = False
    idempotency_key: str | None = None
    wait: int | None = None
    output: Path | None = None
    follow: bool = False


def run(command: Command, written: Mapping[str, Any], shared: Shared) -> None:
    """Ask, and show what is answered. Raises CommandError for what is refused or away."""
    if shared.follow and shared.as_json and not command.tails:
        raise UsageError("--watch follows on the screen; leave out --json")
    request = request_of(command, written, default=shared.default)
    from cli.client import access
    from cli.client.transport import Api, ProblemError

    merchant = shared.merchant if command.merchant and not shared.default else None
    with Api(access.find(), merchant) as api, _told(api, shared):
        try:
            answered(command, request, api, shared)
        except ProblemError as problem:
            raise told(command, problem, api) from None


def _told(api: "Api", shared: Shared) -> AbstractContextManager[None]:
    """Where it is, but for what is followed, which tells itself."""
    from cli.telling import told

    return nullcontext() if shared.follow else told(lambda: api.where)


def request_of(command: Command, written: Mapping[str, Any], *, default: bool = False) -> Request:
    """What is sent for what was written. Raises UsageError naming the option at fault."""
    _check_named(command, written)
    parts: dict[str, dict[str, Any]] = {
        "path": {}, "query": {}, "body": dict(command.fixed or {}), "client": {},
    }  # fmt: skip
    for one in command.parameters:
        value = written.get(one.identifier)
        if _is_unsaid(one, value):
            continue
        read = one.read.read(one.label, value)
        place, _, field = one.to.partition(".")
        if field:
            parts[place][field] = read
        else:
            parts[place].update(read)
    path = command.default_path if default else command.path
    filled = {name: quote(str(value), safe="") for name, value in parts["path"].items()}
    body = parts["body"] if command.has_body else None
    return Request(
        command.method, path.format(**filled), parts["query"], body, parts["path"],
        parts["client"],
    )  # fmt: skip


def _is_unsaid(one: Parameter, value: object) -> bool:
    return value is None or value == [] or (value is False and not isinstance(one.read, Switch))


def _check_named(command: Command, written: Mapping[str, Any]) -> None:
    for pair in filter(None, (command.either, command.some)):
        first, second = (_filling(command, to) for to in pair)
        named = [bool(written.get(one.identifier)) for one in (first, second)]
        if not any(named) or (all(named) and pair is command.either):
            raise UsageError(f"name {first.label}, or {second.label}")


def _filling(command: Command, to: str) -> Parameter:
    """The parameter that fills this place of the request."""
    return next(one for one in command.parameters if one.to == to)


def answered(command: Command, request: Request, api: "Api", shared: Shared) -> None:
    """Send the request, and show the answer."""
    if command.complete is not None:
        request = command.complete(api, request)
    if command.file:
        _write(api.download(request), shared.output, command.file.format(**request.arguments))
        return
    if shared.follow and command.tails:
        _tail(command, request, api, as_json=shared.as_json)
    if command.pages:
        answer: Answer = api.pages(request, shared.limit)
    else:
        answer = api.send(request, _key(command, shared.idempotency_key), shared.wait)
    _show(command, request, answer, as_json=shared.as_json)
    if shared.follow and command.follow is not None:
        _follow(command, request, api, answer)


def _key(command: Command, named: str | None) -> str | None:
    """The key under which the request is done once."""
    if not command.takes_key:
        return None
    return named or str(uuid4())


def _show(command: Command, request: Request, answer: Answer, *, as_json: bool) -> None:
    from cli.blocks import Line
    from cli.output import print_blocks, print_json

    if as_json:
        print_json(answer)
        return
    print_blocks(command.view(answer, request.arguments))
    if command.pages and answer["next"] is not None:
        print_blocks([Line("and more: --limit shows them", style="dim")])


TAIL_SECONDS = 20
"""How long the API is asked to wait for what comes next."""


def _tail(command: Command, request: Request, api: "Api", *, as_json: bool) -> NoReturn:
    """Show what comes next, for ever; what is away for a while is asked again where it was."""
    from cli.output import print_blocks, print_row

    query = {"after": "now", **request.query, "wait": TAIL_SECONDS}
    has_begun = False
    while True:
        try:
            answer = api.send(replace(request, query=query))
        except ServiceAwayError:
            if not has_begun:
                raise
            time.sleep(EVERY_SECONDS)
            continue
        has_begun = True
        if as_json:
            for each in answer["items"]:
                print_row(each)
        else:
            print_blocks(command.view(answer, request.arguments))
        query["after"] = answer["next"]


def _follow(command: Command, request: Request, api: "Api", seen: Answer) -> None:
    """Tell each change, until it is done."""
    from cli.output import print_blocks

    follow = command.follow
    while follow is not None and not follow.is_done(seen):
        time.sleep(EVERY_SECONDS)
        now = api.send(request)
        if list(follow.tell(now)) != list(follow.tell(seen)):
            print_blocks(follow.tell(now))
        seen = now


def _write(content: bytes, output: Path | None, name: str) -> None:
    from cli.blocks import Line
    from cli.output import print_blocks

    if output == Path("-"):
        sys.stdout.buffer.write(content)
        return
    path = output or Path(name)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise CommandError(f"{path} can not be written: {error.strerror}") from None
    print_blocks([Line(f"{path} is written")])


def told(command: Command, problem: "ProblemError", api: "Api") -> CommandError:
    """A refusal as a person reads it: the option at fault, what is wrong, what can be done."""
    if problem.code == "merchant_needed":
        known = ", ".join(_merchants(api)) or "none is there"
        return problem.saying(f"name one with --merchant: {known}")
    label, detail = "", problem.detail
    if problem.errors:
        first = problem.errors[0]
        label = _label(command, str(first.get("field", "")))
        if problem.code == "invalid_request" and label:
            detail = str(first.get("message", detail))
            detail = detail[:1].lower() + detail[1:]
    return problem.saying(f"{label}{detail}", with_remedy=problem.status not in SAYS_ALL)


def _label(command: Command, field: str) -> str:
    """The option or argument that fills the field at fault."""
    head = re.split(r"[.\[]", field)[0]
    # A field of the path may be called as one of the body; it is the body's that is told.
    inside_out = sorted(command.parameters, key=lambda one: one.to)
    found = [one.label for one in inside_out if head and one.field == head]
    found += ["--merchant"] if head == "Pegboard-Merchant" else []
    return f"{found[0]}: " if found else ""


def _merchants(api: "Api") -> list[str]:
    """The merchants that the key may name."""
    from cli.client.transport import ProblemError

    try:
        return [one["id"] for one in api.read("/v1/merchants", {"limit": 200})["items"]]
    except ProblemError:
        return []
