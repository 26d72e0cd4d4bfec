"""Anything in any order: after each step, what must always be true is (behaviour.md §9)."""

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from fulfillment.domain.refusals import RefusedError
from tests.builders.warehouse import Warehouse

STEPS = int(os.environ.get("PEGBOARD_STEPS", "300"))
"""Steps in all, over runs of 30 each."""

STEPS_OF_A_RUN = 30
SKUS = st.sampled_from(["K1", "K2"])
PLACES = st.sampled_from(["A", "B"])
UNITS = st.integers(1, 5)
PICK = st.integers(0, 99)
"""Chooses one of what there is."""

ORDERS = st.fixed_dictionaries(
    {
        "wants": st.lists(
            st.tuples(st.sampled_from(["K1", "K1", "K2", "K2", "S1", "U1"]), UNITS),
            min_size=1,
            max_size=3,
        ),
        "priority": st.sampled_from([10, 50, 50]),
        "policy": st.fixed_dictionaries(
            {"max_shipments": st.sampled_from([None, 1, 2])},
            optional={"future_inventory": st.just(value=True), "verify": st.just("manual")},
        ),
    },
    optional={"lock_location": PLACES},
) | st.fixed_dictionaries(
    {"wants": st.lists(st.tuples(SKUS, UNITS), min_size=1, max_size=2), "pickup_location": PLACES}
)


class Fulfilment(RuleBasedStateMachine):
    """Drives the store's commands; a refusal is an answer like any other."""

    make: Callable[[], Warehouse]

    def __init__(self) -> None:
        super().__init__()
        self.warehouse = type(self).make()
        self.warehouse.products("S1", allow_backorder=False)
        self.warehouse.products("U1", manage_stock=False)
        self.revision = 0

    def teardown(self) -> None:
        self.warehouse.engine.dispose()

    def attempt(self, deed: Callable[[], Any]) -> None:
        try:
            deed()
        except RefusedError:
            note("refused")

    def some(self, sql: str, pick: int) -> Any | None:
        found = self.warehouse.rows(sql)
        return found[pick % len(found)] if found else None

    def some_order(self, pick: int) -> int | None:
        row = self.some("SELECT id FROM orders WHERE finished_at IS NULL ORDER BY id", pick)
        return row and row.id

    @rule(asked=ORDERS, claimed=st.booleans())
    def take(self, asked: dict[str, Any], claimed: bool) -> None:
        def deed() -> None:
            mine = self.warehouse.take(**asked)
            if claimed:
                self.warehouse.claim(mine)

        self.attempt(deed)

    @rule(pick=PICK)
    def claim(self, pick: int) -> None:
        row = self.some("SELECT id FROM orders WHERE NOT first_claimed ORDER BY id", pick)
        if row:
            self.warehouse.claim(row.id)

    @rule(sku=SKUS, units=UNITS, at=PLACES)
    def count(self, sku: str, units: int, at: str) -> None:
        self.warehouse.stock(units, sku, at)

    @rule(sku=SKUS, units=st.integers(1, 3), at=PLACES)
    def count_down(self, sku: str, units: int, at: str) -> None:
        self.attempt(lambda: self.warehouse.stock(-units, sku, at))

    @rule(
        lines=st.lists(st.tuples(SKUS, UNITS), min_size=1, max_size=2),
        at=PLACES,
        due=st.sampled_from([None, 0, 3, 200]),
    )
    def purchase(self, lines: list[tuple[str, int]], at: str, due: int | None) -> None:
        self.warehouse.purchase(lines, at=at, due=due)

    @rule(pick=PICK, units=UNITS, at=PLACES, served=st.booleans())
    def receive(self, pick: int, units: int, at: str, served: bool) -> None:
        row = self.some(
            "SELECT p.number, l.line FROM purchase_order p JOIN purchase_order_line l"
            " ON l.purchase_order = p.id JOIN supply u ON u.id = l.supply WHERE u.inbound"
            " ORDER BY p.id, l.line",
            pick,
        )
        if row:
            self.attempt(lambda: self.warehouse.receive(row.number, {row.line: units}, at=at))
            if served:
                self.warehouse.serve(row.number)

    @rule()
    def serve(self) -> None:
        self.warehouse.serve_due()

    @rule(pick=PICK, status=st.sampled_from(["in_transit", "arrived", "closed", "cancelled"]))
    def move(self, pick: int, status: str) -> None:
        row = self.some("SELECT number FROM purchase_order ORDER BY id", pick)
        if row:
            self.attempt(lambda: self.warehouse.move(row.number, status))

    @rule(pick=PICK)
    def cancel(self, pick: int) -> None:
        if order := self.some_order(pick):
            self.attempt(lambda: self.warehouse.cancel(order))

    @rule(pick=PICK, deed=st.sampled_from(["hold", "unhold", "verify"]))
    def gate(self, pick: int, deed: str) -> None:
        if order := self.some_order(pick):
            self.attempt(lambda: getattr(self.warehouse, deed)(order))

    @rule(pick=PICK, wants=st.dictionaries(st.integers(1, 3), UNITS, min_size=1), sku=SKUS)
    def edit(self, pick: int, wants: dict[int, int], sku: str) -> None:
        if order := self.some_order(pick):
            self.revision += 1
            rows = self.warehouse.rows(
                "SELECT line, sku FROM order_line WHERE order_id = :id", id=order
            )
            known = {row.line: row.sku for row in rows}
            lines = {line: (known.get(line, sku), units) for line, units in wants.items()}
            self.attempt(lambda: self.warehouse.edit(order, lines, self.revision))

    @rule(
        routing=st.sampled_from(["fewest_locations", "location_priority"]),
        days=st.integers(0, 60),
    )
    def settle(self, routing: str, days: int) -> None:
        """Settings that steer what comes next; the rest of them re-plans what waits."""
        self.warehouse.settings(routing=routing, default_backorder_days=days)

    @rule(pick=PICK)
    def work(self, pick: int) -> None:
        row = self.some(
            "SELECT id, status FROM shipment WHERE status IN ('ready', 'picking', 'picked',"
            " 'packed') ORDER BY id",
            pick,
        )
        steps = {
            "ready": self.warehouse.start_picking,
            "picking": self.warehouse.pick,
            "picked": self.warehouse.pack,
            "packed": self.warehouse.ship,
        }
        if row:
            self.attempt(lambda: steps[row.status](row.id))

    @invariant()
    def what_must_always_be_true_is(self) -> None:
        assert self.warehouse.findings() == []


def test_the_invariants_hold_when_anything_happens_in_any_order(new_database, postgres):
    made: list[str] = []

    class OnRealTables(Fulfilment):
        @staticmethod
        def make() -> Warehouse:
            for url in made:
                postgres.execute("DROP DATABASE {name} WITH (FORCE)", name=url.rpartition("/")[2])
            made[:] = [new_database()]
            return Warehouse.on(made[0], threads=1).furnish(["K1", "K2"])

    run_state_machine_as_test(
        OnRealTables,
        settings=settings(
            max_examples=max(1, STEPS // STEPS_OF_A_RUN),
            stateful_step_count=STEPS_OF_A_RUN,
            suppress_health_check=list(HealthCheck),
        ),
    )
