"""A rehearsal: commands run and see each other, and nothing of it is kept."""

import pytest

from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands.supply.stock import Adjustment, adjust
from fulfillment.store.transactions.rehearsal import rehearsed
from fulfillment.store.transactions.session import Command, Store, Tx
from tests.builders.warehouse import MERCHANT, Warehouse

COUNTED = "SELECT coalesce(sum(on_hand), 0)::int AS units FROM stock_level WHERE sku = 'K1'"


def add(store: Store, key: str, units: int) -> None:
    content = {"units": units}
    command = Command(MERCHANT, "adjust", key, "tester", content)
    adjust(store, command, [Adjustment("K1", "A", units, "count")])


def on_hand(store: Store) -> int:
    def body(tx: Tx) -> int:
        return int(tx.rows(COUNTED)[0].units)

    return store.read(MERCHANT, body)


def test_commands_see_each_other_and_nothing_is_kept(warehouse: Warehouse) -> None:
    with rehearsed(warehouse.store) as store:
        add(store, "first", 5)
        add(store, "second", 2)
        assert [on_hand(store), on_hand(warehouse.store)] == [7, 0]
    assert on_hand(warehouse.store) == 0
    add(warehouse.store, "first", 3)
    assert on_hand(warehouse.store) == 3


def test_what_is_refused_takes_nothing_else_with_it(warehouse: Warehouse) -> None:
    with rehearsed(warehouse.store) as store:
        add(store, "first", 5)
        with pytest.raises(RefusedError):
            add(store, "second", -6)
        add(store, "third", -5)
        assert on_hand(store) == 0


def test_nothing_is_kept_when_it_goes_wrong(warehouse: Warehouse) -> None:
    def broken() -> None:
        with rehearsed(warehouse.store) as store:
            add(store, "first", 5)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    assert on_hand(warehouse.store) == 0
    add(warehouse.store, "first", 1)
    assert on_hand(warehouse.store) == 1


def test_nobody_is_told_of_what_was_only_rehearsed(warehouse: Warehouse) -> None:
    told: list[str] = []
    real = warehouse.store
    loud = Store(real.engine, real.clock, after_commit=lambda: told.append("told"))
    with rehearsed(loud) as store:
        add(store, "first", 5)
    assert told == []
    add(loud, "first", 5)
    assert told == ["told"]
