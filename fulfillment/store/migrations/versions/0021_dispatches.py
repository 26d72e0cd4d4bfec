"""Dispatches can be voided; packages of shipments that went back are opened; lists are settled."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None
breaks_older = False

LEFT_BEHIND = """
SELECT DISTINCT p.id
  FROM package p JOIN shipment s ON s.id = p.shipment JOIN package_line k ON k.package = p.id
 CROSS JOIN LATERAL (
       SELECT sum(l.units) AS units FROM package b JOIN package_line l ON l.package = b.id
        WHERE b.shipment = p.shipment AND l.order_line = k.order_line
          AND b.shipped_at IS NULL) packed
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(CASE WHEN a.drop_ship THEN a.units ELSE a.picked + a.staged END), 0)
                  AS units
         FROM shipment_line l JOIN allocation a ON a.shipment_line = l.id
        WHERE l.shipment = p.shipment AND l.order_line = k.order_line) held
 WHERE p.shipped_at IS NULL AND s.status NOT IN ('shipped', 'cancelled')
   AND (s.status NOT IN ('picking', 'picked', 'packed') OR packed.units > held.units)
"""

SHORT = """
UPDATE pick_list_line l
   SET short = l.units - l.picked - least(l.units - l.picked - l.short, coalesce((
           SELECT sum(a.units - a.picked - a.staged)
             FROM shipment_line sl JOIN allocation a ON a.shipment_line = sl.id
            WHERE sl.shipment = l.shipment AND sl.order_line = l.order_line
              AND a.location = p.location AND s.status IN ('backorder', 'future')), 0))
  FROM pick_list p, shipment s
 WHERE p.id = l.pick_list AND s.id = l.shipment AND p.status = 'picking' AND l.to_stage
   AND l.picked + l.short < l.units
"""

DONE = """
UPDATE pick_list p SET status = 'done', done_at = now()
 WHERE p.status = 'picking' AND NOT EXISTS (
       SELECT 1 FROM pick_list_line l WHERE l.pick_list = p.id AND l.picked + l.short < l.units)
"""

KINDS = (
    "kind IN ('receipt', 'reversal', 'adjustment', 'count', 'transfer_out', 'transfer_in',"
    " 'return', 'dispatch'{more})"
)
COMES = "kind NOT IN ('receipt', 'transfer_in', 'return'{more}) OR units > 0"


def upgrade() -> None:
    """Take packages apart that hold what is not in hands any more, and settle staging lists."""
    op.add_column(
        "shipment",
        sa.Column(
            "voids",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="how often its dispatch was voided; the ledger tells its dispatches apart by it",
        ),
    )
    _allow(", 'dispatch_void'")
    op.add_column(
        "order_line",
        sa.Column(
            "replaces_line",
            sa.Integer(),
            nullable=True,
            comment="the line of which units were shipped before",
        ),
    )
    op.add_column(
        "order_line",
        sa.Column(
            "replaces_shipment",
            sa.BigInteger(),
            nullable=True,
            comment="in which they were lost; null where they come back",
        ),
    )
    op.create_foreign_key(
        op.f("fk_order_line_replaces_shipment_shipment"),
        "order_line",
        "shipment",
        ["replaces_shipment"],
        ["id"],
    )
    op.create_check_constraint(
        op.f("ck_order_line_replaces_a_line"),
        "order_line",
        "replaces_shipment IS NULL OR replaces_line IS NOT NULL",
    )
    op.create_index(
        "ix_order_line_replaces",
        "order_line",
        ["replaces_shipment"],
        postgresql_where=sa.text("replaces_shipment IS NOT NULL"),
    )
    op.execute(
        f"WITH gone AS ({LEFT_BEHIND}), emptied AS ("  # noqa: S608 -- LEFT_BEHIND is a constant
        " DELETE FROM package_line USING gone WHERE package = gone.id)"
        " DELETE FROM package USING gone WHERE package.id = gone.id"
    )
    op.execute(SHORT)
    op.execute(DONE)


def downgrade() -> None:
    """What was opened stays open; a voided dispatch is refused by the rules that come back."""
    op.drop_index("ix_order_line_replaces", table_name="order_line")
    op.drop_constraint(op.f("ck_order_line_replaces_a_line"), "order_line", type_="check")
    op.drop_column("order_line", "replaces_shipment")
    op.drop_column("order_line", "replaces_line")
    _allow("")
    op.drop_column("shipment", "voids")


def _allow(more: str) -> None:
    for name, rule in (("kind", KINDS), ("comes", COMES)):
        op.drop_constraint(op.f(f"ck_stock_ledger_{name}"), "stock_ledger", type_="check")
        op.create_check_constraint(
            op.f(f"ck_stock_ledger_{name}"), "stock_ledger", rule.format(more=more)
        )
