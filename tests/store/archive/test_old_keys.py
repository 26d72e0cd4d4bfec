"""A client's key is remembered for its days, and what is known by a name for ever."""

from datetime import timedelta
from typing import Any

from fulfillment.store.archive import old_keys
from fulfillment.store.archive.old_keys import forget_keys
from fulfillment.store.transactions.session import Command, Tx
from tests.builders import moves
from tests.builders.warehouse import MERCHANT, Warehouse

DAYS = timedelta(days=30)


def did(warehouse: Warehouse, verb: str, key: str) -> bool:
    """Whether a command was done under this key now, and not answered with what was stored."""
    done: list[str] = []

    def body(_: Tx) -> dict[str, Any]:
        done.append(key)
        return {}

    warehouse.store.execute(Command(MERCHANT, verb, key, "tester"), body)
    return bool(done)


def test_a_key_is_answered_with_what_was_stored_for_its_days(warehouse):
    assert did(warehouse, "hold", "hold:O1:k-1")
    warehouse.clock.pass_days(30)
    assert forget_keys(warehouse.store, DAYS) == 0
    assert not did(warehouse, "hold", "hold:O1:k-1")

    warehouse.clock.pass_days(1)
    assert forget_keys(warehouse.store, DAYS) == 1
    assert did(warehouse, "hold", "hold:O1:k-1")


def test_all_keys_are_forgotten_when_there_are_more_than_a_batch(warehouse, monkeypatch):
    monkeypatch.setattr(old_keys, "BATCH", 2)
    for number in range(5):
        did(warehouse, "pick", f"pick:{number}:k")
    warehouse.clock.pass_days(31)
    assert forget_keys(warehouse.store, DAYS) == 5


def test_what_is_known_by_its_name_is_known_for_ever(warehouse):
    purchase = warehouse.purchase([("K1", 5)], number="PO:1:a")
    warehouse.receive(purchase, {1: 2}, number="R:1:a")
    moves.transfer(warehouse, [("K1", 1)], ship=False, number="T:1:a")
    moves.count(warehouse, {"K2": 3}, number="C:1:a")
    kept = [
        ("payment", "payment:O1:reference"),
        ("settle", "settle:acme:7"),
        ("adjust", "adjust:import:x"),
        ("bounce", "bounce:7"),
    ]
    for verb, key in kept:
        did(warehouse, verb, key)
    before = warehouse.rows("SELECT key FROM command ORDER BY key")
    warehouse.clock.pass_days(400)
    assert forget_keys(warehouse.store, DAYS) == 0
    assert warehouse.rows("SELECT key FROM command ORDER BY key") == before
