"""What each command costs in statements, and how often it waits for the database.

The table is exact: who adds a statement, or an answer that is waited for, sees it here. Statements
that do not depend on each other's answers go out together and are waited for once; BEGIN and COMMIT
go with them and are not counted as statements.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from fulfillment.store.commands import intake
from fulfillment.store.commands.floor import warehouse as floor
from fulfillment.store.commands.orders import lifecycle
from fulfillment.store.planning.change import Change, change_order
from fulfillment.store.transactions import idle
from fulfillment.store.transactions.session import Command, Store
from tests.builders.conversation import conversation
from tests.builders.warehouse import MERCHANT, Warehouse, command

WANTS = [("K1", 2), ("K2", 1)]

Costs = dict[str, tuple[int, int]]

Step = Callable[[Store, Command, int], Any]

COSTS = {
    "take in": (7, 3),
    "first claim": (26, 11),
    "hold": (23, 14),
    "unhold": (24, 14),
    "start picking": (11, 5),
    "pick": (14, 6),
    "pack": (14, 7),
    "ship": (18, 8),
    "cancel": (28, 15),
    "the same command again": (2, 3),
}
"""Statements, and waits."""


@dataclass(frozen=True)
class Life:
    """An order of two lines that are in stock."""

    warehouse: Warehouse
    number: str
    once: Command

    def take_in(self) -> None:
        new = self.warehouse.new_order(self.number, WANTS)
        intake.create_order(self.warehouse.store, MERCHANT, new, "tester")

    def claim(self, order: int) -> None:
        lifecycle.prepare_fulfillment(self.warehouse.store, MERCHANT, [order])

    def hold(self, _: int) -> None:
        self._change(command("hold"), lifecycle.hold(self.number, "fraud"))

    def unhold(self, _: int) -> None:
        self._change(command("unhold"), lifecycle.unhold(self.number, "fraud"))

    def cancel(self, _: int) -> None:
        self._change(self.once, lifecycle.cancel(self.number))

    def _change(self, once: Command, change: Change) -> None:
        change_order(self.warehouse.store, once, change)

    def confirm(self, step: Step, shipment: int) -> None:
        step(self.warehouse.store, command(step.__name__), shipment)


def costs_of(life: Life) -> Costs:
    """Live it step by step, once to its end."""
    costs: Costs = {}
    warehouse = life.warehouse

    def step(name: str, do: Callable[[], None]) -> None:
        with conversation(warehouse.engine) as said:
            do()
        costs[name] = (len(said.statements), said.waits)

    step("take in", life.take_in)
    order = warehouse.one("SELECT id FROM orders WHERE number = :number", number=life.number)
    step("first claim", lambda: life.claim(order))
    step("hold", lambda: life.hold(order))
    step("unhold", lambda: life.unhold(order))
    shipment = warehouse.one("SELECT id FROM shipment WHERE order_id = :order", order=order)
    for confirmed in (floor.start_picking, floor.pick, floor.pack, floor.ship):
        name = confirmed.__name__.replace("_", " ")
        step(name, partial(life.confirm, confirmed, shipment))
    return costs


def costs_of_a_cancel(life: Life) -> Costs:
    life.take_in()
    sql = "SELECT id FROM orders WHERE number = :number"
    order = life.warehouse.one(sql, number=life.number)
    life.claim(order)
    costs: Costs = {}
    for name in ("cancel", "the same command again"):
        with conversation(life.warehouse.engine) as said:
            life.cancel(order)
        costs[name] = (len(said.statements), said.waits)
    return costs


def test_each_command_costs_what_the_table_says(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idle, "TRUSTED_SECONDS", 3600.0)  # However slow this machine is.
    warehouse.stock(50)
    warehouse.stock(50, "K2")
    costs_of(Life(warehouse, "L1", command("cancel")))  # It reads what a connection keeps.
    costs = costs_of(Life(warehouse, "L2", command("cancel")))
    costs |= costs_of_a_cancel(Life(warehouse, "L3", command("cancel")))

    assert costs == COSTS, f"statements and waits:\n{as_table(costs)}"


def as_table(costs: Costs) -> str:
    return "\n".join(f"{name:24}{sent:4}{waits:4}" for name, (sent, waits) in costs.items())
