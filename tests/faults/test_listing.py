"""An engine under load: a page of its list is asked for again, and none is lost or told twice."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from temporalio.service import RPCError, RPCStatusCode

from fulfillment.relay.listing import WAITS, runs

TWO_PAGES = [["a", "b"], ["c"]]


@dataclass
class Pages:
    """Two pages, before which the engine fails as often as it is told to."""

    failures: list[RPCStatusCode]
    current_page: list[str] | None = None
    next_page_token: bytes | None = None
    left: list[list[str]] = field(default_factory=lambda: [*TWO_PAGES])

    async def fetch_next_page(self) -> None:
        if self.failures:
            raise RPCError("busy", self.failures.pop(0), b"")
        self.current_page = self.left.pop(0)
        self.next_page_token = b"more" if self.left else None


@dataclass
class Engine:
    pages: Pages

    def list_workflows(self, query: str, page_size: int) -> Pages:
        assert query
        assert page_size
        return self.pages


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fulfillment.relay.listing.WAITS", (0.0, 0.0, 0.0))


async def names_of(*failures: RPCStatusCode) -> list[Any]:
    engine: Any = Engine(Pages(list(failures)))
    return [run async for run in runs(engine, "WorkflowType = 'any'")]


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
