"""Who may do what: one table of roles, one of routes. What is not named here is denied."""

from collections.abc import Mapping
from enum import StrEnum

from fulfillment.store.commands.administration.keys import Role


class Permission(StrEnum):
    """One kind of thing that a key may be allowed to do."""

    READ_ORDERS = "read orders"
    WRITE_ORDERS = "write orders"
    MARK_BACKORDERED = "mark lines backordered"
    READ_PAYMENTS = "read payments"
    WRITE_PAYMENTS = "record and settle payments"
    READ_SHIPMENTS = "read shipments"
    WORK_SHIPMENTS = "work shipments"
    READ_STOCK = "read stock"
    ADJUST_STOCK = "adjust stock"
    MOVE_STOCK = "receive, transfer, take back and count stock"
    READ_PURCHASE_ORDERS = "read purchase orders"
    WRITE_PURCHASE_ORDERS = "write purchase orders"
    READ_PRODUCTS = "read products"
    WRITE_PRODUCTS = "write products"
    READ_SETTINGS = "read settings"
    WRITE_SETTINGS = "write settings"
    READ_EVENTS = "read events"
    MANAGE_WEBHOOKS = "manage webhooks"
    READ_MAIL = "read mails to customers"
    WRITE_MAIL = "send and set aside mails to customers"
    OPERATE = "operate for all merchants"


P = Permission

GRANTS: Mapping[Role, frozenset[Permission]] = {
    Role.INTAKE: frozenset(
        {
            P.READ_EVENTS,
            P.READ_ORDERS,
            P.WRITE_ORDERS,
            P.MARK_BACKORDERED,
            P.READ_PAYMENTS,
            P.WRITE_PAYMENTS,
            P.READ_MAIL,
            P.WRITE_MAIL,
        }
    ),
    Role.WAREHOUSE: frozenset(
        {
            P.READ_EVENTS,
            P.READ_ORDERS,
            P.MARK_BACKORDERED,
            P.READ_SHIPMENTS,
            P.WORK_SHIPMENTS,
            P.READ_PURCHASE_ORDERS,
            P.READ_STOCK,
            P.MOVE_STOCK,
            P.READ_PRODUCTS,
            P.MANAGE_WEBHOOKS,
        }
    ),
    Role.PURCHASING: frozenset(
        {
            P.READ_EVENTS,
            P.READ_PURCHASE_ORDERS,
            P.WRITE_PURCHASE_ORDERS,
            P.READ_STOCK,
            P.MOVE_STOCK,
            P.READ_PRODUCTS,
        }
    ),
    Role.ADMIN: frozenset(Permission),
}

FOR_ALL_MERCHANTS = frozenset({P.OPERATE})
"""What needs a key that is not bound to merchants."""

