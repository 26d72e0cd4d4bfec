"""What is outstanding is said once for each supply line, and what of it counts now in one view."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
breaks_older = False

INBOUND_SUPPLY = """
CREATE VIEW inbound_supply AS
SELECT u.id, u.merchant, u.sku, u.location, u.kind, u.document, u.outstanding, u.expected_on,
       u.overdue, o.id AS purchase_order, l.line AS purchase_line, o.status,
       CASE WHEN o.status = 'arrived' THEN DATE '9999-12-31' ELSE u.expected_on END AS counts_until,
       coalesce((SELECT sum(p.units) FROM peg p WHERE p.supply = u.id), 0)::bigint AS pegged
  FROM supply u
  LEFT JOIN purchase_order_line l ON l.supply = u.id
  LEFT JOIN purchase_order o ON o.id = l.purchase_order
 WHERE u.inbound
"""

COLUMNS = """
COMMENT ON VIEW inbound_supply IS 'Supply that is approved or later, and of which units are to come.';
COMMENT ON COLUMN inbound_supply.status IS 'of its purchase order; other supply has none';
COMMENT ON COLUMN inbound_supply.counts_until IS
    'the last day, at its location, on which units may be pegged on it; what has arrived always may';
"""


def upgrade() -> None:
    """Add a column that PostgreSQL computes, and a view; older programs know neither."""
    op.add_column(
        "supply",
        sa.Column(
            "outstanding",
            sa.Integer(),
            sa.Computed("ordered - received - closed", persisted=True),
            nullable=False,
            comment="units that are still to come",
        ),
    )
    op.execute(INBOUND_SUPPLY)
    op.execute(COLUMNS)


def downgrade() -> None:
    """Take them away again."""
    op.execute("DROP VIEW inbound_supply")
    op.drop_column("supply", "outstanding")
