"""What roles may do: one table, asked by the API, the pages and whatever comes after them."""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What a key or a user may do."""

    INTAKE = "intake"
    WAREHOUSE = "warehouse"
    PURCHASING = "purchasing"
    ADMIN = "admin"


class Permission(StrEnum):
    """One kind of thing that a key or a user may be allowed to do."""

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
    TRY_WHAT_IFS = "look at what-ifs"
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
            P.TRY_WHAT_IFS,
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
            P.TRY_WHAT_IFS,
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
            P.TRY_WHAT_IFS,
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
"""What needs a key, or a user, that is not bound to merchants."""
