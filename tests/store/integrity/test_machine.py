"""Anything in any order: after each step, what must always be true is (behaviour.md §9)."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, note, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from fulfillment.domain.actions.manual_prepare import Choice, Choose
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.archive.archiving import archive_next
from fulfillment.store.commands import intake
from fulfillment.store.commands.orders import lifecycle, manual
from fulfillment.store.commands.supply.overdue import declare_overdue
from fulfillment.store.insight.order_page import read_order
from fulfillment.store.integrity.proving import prove_past
from fulfillment.store.planning.change import Change, change_order, preview_change
from tests.builders import floor, moves
from tests.builders.archive import deliver
from tests.builders.feed import tell
from tests.builders.warehouse import MERCHANT, Warehouse, command

pytestmark = pytest.mark.slow

STEPS = int(os.environ.get("PEGBOARD_STEPS", "400"))
"""Steps in all, over runs of 40 each, in parts of 200 so that each part ends in good time."""

STEPS_OF_A_PART = 200

STEPS_OF_A_RUN = 40
SKUS = st.sampled_from(["K1", "K2"])
PLACES = st.sampled_from(["A", "B"])
UNITS = st.integers(1, 5)
LINES = st.lists(st.tuples(SKUS, UNITS), min_size=1, max_size=2)
PICK = st.integers(0, 99)
"""Chooses one of what there is."""

POLICIES = st.fixed_dictionaries(
    {},
    optional={
        "max_shipments": st.sampled_from([None, 1, 2]),
        "release_when": st.sampled_from(["any_part", "all_sourced"]),
        "hold_if_due_within_days": st.sampled_from([None, 4]),
        "on_shortage": st.sampled_from(["wait", "wait", "remove", "reject", "assign_nothing"]),
        "auto_allocate": st.sampled_from(["always", "never", "complete_only", "due_within"]),
        "auto_allocate_within_days": st.sampled_from([1, 4]),
        "min_po_status": st.sampled_from(["received", "arrived", "approved"]),
        "future_inventory": st.booleans(),
        "verify": st.sampled_from(["automatic", "automatic", "manual"]),
        "prepare": st.sampled_from(["automatic", "automatic", "manual"]),
        "auto_cancel_days": st.sampled_from([None, None, 3]),
    },
)
FOR_ALL = st.fixed_dictionaries(
    {},
    optional={
        "rebalance": st.sampled_from(["waiting", "off", "unpicked"]),
        "auto_allocate_on": st.sampled_from(["any_supply", "po_status"]),
        "over_receipt_days": st.sampled_from([0, 30]),
        "archive_after_days": st.sampled_from([90, 90, 120, None]),
        "routing": st.sampled_from(["fewest_locations", "location_priority"]),
        "duplicates": st.sampled_from(["reference", "address"]),
        "default_backorder_days": st.integers(0, 60),
        "max_shipments": st.sampled_from([None, 1, 2]),
        "min_po_status": st.sampled_from(["received", "in_transit"]),
        "auto_allocate": st.sampled_from(["always", "complete_only"]),
    },
)
"""What a merchant may set for all of its orders."""

BY_LINE = [manual.allocate, manual.unallocate, manual.resume_allocation]
WHOLE = [manual.split, manual.remove_unavailable, manual.back_to_ship]

ORDERS = st.fixed_dictionaries(
    {
        "wants": st.lists(
            st.tuples(st.sampled_from(["K1", "K1", "K2", "K2", "S1", "U1"]), UNITS),
            min_size=1,
            max_size=3,
        ),
        "priority": st.sampled_from([10, 50, 50]),
        "policy": POLICIES,
    },
    optional={"lock_location": PLACES},
) | st.fixed_dictionaries(
    {
        "wants": st.lists(st.tuples(SKUS, UNITS), min_size=1, max_size=2),
        "pickup_location": PLACES,
        "policy": POLICIES,
    }
)


class Fulfilment(RuleBasedStateMachine):
    """Drives the store's commands; a refusal is an answer like any other."""

    make: Callable[[], Warehouse]

    def __init__(self) -> None:
        super().__init__()
        self.warehouse = type(self).make()
        self.warehouse.products("S1", allow_backorder=False)
        self.warehouse.products("U1", manage_stock=False)
        # What can come back.
        moves.shipped(self.warehouse, [("K1", 30), ("K2", 30)])
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

    @rule()
    def prove(self) -> None:
        assert prove_past(self.warehouse.store).findings == ()

    @rule(days=st.sampled_from([91, 200]))
    def archive(self, days: int) -> None:
        """What a sweep does so many days later: by its own clock, so that nothing else ages."""
        deliver(self.warehouse)
        tell(self.warehouse.store)
        later = replace(
            self.warehouse.store, clock=lambda: self.warehouse.clock.now + timedelta(days=days)
        )
        archive_next(later, most=10_000)

    @rule(pick=PICK)
    def open_archived(self, pick: int) -> None:
        row = self.some("SELECT number FROM archived_order ORDER BY order_id", pick)
        if row:
            number = row.number
            self.warehouse.store.read(MERCHANT, lambda tx: read_order(tx, number))

    @rule(pick=PICK)
    def send_archived_again(self, pick: int) -> None:
        """Its number is taken, whatever is sent under it."""
        row = self.some("SELECT number, order_id FROM archived_order ORDER BY order_id", pick)
        if row:
            new = self.warehouse.new_order(row.number, [("K1", 1)])
            (taken,) = intake.create_orders(self.warehouse.store, MERCHANT, [new], "tester")
            assert taken.outcome is not intake.Outcome.CREATED

    @rule(sku=SKUS, units=UNITS, at=PLACES)
    def count(self, sku: str, units: int, at: str) -> None:
        self.warehouse.stock(units, sku, at)

    @rule(sku=SKUS, units=st.integers(1, 3), at=PLACES)
    def count_down(self, sku: str, units: int, at: str) -> None:
        self.attempt(lambda: self.warehouse.stock(-units, sku, at))

    @rule(counted=st.dictionaries(SKUS, st.integers(0, 9)), at=PLACES, everything=st.booleans())
    def count_anew(self, counted: dict[str, int], at: str, everything: bool) -> None:
        self.attempt(lambda: moves.count(self.warehouse, counted, at=at, everything=everything))

    @rule(lines=LINES, source=PLACES, due=st.sampled_from([None, 0, 3, 200]), ship=st.booleans())
    def transfer(
        self, lines: list[tuple[str, int]], source: str, due: int | None, ship: bool
    ) -> None:
        for sku, units in lines if ship else ():
            self.warehouse.stock(units, sku, source)
        goes: dict[str, Any] = {
            "source": source,
            "to": "B" if source == "A" else "A",
            "due": due,
            "ship": ship,
        }
        self.attempt(lambda: moves.transfer(self.warehouse, lines, **goes))

    @rule(pick=PICK, units=UNITS, deed=PICK)
    def move_transfer(self, pick: int, units: int, deed: int) -> None:
        row = self.some(
            "SELECT t.number, t.status, l.line FROM transfer t JOIN transfer_line l"
            " ON l.transfer = t.id WHERE t.status IN ('planned', 'in_transit')"
            " ORDER BY t.id, l.line",
            pick,
        )
        if row is None:
            return
        number, status, line = row
        deeds: list[Callable[[], Any]] = [lambda: moves.redate(self.warehouse, number, units)]
        if status == "planned":
            deeds += [partial(each, self.warehouse, number) for each in (moves.ship, moves.cancel)]
        else:
            coming = partial(moves.receive, self.warehouse, number, {line: units})
            deeds += [partial(moves.close, self.warehouse, number), coming, coming, coming]
        self.attempt(deeds[deed % len(deeds)])

    @rule(lines=LINES, at=PLACES, due=st.sampled_from([None, 0, 3, 200]))
    def announce_return(self, lines: list[tuple[str, int]], at: str, due: int | None) -> None:
        self.attempt(lambda: moves.announce(self.warehouse, lines, at=at, due=due))

    @rule(pick=PICK, units=UNITS, how=st.sampled_from(["sellable", "damaged", "scrapped", "end"]))
    def take_back(self, pick: int, units: int, how: str) -> None:
        row = self.some(
            "SELECT t.number, l.line FROM customer_return t JOIN return_line l"
            " ON l.customer_return = t.id WHERE t.status = 'announced' ORDER BY t.id, l.line",
            pick,
        )
        if row and how == "end":
            self.attempt(lambda: moves.end(self.warehouse, row.number))
        elif row:
            came = (row.line, units, how)
            self.attempt(lambda: moves.take_back(self.warehouse, row.number, came))

    @rule(
        lines=LINES,
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

    @rule(pick=PICK, many=st.integers(1, 4), deed=st.sampled_from(["claim", "look", "pos"]))
    def activity_again(self, pick: int, many: int, deed: str) -> None:
        """What a retry or a restart does: an activity once more, for whom it was done or not."""
        store = self.warehouse.store
        found = [row.id for row in self.warehouse.rows("SELECT id FROM orders ORDER BY id")]
        some = [found[(pick + at) % len(found)] for at in range(many)] if found else []
        if some and deed == "claim":
            lifecycle.prepare_fulfillment(store, MERCHANT, sorted(set(some)))
        elif some and deed == "look":
            lifecycle.look_again(store, MERCHANT, some[0])
        for row in self.warehouse.rows("SELECT id, number FROM purchase_order ORDER BY id")[:many]:
            self.warehouse.serve(row.number)
            declare_overdue(store, MERCHANT, row.id)

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

    @rule(knobs=FOR_ALL, served=st.booleans())
    def settle(self, knobs: dict[str, object], served: bool) -> None:
        """Settings for all; what they concern is owed a plan, which is made now or later."""
        self.attempt(lambda: self.warehouse.settings(**knobs))
        if served:
            self.warehouse.serve_due()

    @rule(days=st.sampled_from([1, 1, 2, 5]), served=st.booleans())
    def wait(self, days: int, served: bool) -> None:
        self.warehouse.clock.now += timedelta(days=days)
        if served:
            self.warehouse.serve_due()

    @rule(pick=PICK, knobs=POLICIES, unset=st.sampled_from([(), ("max_shipments",)]))
    def policy(self, pick: int, knobs: dict[str, object], unset: tuple[str, ...]) -> None:
        self.change(pick, lambda number: manual.policy(number, knobs, unset))

    @rule(pick=PICK, value=st.sampled_from([0, 10, 40, 50, 90]))
    def priority(self, pick: int, value: int) -> None:
        self.change(pick, lambda number: manual.priority(number, value))

    @rule(pick=PICK, at=st.sampled_from(["A", "B", None]))
    def lock(self, pick: int, at: str | None) -> None:
        self.change(pick, lambda number: manual.lock(number, at))

    @rule(pick=PICK, line=st.sampled_from([None, 1, 2]), deed=st.sampled_from(BY_LINE))
    def by_hand(self, pick: int, line: int | None, deed: Any) -> None:
        self.change(pick, lambda number: deed(number, line))

    @rule(pick=PICK, deed=st.sampled_from(WHOLE))
    def release(self, pick: int, deed: Any) -> None:
        self.change(pick, deed)

    @rule(pick=PICK, channels=st.lists(st.tuples(st.sampled_from(list(Choose)), PLACES)))
    def prepare(self, pick: int, channels: list[tuple[Choose, str]]) -> None:
        choices = [
            Choice(line, channel, None if channel is Choose.BACKORDER else at)
            for line, (channel, at) in enumerate(channels, 1)
        ]
        self.change(pick, lambda number: manual.prepare(number, choices))

    @rule(pick=PICK)
    def send_back(self, pick: int) -> None:
        row = self.some(
            "SELECT s.id, o.number FROM shipment s JOIN orders o ON o.id = s.order_id"
            " WHERE s.status = 'ready' ORDER BY s.id",
            pick,
        )
        if row:
            asked = manual.send_back(row.number, row.id)
            self.attempt(lambda: change_order(self.warehouse.store, command("hand"), asked))

    def change(self, pick: int, asked: Callable[[str], Change]) -> None:
        """What is simulated first is what then happens to the order."""
        order = self.some_order(pick)
        if order is None:
            return
        number = self.warehouse.number(order)

        def deed() -> None:
            said = preview_change(self.warehouse.store, MERCHANT, asked(number))
            change_order(self.warehouse.store, command("hand"), asked(number))
            mine = [each.after for each in said if each.order == number]
            if mine:
                assert mine[0].status == self.warehouse.status(order)
                assert mine[0].allocated == self.warehouse.allocated(order)

        self.attempt(deed)

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

    @rule(at=PLACES, most=st.integers(1, 3), to_stage=st.booleans())
    def take_work(self, at: str, most: int, to_stage: bool) -> None:
        asked: dict[str, Any] = {"most_shipments": most, "to_stage": to_stage}
        self.attempt(lambda: floor.take(self.warehouse, at, **asked))

    @rule(pick=PICK, units=UNITS, deed=st.sampled_from(["all", "line", "short", "back", "give up"]))
    def work_on_a_list(self, pick: int, units: int, deed: str) -> None:
        row = self.some(
            "SELECT pick_list, shipment, order_line FROM pick_list_line ORDER BY id", pick
        )
        if row is None:
            return
        mine, place = (self.warehouse, row.pick_list), (row.shipment, row.order_line)
        deeds: dict[str, Callable[[], Any]] = {
            "all": lambda: floor.confirm(*mine),
            "line": lambda: floor.confirm(*mine, {place: units}),
            "short": lambda: floor.short(*mine, place, units - 1),
            "back": lambda: floor.unpick(*mine, {place: units}),
            "give up": lambda: floor.give_up(*mine),
        }
        self.attempt(deeds[deed])

    @rule(pick=PICK, at=PLACES, units=UNITS, out=st.booleans())
    def stage(self, pick: int, at: str, units: int, out: bool) -> None:
        row = self.some(
            "SELECT sl.order_id, sl.order_line FROM allocation a"
            " JOIN shipment_line sl ON sl.id = a.shipment_line"
            " JOIN shipment s ON s.id = sl.shipment"
            " WHERE s.status IN ('backorder', 'future', 'ready') ORDER BY sl.id",
            pick,
        )
        if row:
            deed = floor.unstage if out else floor.stage
            asked = {row.order_line: units} if units < 3 else None
            self.attempt(lambda: deed(self.warehouse, row.order_id, asked, at=at))

    @invariant()
    def what_must_always_be_true_is(self) -> None:
        assert self.warehouse.findings() == []


@pytest.mark.parametrize("part", range(max(1, STEPS // STEPS_OF_A_PART)))
def test_the_invariants_hold_when_anything_happens_in_any_order(part, new_database, postgres):
    made: list[str] = []

    class OnRealTables(Fulfilment):
        @staticmethod
        def make() -> Warehouse:
            for url in made:
                postgres.execute("DROP DATABASE {name} WITH (FORCE)", name=url.rpartition("/")[2])
            made[:] = [new_database()]
            return Warehouse.on(made[0], threads=1).furnish(["K1", "K2"])

    run_state_machine_as_test(
        OnRealTables if "PEGBOARD_STEPS" in os.environ else seed(part)(OnRealTables),
        settings=settings(
            max_examples=min(STEPS, STEPS_OF_A_PART) // STEPS_OF_A_RUN,
            stateful_step_count=STEPS_OF_A_RUN,
            suppress_health_check=list(HealthCheck),
        ),
    )
