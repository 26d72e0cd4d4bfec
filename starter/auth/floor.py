"""For whom somebody on the floor works: one merchant, or several that a location serves."""

from collections.abc import Collection
from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Header, Request

from fulfillment.domain.model.refusals import invalid, missing
from fulfillment.store.reading.pick_lists import Merchants, head_of, merchant_of
from fulfillment.store.records.loading import EVERYBODY
from starter.auth.places import check_location
from starter.auth.session import Session, actor_of, merchant_session
from starter.models.fields import Slug
from starter.parts import parts_of


async def floor_session(
    request: Request,
    pegboard_merchant: Annotated[
        Slug | None,
        Header(description="Which merchant; without it a key for several works for all of them."),
    ] = None,
) -> Session:
    """The session of the merchant that the key names or is for alone, or of all of its own."""
    caller = request.state.caller
    if caller.scope.only_merchant is None and pegboard_merchant is None:
        return Session(parts_of(request).store, EVERYBODY, actor_of(caller), caller)
    return await merchant_session(request, pegboard_merchant)


ForFloor = Annotated[Session, Depends(floor_session)]


def merchants_of(session: Session, named: Collection[str] | None = None) -> Merchants:
    """Whose work the session may see; those that are named, if it may see them."""
    mine = session.merchants
    if named is None:
        return mine
    if not named:
        raise invalid("no_merchant", "name at least one merchant, or none at all", "merchants")
    for merchant in sorted(named):
        if mine is not None and merchant not in mine:
            raise missing("merchant", merchant)
    return tuple(sorted(named))


def check_list(session: Session, pick_list: int) -> Merchants:
    """Refuse a list of another location, or with nothing for the caller; whose lines he sees."""
    merchants = merchants_of(session)
    head = session.read(lambda tx: head_of(tx, pick_list, merchants))
    check_location(session, head.location)
    return merchants


def for_shipment(session: Session, pick_list: int, shipment: int) -> Session:
    """The session of the one merchant whose shipment it is."""
    merchants = check_list(session, pick_list)
    merchant = session.read(lambda tx: merchant_of(tx, pick_list, shipment))
    if merchants is not None and merchant not in merchants:
        raise missing("shipment", shipment)
    return replace(session, merchant=merchant)
