"""A time zone that not all parts know is refused at the door; one that is stored harms nobody."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands import catalogue
from fulfillment.store.commands.catalogue import NewLocation, NewMerchant
from fulfillment.store.commands.supply.overdue import declare_overdue
from fulfillment.store.integrity import restarts
from fulfillment.store.integrity.restarts import owe_overdue, wake_overdue
from fulfillment.store.queue.pending_queues import owe_replan
from fulfillment.store.transactions.session import Tx
from tests.builders.warehouse import MERCHANT, Warehouse

LONG = timedelta(seconds=30)

REFUSED = {
    "leap seconds": "right/Europe/Vienna",
    "wherever the server is": "localtime",
    "no summer time at the database's": "CET",
    "a folder of zones": "Europe",
    "a rule, not a name": "FOO+3",
    "nothing of the kind": "Mars/Base",
    "a way out": "../etc/passwd",
    "empty": "",
}


@pytest.mark.parametrize("zone", REFUSED.values(), ids=REFUSED.keys())
def test_zone_is_refused_when_the_two_do_not_both_know_it(warehouse: Warehouse, zone: str) -> None:
    puts: list[Callable[[], None]] = [
        lambda: catalogue.put_location(warehouse.store, NewLocation("Z", "Z", zone)),
        lambda: catalogue.put_merchant(warehouse.store, NewMerchant("zed", "Zed", zone)),
    ]
    for put in puts:
        with pytest.raises(RefusedError) as refusal:
            put()
        assert refusal.value.code == "unknown_time_zone"
        assert [error["field"] for error in refusal.value.fields] == ["time_zone"]


@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Vienna", "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati"]
)
def test_zone_is_taken_when_both_know_it(warehouse: Warehouse, zone: str) -> None:
    catalogue.put_location(warehouse.store, NewLocation("Z", "Z", zone))
    assert warehouse.one("SELECT time_zone FROM location WHERE id = 'Z'") == zone


def spoil(warehouse: Warehouse, location: str, zone: str) -> None:
    """As a row that is there from before, or whose zone was taken out of the database since."""
    with warehouse.engine.begin() as connection:
        sql = "UPDATE location SET time_zone = %s WHERE id = %s"
        connection.exec_driver_sql(sql, (zone, location))


@pytest.mark.parametrize("zone", ["right/Europe/Vienna", "Mars/Base"])
def test_everybody_is_served_when_a_stored_zone_is_not_known(
    warehouse: Warehouse, zone: str
) -> None:
    purchase = warehouse.purchase([("K1", 5)], due=2)
    order = warehouse.order([("K1", 5)])
    spoil(warehouse, "B", zone)
    warehouse.purchase([("K2", 5)], due=2, at="B")
    warehouse.clock.pass_days(3)
    assert wake_overdue(warehouse.store) == 2
    id_ = warehouse.one("SELECT id FROM purchase_order WHERE number = :number", number=purchase)
    assert declare_overdue(warehouse.store, MERCHANT, id_)["overdue"] == 5
    assert warehouse.pegs(order) == {}
    owe_overdue(warehouse.store, LONG)


def test_a_zone_that_is_not_known_is_told_in_the_log(warehouse: Warehouse) -> None:
    spoil(warehouse, "B", "Mars/Olympus")
    with capture_logs() as lines:
        owe_overdue(warehouse.store, LONG)
    assert [line["time_zone"] for line in lines if line["event"] == "time_zone_not_known"] == [
        "Mars/Olympus"
    ]


def test_other_merchants_are_served_when_one_can_not_be(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    for merchant in ("aaa", "zzz"):
        catalogue.put_merchant(warehouse.store, NewMerchant(merchant, merchant))
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE merchant SET replan_due = true")

    def fail_for_one(tx: Tx) -> None:
        if tx.merchant == "aaa":
            raise ValueError("a row that nobody foresaw")
        owe_replan(tx)

    monkeypatch.setattr(restarts, "owe_replan", fail_for_one)
    with capture_logs() as lines:
        assert owe_overdue(warehouse.store, LONG) == 2
    assert [row.merchant for row in warehouse.rows("SELECT merchant FROM outbox")] == [
        MERCHANT, "zzz",
    ]  # fmt: skip
    (line,) = lines
    assert (line["event"], line["step"], line["which"]) == (
        "step_failed_for_one", "owe_overdue", "aaa",
    )  # fmt: skip


@pytest.mark.parametrize("code", ["XX", "AT-99", "Mars"])
def test_orders_are_released_when_a_stored_holiday_code_is_not_known(
    warehouse: Warehouse, code: str
) -> None:
    with warehouse.engine.begin() as connection:
        sql = "UPDATE location SET holidays = %s WHERE id = 'A'"
        connection.exec_driver_sql(sql, (code,))
    warehouse.stock(5)
    with capture_logs() as lines:
        order = warehouse.order([("K1", 2)])
    assert warehouse.allocated(order) == 2
    assert {line["event"] for line in lines} <= {"holidays_not_known"}
