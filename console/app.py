"""The pages of the desk, put into the app that serves them."""

from fastapi import FastAPI

from console import assets
from console.desk import Desk
from console.pages import (
    archived,
    board,
    find,
    order,
    order_action,
    orders,
    purchase_dates,
    purchase_new,
    purchase_order,
    purchase_receipt,
    purchase_status,
    purchasing,
    remedy,
    saved_views,
    sign_in,
    sku,
    start,
    stock,
    stock_change,
    stock_item,
    stream,
    suggestions,
    together,
    together_result,
    what_if,
)

ROUTERS = (
    sign_in.router,
    start.router,
    board.router,
    find.router,
    stream.router,
    orders.router,
    archived.router,
    saved_views.router,
    together.router,
    together_result.router,
    what_if.router,
    order.router,
    remedy.router,
    order_action.router,
    stock.router,
    stock_item.router,
    stock_change.router,
    purchasing.router,
    suggestions.router,
    purchase_new.router,
    purchase_order.router,
    purchase_receipt.router,
    purchase_dates.router,
    purchase_status.router,
    sku.router,
)
"""In the order in which paths are tried: an order's own pages go before its actions."""


def install(app: FastAPI, desk: Desk) -> None:
    """Serve them, over this desk."""
    app.state.desk = desk
    for router in ROUTERS:
        app.router.routes.extend(router.routes)
    assets.install(app)
