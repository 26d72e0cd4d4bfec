"""What each page needs. A page that is not named here can not be made."""

from collections.abc import Mapping

from fulfillment.domain.model.permissions import Permission

PAGES: Mapping[str, Permission | None] = {
    "start": None,
    "sign_out": None,
    "board": Permission.READ_ORDERS,
    "stream": Permission.READ_ORDERS,
    "order_list": Permission.READ_ORDERS,
    "order_csv": Permission.READ_ORDERS,
    "archived_orders": Permission.READ_ORDERS,
    "order": Permission.READ_ORDERS,
    "order_why": Permission.READ_ORDERS,
    "order_history": Permission.READ_ORDERS,
    "order_remedy": Permission.READ_ORDERS,
    "do_order_remedy": Permission.READ_ORDERS,
    "order_action": Permission.READ_ORDERS,
    "do_order_action": Permission.READ_ORDERS,
    "saved_views": Permission.READ_ORDERS,
    "new_saved_view": Permission.READ_ORDERS,
    "save_new_view": Permission.READ_ORDERS,
    "saved_view": Permission.READ_ORDERS,
    "change_saved_view": Permission.READ_ORDERS,
    "delete_saved_view": Permission.READ_ORDERS,
    "order_group": Permission.READ_ORDERS,
    "together": Permission.WRITE_ORDERS,
    "do_many": Permission.WRITE_ORDERS,
    "together_result": Permission.READ_ORDERS,
    "stock_list": Permission.READ_STOCK,
    "stock_csv": Permission.READ_STOCK,
    "stock_item": Permission.READ_STOCK,
    "stock_ledger": Permission.READ_STOCK,
    "stock_adjust": Permission.ADJUST_STOCK,
    "do_stock_adjust": Permission.ADJUST_STOCK,
    "stock_move": Permission.ADJUST_STOCK,
    "do_stock_move": Permission.ADJUST_STOCK,
    "stock_transfer": Permission.MOVE_STOCK,
    "do_stock_transfer": Permission.MOVE_STOCK,
    "purchase_list": Permission.READ_PURCHASE_ORDERS,
    "purchase_csv": Permission.READ_PURCHASE_ORDERS,
    "supplier_list": Permission.READ_PURCHASE_ORDERS,
    "suggestion_list": Permission.WRITE_PURCHASE_ORDERS,
    "do_suggestions": Permission.WRITE_PURCHASE_ORDERS,
    "purchase_new": Permission.WRITE_PURCHASE_ORDERS,
    "do_purchase_new": Permission.WRITE_PURCHASE_ORDERS,
    "purchase_order": Permission.READ_PURCHASE_ORDERS,
    "purchase_orders_waiting": Permission.READ_PURCHASE_ORDERS,
    "purchase_history": Permission.READ_PURCHASE_ORDERS,
    "purchase_receipt": Permission.MOVE_STOCK,
    "do_purchase_receipt": Permission.MOVE_STOCK,
    "purchase_dates": Permission.WRITE_PURCHASE_ORDERS,
    "do_purchase_dates": Permission.WRITE_PURCHASE_ORDERS,
    "purchase_status": Permission.WRITE_PURCHASE_ORDERS,
    "do_purchase_status": Permission.WRITE_PURCHASE_ORDERS,
    # By who sees orders or stock; each part of a what-if asks for its own where it is applied.
    "what_if": Permission.TRY_WHAT_IFS,
    "do_what_if": Permission.TRY_WHAT_IFS,
    "sku_queue": Permission.READ_ORDERS,
    # Of each kind it finds what the user may see.
    "find": None,
}
"""The permission of each page by the name of its function; None: it is enough to be signed in.

What an action of a page needs beside that is said where the action is.
"""

PUBLIC_PAGES = frozenset({"sign_in_form", "sign_in"})
"""The only pages for who is not signed in."""
