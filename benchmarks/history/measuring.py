"""What something costs: milliseconds, and pages of 8 kB that the database looked at."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from fulfillment.store.transactions.session import Store

TIMES = 5

PAGES = """
SELECT coalesce(sum(hits), 0) + coalesce(sum(reads), 0) AS pages
  FROM pg_stat_get_backend_io(:pid) WHERE object IN ('relation', 'temp relation')
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """The quickest of some times, and the pages of the last one."""

    milliseconds: float
    pages: int


def cost_of(store: Store, body: Callable[[], Any], times: int = TIMES) -> Cost:
    """What a body costs that uses the one connection of the store's pool."""
    took: list[float] = []
    pages = 0
    for _ in range(times):
        before = pages_of(store)
        began = time.perf_counter()
        body()
        took.append(time.perf_counter() - began)
        pages = pages_of(store) - before
    return Cost(min(took) * 1000, pages)


def pages_of(store: Store) -> int:
    """Pages that the store's connection has looked at so far; asking for it costs some too."""
    with store.engine.connect() as connection:
        connection.exec_driver_sql("SELECT pg_stat_force_next_flush()")
        connection.commit()
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        connection.commit()
        return int(connection.execute(text(PAGES), {"pid": pid}).scalar_one())
