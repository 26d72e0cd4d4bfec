"""What past facts mean is stored with them, and one reference of the provider counts once."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
breaks_older = True

ENDED = "ended_at = now() WHERE status IN ('received', 'closed', 'cancelled')"

DOCUMENTS = {
    "purchase_order": f"UPDATE purchase_order SET {ENDED}",  # noqa: S608 -- a constant
    "transfer": f"UPDATE transfer SET {ENDED}",  # noqa: S608 -- a constant
    "customer_return": f"UPDATE customer_return SET {ENDED}",  # noqa: S608 -- a constant
}


def upgrade() -> None:
    """Add the columns, and fill them by what is true today: nothing better is known."""
    _sales()
    _documents()
    _payments()


def _sales() -> None:
    op.add_column(
        "orders",
        sa.Column(
            "placed_on",
            sa.Date(),
            nullable=True,
            comment="the day it was then at the merchant, whatever zone it has now",
        ),
    )
    op.execute(
        "UPDATE orders o SET placed_on = (o.placed_at AT TIME ZONE m.time_zone)::date"
        " FROM merchant m WHERE m.id = o.merchant"
    )
    op.alter_column("orders", "placed_on", nullable=False)
    op.add_column(
        "order_line",
        sa.Column(
            "managed",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="whether the stock of its product was managed when it was asked for",
        ),
    )
    op.execute(
        "UPDATE order_line l SET managed = false FROM product p"
        " WHERE p.merchant = l.merchant AND p.sku = l.sku AND NOT p.manage_stock"
    )
    op.create_index(
        "ix_order_line_shipped",
        "order_line",
        ["merchant", "sku"],
        postgresql_where=sa.text("shipped > 0"),
    )
    op.add_column(
        "shipment_line",
        sa.Column(
            "drop_shipped",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="its units went from the supplier, and left nobody's stock level",
        ),
    )
    op.execute(
        "UPDATE shipment_line l SET drop_shipped = true FROM shipment s, order_line o"
        " WHERE s.id = l.shipment AND s.status = 'shipped' AND o.order_id = l.order_id"
        " AND o.line = l.order_line AND o.channel = 'drop_ship'"
    )


def _documents() -> None:
    for table, ended in DOCUMENTS.items():
        op.add_column(
            table,
            sa.Column(
                "ended_at",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="when it was received, closed or cancelled",
            ),
        )
        op.execute(ended)
    op.add_column(
        "purchase_order",
        sa.Column(
            "ended_from",
            sa.Text(),
            nullable=True,
            comment="the status that it had until it ended",
        ),
    )
    op.execute(
        "UPDATE purchase_order o SET ended_from = coalesce((SELECT r.status_before FROM receipt r"
        " WHERE r.purchase_order = o.id ORDER BY r.id DESC LIMIT 1), 'approved')"
        " WHERE ended_at IS NOT NULL"
    )
    op.drop_column("receipt", "status_before")
    op.create_check_constraint(
        op.f("ck_purchase_order_ended"),
        "purchase_order",
        "(ended_at IS NULL) = (ended_from IS NULL)",
    )


def _payments() -> None:
    op.add_column(
        "payment_entry",
        sa.Column(
            "recorded",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="the shop told of it; else it was due, and asked of the provider",
        ),
    )
    op.create_index(
        "uq_payment_entry_reference",
        "payment_entry",
        ["order_id", "kind", "reference"],
        unique=True,
        postgresql_where=sa.text("status = 'done' AND reference IS NOT NULL"),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("uq_payment_entry_reference", table_name="payment_entry")
    op.drop_column("payment_entry", "recorded")
    op.add_column(
        "receipt",
        sa.Column(
            "status_before",
            sa.Text(),
            server_default="approved",
            nullable=False,
            comment="of its document, until it was counted",
        ),
    )
    op.alter_column("receipt", "status_before", server_default=None)
    op.drop_constraint(op.f("ck_purchase_order_ended"), "purchase_order")
    op.drop_column("purchase_order", "ended_from")
    for table in DOCUMENTS:
        op.drop_column(table, "ended_at")
    op.drop_column("shipment_line", "drop_shipped")
    op.drop_index("ix_order_line_shipped", table_name="order_line")
    op.drop_column("order_line", "managed")
    op.drop_column("orders", "placed_on")
