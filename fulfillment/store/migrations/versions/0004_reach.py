"""How far a change of supply reaches: what of a waiting line is pegged, and on what it counts."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, fill them for those who wait now, and index who has no peg yet."""
    op.add_column(
        "open_demand",
        sa.Column(
            "pegged",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="units of wanted that are tied to inbound supply",
        ),
    )
    op.add_column(
        "open_demand",
        sa.Column(
            "counts_from",
            sa.Text(),
            nullable=True,
            comment="of a released line: from which status of a purchase order its pegs count",
        ),
    )
    op.add_column(
        "open_demand",
        sa.Column(
            "unplanned",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="its pegs were changed with many others, and it was not planned since",
        ),
    )
    op.execute(
        "UPDATE open_demand d SET pegged = p.units FROM (SELECT shipment_line, sum(units) AS units"
        " FROM peg GROUP BY shipment_line) p WHERE p.shipment_line = d.shipment_line"
    )
    op.execute(
        "UPDATE open_demand d SET counts_from = coalesce(o.policy ->> 'min_po_status',"
        " (SELECT value #>> '{}' FROM setting"
        " WHERE scope = o.merchant AND knob = 'min_po_status'),"
        " (SELECT value #>> '{}' FROM setting WHERE scope = '*' AND knob = 'min_po_status'),"
        " 'received') FROM shipment_line l JOIN shipment s ON s.id = l.shipment"
        " JOIN orders o ON o.id = s.order_id"
        " WHERE l.id = d.shipment_line AND s.status = 'ready'"
    )
    op.create_check_constraint(
        op.f("ck_open_demand_pegged_is_wanted"), "open_demand", "pegged BETWEEN 0 AND wanted"
    )
    op.create_index(
        "ix_open_demand_unpegged",
        "open_demand",
        ["merchant", "sku", "gate", "lock_location", "priority", "placed_at", "intake_seq"],
        postgresql_where=sa.text("wanted > pegged"),
    )
    op.create_index(
        "ix_open_demand_unplanned",
        "open_demand",
        ["merchant", "sku", "priority", "placed_at", "intake_seq"],
        postgresql_where=sa.text("unplanned"),
    )
    op.create_index("ix_supply_queue", "supply", ["merchant", "sku"])


def downgrade() -> None:
    """Take the indexes and the columns away again."""
    op.drop_index("ix_supply_queue", table_name="supply")
    op.drop_index("ix_open_demand_unplanned", table_name="open_demand")
    op.drop_index("ix_open_demand_unpegged", table_name="open_demand")
    op.drop_constraint(op.f("ck_open_demand_pegged_is_wanted"), "open_demand", type_="check")
    op.drop_column("open_demand", "unplanned")
    op.drop_column("open_demand", "counts_from")
    op.drop_column("open_demand", "pegged")
