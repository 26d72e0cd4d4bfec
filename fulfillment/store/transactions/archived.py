"""An archived order is brought back when somebody asks for it: the same rows, in the same tables.

There is no second way of reading: who looks for an order, a shipment or what else belongs to one
and finds none refuses, as ever. Before the refusal is told the archive is asked for that name, and
where it has it, the rows are put back and all is done again (docs/adr/0067).
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from fulfillment.domain.model.refusals import RefusalKind, RefusedError
from fulfillment.store.schema import metadata
from fulfillment.store.schema.archive import PACKED
from fulfillment.store.transactions.dialogue import Dialogue

IN_ORDER = tuple(table for table in metadata.sorted_tables if table.name in PACKED)
"""Each after those that it refers to."""

EVERYBODYS = "*"


class ArchivedError(Exception):
    """What is asked for is of these orders, which are archived: bring them back, and ask again."""

    def __init__(self, orders: Collection[int]) -> None:
        self.orders = frozenset(orders)
        super().__init__(f"{len(self.orders)} orders are archived")


NAMED = """
SELECT order_id FROM archived_order
 WHERE names @> CAST(:names AS text[])
   AND (CAST(:merchant AS text) = :everybodys OR merchant = :merchant)
"""

NUMBERED = "SELECT order_id FROM archived_order WHERE merchant = :merchant AND number = :number"

LATELY = """
SELECT EXISTS (SELECT FROM brought_back
                WHERE written_at > clock_timestamp() - interval '5 minutes') AS lately
"""

AMONG = "SELECT order_id FROM archived_order WHERE order_id = ANY(:orders)"


def archived_as(said: Dialogue, merchant: str, what: str, name: object) -> list[int]:
    """The archived orders that something of this name belongs to; mostly there is none."""
    if what == "order":
        rows = said.ask(NUMBERED, {"merchant": merchant, "number": str(name)}).rows()
    else:
        values = {
            "merchant": merchant,
            "names": [named(what, name)],
            "everybodys": EVERYBODYS,
        }
        rows = said.ask(NAMED, values).rows()
    return [row.order_id for row in rows]


def was_anything_brought_back(said: Dialogue) -> bool:
    """Whether somebody may have brought back what was looked for a moment before that."""
    return bool(said.ask(LATELY).rows()[0].lately)


def named(what: str, name: object) -> str:
    """What an archived order is also found by, as its row has it."""
    return f"{what} {name}".lower()


def archived_among(said: Dialogue, orders: Collection[int]) -> list[int]:
    """Those of these orders, by id, that are archived."""
    rows = said.ask(AMONG, {"orders": sorted(orders)}).rows()
    return [row.order_id for row in rows]


def check_all_are_here(said: Dialogue, orders: Collection[int]) -> None:
    """Have those of these orders brought back that are archived."""
    if orders and (archived := archived_among(said, orders)):
        raise ArchivedError(archived)


def check_none_is_archived(said: Dialogue, what: str, name: object) -> None:
    """Have the orders brought back of which rows belong to something that is here."""
    if archived := archived_as(said, EVERYBODYS, what, name):
        raise ArchivedError(archived)


# --- back into the tables ------------------------------------------------------------------------

TAKE = """
SELECT order_id, number, month FROM archived_order WHERE order_id = ANY(:orders)
 ORDER BY order_id FOR UPDATE
"""
"""Who comes second waits here, and then finds that there is nothing left to bring."""

COLUMNS = """
SELECT DISTINCT part.key AS "table", json_object_keys(was) AS "column"
  FROM archived_rows a CROSS JOIN LATERAL json_each(a.packed) part
 CROSS JOIN LATERAL json_array_elements(part.value) was
 WHERE a.month = :month AND a.order_id = :order
"""

PUT_BACK = """
INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE
SELECT {values}
  FROM archived_rows a
 CROSS JOIN LATERAL json_populate_recordset(NULL::{table}, a.packed -> '{table}') AS was
 WHERE a.month = :month AND a.order_id = :order
