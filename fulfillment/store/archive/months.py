"""The months that archived rows are kept by, each a partition that can be taken away."""

from datetime import UTC, date, datetime

import structlog
from sqlalchemy.exc import DBAPIError

from fulfillment.domain.model.days import day_of
from fulfillment.store.transactions.dialogue import dialogue
from fulfillment.store.transactions.session import Store

log = structlog.get_logger(__name__)

MAKE = """
CREATE TABLE IF NOT EXISTS archived_rows_{begins:%Y_%m} PARTITION OF archived_rows
   FOR VALUES FROM ('{begins}') TO ('{ends}')
"""

IS_THERE = "SELECT to_regclass('archived_rows_{begins:%Y_%m}') IS NOT NULL AS there"


def month_of(moment: datetime) -> date:
    """The first day of a moment's month."""
    return day_of(moment, UTC).replace(day=1)


def next_month(month: date) -> date:
    """The first day of the month behind one."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def make_months(store: Store) -> None:
    """Make the partitions of this month and the next.

    Where that may not be done, as a role may be no owner of tables, or another session holds the
    table for long, rows go to the partition for all others: nothing fails for it.
    """
    first = month_of(store.clock())
    for month in (first, next_month(first)):
        try:
            with dialogue(store.engine) as said:
                said.ask("SET LOCAL lock_timeout = '2s'")
                if not said.ask(IS_THERE.format(begins=month)).rows()[0].there:
                    said.ask(MAKE.format(begins=month, ends=next_month(month)))
        except DBAPIError as error:
            log.warning("no_month_was_made", month=f"{month:%Y-%m}", error=type(error).__name__)
