"""What is seen: since when an order is ready, whom a receipt served, search, product facts."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
breaks_older = False

READY = """
UPDATE orders o
   SET ready_to_ship_at = CASE WHEN r.is_ready THEN coalesce(o.ready_to_ship_at, now()) END
  FROM (SELECT f.id, cardinality(f.holds) = 0 AND EXISTS (
               SELECT 1 FROM shipment s WHERE s.order_id = f.id AND s.status = 'ready'
                  AND NOT EXISTS (
                      SELECT 1 FROM shipment_line l WHERE l.shipment = s.id AND l.units > coalesce((
                          SELECT sum(a.units) FROM allocation a WHERE a.shipment_line = l.id), 0))
               ) AS is_ready
          FROM orders f WHERE f.finished_at IS NULL OR f.ready_to_ship_at IS NOT NULL) r
 WHERE r.id = o.id AND r.is_ready IS DISTINCT FROM (o.ready_to_ship_at IS NOT NULL)
"""

SEARCHED = (
    ("order_customer", "order_customer", "reference"),
    ("shipment_tracking", "shipment", "tracking"),
    ("package_tracking", "package", "tracking"),
)


FACTS: tuple[tuple[str, Any, str | None], ...] = (
    ("weight_g", sa.Integer(), "of one unit"),
    ("length_mm", sa.Integer(), None),
    ("width_mm", sa.Integer(), None),
    ("height_mm", sa.Integer(), None),
    ("country_of_origin", sa.String(2), None),
    ("customs_code", sa.Text(), "of the Harmonized System, or longer"),
)

FACT_RULES = (
    ("weight_is_positive", "weight_g > 0"),
    ("dimensions_are_positive", "length_mm > 0 AND width_mm > 0 AND height_mm > 0"),
)


def upgrade() -> None:
    """Add a table and indexes; what is not ready now loses the moment at which it last was."""
    op.create_table(
        "served_order",
        sa.Column("receipt", sa.BigInteger(), nullable=False),
        sa.Column("supply", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.CheckConstraint("units > 0", name=op.f("ck_served_order_units_is_positive")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_served_order_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["receipt"], ["receipt.id"], name=op.f("fk_served_order_receipt_receipt")
        ),
        sa.ForeignKeyConstraint(
            ["supply"], ["supply.id"], name=op.f("fk_served_order_supply_supply")
        ),
        sa.PrimaryKeyConstraint("receipt", "supply", "order_id", name=op.f("pk_served_order")),
        comment="Received units that were given to an order when they were given out.",
    )
    op.create_index(op.f("ix_served_order_order_id"), "served_order", ["order_id"])
    _add_product_facts()
    op.create_table(
        "letterhead",
        sa.Column("merchant", sa.String(63), nullable=False),
        sa.Column("sender", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("logo", sa.LargeBinary(), comment="a PNG or JPEG"),
        sa.ForeignKeyConstraint(
            ["merchant"], ["merchant.id"], name=op.f("fk_letterhead_merchant_merchant")
        ),
        sa.PrimaryKeyConstraint("merchant", name=op.f("pk_letterhead")),
        comment="What stands over a merchant's papers: who sends them, line by line, and a logo.",
    )
    op.execute(READY)
    op.alter_column(
        "orders",
        "ready_to_ship_at",
        comment="since when it is ready to ship; null while it is not",
        existing_comment="when it last became ready to ship",
        existing_type=sa.DateTime(timezone=True),
        existing_nullable=True,
    )
    op.create_index(
        "ix_orders_ready",
        "orders",
        ["merchant", "ready_to_ship_at", "id"],
        postgresql_where=sa.text("ready_to_ship_at IS NOT NULL"),
    )
    _index("ix_orders_number", "orders", "number", "merchant")
    for name, table, column in SEARCHED:
        _index(f"ix_{name}", table, column)


def _add_product_facts() -> None:
    for name, kind, comment in FACTS:
        op.add_column("product", sa.Column(name, kind, comment=comment))
    for name, rule in FACT_RULES:
        op.create_check_constraint(op.f(f"ck_product_{name}"), "product", rule)
    op.create_table(
        "product_barcode",
        sa.Column("merchant", sa.String(63), nullable=False),
        sa.Column("code", sa.String(14), nullable=False),
        sa.Column("sku", sa.String(63), nullable=False),
        sa.Column("pack", sa.Text(), comment="the pack that it is on; null: one unit"),
        sa.ForeignKeyConstraint(
            ["merchant", "sku"],
            ["product.merchant", "product.sku"],
            name=op.f("fk_product_barcode_merchant_sku_product"),
        ),
        sa.PrimaryKeyConstraint("merchant", "code", name=op.f("pk_product_barcode")),
    )
    op.create_index(op.f("ix_product_barcode_merchant_sku"), "product_barcode", ["merchant", "sku"])


def _index(name: str, table: str, column: str, *before: str) -> None:
    """Two indexes: one finds how a text begins, one how it ends."""
    which = None if before else sa.text(f"{column} IS NOT NULL")
    for end, searched in (("head", f"lower({column})"), ("tail", f"reverse(lower({column}))")):
        op.create_index(
            f"{name}_{end}",
            table,
            [*before, sa.text(f"{searched} text_pattern_ops")],
            postgresql_where=which,
        )


def downgrade() -> None:
    """Take them away again."""
    for name, table, _ in (("orders_number", "orders", ""), *SEARCHED):
        for end in ("head", "tail"):
            op.drop_index(f"ix_{name}_{end}", table_name=table)
    op.drop_index("ix_orders_ready", table_name="orders")
    op.alter_column(
        "orders",
        "ready_to_ship_at",
        comment="when it last became ready to ship",
        existing_comment="since when it is ready to ship; null while it is not",
        existing_type=sa.DateTime(timezone=True),
        existing_nullable=True,
    )
    op.drop_table("served_order")
    op.drop_table("letterhead")
    op.drop_table("product_barcode")
    for name, _ in FACT_RULES:
        op.drop_constraint(op.f(f"ck_product_{name}"), "product")
    for name, _, _ in FACTS:
        op.drop_column("product", name)
