"""Links to the customer's page, what it offers, and what may stand in for a product."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KINDS = (
    "'accept_date', 'ship_now', 'ship_as_available', 'exchange', 'wait_for_all', 'cancel_short',"
    " 'cancel_order'"
)


def upgrade() -> None:
    """Add the tables, and the column that older programs leave empty."""
    op.create_table(
        "customer_page",
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column(
            "offers",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="kinds that a customer may choose",
        ),
        sa.Column("link_days", sa.SmallInteger(), server_default=sa.text("60"), nullable=False),
        sa.Column(
            "days_after_end",
            sa.SmallInteger(),
            server_default=sa.text("14"),
            nullable=False,
            comment="how long a page can be opened once its order is finished",
        ),
        sa.Column(
            "note", sa.Text(), nullable=True, comment="how the merchant is reached; on every page"
        ),
        sa.CheckConstraint(
            f"offers <@ ARRAY[{KINDS}]::text[]", name=op.f("ck_customer_page_offers")
        ),
        sa.CheckConstraint("link_days BETWEEN 1 AND 365", name=op.f("ck_customer_page_link_days")),
        sa.CheckConstraint(
            "days_after_end BETWEEN 0 AND 365", name=op.f("ck_customer_page_days_after_end")
        ),
        sa.ForeignKeyConstraint(
            ["merchant"], ["merchant.id"], name=op.f("fk_customer_page_merchant")
        ),
        sa.PrimaryKeyConstraint("merchant", name=op.f("pk_customer_page")),
        comment="What customers of a merchant may choose on their page; without a row, as built in.",
    )
    op.create_table(
        "order_link",
        sa.Column("id", sa.String(length=16), nullable=False, comment="its name; it opens nothing"),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["merchant"], ["merchant.id"], name=op.f("fk_order_link_merchant")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_link_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_order_link_token_hash")),
        comment="Who has the token of one sees its order, and may choose what is offered.",
    )
    op.create_index(op.f("ix_order_link_order_id"), "order_link", ["order_id"], unique=False)
    op.add_column(
        "product",
        sa.Column(
            "substitutes",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="SKUs that a customer may be offered in its place, the best first",
        ),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_column("product", "substitutes")
    op.drop_table("order_link")
    op.drop_table("customer_page")
