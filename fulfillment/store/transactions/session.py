"""One command, one transaction, once."""

import hashlib
import json
import random
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.pool import Pool

from fulfillment.domain.model.days import day_of
from fulfillment.domain.model.meaning import canonical
from fulfillment.store.transactions.archived import bring_back, lost_its_order
from fulfillment.store.transactions.arrays import ListDumper
from fulfillment.store.transactions.at_hand import at_hand, sought_by
from fulfillment.store.transactions.dialogue import (
    AT_ONE_INSTANT,
    READING,
    Dialogue,
    Question,
    dialogue,
)
from fulfillment.store.transactions.held import named_if_held
from fulfillment.store.transactions.idle import ask_the_idle
from fulfillment.store.transactions.once import begin_command, end_command, plain_json
from fulfillment.store.transactions.patience import PATIENCE, Patience
from fulfillment.store.transactions.turns import Turns
from fulfillment.store.transactions.zones import zone_of

Result = TypeVar("Result")
Clock = Callable[[], datetime]

RETRIED_SQLSTATES = frozenset({"40001", "40P01"})
"""Serialization failure, deadlock: the same work is done again."""

MOST_TRIES = 8


class LocksTooSmallError(Exception):
    """The set of locks taken first does not cover what the command turned out to touch.

    `skus` are queues that the next try has to take from the start.
    """

    def __init__(self, skus: Collection[str] = ()) -> None:
        self.skus = frozenset(skus)
        super().__init__(f"more queues are needed: {', '.join(sorted(self.skus))}")


