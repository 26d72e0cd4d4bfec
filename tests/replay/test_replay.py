"""Every committed history still replays: runs that are open somewhere will go on."""

import base64
import json
import re
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

import worker
from fulfillment.contracts import names
from fulfillment.contracts.payloads import DATA_CONVERTER
from fulfillment.domain.model.statuses import OrderStatus, PurchaseOrderStatus
from tests.replay.lives import LIVES

HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.json"))


def text_of(name: str) -> str:
    return (HISTORIES[0].parent / f"{name}.json").read_text()


def replayer() -> Replayer:
    return Replayer(
        workflows=worker.WORKFLOWS,
        data_converter=DATA_CONVERTER,
        workflow_runner=UnsandboxedWorkflowRunner(),
    )


@pytest.mark.parametrize("name", [path.stem for path in HISTORIES])
async def test_history_replays(name: str) -> None:
    await replayer().replay_workflow(WorkflowHistory.from_json(name, text_of(name)))


async def test_replay_fails_when_a_history_is_not_ours() -> None:
    changed = text_of("order_in_stock_shipped").replace("prepare_fulfillment", "something_else")
    with pytest.raises(Exception, match=r"[Nn]ondeterminism"):
        await replayer().replay_workflow(WorkflowHistory.from_json("changed", changed))


def test_every_life_has_a_history() -> None:
    assert {path.stem for path in HISTORIES} >= set(LIVES)


def test_every_message_is_in_a_history() -> None:
    signals = {
        event["workflowExecutionSignaledEventAttributes"]["signalName"]
        for path in HISTORIES
        for event in json.loads(path.read_text())["events"]
        if "workflowExecutionSignaledEventAttributes" in event
    }
    assert signals == names.NEWS | {names.PO_RECEIVED, names.AGAIN}


def test_every_status_is_in_a_history() -> None:
    told = set(re.findall(r"\b[a-z_]{4,}\b", _payloads()))
    assert {str(status) for status in OrderStatus} <= told
    assert {str(status) for status in PurchaseOrderStatus} <= told


def _payloads() -> str:

    found = re.findall(r'"data":\s*"([A-Za-z0-9+/=]+)"', " ".join(p.read_text() for p in HISTORIES))
    return " ".join(base64.b64decode(data).decode(errors="replace") for data in found)
