"""From the table to `pegboard GROUP VERB`: arguments, options, help and completion."""

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.client.readers import Switch, Text, Whole
from cli.client.running import Shared, run
from cli.client.table import Command, Parameter
from cli.options import AsJson, Merchant

Limit = Annotated[int, typer.Option(min=1, max=10_000, help="Rows at most.")]
Default = Annotated[
    bool, typer.Option("--default", help="What holds for merchants that do not say otherwise.")
]
Output = Annotated[
    Path | None,
    typer.Option("-o", "--output", help="Where to write it; - is the standard output."),
]
Key = Annotated[
    str | None,
    typer.Option(
        "--idempotency-key", help="Of a request that is repeated: it is done once under this key."
    ),
]
Wait = Annotated[
    int | None, typer.Option(min=0, max=10, help="Seconds to wait for what becomes of it.")
]
Watch = Annotated[bool, typer.Option("--watch", help="Follow it until it is done.")]
Tail = Annotated[bool, typer.Option("--follow", help="Go on with what comes next, until Ctrl-C.")]


def build(says: str, commands: list[Command]) -> typer.Typer:
    """The group with its commands."""
    app = typer.Typer(
        help=f"{says}\n\nExample: pegboard {commands[0].example}",
        no_args_is_help=True,
        rich_markup_mode="markdown",
    )
    for command in commands:
        app.command(command.verb)(function_of(command))
    return app


def function_of(command: Command) -> Callable[..., None]:
    """A function whose signature says what the table says; Typer reads it."""
    shared = dict(_shared(command))

    def perform(**values: Any) -> None:
        ours = {name: values.pop(name) for name in shared}
        run(command, values, Shared(**ours))

    parameters = [
        *(_parameter(one.identifier, _annotation(one), _default(one)) for one in _ordered(command)),
        *(_parameter(name, annotation, default) for name, (annotation, default) in shared.items()),
    ]
    made: Any = perform
    made.__name__ = (command.verb or command.group).replace("-", "_")
    made.__doc__ = f"{command.says}\n\nExample: pegboard {command.example}"
    made.__signature__ = inspect.Signature(parameters)
    made.__annotations__ = {each.name: each.annotation for each in parameters}
    return perform


def _ordered(command: Command) -> list[Parameter]:
    """Arguments before options, each in its order."""
    return sorted(command.parameters, key=lambda one: one.is_option)


def _shared(command: Command) -> Iterator[tuple[str, tuple[Any, object]]]:
    """The options that come with what the command is."""
    if command.pages:
        yield "limit", (Limit, 50)
    if command.follow is not None or command.tails:
        yield "follow", (Tail if command.tails else Watch, False)
    if command.waits:
        yield "wait", (Wait, None)
    if command.takes_key:
        yield "idempotency_key", (Key, None)
    if command.default_path:
        yield "default", (Default, False)
    if command.merchant:
        yield "merchant", (Merchant, None)
    if command.file:
        yield "output", (Output, None)
    else:
        yield "as_json", (AsJson, False)


def _parameter(name: str, annotation: Any, default: object) -> inspect.Parameter:
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation
    )


def _default(one: Parameter) -> object:
    if one.required:
        return inspect.Parameter.empty
    return False if one.read.kind is bool and not isinstance(one.read, Switch) else None


def _annotation(one: Parameter) -> Any:
    kind: Any = list[one.read.kind] if one.many else one.read.kind  # type: ignore[name-defined]
    if not one.required and _default(one) is None:
        kind = kind | None
    return Annotated[kind, _declared(one)]


def _declared(one: Parameter) -> Any:
    """What Typer is told of a parameter."""
    choices = one.read.choices if isinstance(one.read, Text) else ()
    told: dict[str, Any] = {"help": _help(one, choices), "show_default": False}
    if choices:
        told["autocompletion"] = _completing(choices)
    if isinstance(one.read, Whole):
        told |= {"min": one.read.least, "max": one.read.most}
    if not one.is_option:
        return typer.Argument(metavar=one.name, **told)
    return typer.Option(_spelled(one), **told)


def _spelled(one: Parameter) -> str:
    """The option's name; of a switch, that of its contrary too."""
    if not isinstance(one.read, Switch):
        return one.name
    return f"{one.name}/{one.read.off or one.name.replace('--', '--no-', 1)}"


def _help(one: Parameter, choices: tuple[str, ...]) -> str:
    return f"{one.says} One of {', '.join(choices)}." if choices else one.says


def _completing(choices: tuple[str, ...]) -> Callable[[str], list[str]]:
    def complete(incomplete: str) -> list[str]:
        return [choice for choice in choices if choice.startswith(incomplete)]

    return complete
