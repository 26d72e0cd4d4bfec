"""A quantity, a line more, another SKU, fewer units: what becomes of the order."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.domain.actions.line_changes import (
    LineUnits,
    WantedLine,
    cancelled_units,
    exchanged,
    first_claims,
    with_line,
    with_quantity,
)
from fulfillment.domain.model.orders import Channel, Order, OrderLine
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.domain.model.shipments import ShipmentLine
from fulfillment.domain.model.statuses import OrderStatus, ShipmentStatus
from tests.builders.values import (
    claim,
    claimed,
    line,
    order,
    parts,
    peg,
    pegged,
    planned,
    shipment,
    snapshot,
    stock,
    supply,
)

READY, PICKING, SHIPPED = ShipmentStatus.READY, ShipmentStatus.PICKING, ShipmentStatus.SHIPPED
PICKED, PACKED = ShipmentStatus.PICKED, ShipmentStatus.PACKED
ONE = {"max_shipments": 1}


def after(mine: Order, *levels, **more) -> Order:
    return planned(snapshot(mine, levels=levels, **more))[mine.id]


def ready(units: int = 3, status: ShipmentStatus = READY, **more) -> Order:
    row = line(units=units, claims=[claim(units)])
    return order(1, shipments=[shipment(row, status=status, at="A", wave=1)], **more)


def refused(change, *arguments) -> tuple[str, dict[str, Any]]:
    with pytest.raises(RefusedError) as refusal:
        change(*arguments)
    return refusal.value.code, dict(refusal.value.fields[0])


def kinds(mine: Order) -> list[str]:
    return [note.kind for note in mine.notes]


# --- quantity ------------------------------------------------------------------------------------


def test_more_waits_beside_what_was_when_a_quantity_grows():
    grown = with_quantity(order(1, [("K1", 2)]), 1, 5)

    assert grown.lines == (OrderLine(1, "K1", 5),)
    assert parts(grown) == [("backorder", None, {1: 2}), ("backorder", None, {1: 3})]
    assert grown.notes[0].facts == {"line": 1, "sku": "K1", "from": 2, "to": 5}


def test_nothing_is_told_when_the_quantity_is_what_it_was():
    mine = order(1, [("K1", 2)])

    assert with_quantity(mine, 1, 2) is mine


def test_what_was_shipped_counts_when_a_quantity_is_named():
    gone = shipment(line(units=2), status=SHIPPED, at="A")
    rest = shipment(line(units=3, id_=102), number=2, id_=12)
    mine = order(1, shipments=[gone, rest])

    assert parts(with_quantity(mine, 1, 4)) == [("backorder", None, {1: 2})]
    assert with_quantity(mine, 1, 2).status is OrderStatus.SHIPPED
    assert refused(with_quantity, mine, 1, 1)[0] == "too_late"


def test_unallocated_units_go_first_wherever_they_wait():
    held = shipment(line(units=2, id_=102, claims=[claim(2)]), number=2, id_=12)
    mine = order(1, shipments=[shipment(line(units=3)), held], policy=ONE)

    assert claimed(with_quantity(mine, 1, 2)) == {(1, "A"): 2}
    assert claimed(with_quantity(mine, 1, 1)) == {(1, "A"): 1}


def test_it_is_too_late_for_what_is_packed_and_the_shipments_are_named():
    staged = shipment(line(units=4, claims=[claim(3, staged=2)]))
    picked = shipment(
        line(units=2, id_=102, claims=[claim(2, picked=2)]),
        status=PICKED, number=2, id_=12, at="A",
    )  # fmt: skip
    packed = shipment(
        line(units=2, id_=103, claims=[claim(2, picked=2)]),
        status=PACKED, number=3, id_=13, at="A",
    )  # fmt: skip
    mine = order(1, shipments=[staged, picked, packed])

    assert claimed(with_quantity(mine, 1, 6, {(12, 1): 1})) == {(1, "A"): 6}
    least = with_quantity(mine, 1, 3, {(12, 1): 1})
    assert parts(least) == [("packed", "A", {1: 1}), ("packed", "A", {1: 2})]
    assert refused(with_quantity, mine, 1, 2, {(12, 1): 1}) == (
        "too_late",
        {
            "line": 1,
            "held_up": [
                {"shipment": 2, "status": "picked", "units": 1},
                {"shipment": 3, "status": "packed", "units": 2},
            ],
        },
    )


@pytest.mark.parametrize(
    ("picked", "left", "status"),
    [(0, 2, PICKING), (1, 2, PICKING), (2, 2, PICKED), (3, 2, PICKED), (0, 0, None), (3, 0, None)],
)
def test_what_is_being_picked_can_be_cancelled_from_the_shelf_and_from_hands(picked, left, status):
    row = line(units=3, claims=[claim(3, picked=picked)])
    mine = order(1, shipments=[shipment(row, status=PICKING, at="A")])
    shorter = cancelled_units(mine, [LineUnits(1, 3 - left)])

    assert parts(shorter) == ([(str(status), "A", {1: left})] if status else [])
    assert shorter.line(1).cancelled == 3 - left
    code, facts = refused(cancelled_units, mine, [LineUnits(1, 4)])
    assert (code, facts["held_up"]) == ("too_late", [])


def test_a_line_that_is_not_there_is_named():
    assert refused(with_quantity, order(), 9, 1) == ("unknown_line", {"field": "line"})


# --- a line more ---------------------------------------------------------------------------------


def test_a_line_is_added_once():
    added = with_line(order(), WantedLine(4, "K2", 3))

    assert added.lines == (OrderLine(1, "K1", 1), OrderLine(4, "K2", 3))
    assert added.notes[0].facts == {"line": 4, "sku": "K2", "units": 3}
    assert refused(with_line, added, WantedLine(4, "K2", 3))[0] == "line_exists"


def test_the_dispatch_comes_back_when_a_line_is_added_that_must_go_with_it():
    added = with_line(ready(policy=ONE), WantedLine(2, "K2", 1))

    assert parts(after(added)) == [("backorder", None, {1: 3}), ("backorder", None, {2: 1})]
    assert parts(after(added, stock(1, "K2"))) == [("ready", "A", {1: 3, 2: 1})]
    assert "beyond_max_shipments" not in kinds(added)


@pytest.mark.parametrize("status", [PICKING, SHIPPED])
def test_what_is_added_goes_beyond_the_limit_when_the_last_dispatch_has_begun(status):
    rest = shipment(line("K2", number=2, id_=102), number=2, id_=12)
    spent = 1 if status is SHIPPED else 0
    mine = order(
        1, shipments=[*ready(status=status).shipments, rest], policy=ONE, waves_spent=spent
    )
    grown = with_quantity(with_quantity(mine, 2, 3), 2, 4)

    assert kinds(grown).count("beyond_max_shipments") == 1
    assert grown.waves_left == 1
    waits = [part for part in parts(after(grown, stock(3, "K2"))) if part[0] == "backorder"]
    assert sum(part[2][2] for part in waits) == 4
    goes = [part for part in parts(after(grown, stock(4, "K2"))) if part[0] == "ready"]
    assert sum(part[2][2] for part in goes) == 4


def test_the_price_of_a_new_line_counts_at_once():
    added = with_line(order(), WantedLine(2, "K2", 3, unit_price_minor=50))
    changed = exchanged(added, LineUnits(1), "K3", 20)

    assert (order().value_minor, added.value_minor, changed.value_minor) == (None, 150, 170)


# --- exchange ------------------------------------------------------------------------------------


def test_units_become_a_line_of_another_sku():
    changed = exchanged(order(1, [("K1", 5)]), LineUnits(1, 2), "K2")

    assert changed.lines == (OrderLine(1, "K1", 5, cancelled=2), OrderLine(2, "K2", 2))
    assert changed.notes[0].facts == {
        "line": 1, "sku": "K1", "units": 2, "into": 2, "into_sku": "K2",
    }  # fmt: skip
    assert parts(after(changed, stock(2, "K2"))) == [
        ("backorder", None, {1: 3}), ("ready", "A", {2: 2}),
    ]  # fmt: skip


def test_the_old_claim_is_for_others_when_a_held_line_is_exchanged():
    row = line(units=3, claims=[claim(2)])
    mine, other = order(1, shipments=[shipment(row)], policy=ONE), order(2, [("K1", 2)])
    given = snapshot(exchanged(mine, LineUnits(1), "K2"), other, levels=[stock(2), stock(3, "K2")])
    result = planned(given)

    assert parts(result[1]) == [("ready", "A", {2: 3})]
    assert parts(result[2]) == [("ready", "A", {1: 2})]


def test_what_is_ready_with_it_goes_in_one_dispatch_with_the_new_line():
    k2 = line("K2", number=2, id_=102, claims=[claim(1)])
    row = line(units=3, claims=[claim(3)])
    mine = order(1, shipments=[shipment(row, k2, status=READY, at="A", wave=1)])
    changed = after(exchanged(mine, LineUnits(1, 1), "K3"), stock(1, "K3"))

    assert {part.wave for part in changed.shipments if part.is_live} == {1}
    assert claimed(changed) == {(1, "A"): 2, (2, "A"): 1, (3, "A"): 1}


def test_a_dispatch_that_somebody_picks_stays_when_another_part_of_it_is_exchanged():
    picking = shipment(line("K2", number=2, id_=102, claims=[claim(1)]),
                       status=PICKING, at="B", wave=1, number=2, id_=12)  # fmt: skip
    mine = order(1, shipments=[*ready().shipments, picking])
    changed = exchanged(mine, LineUnits(1, 1), "K3")

    assert parts(changed) == [
        ("ready", "A", {1: 2}), ("picking", "B", {2: 1}), ("backorder", None, {3: 1}),
    ]  # fmt: skip
    assert [s.wave for s in changed.shipments] == [1, 1, None]


def test_pegs_of_an_exchanged_line_serve_others():
    row = line(units=4, pegs=[peg(4)])
    mine, other = order(1, shipments=[shipment(row)]), order(2, [("K1", 3)])
    given = snapshot(exchanged(mine, LineUnits(1, 3), "K2"), other, supplies=[supply(4)])
    result = planned(given)

    assert (pegged(result[1]), pegged(result[2])) == ({(1, 1): 1}, {(1, 1): 3})


def test_a_pin_shrinks_with_its_line():
    row = line(units=4, pegs=[peg(4, pinned=True)])
    mine = exchanged(order(1, shipments=[shipment(row)]), LineUnits(1, 3), "K2")

    assert pegged(after(mine, supplies=[supply(4)])) == {(1, 1): 1}


def test_an_exchange_is_too_late_when_the_units_are_packed():
    code, facts = refused(exchanged, ready(status=PACKED), LineUnits(1, 1), "K2")

    assert code == "too_late"
    assert facts["held_up"] == [{"shipment": 1, "status": "packed", "units": 3}]


def test_units_in_hands_are_exchanged_and_the_new_ones_wait():
    row = line(units=3, claims=[claim(3, picked=3)])
    mine = exchanged(
        order(1, shipments=[shipment(row, status=PICKED, at="A")]), LineUnits(1, 1), "K2"
    )

    assert parts(mine) == [("picked", "A", {1: 2}), ("backorder", None, {2: 1})]


def test_an_exchange_is_refused_when_it_makes_no_sense():
    gone = cancelled_units(order(1, [("K1", 1), ("K2", 1)]), [LineUnits(1)])

    assert refused(exchanged, order(), LineUnits(1), "K1")[0] == "same_sku"
    assert refused(exchanged, gone, LineUnits(1), "K3")[0] == "nothing_to_cancel"
    assert refused(exchanged, order(), LineUnits(1, 2), "K2")[0] == "too_late"


def test_the_new_line_is_picked_up_where_the_old_one_was():
    mine = order()
    (row,) = mine.lines
    at_store = mine.with_lines([OrderLine(1, "K1", 1, channel=Channel.PICKUP, source="B")])
    sent = mine.with_lines([OrderLine(1, "K1", 1, channel=Channel.DROP_SHIP, source="B")])

    assert row.source is None
    for each, told in ((at_store, (Channel.PICKUP, "B")), (sent, (Channel.PICK, None))):
        new = exchanged(each, LineUnits(1), "K2").lines[-1]
        assert (new.channel, new.source) == told


# --- fewer ---------------------------------------------------------------------------------------


def test_lines_and_units_are_cancelled_and_the_order_ends_with_the_last_one():
    mine = order(1, [("K1", 3), ("K2", 1)], holds=("fraud",))
    fewer = cancelled_units(mine, [LineUnits(1, 2), LineUnits(2)])

    assert [row.cancelled for row in fewer.lines] == [2, 1]
    assert fewer.holds == ("fraud",)
    ended = cancelled_units(fewer, [LineUnits(1)])
    assert (ended.status, ended.holds) == (OrderStatus.CANCELLED, ())


def test_a_cancel_is_refused_when_a_line_is_named_twice_or_has_no_units_left():
    mine = order(1, [("K1", 3), ("K2", 1)])
    fewer = cancelled_units(mine, [LineUnits(2)])

    assert refused(cancelled_units, mine, [LineUnits(1), LineUnits(1)]) == (
        "line_twice", {"field": "lines[1].line"},
    )  # fmt: skip
    assert refused(cancelled_units, mine, [LineUnits(1), LineUnits(7)]) == (
        "unknown_line", {"field": "lines[1].line"},
    )  # fmt: skip
    assert refused(cancelled_units, fewer, [LineUnits(2)])[0] == "nothing_to_cancel"


# --- what it may take at once --------------------------------------------------------------------


def test_only_what_was_just_added_goes_past_a_gate():
    waits = order(1, [("K1", 2)])
    held = order(1, shipments=[shipment(line(units=2, claims=[claim(2)]))], policy=ONE)

    assert first_claims(with_quantity(held, 1, 3)) == {1}
    assert first_claims(with_quantity(waits, 1, 3)) == frozenset()
    assert first_claims(with_line(waits, WantedLine(2, "K2", 1))) == {2}
    early = order(1, first_claimed=False)
    assert first_claims(with_line(early, WantedLine(2, "K2", 1))) == frozenset()


# --- laws ----------------------------------------------------------------------------------------

STATUSES = [ShipmentStatus.BACKORDER, READY, PICKING, PICKED, PACKED]


@st.composite
def orders(draw) -> Order:
    made = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        status, units = draw(st.sampled_from(STATUSES)), draw(st.integers(1, 4))
        waits = status is ShipmentStatus.BACKORDER
        held = draw(st.integers(0, units)) if waits else units
        staged = draw(st.integers(0, held)) if waits else 0
        picked = 0 if waits or status is READY else units
        if status is PICKING:
            picked = draw(st.integers(0, units - 1))
        claims = [claim(held, staged=staged, picked=picked)] if held else []
        row = line(units=units, id_=100 + number, claims=claims)
        made.append(
            shipment(row, status=status, number=number, id_=number, at=None if waits else "A",
                     wave=None if waits else 1)
        )  # fmt: skip
    return order(1, shipments=made, policy={"max_shipments": draw(st.sampled_from([None, 1, 2]))})


@given(orders(), st.integers(1, 12), st.booleans())
def test_units_are_conserved_and_packages_are_left_alone_for_any_order(mine, units, exchange):
    before = mine.lines[0]
    changed = changed_or_late(mine, units, exchange=exchange)
    if changed is None:
        return
    for row in changed.lines:
        live = sum(x.units for s in changed.live for x in s.lines if x.order_line == row.number)
        assert live == row.ordered - row.cancelled - row.shipped
    now = sum(row.ordered - row.cancelled for row in changed.lines)
    assert now == (before.ordered if exchange else units)
    assert packed_units(changed) == packed_units(mine)
    put_back = in_hands(mine) - in_hands(changed)
    assert not put_back or not any(row.wanted or row.loose for row in of_line(changed, 1))
    assert all(row.allocated <= row.units for s in changed.live for row in s.lines)


def changed_or_late(mine: Order, units: int, *, exchange: bool) -> Order | None:
    try:
        if exchange:
            return exchanged(mine, LineUnits(1, units), "K2")
        return with_quantity(mine, 1, units)
    except RefusedError as refusal:
        if refusal.code != "too_late":
            raise
        return None


def in_hands(mine: Order) -> int:
    return sum(row.in_hands for s in mine.live for row in s.lines)


def packed_units(mine: Order) -> int:
    return sum(row.units for s in mine.live for row in s.lines if s.status is PACKED)


def of_line(mine: Order, number: int) -> list[ShipmentLine]:
    return [row for s in mine.live for row in s.lines if row.order_line == number]
