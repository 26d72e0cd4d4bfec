"""The rows of an order, table by table, as the tables themselves say whose they are."""

from sqlalchemy import Table

from fulfillment.store.schema import metadata
from fulfillment.store.schema.archive import PACKED, TAKEN_OFF
from fulfillment.store.transactions.archived import IN_ORDER


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
            inner = f"SELECT {key.column.name} FROM {whole.name} WHERE {of_orders(whole, orders)}"  # noqa: S608 -- names of the tables
            return f"{key.parent.name} IN ({inner})"
    message = f"nothing in {table.name} says of which order a row is"
    raise LookupError(message)


def rows_of(name: str, orders: str) -> str:
    """A query of the rows of this table that are of some orders."""
    return f"SELECT true FROM {name} WHERE {of_orders(metadata.tables[name], orders)}"  # noqa: S608 -- names of the tables


AWAY = tuple(
    f"DELETE FROM {table.name} WHERE {of_orders(table, '= ANY(:orders)')}"  # noqa: S608 -- names of the tables
    for table in (
        *(metadata.tables[name] for name in sorted(TAKEN_OFF)),
        *reversed(IN_ORDER),
    )
)
"""Each before those that it refers to; the orders come last."""


WITHOUT_NULLS = """
(SELECT json_object_agg(key, value) FROM json_each(row_to_json(t))
  WHERE json_typeof(value) <> 'null')
"""
"""A row as an object of its columns. What is inside a column keeps its nulls."""


def packing() -> str:
    """The document of an order `o`: its rows by table, but for the customer's, which stay apart."""
    parts = ", ".join(
        f"'{table.name}', (SELECT json_agg({WITHOUT_NULLS}) FROM {table.name} t"  # noqa: S608 -- names of the tables
        f" WHERE t.{of_orders(table, '= o.id')})"
        for table in IN_ORDER
        if table.name != "order_customer"
    )
    return (
        "(SELECT json_object_agg(key, value)"  # noqa: S608 -- as above
        f" FROM json_each(json_build_object({parts})) WHERE json_typeof(value) <> 'null')"
    )
