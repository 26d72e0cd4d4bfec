"""What a merchant sells."""

from typing import Annotated

from fastapi import APIRouter, Query

from fulfillment.domain.model.refusals import RefusedError, invalid
from fulfillment.store.commands import catalogue
from fulfillment.store.reading import parties
from fulfillment.store.reading.views.parties import ProductView
from starter.auth.guard import GuardedRoute
from starter.auth.session import ForMerchant
from starter.models.catalogue import (
    BatchProductIn,
    ProductBatchIn,
    ProductIn,
    ProductPage,
    PutOut,
)
from starter.models.fields import PathSku
from starter.paging import Cursor, Limit, paged, window
from starter.problems.documents import within
from starter.routers.responses import problems

router = APIRouter(prefix="/v1/products", tags=["products"], route_class=GuardedRoute)


@router.put("/{sku}", summary="Put a product", responses=problems(409))
def put_product(sku: PathSku, product: ProductIn, session: ForMerchant) -> ProductView:
    """Create it, or have it be so from now on. Products are deactivated, never deleted."""
    catalogue.put_products(session.store, session.merchant, [product.to_domain(sku)])
    return session.read(lambda tx: parties.read_product(tx, sku))


@router.post("/batch", summary="Put many products", responses=problems(409))
def put_products(batch: ProductBatchIn, session: ForMerchant) -> PutOut:
    """Up to 500 products: all of them are put, or none."""
    _refuse_twice(batch.products)
    products = [product.to_domain(product.sku) for product in batch.products]
    try:
        catalogue.put_products(session.store, session.merchant, products)
    except RefusedError as refusal:
        raise within(refusal, "products") from refusal
    return PutOut(put=len(products))


def _refuse_twice(products: list[BatchProductIn]) -> None:
    seen: set[str] = set()
    for index, product in enumerate(products):
        if product.sku in seen:
            message = f"{product.sku} is there twice"
            raise invalid("sku_twice", message, f"products[{index}].sku")
        seen.add(product.sku)


@router.get("/{sku}", summary="Read a product", responses=problems(404))
def get_product(sku: PathSku, session: ForMerchant) -> ProductView:
    """One product."""
    return session.read(lambda tx: parties.read_product(tx, sku))


@router.get("", summary="List products")
def list_products(
    session: ForMerchant,
    active: Annotated[bool | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ProductPage:
    """A page of products, by SKU."""
    page = window(limit, cursor, parties.PRODUCT_SORT)
    found = session.read(lambda tx: parties.list_products(tx, page, active=active))
    return paged(ProductPage, found, parties.PRODUCT_SORT)
