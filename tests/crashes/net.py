"""The net: each command and each activity with a scenario that crashes it at every point.

A command is found by what it is: a public function of `store/commands` that is given a store, or
that answers with a `Change`. An activity is found by its registration.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any, get_type_hints

from temporalio import activity

from activities.order_activities import Fulfilling
from fulfillment.store import commands
from fulfillment.store.commands.supply.moves.documents import execute_numbered
from fulfillment.store.planning.change import Change, change_order
from fulfillment.store.transactions.session import Command, Store
from tests.builders.warehouse import MERCHANT, Warehouse
from tests.crashes.ends import End, differences
from tests.crashes.stages import plain

Run = Callable[[Store], object]
Stage = Callable[[Warehouse], None]
Ask = Callable[[Warehouse], Run | Change]

PARTS = frozenset({execute_numbered})
"""What is given a store and is no command: commands are made with it."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A stage, and what is done on it: asked for once, and again after a death.

    `ask` looks at the stage, and says what a process is to do with the same key each time. What
    legitimately differs the second time is named: the answer, a table, or a column of one.
    """

    covers: Callable[..., Any]
    stage: Stage
    ask: Ask
    apart_from: frozenset[str]

    @property
    def name(self) -> str:
        """The command's name, with the scenario's own where it has one."""
        module = self.covers.__module__.removeprefix("fulfillment.store.commands.")
        return f"{module}.{self.covers.__qualname__}: {self.ask.__name__.strip('_')}"

    def differences(self, expected: End, found: End) -> list[str]:
        """What is not as it is to be."""
        return differences(expected, found, self.apart_from)

    def run_on(self, warehouse: Warehouse) -> Run:
        """What a process does; a change of an order is a command like any other."""
        asked = self.ask(warehouse)
        if not isinstance(asked, Change):
            return asked
        return lambda store: change_order(store, the_command("change"), asked)


SCENARIOS: list[Scenario] = []


def crash(
    covers: Callable[..., Any], stage: Stage = plain, *, apart_from: Collection[str] = ()
) -> Callable[[Ask], Ask]:
    """Have this command or activity die at each of its points, on this stage."""

    def add(ask: Ask) -> Ask:
        SCENARIOS.append(Scenario(covers, stage, ask, frozenset(apart_from)))
        return ask

    return add


def the_command(verb: str, merchant: str = MERCHANT, **content: object) -> Command:
    """A command of a scenario, the same each time."""
    return Command(merchant, verb, f"{verb}:the:key", "tester", content)


def all_commands() -> set[Callable[..., Any]]:
    """Every command of the store, wherever it stands."""
    return set(_commands()) - PARTS


def _commands() -> Iterator[Callable[..., Any]]:
    for found in pkgutil.walk_packages(commands.__path__, f"{commands.__name__}."):
        module = importlib.import_module(found.name)
        for name, each in inspect.getmembers(module, inspect.isfunction):
            if not name.startswith("_") and each.__module__ == found.name and _is_command(each):
                yield each


def _is_command(each: Callable[..., Any]) -> bool:
    hints = get_type_hints(each)
    return hints.get("return") is Change or Store in hints.values()


def all_activities() -> set[Callable[..., Any]]:
    """Every activity that a worker registers."""
    return {
        each
        for _, each in inspect.getmembers(Fulfilling, inspect.isfunction)
        if activity._Definition.from_callable(each)
    }
