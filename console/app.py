"""The pages of the desk, put into the app that serves them."""

from fastapi import FastAPI

from console import assets
from console.desk import Desk
from console.pages import board, order, order_action, orders, remedy, sign_in, sku, start

ROUTERS = (
    sign_in.router,
    start.router,
    board.router,
    orders.router,
    order.router,
    remedy.router,
    order_action.router,
    sku.router,
)
"""In the order in which paths are tried: an order's own pages go before its actions."""


def install(app: FastAPI, desk: Desk) -> None:
    """Serve them, over this desk."""
    app.state.desk = desk
    for router in ROUTERS:
        app.router.routes.extend(router.routes)
    assets.install(app)
