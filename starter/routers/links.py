"""Where things are found."""

from urllib.parse import quote

from starter.models.orders_out import Links


def order_url(number: str) -> str:
    """The path of an order."""
    return f"/v1/orders/{quote(number, safe='')}"


def order_links(number: str) -> Links:
    """Where an order and its history are."""
    return Links(self=order_url(number), history=f"{order_url(number)}/history")


def purchase_order_url(number: str) -> str:
    """The path of a purchase order."""
    return f"/v1/purchase-orders/{quote(number, safe='')}"
