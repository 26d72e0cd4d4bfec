"""The metadata, and the columns and constraints that tables share."""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    MetaData,
    String,
    func,
    literal_column,
    text,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

Instant = DateTime(timezone=True)


def one_of(column: str, values: object) -> str:
    """A column that holds one of these words."""
    return f"{column} IN ({', '.join(repr(str(value)) for value in values)})"  # type: ignore[attr-defined]


def identity() -> Column[int]:
    """The number a row is known by."""
    return Column("id", BigInteger, Identity(), primary_key=True)


def merchant_column() -> Column[str]:
    """Whose row it is."""
    return Column("merchant", String(63), ForeignKey("merchant.id"), nullable=False)


def moment(name: str) -> Column[object]:
    """When; now unless it is said."""
    return Column(name, Instant, nullable=False, server_default=func.now())


def product_key() -> ForeignKeyConstraint:
    """A product of the row's merchant."""
    return ForeignKeyConstraint(["merchant", "sku"], ["product.merchant", "product.sku"])


def searched(name: str, column: str, *before: str) -> tuple[Index, Index]:
    """Indexes that find how a column's text begins and how it ends, in capitals or not.

    Without columns before it only rows that have such a text are in them.
    """
    lower = func.lower(literal_column(column))
    which = None if before else text(f"{column} IS NOT NULL")
    head, tail = (
        Index(
            f"{name}_{end}",
            *before,
            searched.label("searched"),
            postgresql_ops={"searched": "text_pattern_ops"},
            postgresql_where=which,
        )
        for end, searched in (("head", lower), ("tail", func.reverse(lower)))
    )
    return head, tail
