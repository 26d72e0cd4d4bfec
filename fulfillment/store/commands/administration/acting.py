"""For whom something is done: one merchant's data, and nobody else's."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TypeVar
from uuid import uuid4

from fulfillment.domain.model.callers import Caller
from fulfillment.store.reading import snapshot
from fulfillment.store.records.loading import EVERYBODY
from fulfillment.store.transactions.session import Command, Store, Tx, part_of_key

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Session:
    """The store as one caller sees it: everything is scoped to its merchant.

    Work on the floor may be for several: then `merchants` says whose.
    """

    store: Store
    merchant: str
    actor: str
    caller: Caller

    @property
    def merchants(self) -> tuple[str, ...] | None:
        """Whose data it is about; None: everybody's."""
        if self.merchant != EVERYBODY:
            return (self.merchant,)
        mine = self.caller.scope.merchant_list
        return None if mine is None else tuple(mine)

    def sees(self, locations: Collection[str | None]) -> bool:
        """Whether what concerns these locations is visible to the caller."""
        merchant = None if self.merchant == EVERYBODY else self.merchant
        return self.caller.scope.sees(merchant, locations)

    def read(self, body: Callable[[Tx], Result]) -> Result:
        """Read the merchant's data as it is at one instant."""
        return snapshot.read(self.store, self.merchant, body)

    def command(
        self,
        verb: str,
        subject: object,
        key: str | None,
        content: Mapping[str, object],
        reason: str | None = None,
    ) -> Command:
        """What the caller asks for. Without a key of the client's it is a request of its own.

        What is asked for some merchants together is not answered with what was told to others.
        """
        if self.merchant == EVERYBODY and self.merchants is not None:
            subject = f"{subject} of {', '.join(self.merchants)}"
        name = f"{verb}:{part_of_key(subject)}:{key or uuid4()}"
        return Command(
            self.merchant, verb, name, self.actor, content, reason, repeatable=key is not None
        )
