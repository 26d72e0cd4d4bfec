"""The rows of an order, table by table, as the tables themselves say whose they are."""

from sqlalchemy import Table

from fulfillment.store.schema import metadata
from fulfillment.store.schema.archive import PACKED, TAKEN_OFF
from fulfillment.store.transactions.archived import IN_ORDER

INNER = "{column} IN (SELECT {key} FROM {table} WHERE {which})"
ROWS = "SELECT true FROM {table} WHERE {which}"
DELETE = "DELETE FROM {table} WHERE {which}"
PART = "'{table}', (SELECT json_agg({row}) FROM {table} t WHERE t.{which})"
"""Filled in are names of tables and columns, never a value of a request."""

WITHOUT_NULLS = """
(SELECT json_object_agg(key, value) FROM json_each(row_to_json(t))
  WHERE json_typeof(value) <> 'null')
"""
"""A row as an object of its columns. What is inside a column keeps its nulls."""

DOCUMENT = """
(SELECT json_object_agg(key, value) FROM json_each(json_build_object({parts}))
  WHERE json_typeof(value) <> 'null')
"""
"""Without the tables that have no row."""


def of_orders(table: Table, orders: str) -> str:
    """The condition that a row of this table is of some orders: `= o.id`, or `= ANY(:orders)`.

    By its own column, or through what it refers to.
    """
    if table.name == "orders":
        return f"id {orders}"
    if "order_id" in table.columns:
        return f"order_id {orders}"
    for key in sorted(table.foreign_keys, key=lambda each: each.parent.name):
        whole = key.column.table
        if whole.name in PACKED:
            return INNER.format(
                column=key.parent.name,
                key=key.column.name,
                table=whole.name,
                which=of_orders(whole, orders),
            )
    message = f"nothing in {table.name} says of which order a row is"
    raise LookupError(message)


def rows_of(name: str, orders: str) -> str:
    """A query of the rows of this table that are of some orders."""
    return ROWS.format(table=name, which=of_orders(metadata.tables[name], orders))


AWAY = tuple(
    DELETE.format(table=table.name, which=of_orders(table, "= ANY(:orders)"))
    for table in (*(metadata.tables[name] for name in sorted(TAKEN_OFF)), *reversed(IN_ORDER))
)
"""Each before those that it refers to; the orders come last."""

PACKED_ROWS = DOCUMENT.format(
    parts=", ".join(
        PART.format(table=table.name, row=WITHOUT_NULLS, which=of_orders(table, "= o.id"))
        for table in IN_ORDER
        if table.name != "order_customer"
    )
)
"""The document of an order `o`: its rows by table, but for the customer's, which stay apart."""
