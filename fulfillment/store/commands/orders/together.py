"""One action on many orders: each a command of its own, once, with its own result."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.planning.change import Change, changed, of_version
from fulfillment.store.planning.distribution import served_before
from fulfillment.store.reading.rows import fields_of
from fulfillment.store.reading.together import (
    MOVED,
    REFUSED,
    WHOLE,
    Moved,
    key_of,
    moved_by,
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

    An order that is not as it was seen is left alone, unless it was changed by nothing but those
    before it here. What is refused is kept with its reason, and not tried again. Where the time
    `is_over`, or the process dies, the rest waits for the next who comes.
    """

    def read(tx: Tx) -> tuple[AskedTogether, dict[str, tuple[Moved, ...]]]:
        asked = read_asked(tx, asking.key)
        return asked, read_told(tx, asking.key, asked)

    asked, told = store.read(asking.merchant, read)
    versions = {one.number: one.version for one in asked.orders}
    for one in asked.orders:
        if is_over():
            return
        if one.number not in told:
            seen = replace(one, version=versions[one.number])
            told[one.number] = _do(store, asking, asked, seen, change_of(one.number))
        for moved in told[one.number]:
            if versions.get(moved.number) == moved.before:
                versions[moved.number] = moved.after


def _do(
    store: Store, asking: Asking, asked: AskedTogether, one: SeenOrder, change: Change
) -> tuple[Moved, ...]:
    """Do it with one order; which of them all it moved on to another version."""
    chosen = {each.number for each in asked.orders}
    command = asking.of_one(asked, one)

    def body(tx: Tx) -> dict[str, Any]:
        order, space = changed(tx, of_version(change, one.version))
        told = change.answer(space.before[order], space.after[order])
        space.save()
        versions = [
            (before.number, before.wake_seq, space.after[id_].wake_seq)
            for id_, before in sorted(space.before.items())
            if before.number in chosen and space.after[id_].wake_seq != before.wake_seq
        ]
        return {**told, MOVED: versions}

    try:
        done = served_before(store, command.merchant, lambda: store.execute(command, body))
    except RefusedError as error:
        why = {"code": error.code, "why": str(error)}
        store.execute(asking.refusal(one), lambda _: why)
        return ()
    return moved_by(done)
