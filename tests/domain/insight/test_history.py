from dataclasses import replace

from fulfillment.domain.floor import dispatch
from fulfillment.domain.insight.history import STATUS_WORDS, happenings
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.domain.planning.cancellation import cancelled
from tests.builders.values import (
    TODAY,
    claim,
    day,
    line,
    order,
    peg,
    planned,
    shipment,
    snapshot,
    stock,
    supply,
)


def told(before: Order, after: Order) -> list[tuple[str, dict[str, object]]]:
    return [(made.kind, made.facts) for made in happenings(before, after, TODAY)]


def kinds(before: Order, after: Order) -> list[str]:
    return [made.kind for made in happenings(before, after, TODAY)]


def today_for(units: int) -> list[dict[str, object]]:
    return [{"units": units, "on": TODAY.isoformat()}]


def test_nothing_is_told_when_nothing_changed():
    assert told(order(1), order(1)) == []


def test_every_status_has_a_word():
    assert set(STATUS_WORDS) == set(ShipmentStatus)


def test_claim_release_and_status_are_told_when_stock_comes():
    mine = order(1, [("K1", 2)])
    after = planned(snapshot(mine, levels=[stock(2)]))[1]

    assert told(mine, after) == [
        ("allocated", {"lines": [{"line": 1, "sku": "K1", "location": "A", "units": 2}]}),
        ("released", {"shipment": 1, "units": 2, "location": "A", "wave": 1}),
        ("promise_given", {"lines": [{"line": 1, "sku": "K1", "promise": today_for(2)}]}),
        ("ready_to_ship", {"ready": True}),
        ("status_changed", {"from": "awaiting_stock", "to": "awaiting_pick_and_pack"}),
    ]


def test_the_split_names_its_children_when_only_a_part_goes():
    mine = order(1, [("K1", 5), ("K2", 5)], policy={"max_shipments": 2})
    after = planned(snapshot(mine, levels=[stock(5)]))[1]

    assert ("split", {"shipment": 1, "units": 10, "into": [2, 3]}) in told(mine, after)
    assert kinds(mine, after).count("allocated") == 1


def test_a_dated_shipment_is_told_with_its_date_and_when_it_moves():
    mine = order(1, policy={"future_inventory": True})
    dated = planned(snapshot(mine, supplies=[supply(1, due=5)]))[1]
    later = planned(snapshot(dated, supplies=[supply(1, due=9)]))[1]

    facts = {"shipment": 2, "units": 1, "location": "A", "expected_on": day(5).isoformat()}
    child = {"shipment": 1, "units": 1, "into": [2]}
    assert told(mine, dated)[:2] == [("split", child), ("dated", facts)]
    assert told(dated, later)[0] == ("date_moved", facts | {"expected_on": day(9).isoformat()})


def test_a_promise_is_told_when_it_moves():
    mine = planned(snapshot(order(1), supplies=[supply(1, due=5)]))[1]
    later = planned(snapshot(mine, supplies=[supply(1, due=9)]))[1]

    slices = {
        name: [{"units": 1, "on": day(n).isoformat()}] for name, n in (("from", 5), ("to", 9))
    }
    facts = {"line": 1, "sku": "K1", **slices, "because": ["PO-1"]}
    assert told(mine, later) == [("promise_moved", facts)]
    assert later.lines[0].first_promise == mine.lines[0].promise


def test_a_wait_is_told_with_its_day_when_more_units_wait_than_before():
    new = replace(order(1, [("K1", 5), ("K2", 1)]), first_claimed=False)
    claimed = replace(new, first_claimed=True)
    waits = planned(snapshot(claimed, levels=[stock(2)], supplies=[supply(9, due=5)]))[1]
    fewer = planned(snapshot(waits, levels=[stock(1)]))[1]

    facts = next(facts for kind, facts in told(new, waits) if kind == "waits")
    assert facts["lines"] == [
        {"line": 1, "sku": "K1", "units": 3},
        {"line": 2, "sku": "K2", "units": 1},
    ]
    last = max(piece.on for line in waits.lines for piece in line.promise or ())
    assert facts["expected_on"] == last.isoformat()
    assert "waits" not in kinds(waits, fewer)
    assert "waits" in kinds(fewer, waits)


def test_units_are_told_as_given_back_when_an_order_is_cancelled():
    row = line(units=2, claims=[claim(2)], pegs=[peg(1)])
    mine = order(1, shipments=[shipment(row)])

    assert kinds(mine, cancelled(mine)) == [
        "units_cancelled", "unallocated", "shipment_cancelled", "status_changed",
    ]  # fmt: skip


def test_units_are_not_told_as_given_back_when_they_leave():
    packed = shipment(line(units=2, claims=[claim(2)]), status=ShipmentStatus.PACKED, at="A")
    mine = order(1, shipments=[packed])

    assert kinds(mine, dispatch.ship(mine, packed)) == ["shipped", "status_changed"]


def test_nothing_is_told_of_claims_when_they_only_move_between_shipments():
    mine = order(1, policy={"max_shipments": 1}, shipments=[
        shipment(line(units=2, claims=[claim(1)])),
    ])  # fmt: skip
    after = planned(snapshot(replace(mine, policy=order(1).policy)))[1]

    assert "allocated" not in kinds(mine, after)
    assert "unallocated" not in kinds(mine, after)


def test_readiness_is_told_when_a_hold_comes_and_goes():
    ready = shipment(line(claims=[claim(1)]), status=ShipmentStatus.READY, at="A")
    mine = order(1, shipments=[ready])
    held = replace(mine, holds=("fraud",))

    assert ("ready_to_ship", {"ready": False}) in told(mine, held)
    assert ("ready_to_ship", {"ready": True}) in told(held, mine)


def test_another_reason_to_hold_it_is_told_although_the_status_stays():
    mine = replace(order(1), holds=("fraud",))
    both = replace(mine, holds=("credit", "fraud"))

    assert told(mine, both) == [("holds_changed", {"holds": ["credit", "fraud"]})]
    assert told(both, mine) == [("holds_changed", {"holds": ["fraud"]})]