"""

PUT_CUSTOMER_BACK = """
INSERT INTO order_customer
SELECT was.* FROM archived_rows a
 CROSS JOIN LATERAL jsonb_populate_record(NULL::order_customer, a.customer) AS was
 WHERE a.month = :month AND a.order_id = :order AND a.customer IS NOT NULL
"""

TAKE_OFF_UNITS = """
WITH of AS (
    SELECT l.merchant, l.sku, sum(l.shipped) AS shipped FROM order_line l
     WHERE l.order_id = ANY(:orders) AND l.shipped > 0 GROUP BY 1, 2
), locked AS (
    SELECT u.merchant, u.sku, of.shipped FROM archived_units u JOIN of USING (merchant, sku)
     ORDER BY u.merchant, u.sku FOR NO KEY UPDATE OF u
)
UPDATE archived_units u SET shipped = u.shipped - locked.shipped
  FROM locked WHERE (u.merchant, u.sku) = (locked.merchant, locked.sku)
"""

UNNOTE = "DELETE FROM archived_order WHERE order_id = ANY(:orders)"

UNPACK = "DELETE FROM archived_rows WHERE month = :month AND order_id = :order"

NOTE = "INSERT INTO brought_back (order_id, at) SELECT unnest(CAST(:orders AS bigint[])), :now"


def bring_back(said: Dialogue, orders: Collection[int], now: datetime) -> None:
    """Put all rows of these orders back; those that somebody else brought meanwhile are there.

    Refused where the rows of a month were taken away.
    """
    found = said.ask(TAKE, {"orders": sorted(orders)}).rows()
    if not found:
        return
    taken = {"orders": [row.order_id for row in found]}
    said.ask(UNNOTE, taken)  # Before the orders: their numbers are refused while it has them.
    for row in found:
        _unpack(said, row)
    said.ask(TAKE_OFF_UNITS, taken)
    said.ask(NOTE, {**taken, "now": now})


def _unpack(said: Dialogue, row: Any) -> None:
    """Each by itself: their rows may be of different versions of the tables."""
    which = {"month": row.month, "order": row.order_id}
    columns = defaultdict(set)
    for packed in said.ask(COLUMNS, which).rows():
        columns[packed.table].add(packed.column)
    if not columns:
        raise taken_away(row.number, row.month)
    for table in IN_ORDER:
        if table.name == "order_customer":
            said.ask(PUT_CUSTOMER_BACK, which)
        elif table.name in columns:
            said.ask(_put_back(table.name, columns[table.name]), which)
    said.ask(UNPACK, which)


def _put_back(table: str, packed: Collection[str]) -> str:
    """A column that was null, or is newer, gets its default; one that is gone is left out."""
    known = metadata.tables[table].columns
    names = [f'"{c.name}"' for c in known if c.name in packed and c.computed is None]
    return PUT_BACK.format(
        table=table,
        columns=", ".join(names),
        values=", ".join(f"was.{name}" for name in names),
    )


def taken_away(number: str, month: date) -> RefusedError:
    """What is said of an order whose month somebody has detached."""
    message = (
        f"order {number} was archived in {month:%Y-%m}, and that month was taken out of the"
        " database; whoever runs it can attach it again"
    )
    facts: list[dict[str, object]] = [{"order": number, "month": f"{month:%Y-%m}"}]
    return RefusedError(RefusalKind.MISSING, "archive_taken_away", message, facts)


OF_AN_ORDER = ("order_id", "shipment", "order_line", "package")
"""In the names of foreign keys that refer to what may have been archived a moment ago."""

FOREIGN_KEY_VIOLATION = "23503"


def is_of_archived_number(error: IntegrityError) -> bool:
    """Whether an order was to be written under the number of an archived one."""
    return constraint_of(error) == "archived_number"


def constraint_of(error: IntegrityError) -> str:
    """Which constraint refused a row."""
    return str(getattr(getattr(error.orig, "diag", None), "constraint_name", ""))


def lost_its_order(error: IntegrityError) -> bool:
    """Whether a row was to refer to an order that was archived since it was looked up."""
    constraint = constraint_of(error)
    is_reference = getattr(error.orig, "sqlstate", None) == FOREIGN_KEY_VIOLATION
    return is_reference and any(part in constraint for part in OF_AN_ORDER)
