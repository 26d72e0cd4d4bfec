"""The day on which a released shipment should go: kept, taken away, and made anew."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

import pytest

from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands import catalogue
from fulfillment.store.commands.catalogue import closures
from fulfillment.store.commands.orders import lifecycle, manual
from tests.builders.calling import at_once
from tests.builders.warehouse import MERCHANT, NOON, TODAY, Warehouse

A = catalogue.NewLocation("A", "A", serves={MERCHANT: 1})


def put(warehouse: Warehouse, **more: Any) -> None:
    catalogue.put_location(warehouse.store, replace(A, **more))


def targets(warehouse: Warehouse, order: int) -> list[tuple[str, datetime | None, date | None]]:
    rows = warehouse.rows(
        "SELECT status, released_at, target_ship_on FROM shipment WHERE order_id = :id"
        " AND status NOT IN ('reassigned', 'cancelled') ORDER BY number",
        id=order,
    )
    return [tuple(row) for row in rows]


def target(warehouse: Warehouse, order: int) -> Any:
    return warehouse.one("SELECT target_ship_on FROM orders WHERE id = :id", id=order)


def test_days_are_told_anew_when_who_opened_a_location_died_and_comes_again(warehouse):
    put(warehouse, cutoff=time(20))
    warehouse.stock(1)
    closures.put_closure(warehouse.store, "A", TODAY, None)
    mine = warehouse.order()
    # The calendar was changed, and nothing was made of it.
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM location_closure")
        connection.exec_driver_sql(
            "UPDATE location SET calendar_revision = calendar_revision + 1 WHERE id = 'A'"
        )
    assert target(warehouse, mine) == TODAY + timedelta(days=1)
    closures.remove_closure(warehouse.store, "A", TODAY)

    assert target(warehouse, mine) == TODAY
    with pytest.raises(RefusedError, match="no closure"):
        closures.remove_closure(warehouse.store, "A", TODAY)


def test_the_moment_and_the_day_are_kept_when_a_shipment_is_released(warehouse):
    warehouse.stock(1)
    mine = warehouse.order([("K1", 2)])

    assert targets(warehouse, mine) == [("ready", NOON, TODAY), ("backorder", None, None)]
    assert target(warehouse, mine) == TODAY


def test_the_next_working_day_is_meant_when_the_cutoff_is_over(warehouse):
    put(warehouse, cutoff=time(12))
    warehouse.stock(1)

    assert target(warehouse, warehouse.order()) == TODAY + timedelta(days=1)


def test_both_are_taken_away_when_it_is_sent_back_and_made_anew_when_it_is_released(warehouse):
    warehouse.stock(1)
    mine = warehouse.order([("K1", 1)])
    (shipment,) = warehouse.shipments("ready")
    warehouse.do(manual.unallocate(warehouse.number(mine)))
    assert targets(warehouse, mine) == [("backorder", None, None)]
    assert target(warehouse, mine) is None

    warehouse.clock.pass_days(1)
    warehouse.do(manual.resume_allocation(warehouse.number(mine)))
    next_day = NOON + timedelta(days=1)
    assert targets(warehouse, mine) == [("ready", next_day, next_day.date())]
    assert warehouse.shipments("ready") == [shipment]


def test_both_are_new_when_a_hold_is_lifted(warehouse):
    warehouse.stock(1)
    mine = warehouse.order()
    warehouse.hold(mine)
    assert targets(warehouse, mine) == [("ready", NOON, TODAY)]
    warehouse.clock.pass_days(2)
    warehouse.unhold(mine)
    later = NOON + timedelta(days=2)

    assert targets(warehouse, mine) == [("ready", later, later.date())]
    assert target(warehouse, mine) == later.date()


def test_both_stay_when_one_of_two_holds_is_lifted(warehouse):
    warehouse.stock(1)
    mine = warehouse.order()
    warehouse.hold(mine, "fraud")
    warehouse.hold(mine, "address")
    warehouse.clock.pass_days(1)

    warehouse.do(lifecycle.unhold(warehouse.number(mine), "fraud"))

    assert targets(warehouse, mine) == [("ready", NOON, TODAY)]


def test_the_order_has_its_earliest_day_until_that_is_shipped(warehouse):
    catalogue.put_location(
        warehouse.store, catalogue.NewLocation("B", "B", serves={MERCHANT: 2}, handling_days=3)
    )
    warehouse.stock(1, "K1", "A")
    warehouse.stock(1, "K2", "B")
    mine = warehouse.order([("K1", 1), ("K2", 1)])
    first, _ = warehouse.shipments("ready")
    assert target(warehouse, mine) == TODAY
    warehouse.pick(first)
    assert target(warehouse, mine) == TODAY
    warehouse.ship(first)
    assert target(warehouse, mine) == TODAY + timedelta(days=3)


def test_public_holidays_of_a_part_of_a_country_are_kept(warehouse):
    warehouse.clock.now = datetime(2026, 11, 3, 9, tzinfo=UTC)
    put(warehouse, holidays="US-NJ")
    warehouse.stock(2)
    assert target(warehouse, warehouse.order()) == date(2026, 11, 4)
    put(warehouse, holidays="US-TX")
    assert target(warehouse, warehouse.order()) == date(2026, 11, 3)


@pytest.mark.parametrize(("code", "named"), [("XX", "AT"), ("US-QQ", "US-NJ"), ("at", "AT")])
def test_an_unknown_holiday_code_is_refused_naming_what_there_is(warehouse, code, named):
    with pytest.raises(RefusedError) as refusal:
        put(warehouse, holidays=code)

    assert refusal.value.code == "unknown_holidays"
    assert named in str(refusal.value)


def test_ready_shipments_have_new_days_when_the_calendar_changes(warehouse):
    warehouse.stock(3)
    first, second = warehouse.order(), warehouse.order()
    warehouse.clock.pass_days(1)
    third = warehouse.order()
    warehouse.start_picking(warehouse.shipments("ready")[1])
    put(warehouse, handling_days=1)

    assert [target(warehouse, each) - TODAY for each in (first, second, third)] == [
        timedelta(days=1),
        timedelta(days=0),
        timedelta(days=2),
    ]


def test_a_closed_day_moves_what_was_to_go_on_it_and_back_when_it_is_opened(warehouse):
    warehouse.stock(1)
    mine = warehouse.order()
    closures.put_closure(warehouse.store, "A", TODAY, "flood")
    assert target(warehouse, mine) == TODAY + timedelta(days=1)
    closures.put_closure(warehouse.store, "A", TODAY, "stocktaking")
    closures.remove_closure(warehouse.store, "A", TODAY)
    assert target(warehouse, mine) == TODAY
    with pytest.raises(RefusedError) as refusal:
        closures.remove_closure(warehouse.store, "A", TODAY)
    assert refusal.value.code == "unknown_closure"


def test_a_calendar_is_changed_for_many_with_as_many_statements_as_for_one(warehouse, statements):
    sent = []
    for many in (1, 40):
        warehouse.stock(many)
        for _ in range(many):
            warehouse.order()
        with statements() as counted:
            closures.put_closure(warehouse.store, "A", TODAY + timedelta(days=many), None)
        sent.append(len(counted))

    assert sent[0] == sent[1]


def test_calendars_are_read_once_when_many_shipments_are_released_at_once(warehouse, statements):
    for _ in range(30):
        warehouse.order()
    with statements() as counted:
        warehouse.stock(30)

    assert len([sql for sql in counted if "calendar_revision" in sql]) == 1


def test_every_ready_shipment_has_the_day_of_the_calendar_when_both_change_at_once(warehouse):
    taken = [warehouse.take() for _ in range(12)]
    warehouse.stock(12)
    results = at_once(
        *[partial(warehouse.claim, each) for each in taken],
        partial(put, warehouse, handling_days=2),
        partial(closures.put_closure, warehouse.store, "A", TODAY, None),
    )

    assert not [result for result in results if isinstance(result, str)]
    assert {target(warehouse, each) for each in taken} == {TODAY + timedelta(days=3)}
    assert len(warehouse.shipments("ready")) == 12


def test_days_are_made_anew_by_the_sweep_when_a_change_of_calendar_was_broken_off(
    warehouse, monkeypatch
):
    warehouse.stock(2)
    mine, other = warehouse.order(), warehouse.order()
    tomorrow = TODAY + timedelta(days=1)
    with monkeypatch.context() as broken:
        broken.setattr(closures, "_renew", _die)
        with pytest.raises(SystemExit):
            closures.put_closure(warehouse.store, "A", TODAY, "flood")
    assert target(warehouse, mine) == TODAY

    assert closures.renew_broken_off(warehouse.store) == 1
    assert (target(warehouse, mine), target(warehouse, other)) == (tomorrow, tomorrow)
    assert closures.renew_broken_off(warehouse.store) == 0


def test_a_later_change_of_calendar_is_not_taken_for_done_when_an_earlier_one_ends(
    warehouse, monkeypatch
):
    warehouse.stock(1)
    mine = warehouse.order()
    note = closures._note_renewed

    def change_meanwhile(tx: Any, location: str, revision: int) -> None:
        with monkeypatch.context() as broken:
            broken.setattr(closures, "_renew", _die)
            with pytest.raises(SystemExit):
                put(warehouse, handling_days=2)
        note(tx, location, revision)

    with monkeypatch.context() as interrupted:
        interrupted.setattr(closures, "_note_renewed", change_meanwhile)
        put(warehouse, handling_days=1)
    assert target(warehouse, mine) == TODAY + timedelta(days=1)

    assert closures.renew_broken_off(warehouse.store) == 1
    assert target(warehouse, mine) == TODAY + timedelta(days=2)


def _die(*_: object) -> None:
    raise SystemExit


def promises(warehouse: Warehouse, order: int) -> tuple[Any, Any]:
    """The day of the first promise and of the current one."""
    (row,) = warehouse.rows(
        "SELECT first_promise, promise FROM order_line WHERE order_id = :id", id=order
    )
    (first,), (current,) = row
    return first[1], current[1]


def test_the_promise_is_a_day_on_which_it_can_ship(warehouse):
    put(warehouse, cutoff=time(12), working_days=(1, 2, 3, 4, 5), handling_days=4)
    warehouse.stock(1)
    mine = warehouse.order()
    # Monday noon is too late for Monday: Tuesday, and four working days more.
    monday = TODAY + timedelta(days=7)
    assert target(warehouse, mine) == monday
    assert promises(warehouse, mine) == (str(monday), str(monday))


def test_what_comes_on_a_day_off_is_promised_for_the_next_working_day(warehouse):
    warehouse.purchase([("K1", 1)], due=5)
    mine = warehouse.order()
    monday = TODAY + timedelta(days=7)
    assert promises(warehouse, mine) == (str(monday), str(monday))


def test_a_day_off_that_is_added_moves_what_is_promised_and_never_the_first_promise(warehouse):
    warehouse.purchase([("K1", 1)], due=1)
    waiting = warehouse.order()
    warehouse.stock(1, "K2")
    released = warehouse.order([("K2", 1)])
    warehouse.stock(1, "K3")
    held = warehouse.take([("K3", 1)])
    warehouse.hold(held)
    warehouse.claim(held)
    first, second = str(TODAY), str(TODAY + timedelta(days=1))
    third = str(TODAY + timedelta(days=2))

    closures.put_closure(warehouse.store, "A", TODAY, "Flood")
    closures.put_closure(warehouse.store, "A", TODAY + timedelta(days=1), None)
    assert promises(warehouse, waiting) == (second, third)
    assert promises(warehouse, released) == (first, third)
    assert promises(warehouse, held) == (first, third)
    assert [len(warehouse.happened(one, "promise_moved")) for one in (waiting, released)] == [1, 2]

    closures.remove_closure(warehouse.store, "A", TODAY)
    closures.remove_closure(warehouse.store, "A", TODAY + timedelta(days=1))
    assert promises(warehouse, waiting) == (second, second)
    assert promises(warehouse, released) == (first, first)
