"""What is allowed is done, and what is not is refused in the same words."""

from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.domain.actions import manual
from fulfillment.domain.actions.address import readdressed
from fulfillment.domain.actions.allowed import (
    TARGETS,
    TRIES,
    Choice,
    OrderAction,
    ShipmentAction,
    ShipmentFacts,
    needs_a_plan,
    order_actions,
    shipment_actions,
)
from fulfillment.domain.actions.line_changes import LineUnits, exchanged
from fulfillment.domain.actions.mark_backordered import backordered
from fulfillment.domain.actions.pins import pinned
from fulfillment.domain.actions.sent_again import exchanged_after_return
from fulfillment.domain.floor import dispatch
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.domain.model.shipments import Shipment
from fulfillment.domain.model.statuses import LIVE, MoveNotAllowedError, ShipmentStatus
from fulfillment.domain.planning.cancellation import cancelled
from tests.builders.values import claim, line, order, peg, planned, shipment, snapshot, stock

BACKORDER, READY = ShipmentStatus.BACKORDER, ShipmentStatus.READY
ALL_OR_NOTHING = {"max_shipments": 1}


def refused(each: Order, action: OrderAction, free=None) -> tuple[str | None, str | None]:
    finds = free is None or needs_a_plan(each, free)
    (choice,) = [one for one in order_actions(each, finds=finds) if one.action == action]
    return choice.code, choice.why


def short(**more) -> Order:
    """An order that holds three of five."""
    return order(1, shipments=[shipment(line(units=5, claims=[claim(3)]))], **more)


def ready(**more) -> Order:
    return order(1, shipments=[shipment(line(claims=[claim(1)]), status=READY, at="A")], **more)


def by_hand(each: Order) -> Order:
    return each.with_lines(replace(row, by_hand=True) for row in each.lines)


