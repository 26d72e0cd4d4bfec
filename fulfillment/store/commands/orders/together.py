"""One action on many orders: each a command of its own, once, with its own result."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.planning.change import Change, change_order, of_version
from fulfillment.store.reading.rows import fields_of
from fulfillment.store.reading.together import (
    REFUSED,
    WHOLE,
    key_of,
    read_asked,
    read_told,
    whole_key,
)
from fulfillment.store.reading.views.together import AskedTogether, SeenOrder
from fulfillment.store.transactions.session import Command, Store, Tx

ChangeOf = Callable[[str], Change]
"""The change that is asked of an order, by its number."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks it, of whose orders, and under which key; each order's own key is made of that."""

    merchant: str
    actor: str
    key: str

    def of_one(self, asked: AskedTogether, one: SeenOrder) -> Command:
        """What is asked of one order."""
        said = {name: value for name, value in asked.values.items() if value}
        name = key_of(asked.action, one.number, self.key)
        return Command(self.merchant, asked.action, name, self.actor, said, asked.note)

    def refusal(self, one: SeenOrder) -> Command:
        """Keeps why it was not done."""
        return Command(self.merchant, REFUSED, key_of(REFUSED, one.number, self.key), self.actor)


def ask_together(store: Store, asking: Asking, asked: AskedTogether) -> None:
    """Keep what is asked of all, before the first is done: whoever comes again goes on from there.

    The key with something else is refused.
    """
    content = {name: value for name, value in fields_of(asked).items() if name != "note"}
    command = Command(asking.merchant, WHOLE, whole_key(asking.key), asking.actor, content)

    def body(_: Tx) -> dict[str, Any]:
        return fields_of(asked)

    store.execute(command, body)


def do_together(
    store: Store, asking: Asking, change_of: ChangeOf, is_over: Callable[[], bool] = lambda: False
) -> None:
    """Do what was asked under a key with each order that has no result yet, one after the other.

    An order that is not as it was seen is left alone. What is refused is kept with its reason, and
    not tried again. Where the time `is_over`, or the process dies, the rest waits for the next who
    comes.
    """

    def read(tx: Tx) -> tuple[AskedTogether, frozenset[str]]:
        asked = read_asked(tx, asking.key)
        return asked, read_told(tx, asking.key, asked)

    asked, told = store.read(asking.merchant, read)
    for one in asked.orders:
        if is_over():
            return
        if one.number not in told:
            _do(store, asking, one, asking.of_one(asked, one), change_of(one.number))


def _do(store: Store, asking: Asking, one: SeenOrder, command: Command, change: Change) -> None:
    try:
        change_order(store, command, of_version(change, one.version))
    except RefusedError as error:
        why = {"code": error.code, "why": str(error)}
        store.execute(asking.refusal(one), lambda _: why)
