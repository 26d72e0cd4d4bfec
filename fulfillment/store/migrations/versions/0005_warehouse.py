"""The warehouse and the people: pick lists, containers, packages, days, payments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "location_closure",
        sa.Column("location", sa.String(length=63), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["location"], ["location.id"], name=op.f("fk_location_closure_location")
        ),
        sa.PrimaryKeyConstraint("location", "on_day", name=op.f("pk_location_closure")),
        comment="Days on which a location is closed, beside its public holidays.",
    )
    op.create_table(
        "pick_list",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("location", sa.String(length=63), nullable=False),
        sa.Column("kind", sa.Text(), server_default="ship", nullable=False),
        sa.Column("status", sa.Text(), server_default="picking", nullable=False),
        sa.Column("picker", sa.Text(), nullable=False),
        sa.Column(
            "merchants",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="whose work it was given",
        ),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("kind IN ('ship', 'stage')", name=op.f("ck_pick_list_kind")),
        sa.CheckConstraint(
            "status IN ('picking', 'done', 'given_up')", name=op.f("ck_pick_list_status")
        ),
        sa.ForeignKeyConstraint(["location"], ["location.id"], name=op.f("fk_pick_list_location")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pick_list")),
        comment="Work of one picker: it may hold shipments of several merchants.",
    )
    op.create_index(
        "ix_pick_list_open",
        "pick_list",
        ["location", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'picking'"),
    )
    op.create_table(
        "container",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("location", sa.String(length=63), nullable=False),
        sa.Column("label", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("emptied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["location"], ["location.id"], name=op.f("fk_container_location")),
        sa.ForeignKeyConstraint(["merchant"], ["merchant.id"], name=op.f("fk_container_merchant")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_container_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_container")),
        comment="Where an order's staged units are; its label is free again when it is empty.",
    )
    op.create_index(op.f("ix_container_order_id"), "container", ["order_id"], unique=False)
    op.create_index(
        "uq_container_label",
        "container",
        ["location", "label"],
        unique=True,
        postgresql_where=sa.text("emptied_at IS NULL"),
    )
    op.create_table(
        "container_line",
        sa.Column("container", sa.BigInteger(), nullable=False),
        sa.Column("order_line", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column(
            "staged_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("units > 0", name=op.f("ck_container_line_units_is_positive")),
        sa.ForeignKeyConstraint(
            ["container"], ["container.id"], name=op.f("fk_container_line_container")
        ),
        sa.PrimaryKeyConstraint("container", "order_line", name=op.f("pk_container_line")),
    )
    op.create_table(
        "package",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("shipment", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("weight_g", sa.Integer(), nullable=True),
        sa.Column("length_mm", sa.Integer(), nullable=True),
        sa.Column("width_mm", sa.Integer(), nullable=True),
        sa.Column("height_mm", sa.Integer(), nullable=True),
        sa.Column("carrier", sa.Text(), nullable=True),
        sa.Column("service", sa.Text(), nullable=True),
        sa.Column("tracking", sa.Text(), nullable=True),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "length_mm > 0 AND width_mm > 0 AND height_mm > 0",
            name=op.f("ck_package_dimensions_are_positive"),
        ),
        sa.CheckConstraint("weight_g > 0", name=op.f("ck_package_weight_is_positive")),
        sa.ForeignKeyConstraint(["shipment"], ["shipment.id"], name=op.f("fk_package_shipment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package")),
        sa.UniqueConstraint("shipment", "number", name=op.f("uq_package_shipment_number")),
    )
    op.create_index(op.f("ix_package_tracking"), "package", ["tracking"], unique=False)
    op.create_table(
        "payment_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("shipment", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True, comment="the provider's own"),
        sa.Column("cause", sa.Text(), nullable=False, comment="what made it, once for an order"),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "kind IN ('invoice', 'authorise', 'capture', 'void', 'refund')",
            name=op.f("ck_payment_entry_kind"),
        ),
        sa.CheckConstraint(
            "status IN ('due', 'done', 'failed')", name=op.f("ck_payment_entry_status")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payment_entry_amount_is_positive")),
        sa.ForeignKeyConstraint(
            ["merchant"], ["merchant.id"], name=op.f("fk_payment_entry_merchant")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_payment_entry_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["shipment"], ["shipment.id"], name=op.f("fk_payment_entry_shipment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_entry")),
        sa.UniqueConstraint(
            "order_id", "kind", "cause", name=op.f("uq_payment_entry_order_id_kind_cause")
        ),
        comment="The ledger of the payment axis: what is due is asked of the provider by its adapter.",
    )
    op.create_index(
        "ix_payment_entry_due",
        "payment_entry",
        ["merchant", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'due'"),
    )
    op.create_index(op.f("ix_payment_entry_order_id"), "payment_entry", ["order_id"], unique=False)
    op.create_table(
        "pick_list_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("pick_list", sa.BigInteger(), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("order_line", sa.Integer(), nullable=False),
        sa.Column("shipment", sa.BigInteger(), nullable=False),
        sa.Column("sku", sa.String(length=63), nullable=False),
        sa.Column(
            "units", sa.Integer(), nullable=False, comment="to be picked: not staged already"
        ),
        sa.Column("picked", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("short", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("to_stage", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "picked + short <= units", name=op.f("ck_pick_list_line_no_more_than_asked")
        ),
        sa.CheckConstraint(
            "units > 0 AND picked >= 0 AND short >= 0",
            name=op.f("ck_pick_list_line_nothing_is_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["merchant", "sku"],
            ["product.merchant", "product.sku"],
            name=op.f("fk_pick_list_line_merchant_sku"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id", "order_line"],
            ["order_line.order_id", "order_line.line"],
            name=op.f("fk_pick_list_line_order_id_order_line"),
        ),
        sa.ForeignKeyConstraint(
            ["pick_list"], ["pick_list.id"], name=op.f("fk_pick_list_line_pick_list")
        ),
        sa.ForeignKeyConstraint(
            ["shipment"], ["shipment.id"], name=op.f("fk_pick_list_line_shipment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pick_list_line")),
        sa.UniqueConstraint(
            "pick_list",
            "shipment",
            "order_line",
            name=op.f("uq_pick_list_line_pick_list_shipment_order_line"),
        ),
    )
    op.create_index(
        op.f("ix_pick_list_line_shipment"), "pick_list_line", ["shipment"], unique=False
    )
    op.create_table(
        "package_line",
        sa.Column("package", sa.BigInteger(), nullable=False),
        sa.Column("order_line", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.CheckConstraint("units > 0", name=op.f("ck_package_line_units_is_positive")),
        sa.ForeignKeyConstraint(["package"], ["package.id"], name=op.f("fk_package_line_package")),
        sa.PrimaryKeyConstraint("package", "order_line", name=op.f("pk_package_line")),
    )
    op.add_column(
        "api_key",
        sa.Column(
            "locations", postgresql.ARRAY(sa.Text()), nullable=True, comment="null: every location"
        ),
    )
    op.add_column(
        "location",
        sa.Column("cutoff", sa.Time(), server_default=sa.text("'15:00'"), nullable=False),
    )
    op.add_column(
        "location",
        sa.Column(
            "working_days",
            postgresql.ARRAY(sa.SmallInteger()),
            server_default=sa.text("'{1,2,3,4,5}'"),
            nullable=False,
            comment="ISO: Monday is 1",
        ),
    )
    op.add_column(
        "location",
        sa.Column(
            "holidays",
            sa.Text(),
            nullable=True,
            comment="whose public holidays it keeps: AT, US-NJ",
        ),
    )
    op.add_column(
        "location",
        sa.Column("handling_days", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "merchant",
        sa.Column(
            "authorise_before_release",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="a shipment waits until its payment is authorised",
        ),
    )
    op.add_column(
        "merchant",
        sa.Column(
            "reauthorise_on_release",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="a backordered shipment that is released has its payment authorised anew",
        ),
    )
    op.add_column(
        "orders",
        sa.Column(
            "cancel_on",
            sa.Date(),
            nullable=True,
            comment="a person's day for what still waits; else the policy's",
        ),
    )
    op.add_column(
        "orders",
        sa.Column(
            "target_ship_on",
            sa.Date(),
            nullable=True,
            comment="when its first released shipment should go",
        ),
    )
    op.create_index(
        "ix_orders_target",
        "orders",
        ["merchant", "target_ship_on", "id"],
        unique=False,
        postgresql_where=sa.text("target_ship_on IS NOT NULL"),
    )
    op.add_column("shipment", sa.Column("released_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("shipment", sa.Column("target_ship_on", sa.Date(), nullable=True))
    op.create_check_constraint(
        op.f("ck_location_working_days"),
        "location",
        "cardinality(working_days) > 0 AND working_days <@ '{1,2,3,4,5,6,7}'::smallint[]",
    )
    op.create_check_constraint(
        op.f("ck_location_handling_days"), "location", "handling_days BETWEEN 0 AND 60"
    )
    op.drop_constraint(op.f("ck_task_kind"), "task", type_="check")
    op.create_check_constraint(
        op.f("ck_task_kind"), "task", "kind IN ('short_pick', 'count', 'put_back')"
    )


def downgrade() -> None:
    op.execute("DELETE FROM task WHERE kind = 'put_back'")
    op.drop_constraint(op.f("ck_task_kind"), "task", type_="check")
    op.create_check_constraint(op.f("ck_task_kind"), "task", "kind IN ('short_pick', 'count')")
    op.drop_constraint(op.f("ck_location_handling_days"), "location", type_="check")
    op.drop_constraint(op.f("ck_location_working_days"), "location", type_="check")
    op.drop_column("shipment", "target_ship_on")
    op.drop_column("shipment", "released_at")
    op.drop_index(
        "ix_orders_target",
        table_name="orders",
        postgresql_where=sa.text("target_ship_on IS NOT NULL"),
    )
    op.drop_column("orders", "target_ship_on")
    op.drop_column("orders", "cancel_on")
    op.drop_column("merchant", "reauthorise_on_release")
    op.drop_column("merchant", "authorise_before_release")
    op.drop_column("location", "handling_days")
    op.drop_column("location", "holidays")
    op.drop_column("location", "working_days")
    op.drop_column("location", "cutoff")
    op.drop_column("api_key", "locations")
    op.drop_table("package_line")
    op.drop_index(op.f("ix_pick_list_line_shipment"), table_name="pick_list_line")
    op.drop_table("pick_list_line")
    op.drop_index(op.f("ix_payment_entry_order_id"), table_name="payment_entry")
    op.drop_index(
        "ix_payment_entry_due",
        table_name="payment_entry",
        postgresql_where=sa.text("status = 'due'"),
    )
    op.drop_table("payment_entry")
    op.drop_index(op.f("ix_package_tracking"), table_name="package")
    op.drop_table("package")
    op.drop_table("container_line")
    op.drop_index(
        "uq_container_label", table_name="container", postgresql_where=sa.text("emptied_at IS NULL")
    )
    op.drop_index(op.f("ix_container_order_id"), table_name="container")
    op.drop_table("container")
    op.drop_index(
        "ix_pick_list_open", table_name="pick_list", postgresql_where=sa.text("status = 'picking'")
    )
    op.drop_table("pick_list")
    op.drop_table("location_closure")
