"""Commands that really run, one after the other, and of which nothing is kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fulfillment.store.transactions.dialogue import Dialogue, dialogue
from fulfillment.store.transactions.held import named_if_held
from fulfillment.store.transactions.session import Store

LONGEST_PAUSE = "10min"
"""How long a rehearsal may do nothing between two commands: it holds what they locked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rehearsal(Store):
    """A store all of whose transactions are parts of one that is open already."""

    stage: Dialogue

    @contextmanager
    def _turn(self, merchant: str) -> Iterator[Dialogue]:
        with named_if_held(self.engine, merchant), self.stage.savepoint():
            yield self.stage

    @contextmanager
    def _reading(self, begin: str) -> Iterator[Dialogue]:  # noqa: ARG002 -- it is begun
        yield self.stage


@contextmanager
def rehearsed(store: Store) -> Iterator[Store]:
    """A store whose commands see what those before them did, until all is rolled back at the end.

    What they lock stays locked so long: others who want it wait, or are told who holds it. For
    one thread only.
    """
    with dialogue(store.engine, keep=False) as stage:
        pause = "SELECT set_config('idle_in_transaction_session_timeout', :pause, true)"
        stage.ask(pause, {"pause": LONGEST_PAUSE})
        yield _Rehearsal(store.engine, store.clock, stage=stage)
