"""An engine under load: a page of its list is asked for again, and none is lost or told twice."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflow.v1 import WorkflowExecutionInfo
from temporalio.api.workflowservice.v1 import (
    ListWorkflowExecutionsRequest,
    ListWorkflowExecutionsResponse,
)
from temporalio.service import RPCError, RPCStatusCode

from fulfillment.relay.listing import WAITS, runs

TWO_PAGES = [["a", "b"], ["c"]]


@dataclass
class Service:
    """Two pages, before which the engine fails as often as it is told to."""

    failures: list[RPCStatusCode]
    left: list[list[str]] = field(default_factory=lambda: [*TWO_PAGES])

    async def list_workflow_executions(
        self, wanted: ListWorkflowExecutionsRequest, **_: Any
    ) -> ListWorkflowExecutionsResponse:
        assert wanted.query
        assert wanted.page_size
        assert wanted.next_page_token == (b"" if len(self.left) == len(TWO_PAGES) else b"more")
        if self.failures:
            raise RPCError("busy", self.failures.pop(0), b"")
        listed = [
            WorkflowExecutionInfo(execution=WorkflowExecution(workflow_id=name))
            for name in self.left.pop(0)
        ]
        token = b"more" if self.left else b""
        return ListWorkflowExecutionsResponse(executions=listed, next_page_token=token)


@dataclass
class Engine:
    workflow_service: Service
    namespace: str = "default"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fulfillment.relay.listing.WAITS", (0.0, 0.0, 0.0))


async def names_of(*failures: RPCStatusCode) -> list[Any]:
    engine: Any = Engine(Service(list(failures)))
    return [run.execution.workflow_id async for run in runs(engine, "WorkflowType = 'any'")]


@pytest.mark.parametrize(
    "status", [RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.RESOURCE_EXHAUSTED]
)
async def test_a_page_is_asked_for_again_when_the_engine_is_busy(status: RPCStatusCode) -> None:
    assert await names_of(status, status) == ["a", "b", "c"]


async def test_it_says_so_when_the_engine_stays_away() -> None:
    with pytest.raises(RPCError):
        await names_of(*[RPCStatusCode.UNAVAILABLE] * (len(WAITS) + 1))


async def test_a_query_that_is_wrong_is_not_asked_again() -> None:
    with pytest.raises(RPCError) as refused:
        await names_of(RPCStatusCode.INVALID_ARGUMENT)
    assert refused.value.status is RPCStatusCode.INVALID_ARGUMENT
