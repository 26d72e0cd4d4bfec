"""What happens to supply is kept, and what is told outside has a place in a feed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

breaks_older = True
"""A program that is older would write history of which nobody is told."""

SUPPLY_HAPPENING = """
CREATE VIEW supply_happening AS
SELECT e.merchant, e.kind AS document_kind, e.document, e.number,
       (e.sequence + h.n - 1)::integer AS sequence, h.what ->> 0 AS kind, h.what -> 1 AS facts,
       e.actor, e.reason, e.at
  FROM supply_event e
 CROSS JOIN LATERAL jsonb_array_elements(e.happenings) WITH ORDINALITY AS h(what, n);
COMMENT ON VIEW supply_happening IS
    'Each thing that happened to a document of supply, in the order in which one tells it.'
"""


def upgrade() -> None:
    """Make the tables; the feed begins with what happens from now on."""
    op.create_table(
        "supply_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="of the document that announces the supply"
        ),
        sa.Column("document", sa.BigInteger(), nullable=False, comment="its id"),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column(
            "sequence",
            sa.Integer(),
            nullable=False,
            comment="the place of its first happening in the document's history, from 1",
        ),
        sa.Column(
            "happenings",
            postgresql.JSONB(),
            nullable=False,
            comment="[[kind, facts], ...]: all that one transaction made of the document",
        ),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "kind IN ('purchase_order', 'transfer', 'return', 'restock')",
            name=op.f("ck_supply_event_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["merchant"], ["merchant.id"], name=op.f("fk_supply_event_merchant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_event")),
        sa.UniqueConstraint(
            "kind", "document", "sequence", name=op.f("uq_supply_event_kind_document_sequence")
        ),
        comment="What was known of a supply, since when, and from whom; nothing of it is forgotten.",
    )
    op.execute(SUPPLY_HAPPENING)
    op.create_table(
        "untold",
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="order, or the kind of a supply's document"
        ),
        sa.Column(
            "subject", sa.BigInteger(), nullable=False, comment="the id of the order or document"
        ),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject", "sequence", name=op.f("pk_untold")),
        comment="Rows of history that have no place in the feed yet; written with them.",
    )
    op.create_table(
        "feed_event",
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False, comment="the same whenever it is told"),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column(
            "subject",
            sa.Text(),
            nullable=False,
            comment="order, or the kind of a supply's document",
        ),
        sa.Column(
            "number", sa.String(length=64), nullable=False, comment="of the order or document"
        ),
        sa.Column(
            "sequence", sa.Integer(), nullable=False, comment="in the history of its subject"
        ),
        sa.Column(
            "locations", postgresql.ARRAY(sa.Text()), nullable=False, comment="that it concerns"
        ),
        sa.Column(
            "facts", postgresql.JSONB(), nullable=False, comment="no customer data, no free text"
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when it happened"),
        sa.Column(
            "told_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["merchant"], ["merchant.id"], name=op.f("fk_feed_event_merchant")),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_feed_event")),
        sa.UniqueConstraint("id", name=op.f("uq_feed_event_id")),
    )
    op.create_index(op.f("ix_feed_event_merchant_place"), "feed_event", ["merchant", "place"])
    op.create_table(
        "feed_mark",
        sa.Column("only", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "last",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="place given",
        ),
        sa.Column(
            "expired",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="the last place whose event is kept no more",
        ),
        sa.CheckConstraint('"only"', name=op.f("ck_feed_mark_one_row")),
        sa.CheckConstraint('expired BETWEEN 0 AND "last"', name=op.f("ck_feed_mark_expired")),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_feed_mark")),
        comment="How far the feed has come, and from where on it is kept: one row.",
    )
    op.execute("INSERT INTO feed_mark DEFAULT VALUES")


def downgrade() -> None:
    """Forget what was told, and what was known of supply."""
    op.drop_table("feed_mark")
    op.drop_index(op.f("ix_feed_event_merchant_place"), table_name="feed_event")
    op.drop_table("feed_event")
    op.drop_table("untold")
    op.execute("DROP VIEW supply_happening")
    op.drop_table("supply_event")
