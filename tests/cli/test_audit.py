import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from fulfillment.contracts import names
from fulfillment.relay.relay import Relay
from fulfillment.store.commands.catalogue import (
    NewLocation,
    NewMerchant,
    NewProduct,
    put_location,
    put_merchant,
    put_products,
)
from fulfillment.store.commands.intake import NewLine, NewOrder, create_orders
from fulfillment.store.commands.supply.stock import Adjustment, adjust
from fulfillment.store.integrity.proving import prove_past
from fulfillment.store.transactions.session import Command, Store, system_clock


@pytest.fixture
def merchant(database_url):
    """A merchant of this test alone: all tests share one Temporal."""
    return database_url.rpartition("/")[2].replace("_", "-")


@pytest.fixture
def shop(store, merchant):
    """A store that works an hour ago, with one product and three units."""
    past = replace(store, clock=lambda: system_clock() - timedelta(hours=1))
    put_merchant(past, NewMerchant(merchant, "Acme"))
    put_location(past, NewLocation("main", "Main", serves={merchant: 1}))
    put_products(past, merchant, [NewProduct("TEA", "Tea")])
    adjust(past, Command(merchant, "adjust", "k", "t"), [Adjustment("TEA", "main", 3, "count")])
    return past


@pytest.fixture
def order(shop, merchant):
    new = NewOrder("SO-1", (NewLine(1, "TEA", 2),), address={"city": "Vienna"})
    create_orders(shop, merchant, [new], "test")
    return names.order_workflow_id(merchant, "SO-1")


def test_every_check_has_a_tick_when_all_is_well(shop, process, temporal_server):
    done = process("audit", TEMPORAL_ADDRESS=temporal_server.address)

    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert len(lines) > 10
    assert all(line.startswith("✓") for line in lines)
    assert {line.split()[1] for line in lines} >= {"1a", "2b", "3", "6a", "7a", "7b", "7c", "7d"}


def test_rows_are_told_when_stock_does_not_add_up(shop, store, process):
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE stock_level SET on_hand = 9"))
    done = process("audit", "--no-engine")
    plain = json.loads(process("audit", "--no-engine", "--json").stdout)

    assert done.returncode == 1
    assert "x 1b  the sum of the ledger is on hand" in done.stdout
    assert "on_hand 9, ledger 3" in done.stdout
    assert not plain["fine"]
    assert [check["number"] for check in plain["checks"] if not check["fine"]] == ["1b"]


def test_the_checkpoint_of_the_ledger_is_checked_when_the_whole_past_is_asked_for(
    shop, store, process
):
    assert prove_past(store).findings == ()
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE ledger_checkpoint SET units = units + 1"))
        connection.execute(text("UPDATE stock_level SET on_hand = on_hand + 1"))
    plain = process("audit", "--no-engine")
    whole = process("audit", "--no-engine", "--whole")

    assert plain.returncode == 0
    assert whole.returncode == 1
    assert "x 1c  the checkpoint of the ledger is the sum of the ledger" in whole.stdout
    assert "x 1b  the sum of the ledger is on hand" in whole.stdout


async def test_order_without_a_workflow_is_found_and_started_again(
    store, order, process, temporal_server, temporal_client
):
    with store.engine.begin() as connection:
        connection.execute(text("DELETE FROM outbox"))
    found = process("audit", TEMPORAL_ADDRESS=temporal_server.address)
    assert found.returncode == 1
    assert (
        "7a  every order that is not finished has a running workflow (1 have none)" in found.stdout
    )
    assert "pegboard audit --repair" in found.stdout

    repaired = process("audit", "--repair", "--json", TEMPORAL_ADDRESS=temporal_server.address)
    assert json.loads(repaired.stdout)["started_again"] == 1

    async def same_client():
        return temporal_client

    await Relay(Store(store.engine), same_client, "nobody-works-here").deliver_batch()
    try:
        after = process("audit", TEMPORAL_ADDRESS=temporal_server.address)
        assert "✓ 7a" in after.stdout
        assert "✓ 7b" in after.stdout
        # Nobody works there, so it has not claimed since it came an hour ago.
        assert "x 7h  no order has waited for its first claim" in after.stdout
    finally:
        await temporal_client.get_workflow_handle(order).terminate()


def test_start_is_told_when_it_has_been_owed_for_long(order, process, temporal_server):
    done = process("audit", TEMPORAL_ADDRESS=temporal_server.address)

    assert done.returncode == 1
    assert "7b  nothing has been owed to a workflow for more than a minute" in done.stdout
    assert "start_order" in done.stdout


def test_code_is_three_when_temporal_is_away(shop, process):
    done = process("audit", TEMPORAL_ADDRESS="127.0.0.1:1")

    assert done.returncode == 3
