"""For whom a request is done: one merchant's data, and nobody else's."""

from typing import Annotated

from fastapi import Depends, Header, Query, Request
from starlette.concurrency import run_in_threadpool

from fulfillment.domain.model.callers import Caller
from fulfillment.domain.model.refusals import invalid, missing
from fulfillment.store.commands.administration.acting import Session
from fulfillment.store.records.loading import EVERYBODY
from starter.models.fields import Slug
from starter.parts import KnownMerchants, parts_of

__all__ = ["ForAll", "ForMerchant", "IdempotencyKey", "Session", "actor_of", "merchant_session"]

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,200}$",
        description="The same key again is answered with the first answer, and done once.",
    ),
]


def actor_of(caller: Caller) -> str:
    """How a caller is named in histories."""
    return caller.actor


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
