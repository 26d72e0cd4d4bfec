"""Commands that really run, one after the other, and of which nothing is kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, text

from fulfillment.store.transactions.held import named_if_held
from fulfillment.store.transactions.session import Store

LONGEST_PAUSE = "10min"
"""How long a rehearsal may do nothing between two commands: it holds what they locked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rehearsal(Store):
    """A store all of whose transactions are parts of one that is open already."""

    stage: Connection

    @contextmanager
    def _turn(self, merchant: str) -> Iterator[Connection]:
        with named_if_held(self.engine, merchant), self.stage.begin_nested():
            yield self.stage

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        yield self.stage


@contextmanager
def rehearsed(store: Store) -> Iterator[Store]:
    """A store whose commands see what those before them did, until all is rolled back at the end.

    What they lock stays locked so long: others who want it wait, or are told who holds it. For
    one thread only.
    """
    with store.engine.connect() as connection, connection.begin() as whole:
        pause = text("SELECT set_config('idle_in_transaction_session_timeout', :pause, true)")
        connection.execute(pause, {"pause": LONGEST_PAUSE})
        try:
            yield _Rehearsal(store.engine, store.clock, stage=connection)
        finally:
            whole.rollback()
