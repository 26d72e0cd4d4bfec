"""One way to receive, also restocks and what was given up; lines are bought in packs."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None
breaks_older = False

SUPPLY_LINE = """
CREATE VIEW supply_line AS
SELECT 'purchase_order' AS kind, purchase_order AS document, line, supply,
       NULL::integer AS order_line FROM purchase_order_line
 UNION ALL
SELECT 'transfer', transfer, line, supply, NULL FROM transfer_line
 UNION ALL
SELECT 'return', customer_return, line, supply, order_line FROM return_line
 UNION ALL
SELECT 'restock', id, 1, supply, NULL FROM restock;
COMMENT ON VIEW supply_line IS 'Each supply as the line of the document that announces it.'
"""

ONE_DOCUMENT = "num_nonnulls(purchase_order, transfer, customer_return{}) = 1"


def upgrade() -> None:
    """Add columns and a view; older programs count receipts of what they know."""
    op.add_column("receipt", sa.Column("restock", sa.BigInteger()))
    op.add_column(
        "receipt",
        sa.Column("reason", sa.Text(), comment="why what was given up was counted after all"),
    )
    op.create_foreign_key(op.f("fk_receipt_restock"), "receipt", "restock", ["restock"], ["id"])
    op.create_index(op.f("ix_receipt_restock"), "receipt", ["restock"])
    op.drop_constraint(op.f("ck_receipt_one_document"), "receipt", type_="check")
    op.create_check_constraint(
        op.f("ck_receipt_one_document"), "receipt", ONE_DOCUMENT.format(", restock")
    )
    op.add_column(
        "receipt_line",
        sa.Column(
            "found",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="of its units, those that had been given up and came after all",
        ),
    )
    op.create_check_constraint(
        op.f("ck_receipt_line_found"), "receipt_line", "found BETWEEN 0 AND units"
    )
    op.add_column(
        "purchase_order_line",
        sa.Column("pack", sa.Text(), comment="in which it was ordered; null: base units"),
    )
    op.add_column(
        "purchase_order_line",
        sa.Column(
            "pack_units", sa.Integer(), comment="base units in one of them when it was ordered"
        ),
    )
    op.create_check_constraint(
        op.f("ck_purchase_order_line_pack"),
        "purchase_order_line",
        "(pack IS NULL) = (pack_units IS NULL) AND pack_units > 0",
    )
    op.execute(SUPPLY_LINE)


def downgrade() -> None:
    """Take them away again; what came of restocks stays on hand without its receipts."""
    op.execute("DROP VIEW supply_line")
    op.drop_column("purchase_order_line", "pack_units")
    op.drop_column("purchase_order_line", "pack")
    op.drop_column("receipt_line", "found")
    op.execute(
        "DELETE FROM receipt_line l USING receipt r WHERE r.id = l.receipt AND r.restock IS NOT NULL"
    )
    op.execute("DELETE FROM receipt WHERE restock IS NOT NULL")
    op.drop_constraint(op.f("ck_receipt_one_document"), "receipt", type_="check")
    op.create_check_constraint(op.f("ck_receipt_one_document"), "receipt", ONE_DOCUMENT.format(""))
    op.drop_index(op.f("ix_receipt_restock"), "receipt")
    op.drop_column("receipt", "reason")
    op.drop_column("receipt", "restock")
