"""The archive: orders that are over for long, packed, and what they are found by."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

REFUSE_NUMBER = """
CREATE FUNCTION refuse_archived_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM taken JOIN archived_order USING (merchant, number)) THEN
        RAISE EXCEPTION 'an archived order has that number'
              USING ERRCODE = 'unique_violation', CONSTRAINT = 'archived_number';
    END IF;
    RETURN NULL;
END $$
"""
# Asked after the rows are there, so with a picture that has all which their keys waited for.
NUMBER_TRIGGER = """
CREATE TRIGGER archived_numbers_are_taken AFTER INSERT ON orders
REFERENCING NEW TABLE AS taken FOR EACH STATEMENT EXECUTE FUNCTION refuse_archived_number()
"""

INDEXES = (
    ("ix_shipment_parent", "shipment", ["parent"], "parent IS NOT NULL"),
    ("ix_pick_list_line_of_order", "pick_list_line", ["order_id", "order_line"], None),
    ("ix_payment_entry_shipment", "payment_entry", ["shipment"], "shipment IS NOT NULL"),
    ("ix_task_order", "task", ["order_id"], "order_id IS NOT NULL"),
    ("ix_task_shipment", "task", ["shipment"], "shipment IS NOT NULL"),
    (
        "ix_return_line_of_order",
        "return_line",
        ["order_id", "order_line"],
        "order_id IS NOT NULL",
    ),
)
"""By which a row that is taken away finds who refers to it."""


def upgrade() -> None:
    """Add the tables, the first partition, the guard of numbers, and the indexes."""
    _add_archived_order()
    _add_archived_rows()
    op.create_table(
        "archived_units",
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("sku", sa.String(length=63), nullable=False),
        sa.Column("shipped", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("shipped >= 0", name=op.f("ck_archived_units_shipped_is_not_negative")),
        sa.ForeignKeyConstraint(
            ["merchant", "sku"],
            ["product.merchant", "product.sku"],
            name=op.f("fk_archived_units_merchant_sku"),
        ),
        sa.PrimaryKeyConstraint("merchant", "sku", name=op.f("pk_archived_units")),
        comment="Units that archived orders shipped: no more can come back than were shipped in"
        " all.",
    )
    op.create_table(
        "brought_back",
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "written_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="by the database's own clock, for who looked for it a moment too early",
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_brought_back_order_id")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_brought_back")),
        comment="Orders that were archived and asked for again: their days are counted from then"
        " on.",
    )
    # What went straight to a shipment is told of a receipt also when that shipment is archived.
    op.drop_constraint("fk_cross_dock_shipment", "cross_dock", type_="foreignkey")
    op.alter_column("cross_dock", "shipment", comment="it may be archived")
    op.create_index("ix_brought_back_written", "brought_back", ["written_at"], unique=False)
    op.create_index("ix_command_at", "command", ["at"], unique=False, postgresql_using="brin")
    op.execute(REFUSE_NUMBER)
    op.execute(NUMBER_TRIGGER)
    for name, table, columns, where in INDEXES:
        op.create_index(
            name, table, columns, unique=False, postgresql_where=where and sa.text(where)
        )


def _add_archived_order() -> None:
    op.create_table(
        "archived_order",
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "content_hash", sa.LargeBinary(), nullable=False, comment="of the order as first sent"
        ),
        sa.Column(
            "priority", sa.SmallInteger(), nullable=False, comment="with the next two: its rank"
        ),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("intake_seq", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "archived_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("month", sa.Date(), nullable=False, comment="the partition that its rows are in"),
        sa.Column(
            "names",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="what else it is asked for by: shipment 7, tracking 1z9. No customer's data",
        ),
        sa.Column(
            "lines",
            postgresql.ARRAY(sa.BigInteger()),
            nullable=False,
            comment="its lines in shipments, by which the stock ledger names what left",
        ),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_archived_order_month")),
        sa.ForeignKeyConstraint(
            ["merchant"], ["merchant.id"], name=op.f("fk_archived_order_merchant")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_archived_order")),
        sa.UniqueConstraint("merchant", "number", name=op.f("uq_archived_order_merchant_number")),
        comment="Which orders are archived: one narrow row for each, in no partition, so that a"
        " number is found, and refused a second time, however old it is.",
    )
    op.create_index(
        "ix_archived_order_names",
        "archived_order",
        ["names"],
        unique=False,
        postgresql_using="gin",
    )
    op.create_index(
        "ix_archived_order_finished",
        "archived_order",
        ["merchant", "finished_at", "order_id"],
        unique=False,
    )


def _add_archived_rows() -> None:
    op.create_table(
        "archived_rows",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "packed",
            postgresql.JSON(),
            nullable=False,
            comment="{table: [row, ...]} without what is null; as text it is compressed twice as"
            " well",
        ),
        sa.Column(
            "customer",
            postgresql.JSONB(),
            nullable=True,
            comment="its row of order_customer; null once it is erased",
        ),
        sa.PrimaryKeyConstraint("month", "order_id", name=op.f("pk_archived_rows")),
        comment="All rows of archived orders as they were, by the month in which they were"
        " archived.",
        postgresql_partition_by="RANGE (month)",
    )
    op.create_index(
        "ix_archived_rows_reference",
        "archived_rows",
        [sa.text("lower(customer ->> 'reference')")],
        unique=False,
        postgresql_where=sa.text("customer ->> 'reference' IS NOT NULL"),
    )
    op.execute("CREATE TABLE archived_rows_default PARTITION OF archived_rows DEFAULT")


def downgrade() -> None:
    """Take it away, where nothing is archived: `pegboard archive --bring-all-back` empties it."""
    if op.get_bind().execute(sa.text("SELECT 1 FROM archived_order LIMIT 1")).first():
        message = "orders are archived: bring them back first (pegboard archive --bring-all-back)"
        raise RuntimeError(message)
    for name, table, _, _ in INDEXES:
        op.drop_index(name, table_name=table)
    op.drop_index("ix_command_at", table_name="command")
    op.alter_column("cross_dock", "shipment", comment=None)
    op.create_foreign_key("fk_cross_dock_shipment", "cross_dock", "shipment", ["shipment"], ["id"])
    op.execute("DROP TRIGGER archived_numbers_are_taken ON orders")
    op.execute("DROP FUNCTION refuse_archived_number()")
    for table in ("brought_back", "archived_units", "archived_rows", "archived_order"):
        op.drop_table(table)
