"""Pegs are read from either end, and what waits is summed in blocks of rank (docs/adr/0041)."""

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


SET_APART = """
UPDATE open_demand d SET apart = true
 WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = d.order_id AND o.first_claimed)
    OR EXISTS (SELECT 1 FROM open_demand a JOIN open_demand b USING (order_id, sku)
                WHERE a.order_id = d.order_id AND a.sku = d.sku AND a.wanted > 0 AND b.wanted > 0
                  AND a.lock_location IS DISTINCT FROM b.lock_location)
"""

FIRST_BLOCKS = """
INSERT INTO queue_block (merchant, sku, place, priority, placed_at, intake_seq, wanted, unpegged,
                         lines, orders, unpegged_orders)
SELECT merchant, sku, coalesce(lock_location, ''), -1, '-infinity', 0, sum(wanted),
       sum(wanted - pegged), count(*), count(DISTINCT intake_seq),
       count(DISTINCT intake_seq) FILTER (WHERE wanted > pegged)
  FROM open_demand WHERE wanted > 0 AND NOT apart GROUP BY 1, 2, 3
"""
"""One block for each place of a queue; the first change of one that is too large splits it."""

WAITING_UNITS = """
CREATE VIEW waiting_units AS
SELECT merchant, sku, place, wanted, unpegged, lines FROM queue_block
 UNION ALL
SELECT merchant, sku, coalesce(lock_location, ''), wanted, wanted - pegged, 1
  FROM open_demand WHERE apart AND wanted > 0;
COMMENT ON VIEW waiting_units IS
    'Parts of what is wanted of each SKU at each place (an empty one: at any), to be added up.'
"""


def upgrade() -> None:
    """Copy ranks into pegs, count what is pegged on each supply, and sum what waits."""
    _rank_pegs()
    _count_pegs()
    _sum_queues()
    _sort_rechecks("merchant", "recheck_on", "priority", "placed_at", "intake_seq")


def _sort_rechecks(*columns: str) -> None:
    op.drop_index("ix_orders_recheck", "orders")
    op.create_index(
        "ix_orders_recheck",
        "orders",
        list(columns),
        postgresql_where=sa.text("recheck_on IS NOT NULL"),
    )


def _sum_queues() -> None:
    op.add_column(
        "open_demand",
        sa.Column(
            "apart",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="not in the sums of its queue: before its first claim, or at several places",
        ),
    )
    op.execute(SET_APART)
    op.alter_column("open_demand", "apart", server_default=None)
    op.create_index(
        "ix_open_demand_apart",
        "open_demand",
        ["merchant", "sku", "priority", "placed_at", "intake_seq"],
        postgresql_where=sa.text("apart AND wanted > 0"),
    )
    _make_blocks()
    op.execute(FIRST_BLOCKS)
    op.execute(WAITING_UNITS)


def _make_blocks() -> None:
    op.create_table(
        "queue_block",
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("sku", sa.String(length=63), nullable=False),
        sa.Column(
            "place",
            sa.String(length=63),
            nullable=False,
            comment="to which its lines are bound; '' for none",
        ),
        sa.Column(
            "priority",
            sa.SmallInteger(),
            nullable=False,
            comment="with the next two: its first rank",
        ),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("intake_seq", sa.BigInteger(), nullable=False),
        sa.Column("wanted", sa.BigInteger(), nullable=False),
        sa.Column("unpegged", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column(
            "unpegged_orders",
            sa.Integer(),
            nullable=False,
            comment="orders that are not pegged whole",
        ),
        sa.CheckConstraint(
            "unpegged BETWEEN 0 AND wanted", name=op.f("ck_queue_block_unpegged_is_wanted")
        ),
        sa.CheckConstraint(
            "unpegged_orders BETWEEN 0 AND orders",
            name=op.f("ck_queue_block_unpegged_orders_are_orders"),
        ),
        sa.ForeignKeyConstraint(
            ["merchant", "sku"],
            ["product.merchant", "product.sku"],
            name=op.f("fk_queue_block_merchant_sku"),
        ),
        sa.PrimaryKeyConstraint(
            "merchant",
            "sku",
            "place",
            "priority",
            "placed_at",
            "intake_seq",
            name=op.f("pk_queue_block"),
        ),
        comment="Sums over the lines of a queue from a rank to the next block's; some hundred orders.",
        postgresql_with={"fillfactor": 50},
    )


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
    _sort_rechecks("recheck_on")
    op.execute("DROP VIEW waiting_units")
    op.drop_table("queue_block")
    op.drop_index("ix_open_demand_apart", "open_demand")
    op.drop_column("open_demand", "apart")
    op.execute(INBOUND_SUPPLY.format(pegged=COUNTED))
    op.drop_index("ix_supply_in_queue", "supply")
    op.drop_column("supply", "in_queue")
    op.drop_column("supply", "pegged")
    op.create_index("ix_peg_supply", "peg", ["supply"])
    op.drop_index("ix_peg_rank", "peg")
    op.drop_table_comment("peg")
    for name in PEG_COLUMNS:
        op.drop_column("peg", name)
