"""What readiness asks of others: each question with a limit, and never twice at once."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from sqlalchemy import URL
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from fulfillment import engine
from fulfillment.store.reading.health import UnfitDatabaseError, check_database
from fulfillment.store.transactions.patience import Patience
from fulfillment.store.transactions.session import Store, connect
from starter.models.settings import Database

log = structlog.get_logger(__name__)

ENGINE_SECONDS = 1.0
DATABASE_SECONDS = 2.0

PATIENCE = Patience(connect=2, pool=1, lock=1, statement=1, idle=5)


@dataclass
class Probes:
    """The database by a connection of its own, so that it answers while all others are in use."""

    store: Store
    connect: Callable[[], Awaitable[Client]] = engine.connect
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "health"))
    _asked: asyncio.Future[Database] | None = None
    _client: Client | None = None
    _trouble: str | None = None

    @classmethod
    def of(cls, database_url: URL) -> "Probes":
        """Over the same database, with little patience."""
        return cls(Store(connect(database_url, pool_size=1, patience=PATIENCE)))

    async def database(self) -> Database:
        """Whether it answers in time, and its tables are such that this version can work."""
        if self._asked is None or self._asked.done():
            loop = asyncio.get_running_loop()
            self._asked = loop.run_in_executor(self._thread, self._look)
        # A look that still waits is waited for by the next who asks: none is begun beside it.
        done, _ = await asyncio.wait([self._asked], timeout=DATABASE_SECONDS)
        return self._asked.result() if done else "unreachable"

    def _look(self) -> Database:
        try:
            check_database(self.store.engine)
        except UnfitDatabaseError as error:
            self._tell(str(error))
            return "unreachable" if error.is_away else "not_migrated"
        self._tell(None)
        return "migrated"

    def _tell(self, trouble: str | None) -> None:
        """Log what is wrong once, and that it is over."""
        if trouble != self._trouble:
            self._trouble = trouble
            log.warning("database_not_ready", why=trouble) if trouble else log.info(
                "database_ready"
            )

    async def engine_is_reachable(self) -> bool:
        """Whether Temporal answers for our namespace; a port that listens is not enough."""
        with contextlib.suppress(RPCError, RuntimeError, TimeoutError):
            async with asyncio.timeout(ENGINE_SECONDS):
                if self._client is None:
                    self._client = await self.connect()
                await self._client.workflow_service.describe_namespace(
                    DescribeNamespaceRequest(namespace=self._client.namespace),
                    timeout=timedelta(seconds=ENGINE_SECONDS),
                )
            return True
        return False

    def close(self) -> None:
        """Give the connection back, after a look that may still wait.

        On the look's own thread: its connection would else come back to a pool that is closed.
        """
        self._thread.submit(self.store.engine.dispose)
        self._thread.shutdown(wait=False)
