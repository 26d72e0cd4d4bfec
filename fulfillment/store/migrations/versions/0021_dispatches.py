"""Packages of shipments that went back are opened."""

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


def upgrade() -> None:
    """Take packages apart that hold what is not in hands any more."""
    op.execute(
        f"WITH gone AS ({LEFT_BEHIND}), emptied AS ("  # noqa: S608 -- LEFT_BEHIND is a constant
        " DELETE FROM package_line USING gone WHERE package = gone.id)"
        " DELETE FROM package USING gone WHERE package.id = gone.id"
    )


def downgrade() -> None:
    """What was opened stays open."""