def system_clock() -> datetime:
    """The time now, with its zone."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Tx:
    """One open transaction: what is said in it, whose data it is, when and by whom.

    `also` are queues that an earlier try of the same work found to be needed. In the `memo` is
    what was read once and does not change while the transaction lasts. The `queues` it holds are
    named by merchant and SKU.
    """

    dialogue: Dialogue
    merchant: str
    now: datetime
    actor: str
    reason: str | None = None
    also: frozenset[str] = frozenset()
    is_simulated: bool = False
    memo: dict[str, Any] = field(default_factory=dict)
    queues: set[tuple[str, str]] = field(default_factory=set)

    def rows(self, sql: str, **parameters: object) -> list[Any]:
        """Run a statement and wait for its rows."""
        return self.dialogue.ask(sql, parameters).rows()

    def ask(self, sql: str, **parameters: object) -> Question:
        """Run a statement whose rows are waited for later: others are sent meanwhile."""
        return self.dialogue.ask(sql, parameters)

    def run(self, sql: str, **parameters: object) -> None:
        """Run a statement that nobody waits for, before the commit or an answer that is needed."""
        self.dialogue.ask(sql, parameters)

    def count(self, sql: str, **parameters: object) -> int:
        """Run a statement and wait; how many rows it touched."""
        return self.dialogue.count(sql, parameters)

    def today(self, time_zone: str) -> date:
        """The day it is now in a time zone."""
        return day_of(self.now, zone_of(time_zone))

    @property
    def latest_today(self) -> date:
        """The day it is where it is latest: no zone is further on than this."""
        return self.today("Pacific/Kiritimati")


@dataclass(frozen=True, slots=True)
class Command:
    """What somebody asks for. `key` is its business identity: the same key is the same request.

    Where it is not `repeatable`, nobody else can name the key: no request comes again under it.
    """

    merchant: str
    verb: str
    key: str
    actor: str
    content: Mapping[str, object] = field(default_factory=dict)
    reason: str | None = None
    repeatable: bool = True

    @property
    def fingerprint(self) -> bytes:
        """Equal for requests that mean the same."""
        return fingerprint([self.verb, self.content])


def part_of_key(subject: object) -> str:
    """What a command is about, as a part of its key: parts are divided by colons."""
    return str(subject).replace("%", "%25").replace(":", "%3A")


def fingerprint(content: object) -> bytes:
    """A hash of what the content means: equal for all that mean the same."""
    return hashlib.sha256(canonical(content).encode()).digest()


@dataclass(frozen=True, slots=True)
class Store:
    """The database as the processes use it: an engine, a clock, and whom to tell of a commit.

    With `turns`, one merchant's changes leave connections for others and for reads.
    """

    engine: Engine
    clock: Clock = system_clock
    after_commit: Callable[[], None] = lambda: None
    turns: Turns | None = None

    def execute(self, command: Command, body: Callable[[Tx], dict[str, Any]]) -> dict[str, Any]:
        """Do the command once; the same key again is answered with the stored result.

        The result is stored in the command's own transaction, so a crash at any line leaves
        either both or neither. Raises `RefusedError` with nothing stored.
        """

        def once(tx: Tx) -> dict[str, Any]:
            stored = begin_command(tx, command)
            if stored is not None:
                return stored
            plain = plain_json(body(tx))
            end_command(tx, command, plain)
            return dict(json.loads(plain))

        return self.transact(command.merchant, once, actor=command.actor, reason=command.reason)

    def transact(
        self,
        merchant: str,
        body: Callable[[Tx], Result],
        *,
        actor: str = "pegboard",
        reason: str | None = None,
    ) -> Result:
        """Run the body in one transaction; deadlocks and lock races are tried again inside."""
        return self._at_hand(merchant, lambda: self._changed(merchant, body, actor, reason))

    def _changed(
        self, merchant: str, body: Callable[[Tx], Result], actor: str, reason: str | None
    ) -> Result:
        attempt, also = 0, frozenset[str]()
        while True:
            try:
                with self._turn(merchant) as said:
                    result = body(Tx(said, merchant, self.clock(), actor, reason, also))
            except LocksTooSmallError as error:
                # A set that grows comes to an end; only one that does not is a try lost.
                attempt += error.skus <= also
                also |= error.skus
                if attempt == MOST_TRIES:
                    raise
            except (OperationalError, IntegrityError) as error:
                attempt += 1
                if attempt == MOST_TRIES or not _is_retried(error):
                    raise
            else:
                self.after_commit()
                return result
            time.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 -- not a secret

    @contextmanager
    def _turn(self, merchant: str) -> Iterator[Dialogue]:
        """A transaction of its own, kept if nothing is raised."""
        turn = self.turns.take(merchant) if self.turns else nullcontext()
        with turn, named_if_held(self.engine, merchant), dialogue(self.engine) as said:
            yield said

    def read(self, merchant: str, body: Callable[[Tx], Result], begin: str = READING) -> Result:
        """Run queries; they can change nothing."""

        def once() -> Result:
            with self._reading(begin) as said:
                return body(Tx(said, merchant, self.clock(), "reader"))

        return self._at_hand(merchant, once)

    def _at_hand(self, merchant: str, once: Callable[[], Result]) -> Result:
        return at_hand(
            once,
            lambda refusal: sought_by(self._reading(READING), merchant, refusal),
            lambda orders: self.bring_back(orders, merchant),
        )

    def bring_back(self, orders: Collection[int], merchant: str = "*") -> None:
        """Put archived orders back into the tables; those that are there already stay."""
        with self._turn(merchant) as said:
            bring_back(said, orders, self.clock())

    def _reading(self, begin: str) -> AbstractContextManager[Dialogue]:
        """A transaction that can change nothing."""
        return dialogue(self.engine, begin)

    def simulate(self, merchant: str, body: Callable[[Tx], Result]) -> Result:
        """Run a body that decides on one moment's picture of the data; nothing of it is kept.

        It takes no lock that anybody would wait for, and sees nothing change while it runs. Where
        more queues turn out to be needed it begins again with these, as a transaction does.
        """
        return self._at_hand(merchant, lambda: self._simulated(merchant, body))

    def _simulated(self, merchant: str, body: Callable[[Tx], Result]) -> Result:
        also = frozenset[str]()
        while True:
            try:
                with dialogue(self.engine, AT_ONE_INSTANT) as said:
                    return body(
                        Tx(said, merchant, self.clock(), "reader", also=also, is_simulated=True)
                    )
            except LocksTooSmallError as error:
                if error.skus <= also:
                    raise
                also |= error.skus


def connect(
    database_url: str | URL,
    *,
    pool_size: int = 10,
    poolclass: type[Pool] | None = None,
    patience: Patience = PATIENCE,
) -> Engine:
    """An engine with the isolation level that the lock order is made for.

    Nobody waits for it for ever: neither for a lock, nor for a server that says nothing.
    """
    sizing: dict[str, Any] = {"pool_size": pool_size, "max_overflow": pool_size}
    # The last one that came back is lent first: the server has planned its statements.
    sizing |= {"pool_use_lifo": True, "pool_timeout": patience.pool}
    engine = create_engine(
        database_url,
        isolation_level="READ COMMITTED",
        hide_parameters=True,
        connect_args={
            "application_name": "pegboard",
            "connect_timeout": max(1, round(patience.connect)),
            "options": "-c timezone=UTC -c jit=off -c plan_cache_mode=force_generic_plan "
            + patience.options,
        },
        **({"poolclass": poolclass} if poolclass else sizing),
    )

    @event.listens_for(engine, "do_connect")
    def watched(_dialect: Any, _record: Any, given: Any, named: Any) -> Any:
        connection = patience.connection_class.connect(*given, **named)
        connection.adapters.register_dumper(list, ListDumper)
        return connection

    ask_the_idle(engine)
    return engine


def _is_retried(error: Exception) -> bool:
    if isinstance(error, IntegrityError):
        return lost_its_order(error)
    return getattr(getattr(error, "orig", None), "sqlstate", None) in RETRIED_SQLSTATES