CASES: dict[str, tuple[Order, OrderAction, str | None, str | None]] = {
    "verify what is verified": (
        order(), OrderAction.VERIFY, "already_verified", "order O1 is verified already",
    ),
    "verify": (order(verified=False), OrderAction.VERIFY, None, None),
    "unhold what is not held": (
        order(), OrderAction.UNHOLD, "not_held", "order O1 is not on hold",
    ),
    "unhold": (order(holds=("fraud",)), OrderAction.UNHOLD, None, None),
    "cancel what is done": (
        cancelled(order()), OrderAction.CANCEL, "nothing_to_cancel", "order O1 is cancelled",
    ),
    "hold what is done": (
        cancelled(order()), OrderAction.HOLD, "order_finished", "order O1 is cancelled and done",
    ),
    "edit what is done": (
        cancelled(order()), OrderAction.EDIT, "order_finished",
        "order O1 is cancelled and done; send a new order",
    ),
    "lock a pickup": (
        order(pickup="A"), OrderAction.LOCK, "picked_up",
        "order O1 is picked up at A; it can not be locked",
    ),
    "lock": (order(), OrderAction.LOCK, None, None),
    "allocate what waits for nothing": (
        ready(), OrderAction.ALLOCATE, "nothing_waits", "nothing of order O1 waits for stock",
    ),
    "allocate": (short(), OrderAction.ALLOCATE, None, None),
    "unallocate nothing": (
        order(), OrderAction.UNALLOCATE, "nothing_allocated",
        "nothing of order O1 is allocated",
    ),
    "unallocate what is picked": (
        order(1, shipments=[shipment(line(claims=[claim(1)]), status=ShipmentStatus.PICKING)]),
        OrderAction.UNALLOCATE, "being_picked", "shipment 1 is picking; its units are in hands",
    ),
    "unallocate": (ready(), OrderAction.UNALLOCATE, None, None),
    "lift by hand where it is not": (
        order(), OrderAction.RESUME_ALLOCATION, "not_by_hand",
        "order O1 takes stock by itself already",
    ),
    "lift by hand": (by_hand(order()), OrderAction.RESUME_ALLOCATION, None, None),
    "split nothing": (
        order(), OrderAction.SPLIT, "nothing_allocated",
        "nothing that waits on order O1 is allocated; nothing to split",
    ),
    "split what is complete": (
        order(1, shipments=[shipment(line(claims=[claim(1)]))]), OrderAction.SPLIT,
        "nothing_short", "nothing of order O1 is missing",
    ),
    "split what is held": (
        short(holds=("fraud",)), OrderAction.SPLIT, "order_on_hold",
        "order O1 is on hold (fraud); lift the hold",
    ),
    "split what is not verified": (
        short(verified=False), OrderAction.SPLIT, "not_released_yet",
        "order O1 is verifying; verify and prepare it first",
    ),
    "split": (short(), OrderAction.SPLIT, None, None),
    "remove where nothing is there": (
        order(), OrderAction.REMOVE_UNAVAILABLE, "nothing_allocated",
        "nothing that waits on order O1 is allocated; nothing to ship without the rest",
    ),
    "remove": (short(), OrderAction.REMOVE_UNAVAILABLE, None, None),
    "prepare what is prepared": (
        order(), OrderAction.PREPARE, "already_prepared",
        "order O1 is prepared already; only a line that waits by hand can be given a source",
    ),
    "prepare": (order(policy={"prepare": "manual"}), OrderAction.PREPARE, None, None),
    "exchange what is packed": (
        order(1, shipments=[shipment(line(claims=[claim(1)]), status=ShipmentStatus.PACKED)]),
        OrderAction.EXCHANGE, "too_late",
        "everything of order O1 is packed or further, or is cancelled",
    ),
    "exchange what is picked": (
        order(1, shipments=[
            shipment(line(claims=[claim(1, picked=1)]), status=ShipmentStatus.PICKED)
        ]),
        OrderAction.EXCHANGE, None, None,
    ),
    "exchange": (ready(), OrderAction.EXCHANGE, None, None),
    "readdress what is packed": (
        order(1, shipments=[shipment(line(claims=[claim(1)]), status=ShipmentStatus.PACKED)]),
        OrderAction.ADDRESS, "too_late",
        "shipment 1 is packed for the address it had; unpack it",
    ),
    "readdress": (ready(), OrderAction.ADDRESS, None, None),
    "pin what waits for nothing": (
        ready(), OrderAction.PINS, "nothing_waits", "nothing of order O1 waits for stock",
    ),
    "stage what is ready": (
        ready(), OrderAction.STAGE, "nothing_to_stage",
        "order O1 waits with nothing allocated that could be staged",
    ),
    "stage": (
        order(1, shipments=[shipment(line(units=2, claims=[claim(1)]))]),
        OrderAction.STAGE, None, None,
    ),
    "unstage what is not staged": (
        ready(), OrderAction.UNSTAGE, "nothing_staged",
        "order O1 has nothing in staging that could go back",
    ),
    "unstage": (
        order(1, shipments=[shipment(line(units=2, claims=[claim(1, staged=1)]))]),
        OrderAction.UNSTAGE, None, None,
    ),
    "back to ship": (ready(), OrderAction.BACK_TO_SHIP, None, None),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_an_action_is_told_with_its_refusal_when_it_makes_no_sense(name):
    each, action, code, why = CASES[name]

    assert refused(each, action) == (code, why)


@pytest.mark.parametrize(
    ("free", "code"),
    [
        ({("K1", "A")}, None),
        ({("K1", "B")}, "nothing_free"),
        ({("K2", "A")}, "nothing_free"),
        (set(), "nothing_free"),
        (None, None),
    ],
)
def test_allocating_is_refused_when_nothing_is_free_where_it_may_take(free, code):
    assert refused(short(lock="A"), OrderAction.ALLOCATE, free)[0] == code


def test_allocating_is_refused_when_a_plan_finds_nothing():
    (choice,) = [one for one in order_actions(short(), finds=False) if one.action == "allocate"]

    assert choice.code == "nothing_free"


def test_only_a_plan_can_tell_when_units_are_free_or_may_be_taken_from_those_behind():
    mine = by_hand(short())

    assert needs_a_plan(mine, set())
    assert needs_a_plan(short(), {("K1", "A")})
    assert not needs_a_plan(by_hand(short(policy={"auto_allocate": "never"})), set())
    assert not needs_a_plan(short(), set())


def test_allocating_is_allowed_when_a_line_by_hand_may_take_from_those_behind():
    assert refused(by_hand(short()), OrderAction.ALLOCATE, set()) == (None, None)
    alone = by_hand(short(policy={"rebalance": "off"}))
    assert refused(alone, OrderAction.ALLOCATE, set())[0] == "nothing_free"


# --- many orders ---------------------------------------------------------------------------------

OTHERWISE = {
    OrderAction.LOCK: lambda each: manual.locked(each, "B"),
    OrderAction.ADDRESS: readdressed,
}
"""Rules that are tried with other arguments than their commands use."""
BY_LINE = {
    OrderAction.MARK_BACKORDERED: backordered,
    OrderAction.PINS: lambda each, number: pinned(each, number, ()),
    OrderAction.EXCHANGE: lambda each, number: exchanged(each, LineUnits(number, 1), "K9"),
    OrderAction.EXCHANGE_RETURNED: lambda each, number: exchanged_after_return(
        each, LineUnits(number, 1), "K9", {}
    ),
}
"""Rules that are asked of one line: allowed where some line is not refused."""
RULES = {action: rule for action, rule in TRIES.items() if action not in BY_LINE} | OTHERWISE


@st.composite
def shipments(draw, number: int) -> Shipment:
    status = draw(st.sampled_from(sorted(LIVE)))
    units = draw(st.integers(1, 3))
    held = draw(st.integers(0, units)) if status in {BACKORDER, ShipmentStatus.FUTURE} else units
    coming = units - held
    row = line(
        f"K{number}", units, number=number, id_=100 + number,
        claims=[claim(held)] if held else [],
        pegs=[peg(coming, number, status="arrived")] if coming else [],
    )  # fmt: skip
    waits = status is BACKORDER
    return shipment(row, status=status, number=number, id_=number, at=None if waits else "A")


@st.composite
def orders(draw) -> Order:
    parts = [draw(shipments(number)) for number in range(1, draw(st.integers(1, 3)) + 1)]
    policy = {
        "max_shipments": draw(st.sampled_from([None, 1, 2])),
        "prepare": draw(st.sampled_from(["automatic", "manual"])),
        "min_po_status": draw(st.sampled_from(["received", "arrived"])),
    }
    each = order(
        1, shipments=parts, policy=policy, verified=draw(st.booleans()),
        holds=draw(st.sampled_from([(), ("fraud",), ("address_missing", "fraud")])),
        pickup=draw(st.sampled_from([None, "A"])),
    )  # fmt: skip
    hand = draw(st.booleans())
    return each.with_lines(replace(row, by_hand=hand and row.number == 1) for row in each.lines)


@given(orders())
def test_a_rule_refuses_exactly_what_is_not_allowed_for_any_order(each):
    told = {choice.action: choice for choice in order_actions(each)}
    for action, rule in RULES.items():
        assert tried(rule, each) == (told[action].code, told[action].why), action
    for action, by_line in BY_LINE.items():
        tries = {tried(partial(by_line, number=row.number), each)[0] for row in each.lines}
        assert told[action].code == (None if None in tries else tries.pop()), action
    for action in set(OrderAction) - set(RULES) - set(BY_LINE):
        assert told[action].allowed, action


def tried(rule, each: Order) -> tuple[str | None, str | None]:
    try:
        rule(each)
    except RefusedError as refusal:
        return refusal.code, str(refusal)
    return None, None


@given(orders(), st.dictionaries(st.sampled_from(["K1", "K2", "K3"]), st.integers(1, 4)))
def test_allocating_takes_something_exactly_when_it_is_allowed(each, free):
    """One order alone: nobody ahead takes what is free, and nobody behind holds any."""
    levels = [stock(units, sku) for sku, units in free.items() if sku in skus_of(each)]
    allowed = refused(each, OrderAction.ALLOCATE, {(level.sku, level.location) for level in levels})
    lines = frozenset(row.number for row in each.lines if row.by_hand)
    if lines or refused(each, OrderAction.ALLOCATE)[0]:
        return
    given_by_hand = replace(
        snapshot(each, levels=levels), hand_claims={each.id: manual.allocatable(each)}
    )
    after = planned(given_by_hand)[each.id]
    assert (units_held(after) > units_held(each)) is (allowed == (None, None))


def skus_of(each: Order) -> set[str]:
    return {row.sku for row in each.lines}


def units_held(each: Order) -> int:
    return sum(row.allocated for part in each.live for row in part.lines)


# --- shipments -----------------------------------------------------------------------------------

STEPS = {
    ShipmentAction.START_PICKING: dispatch.start_picking,
    ShipmentAction.PICK: dispatch.pick,
    ShipmentAction.PACK: dispatch.pack,
    ShipmentAction.SHIP: dispatch.ship,
    ShipmentAction.SEND_BACK: manual.recalled,
}


@pytest.mark.parametrize("status", sorted(LIVE))
@pytest.mark.parametrize("holds", [(), ("fraud",), ("address_missing", "fraud")])
@pytest.mark.parametrize("held", [2, 1, 0])
def test_a_step_is_refused_exactly_when_it_is_not_allowed(status, holds, held):
    row = line(units=2, claims=[claim(held)] if held else [])
    part = shipment(row, line("K2", 1, number=2, id_=102, claims=[claim(1)]), status=status, at="A")
    each = order(1, shipments=[part], holds=holds)
    told = {choice.action: choice for choice in shipment_actions(facts(each, part))}
    for action, step in STEPS.items():
        assert stepped(step, each, part) == (told[action].code, told[action].why), action


def facts(each: Order, part: Shipment) -> ShipmentFacts:
    to_come = tuple((row.wanted, row.sku) for row in part.lines if row.wanted)
    return ShipmentFacts(part.id, part.number, each.number, part.status, each.holds, to_come)


def stepped(step, each: Order, part: Shipment) -> tuple[str | None, str | None]:
    try:
        step(each, part)
    except RefusedError as refusal:
        return refusal.code, str(refusal)
    except MoveNotAllowedError as error:
        return "step_not_allowed", str(error)
    return None, None


def test_picking_is_refused_when_units_are_not_yet_received():
    each = order(1, shipments=[shipment(line(units=3, claims=[claim(1)]), status=READY, at="A")])
    told = {choice.action: choice for choice in shipment_actions(facts(each, each.shipments[0]))}

    assert told[ShipmentAction.PICK] == Choice(
        ShipmentAction.PICK,
        "not_yet_received",
        "shipment 1 can not be picked: 2 of K1 not yet received",
    )
    assert told[ShipmentAction.SEND_BACK].allowed


def test_every_step_is_refused_when_the_shipment_has_left():
    left = ShipmentFacts(7, 1, "O1", ShipmentStatus.SHIPPED)
    told = {choice.action: (choice.code, choice.why) for choice in shipment_actions(left)}

    assert {told[action] for action in TARGETS} == {
        ("step_not_allowed", "shipment 7 is shipped and nothing is left to do with it")
    }
    assert told[ShipmentAction.SEND_BACK] == (
        "not_ready", "shipment 1 is shipped; only a ready one is sent back",
    )  # fmt: skip
