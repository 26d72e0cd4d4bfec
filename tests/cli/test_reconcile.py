"""`pegboard reconcile`, without and with something at odds."""

import json
from typing import Any

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle

from fulfillment.contracts import names, search_attributes
from fulfillment.contracts.messages import OrderStart, Progress
from fulfillment.domain.insight.restored import PARCEL_LEFT
from fulfillment.domain.model.statuses import OrderStatus
from fulfillment.store.commands.catalogue import (
    NewMerchant,
    NewProduct,
    put_merchant,
    put_products,
)
from fulfillment.store.commands.intake import NewLine, NewOrder, create_orders
from fulfillment.store.reading.standing import life


def test_an_epoch_begins_and_nothing_is_listed_when_all_is_well(store, process, temporal_server):
    before = life(store).epoch
    address = {"TEMPORAL_ADDRESS": temporal_server.address}
    looked = process("reconcile", "--preview", **address)
    assert f"epoch {before}; nothing was done" in looked.stdout
    assert life(store).epoch == before
    done = process("reconcile", **address)

    assert done.returncode == looked.returncode == 0
    assert life(store).epoch > before
    assert "has begun" in done.stdout


async def test_what_the_engine_knows_is_told_by_the_audit_and_held_by_reconcile(
    store, database_url, process, temporal_server, temporal_client: Client
):
    merchant = database_url.rpartition("/")[2].replace("_", "-")
    put_merchant(store, NewMerchant(merchant, "Acme"))
    put_products(store, merchant, [NewProduct("TEA", "Tea")])
    new = NewOrder("SO-1", (NewLine(1, "TEA", 2),), address={"city": "Vienna"})
    (taken,) = create_orders(store, merchant, [new], "test")
    epoch = life(store).epoch
    assert taken.order is not None
    known = Progress(taken.order, "SO-1", 9, OrderStatus.PARTIALLY_SHIPPED, 50, epoch=epoch)
    runs: list[WorkflowHandle[Any, Any]] = [
        await temporal_client.start_workflow(
            names.ORDER_WORKFLOW,
            OrderStart(merchant, id_, number, progress, epoch=epoch),
            id=names.order_workflow_id(merchant, number),
            task_queue="nobody-works-here",
            search_attributes=search_attributes.order_at_start(merchant),
        )
        for id_, number, progress in ((taken.order, "SO-1", known), (999, "SO-LOST", None))
    ]
    address = {"TEMPORAL_ADDRESS": temporal_server.address}
    try:
        audited = process("audit", **address)
        report = json.loads(process("reconcile", "--end-unknown", "--json", **address).stdout)
    finally:
        await runs[0].terminate()

    assert audited.returncode == 1
    assert "pegboard reconcile" in audited.stdout
    (held,) = (row for row in report["orders_on_hold"] if row["merchant"] == merchant)
    assert (held["order"], held["on_hold_for"]) == ("SO-1", [PARCEL_LEFT])
    assert "SO-LOST" in {row["number"] for row in report["unknown"]}
    assert report["workflows_ended"] >= 1
    assert (await runs[1].describe()).status is WorkflowExecutionStatus.TERMINATED


def test_code_is_three_when_temporal_is_away(store, process):
    assert process("reconcile", TEMPORAL_ADDRESS="127.0.0.1:1").returncode == 3
