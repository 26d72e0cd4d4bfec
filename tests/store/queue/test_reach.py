"""How far an event reaches into a long queue: as far as it changes something, and no further."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, note, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands.orders import manual
from fulfillment.store.commands.orders.pins import Pinned, pin
from fulfillment.store.commands.supply.overdue import declare_overdue
from fulfillment.store.commands.supply.purchase_orders import LineChange
from tests.builders.warehouse import MERCHANT, Warehouse
from tests.store.integrity.test_machine import STEPS, STEPS_OF_A_PART, STEPS_OF_A_RUN

pytestmark = pytest.mark.slow

UNITS = st.integers(1, 4)
PICK = st.integers(0, 99)
PLACES = st.sampled_from(["A", "B"])
MAYBE_PLACES = st.sampled_from([None, None, "A", "B"])
DAYS = st.sampled_from([1, 2, 3, 5, 8, None])
POLICIES = st.sampled_from(
    [
        {},
        {},
        {},
        {"auto_allocate": "never"},
        {"auto_allocate": "complete_only", "future_inventory": True},
        {"max_shipments": 1},
        {"future_inventory": True},
        {"min_po_status": "arrived"},
        {"min_po_status": "in_transit", "max_shipments": 2},
    ]
)


class Queue(RuleBasedStateMachine):
    """One SKU, many lines and many supplies; each event may reach only two lines at a time."""

    make: Callable[[], Warehouse]

    def __init__(self) -> None:
        super().__init__()
        self.warehouse = type(self).make()

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

    def some_number(self, pick: int) -> str | None:
        row = self.some("SELECT number FROM orders WHERE finished_at IS NULL ORDER BY id", pick)
        return row and row.number

    @rule(
        many=st.integers(1, 4),
        units=UNITS,
        lock=MAYBE_PLACES,
        policy=POLICIES,
        priority=st.sampled_from([40, 50, 50, 60]),
        claimed=st.sampled_from([True, True, True, False]),
    )
    def take(self, many: int, claimed: bool, units: int, lock: str | None, **more: Any) -> None:
        for _ in range(many):
            where = {} if lock is None else {"lock_location": lock}
            order = self.warehouse.take([("K1", units)], **where, **more)
            if claimed:
                self.warehouse.claim(order)

    @rule()
    def claim_all(self) -> None:
        for row in self.warehouse.rows("SELECT id FROM orders WHERE NOT first_claimed ORDER BY id"):
            self.warehouse.claim(row.id)

    @rule(units=st.integers(1, 9), at=PLACES, down=st.sampled_from([1, 1, 1, -1]))
    def count(self, units: int, at: str, down: int) -> None:
        self.attempt(lambda: self.warehouse.stock(down * units, "K1", at))

    @rule(units=st.integers(1, 9), at=PLACES, due=DAYS)
    def purchase(self, units: int, at: str, due: int | None) -> None:
        self.warehouse.purchase([("K1", units)], at=at, due=due)

    @rule(units=st.integers(1, 9), at=PLACES, due=DAYS)
    def announce(self, units: int, at: str, due: int | None) -> None:
        self.warehouse.announce(units, at=at, due=due)

    @rule(pick=PICK, units=UNITS, ends=st.booleans())
    def restock(self, pick: int, units: int, ends: bool) -> None:
        row = self.some("SELECT number FROM restock ORDER BY id", pick)
        if row and ends:
            self.attempt(lambda: self.warehouse.withdraw(row.number))
        elif row:
            self.attempt(lambda: self.warehouse.arrive(row.number, units))

    @rule(pick=PICK, units=st.sampled_from([None, 1, 4, 9]), due=DAYS)
    def change(self, pick: int, units: int | None, due: int | None) -> None:
        row = self.some("SELECT number FROM purchase_order ORDER BY id", pick)
        if row:
            on = None if due is None else self.warehouse.day(due)
            asked = LineChange(1, on, units=units)
            self.attempt(lambda: self.warehouse.change(row.number, asked))

    @rule(
        pick=PICK,
        status=st.sampled_from(["in_transit", "in_transit", "arrived", "closed", "cancelled"]),
    )
    def move(self, pick: int, status: str) -> None:
        row = self.some("SELECT number FROM purchase_order ORDER BY id", pick)
        if row:
            self.attempt(lambda: self.warehouse.move(row.number, status))

    @rule(pick=PICK, units=st.integers(1, 9), at=PLACES, batches=st.sampled_from([0, 1, 9]))
    def receive(self, pick: int, units: int, at: str, batches: int) -> None:
        row = self.some(
            "SELECT p.number FROM purchase_order p JOIN purchase_order_line l"
            " ON l.purchase_order = p.id JOIN supply u ON u.id = l.supply WHERE u.inbound"
            " ORDER BY p.id",
            pick,
        )
        if row:
            self.attempt(lambda: self.warehouse.receive(row.number, {1: units}, at=at))
            for _ in range(batches):
                self.warehouse.serve(row.number)

    @rule(days=st.sampled_from([0, 0, 1, 2]))
    def serve(self, days: int) -> None:
        self.warehouse.clock.pass_days(days)
        for row in self.warehouse.rows("SELECT id FROM purchase_order ORDER BY id"):
            declare_overdue(self.warehouse.store, MERCHANT, row.id)
        self.warehouse.serve_due()

    @rule(pick=PICK)
    def cancel(self, pick: int) -> None:
        if number := self.some_number(pick):
            self.attempt(lambda: self.warehouse.cancel(self.order(number)))

    @rule(pick=PICK, value=st.sampled_from([0, 40, 50, 60, 90]))
    def priority(self, pick: int, value: int) -> None:
        if number := self.some_number(pick):
            self.attempt(lambda: self.warehouse.do(manual.priority(number, value)))

    @rule(pick=PICK, at=MAYBE_PLACES)
    def lock(self, pick: int, at: str | None) -> None:
        if number := self.some_number(pick):
            self.attempt(lambda: self.warehouse.do(manual.lock(number, at)))

    @rule(pick=PICK, supply=PICK, units=st.sampled_from([None, 1, 2]), frees=st.booleans())
    def pin(self, pick: int, supply: int, units: int | None, frees: bool) -> None:
        number = self.some_number(pick)
        row = self.some("SELECT number FROM purchase_order ORDER BY id", supply)
        if number and row:
            pins = [] if frees else [Pinned(row.number, units=units)]
            self.attempt(lambda: self.warehouse.do(pin(number, 1, pins)))

    @rule(pick=PICK, knobs=POLICIES)
    def policy(self, pick: int, knobs: dict[str, object]) -> None:
        if number := self.some_number(pick):
            self.attempt(lambda: self.warehouse.do(manual.policy(number, knobs)))

    def order(self, number: str) -> int:
        return int(self.warehouse.one("SELECT id FROM orders WHERE number = :n", n=number))

    @invariant()
    def the_plan_of_all_is_kept(self) -> None:
        assert self.warehouse.findings() == []

    @invariant()
    def a_late_pin_is_of_units_that_wait(self) -> None:
        wrong = self.warehouse.rows(
            "SELECT n.order_id FROM late_pin n JOIN supply u ON u.id = n.supply"
            " WHERE NOT u.inbound OR n.units > (SELECT coalesce(sum(d.wanted), 0)"
            " FROM open_demand d JOIN shipment_line l ON l.id = d.shipment_line"
            " WHERE l.order_id = n.order_id AND l.order_line = n.line)"
        )
        assert wrong == []

    @invariant()
    def the_queue_knows_what_is_pegged(self) -> None:
        wrong = self.warehouse.rows(
            "SELECT d.shipment_line, d.pegged, d.counts_from FROM open_demand d"
            " JOIN shipment_line l ON l.id = d.shipment_line JOIN shipment s ON s.id = l.shipment"
            " WHERE d.pegged <> (SELECT coalesce(sum(units), 0) FROM peg"
            " WHERE peg.shipment_line = l.id) OR (d.counts_from IS NULL) = (s.status = 'ready')"
        )
        assert wrong == []


@pytest.mark.parametrize("batch", [2, 2_000])
@pytest.mark.parametrize("part", range(max(1, STEPS // STEPS_OF_A_PART // 4)))
def test_what_an_event_reaches_is_all_that_the_plan_of_all_would_change(
    part, batch, new_database, postgres, monkeypatch
):
    monkeypatch.setattr("fulfillment.store.queue.head.BATCH", batch)
    made: list[str] = []

    class OnRealTables(Queue):
        @staticmethod
        def make() -> Warehouse:
            for url in made:
                postgres.execute("DROP DATABASE {name} WITH (FORCE)", name=url.rpartition("/")[2])
            made[:] = [new_database()]
            return Warehouse.on(made[0], threads=1).furnish(["K1"])

    run_state_machine_as_test(
        seed(part)(OnRealTables),
        settings=settings(
            max_examples=min(STEPS, STEPS_OF_A_PART) // STEPS_OF_A_RUN,
            stateful_step_count=STEPS_OF_A_RUN,
            suppress_health_check=list(HealthCheck),
        ),
    )
