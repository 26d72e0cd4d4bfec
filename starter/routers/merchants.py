"""Whose goods and orders they are: the operator's to say."""

from fastapi import APIRouter

from fulfillment.store.commands import catalogue
from fulfillment.store.commands.catalogue import papers
from fulfillment.store.reading import parties
from fulfillment.store.reading.views.parties import MerchantView
from starter.auth.guard import GuardedRoute
from starter.auth.session import ForAll
from starter.models.catalogue import MerchantIn, MerchantPage
from starter.models.fields import Slug
from starter.models.letterheads import LetterheadIn, LetterheadOut
from starter.paging import Cursor, Limit, paged, window
from starter.routers.responses import problems

router = APIRouter(prefix="/v1/merchants", tags=["merchants"], route_class=GuardedRoute)


@router.put("/{name}", summary="Put a merchant")
def put_merchant(name: Slug, merchant: MerchantIn, session: ForAll) -> MerchantView:
    """Create it, or change its name, zone, currency, or what it asks of payments."""
    catalogue.put_merchant(session.store, merchant.to_domain(name))
    return get_merchant(name, session)


@router.get("/{name}", summary="Read a merchant", responses=problems(404))
def get_merchant(name: Slug, session: ForAll) -> MerchantView:
    """One merchant."""
    return session.read(lambda tx: parties.read_merchant(tx, name))


@router.put("/{name}/letterhead", summary="Put a letterhead", responses=problems(404))
def put_letterhead(name: Slug, letterhead: LetterheadIn, session: ForAll) -> LetterheadOut:
    """Who sends the merchant's packages, and a logo: what its packing slips begin with."""
    papers.put_letterhead(session.store, name, letterhead.to_domain())
    return get_letterhead(name, session)


@router.get("/{name}/letterhead", summary="Read a letterhead", responses=problems(404))
def get_letterhead(name: Slug, session: ForAll) -> LetterheadOut:
    """What the merchant's packing slips begin with."""
    return LetterheadOut.of(session.read(lambda tx: parties.read_letterhead(tx, name)))


@router.get("", summary="List merchants")
def list_merchants(session: ForAll, cursor: Cursor = None, limit: Limit = 50) -> MerchantPage:
    """A page of merchants, by name."""
    page = window(limit, cursor, parties.MERCHANT_SORT)
    found = session.read(lambda tx: parties.list_merchants(tx, page))
    return paged(MerchantPage, found, parties.MERCHANT_SORT)
