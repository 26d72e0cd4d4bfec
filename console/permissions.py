"""What each page needs. A page that is not named here can not be made."""

from collections.abc import Mapping

from fulfillment.domain.model.permissions import Permission

PAGES: Mapping[str, Permission | None] = {
    "start": None,
    "sign_out": None,
    "board": Permission.READ_ORDERS,
    "order_list": Permission.READ_ORDERS,
    "order_csv": Permission.READ_ORDERS,
    "order": Permission.READ_ORDERS,
    "order_why": Permission.READ_ORDERS,
    "order_history": Permission.READ_ORDERS,
    "order_remedy": Permission.READ_ORDERS,
    "do_order_remedy": Permission.READ_ORDERS,
    "order_action": Permission.READ_ORDERS,
    "do_order_action": Permission.READ_ORDERS,
    "sku_queue": Permission.READ_ORDERS,
}
"""The permission of each page by the name of its function; None: it is enough to be signed in.

What an action of a page needs beside that is said where the action is.
"""

PUBLIC_PAGES = frozenset({"sign_in_form", "sign_in"})
"""The only pages for who is not signed in."""
