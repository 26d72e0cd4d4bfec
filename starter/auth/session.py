"""For whom a request is done: one merchant's data, and nobody else's."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Annotated, TypeVar
from uuid import uuid4

from fastapi import Depends, Header, Query, Request
from starlette.concurrency import run_in_threadpool

from fulfillment.domain.model.refusals import invalid, missing
from fulfillment.store.commands.administration.keys import Caller
from fulfillment.store.reading import snapshot
from fulfillment.store.records.loading import EVERYBODY
from fulfillment.store.transactions.session import Command, Store, Tx, part_of_key
from starter.models.fields import Slug
from starter.parts import KnownMerchants, parts_of

Result = TypeVar("Result")

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,200}$",
        description="The same key again is answered with the first answer, and done once.",
    ),
]


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


def actor_of(caller: Caller) -> str:
    """How a caller is named in histories."""
    return f"{caller.name} ({caller.key})"


async def merchant_session(
    request: Request,
    pegboard_merchant: Annotated[
        Slug | None,
        Header(description="Which merchant; with a key for several of them, or for all."),
    ] = None,
    merchant: Annotated[Slug | None, Query(description="The same, as a parameter.")] = None,
) -> Session:
    """The session of the one merchant that the key is for, else of the one that is named.

    Where there is one merchant alone, a key for all need not name it.
    """
    caller: Caller = request.state.caller
    known = parts_of(request).merchants
    named = {name for name in (pegboard_merchant, merchant) if name is not None}
    if len(named) > 1:
        raise invalid("two_merchants", "the header and the parameter differ", "merchant")
    chosen = named.pop() if named else caller.scope.only_merchant
    if chosen is None and caller.scope.merchants is None:
        chosen = await run_in_threadpool(known.only)
    if chosen is None:
        message = "a key for several merchants names one in the Pegboard-Merchant header"
        raise invalid("merchant_needed", message, "Pegboard-Merchant")
    if not caller.scope.sees(chosen) or not await _exists(known, chosen):
        raise missing("merchant", chosen)
    return Session(parts_of(request).store, chosen, actor_of(caller), caller)


async def _exists(merchants: KnownMerchants, merchant: str) -> bool:
    """No thread is needed for one that was seen."""
    return merchant in merchants.seen or await run_in_threadpool(merchants.has, merchant)


async def operator_session(request: Request) -> Session:
    """The session of one who works for all merchants."""
    caller: Caller = request.state.caller
    return Session(parts_of(request).store, EVERYBODY, actor_of(caller), caller)


ForMerchant = Annotated[Session, Depends(merchant_session)]
ForAll = Annotated[Session, Depends(operator_session)]
