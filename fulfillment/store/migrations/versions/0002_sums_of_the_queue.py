"""Pegs are read from either end, and supplies know what is pegged on them (docs/adr/0041)."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

breaks_older = True
"""A program that is older writes pegs without their ranks, and keeps no sums."""


COPY_RANKS = """
UPDATE peg p
   SET order_id = o.id, priority = o.priority, placed_at = o.placed_at, intake_seq = o.intake_seq,
       lock_location = coalesce(d.lock_location, ''), counts_from = coalesce(d.counts_from, '')
  FROM shipment_line l JOIN orders o ON o.id = l.order_id
  LEFT JOIN open_demand d ON d.shipment_line = l.id
 WHERE l.id = p.shipment_line
"""

COUNT_PEGS = """
UPDATE supply u SET pegged = p.units
  FROM (SELECT supply, sum(units)::int AS units FROM peg GROUP BY supply) p WHERE p.supply = u.id
"""

INBOUND_SUPPLY = """
CREATE OR REPLACE VIEW inbound_supply AS
SELECT u.id, u.merchant, u.sku, u.location, u.kind, u.document, u.outstanding, u.expected_on,
       u.overdue, o.id AS purchase_order, l.line AS purchase_line, o.status,
       CASE WHEN o.status = 'arrived' THEN DATE '9999-12-31' ELSE u.expected_on END AS counts_until,
       {pegged}::bigint AS pegged
  FROM supply u
  LEFT JOIN purchase_order_line l ON l.supply = u.id
  LEFT JOIN purchase_order o ON o.id = l.purchase_order
 WHERE u.inbound
"""
COUNTED = "coalesce((SELECT sum(p.units) FROM peg p WHERE p.supply = u.id), 0)"

PEG_COLUMNS: dict[str, tuple[sa.types.TypeEngine[Any], str | None]] = {
    "order_id": (sa.BigInteger(), None),
    "lock_location": (sa.String(63), "'' for none: rows are compared"),
    "counts_from": (sa.Text(), "'' for none"),
    "priority": (sa.SmallInteger(), None),
    "placed_at": (sa.DateTime(timezone=True), None),
    "intake_seq": (sa.BigInteger(), None),
}


def upgrade() -> None:
    """Copy ranks into pegs, and count what is pegged on each supply."""
    _rank_pegs()
    _count_pegs()


def _rank_pegs() -> None:
    for name, (type_, comment) in PEG_COLUMNS.items():
        op.add_column("peg", sa.Column(name, type_, comment=comment))
    op.execute(COPY_RANKS)
    for name in PEG_COLUMNS:
        op.alter_column("peg", name, nullable=False)
    op.create_table_comment(
        "peg",
        "Whose line it is stands in it as in the queue, so that it is read from either end.",
    )
    op.create_index(
        "ix_peg_rank",
        "peg",
        [
            "supply",
            "pinned",
            "lock_location",
            "counts_from",
            "priority",
            "placed_at",
            "intake_seq",
            "shipment_line",
        ],
    )
    op.drop_index("ix_peg_supply", "peg")


def _count_pegs() -> None:
    op.add_column(
        "supply",
        sa.Column(
            "pegged",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="units of all its pegs; it changes only while its queue is locked",
        ),
    )
    op.execute(COUNT_PEGS)
    op.add_column(
        "supply",
        sa.Column(
            "in_queue",
            sa.Boolean(),
            sa.Computed("inbound OR pegged > 0", persisted=True),
            nullable=False,
            comment="its queue has to look at it",
        ),
    )
    op.create_check_constraint(op.f("ck_supply_pegged_is_not_negative"), "supply", "pegged >= 0")
    op.create_index(
        "ix_supply_in_queue", "supply", ["merchant", "sku"], postgresql_where=sa.text("in_queue")
    )
    op.execute(INBOUND_SUPPLY.format(pegged="u.pegged"))


def downgrade() -> None:
    """Forget the ranks and the sums."""
    op.execute(INBOUND_SUPPLY.format(pegged=COUNTED))
    op.drop_index("ix_supply_in_queue", "supply")
    op.drop_column("supply", "in_queue")
    op.drop_column("supply", "pegged")
    op.create_index("ix_peg_supply", "peg", ["supply"])
    op.drop_index("ix_peg_rank", "peg")
    op.drop_table_comment("peg")
    for name in PEG_COLUMNS:
        op.drop_column("peg", name)