ROUTES: Mapping[str, Permission] = {
    "list_events": P.READ_EVENTS,
    "create_webhook": P.MANAGE_WEBHOOKS,
    "get_webhook": P.MANAGE_WEBHOOKS,
    "list_webhooks": P.MANAGE_WEBHOOKS,
    "change_webhook": P.MANAGE_WEBHOOKS,
    "switch_webhook_on": P.MANAGE_WEBHOOKS,
    "switch_webhook_off": P.MANAGE_WEBHOOKS,
    "renew_webhook_secret": P.MANAGE_WEBHOOKS,
    "try_webhook": P.MANAGE_WEBHOOKS,
    "replay_webhook": P.MANAGE_WEBHOOKS,
    "list_webhook_deliveries": P.MANAGE_WEBHOOKS,
    "get_webhook_delivery": P.MANAGE_WEBHOOKS,
    "replay_webhook_delivery": P.MANAGE_WEBHOOKS,
    "remove_webhook": P.MANAGE_WEBHOOKS,
    "create_order": P.WRITE_ORDERS,
    "create_orders": P.WRITE_ORDERS,
    "edit_order": P.WRITE_ORDERS,
    "get_order": P.READ_ORDERS,
    "list_orders": P.READ_ORDERS,
    "get_order_history": P.READ_ORDERS,
    "explain_order": P.READ_ORDERS,
    "explain_product": P.READ_STOCK,
    "promise_basket": P.READ_ORDERS,
    "verify_order": P.WRITE_ORDERS,
    "hold_order": P.WRITE_ORDERS,
    "unhold_order": P.WRITE_ORDERS,
    "cancel_order": P.WRITE_ORDERS,
    "change_quantity": P.WRITE_ORDERS,
    "add_line": P.WRITE_ORDERS,
    "exchange_line": P.WRITE_ORDERS,
    "exchange_returned": P.WRITE_ORDERS,
    "replace_shipment": P.WRITE_ORDERS,
    "change_address": P.WRITE_ORDERS,
    "change_cancel_date": P.WRITE_ORDERS,
    "consent_to_delay": P.WRITE_ORDERS,
    "change_priority": P.WRITE_ORDERS,
    "change_policy": P.WRITE_ORDERS,
    "lock_order": P.WRITE_ORDERS,
    "allocate_order": P.WRITE_ORDERS,
    "unallocate_order": P.WRITE_ORDERS,
    "resume_allocation": P.WRITE_ORDERS,
    "mark_backordered": P.MARK_BACKORDERED,
    "split_order": P.WRITE_ORDERS,
    "remove_unavailable": P.WRITE_ORDERS,
    "back_to_ship": P.WRITE_ORDERS,
    "pin_line": P.WRITE_ORDERS,
    "create_order_link": P.WRITE_ORDERS,
    "list_order_links": P.READ_ORDERS,
    "revoke_order_link": P.WRITE_ORDERS,
    "prepare_order": P.WRITE_ORDERS,
    "record_payment": P.WRITE_PAYMENTS,
    "get_payments": P.READ_PAYMENTS,
    "list_payments": P.READ_PAYMENTS,
    "settle_payment": P.WRITE_PAYMENTS,
    "list_shipments": P.READ_SHIPMENTS,
    "get_shipment": P.READ_SHIPMENTS,
    "start_picking": P.WORK_SHIPMENTS,
    "pick_shipment": P.WORK_SHIPMENTS,
    "pack_shipment": P.WORK_SHIPMENTS,
    "pick_shipments": P.WORK_SHIPMENTS,
    "pack_shipments": P.WORK_SHIPMENTS,
    "ship_shipments": P.WORK_SHIPMENTS,
    "create_pick_list": P.WORK_SHIPMENTS,
    "get_pick_list": P.READ_SHIPMENTS,
    "list_pick_lists": P.READ_SHIPMENTS,
    "confirm_pick_list": P.WORK_SHIPMENTS,
    "unpick_pick_list": P.WORK_SHIPMENTS,
    "give_up_pick_list": P.WORK_SHIPMENTS,
    "pick_short": P.WORK_SHIPMENTS,
    "stage_order": P.WORK_SHIPMENTS,
    "unstage_order": P.WORK_SHIPMENTS,
    "list_staging": P.READ_SHIPMENTS,
    "list_staging_suggestions": P.READ_SHIPMENTS,
    "list_tasks": P.READ_SHIPMENTS,
    "finish_task": P.WORK_SHIPMENTS,
    "list_packages": P.READ_SHIPMENTS,
    "print_pick_list": P.READ_SHIPMENTS,
    "print_container_label": P.READ_SHIPMENTS,
    "print_packing_slip": P.READ_SHIPMENTS,
    "change_package": P.WORK_SHIPMENTS,
    "delete_package": P.WORK_SHIPMENTS,
    "ship_shipment": P.WORK_SHIPMENTS,
    "send_shipment_back": P.WORK_SHIPMENTS,
    "correct_tracking": P.WORK_SHIPMENTS,
    "void_dispatch": P.WORK_SHIPMENTS,
    "list_stock": P.READ_STOCK,
    "adjust_stock": P.ADJUST_STOCK,
    "create_transfer": P.MOVE_STOCK,
    "get_transfer": P.READ_STOCK,
    "list_transfers": P.READ_STOCK,
    "change_transfer": P.MOVE_STOCK,
    "ship_transfer": P.MOVE_STOCK,
    "receive_transfer": P.MOVE_STOCK,
    "close_transfer": P.MOVE_STOCK,
    "cancel_transfer": P.MOVE_STOCK,
    "create_return": P.MOVE_STOCK,
    "get_return": P.READ_STOCK,
    "list_returns": P.READ_STOCK,
    "receive_return": P.MOVE_STOCK,
    "close_return": P.MOVE_STOCK,
    "create_count": P.MOVE_STOCK,
    "get_count": P.READ_STOCK,
    "list_counts": P.READ_STOCK,
    "create_purchase_order": P.WRITE_PURCHASE_ORDERS,
    "get_purchase_order": P.READ_PURCHASE_ORDERS,
    "list_purchase_orders": P.READ_PURCHASE_ORDERS,
    "list_orders_of_purchase_order": P.READ_PURCHASE_ORDERS,
    "change_purchase_order": P.WRITE_PURCHASE_ORDERS,
    "move_purchase_order": P.WRITE_PURCHASE_ORDERS,
    "receive_goods": P.MOVE_STOCK,
    "reverse_receipt": P.WRITE_PURCHASE_ORDERS,
    "get_receipt": P.READ_STOCK,
    "list_receipts": P.READ_STOCK,
    "list_purchase_suggestions": P.WRITE_PURCHASE_ORDERS,
    "draft_purchase_orders": P.WRITE_PURCHASE_ORDERS,
    "put_restock": P.WRITE_PURCHASE_ORDERS,
    "get_restock": P.READ_PURCHASE_ORDERS,
    "list_restocks": P.READ_PURCHASE_ORDERS,
    "withdraw_restock": P.WRITE_PURCHASE_ORDERS,
    "arrive_restock": P.WRITE_PURCHASE_ORDERS,
    "put_product": P.WRITE_PRODUCTS,
    "put_products": P.WRITE_PRODUCTS,
    "get_product": P.READ_PRODUCTS,
    "list_products": P.READ_PRODUCTS,
    "list_location_shipments": P.READ_SHIPMENTS,
    "put_location": P.OPERATE,
    "put_closure": P.OPERATE,
    "remove_closure": P.OPERATE,
    "get_location": P.OPERATE,
    "list_locations": P.OPERATE,
    "put_merchant": P.OPERATE,
    "get_merchant": P.OPERATE,
    "list_merchants": P.OPERATE,
    "put_letterhead": P.OPERATE,
    "get_letterhead": P.OPERATE,
    "get_mail_settings": P.READ_SETTINGS,
    "change_mail_settings": P.WRITE_SETTINGS,
    "list_mail_templates": P.READ_SETTINGS,
    "get_mail_template": P.READ_SETTINGS,
    "put_mail_template": P.WRITE_SETTINGS,
    "delete_mail_template": P.WRITE_SETTINGS,
    "preview_mail": P.WRITE_SETTINGS,
    "list_mails": P.READ_MAIL,
    "get_mail": P.READ_MAIL,
    "send_mail_again": P.WRITE_MAIL,
    "settle_mail": P.WRITE_MAIL,
    "list_mail_batches": P.READ_MAIL,
    "stop_mail_batch": P.WRITE_MAIL,
    "note_bounce": P.WRITE_MAIL,
    "get_settings": P.READ_SETTINGS,
    "change_settings": P.WRITE_SETTINGS,
    "unset_setting": P.WRITE_SETTINGS,
    "list_setting_changes": P.READ_SETTINGS,
    "list_presets": P.READ_SETTINGS,
    "get_customer_page": P.READ_SETTINGS,
    "put_customer_page": P.WRITE_SETTINGS,
    "create_key": P.OPERATE,
    "get_key": P.OPERATE,
    "list_keys": P.OPERATE,
    "change_key": P.OPERATE,
    "revoke_key": P.OPERATE,
    "get_default_settings": P.OPERATE,
    "change_default_settings": P.OPERATE,
    "unset_default_setting": P.OPERATE,
    "list_default_setting_changes": P.OPERATE,
}
"""The permission that each route needs, by the name of its function."""

PUBLIC = frozenset({"live", "ready"})
"""The only routes that need no key, beside the API's own documentation."""
