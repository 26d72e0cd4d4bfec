"""What an audit looks at: one slice of the past, or all that is open with all that came since.

Temporary tables of one transaction. Where they are long they are counted before they are asked
(ANALYZE), so that the cost of a check follows them and not the tables that they name rows of.
"""

from datetime import datetime, timedelta

from fulfillment.store.integrity.past import Mark
from fulfillment.store.transactions.session import Tx

OVERLAP = timedelta(hours=1)
"""What has no id but a moment is looked at from so long before a mark: it may commit later."""

TABLES = (
    "CREATE TEMPORARY TABLE audited_order (order_id bigint PRIMARY KEY) ON COMMIT DROP",
    "CREATE TEMPORARY TABLE audited_receipt (receipt bigint PRIMARY KEY) ON COMMIT DROP",
    "CREATE TEMPORARY TABLE audited_supply (supply bigint PRIMARY KEY) ON COMMIT DROP",
    """CREATE TEMPORARY TABLE audited_document (kind text, id bigint, PRIMARY KEY (kind, id))
       ON COMMIT DROP""",
    """CREATE TEMPORARY TABLE audited_departure (merchant text, sku text, kind text, reference text)
       ON COMMIT DROP""",
    """CREATE TEMPORARY TABLE ledger_sum (merchant text, sku text, location text, disposition text,
                                          units bigint) ON COMMIT DROP""",
    """CREATE TEMPORARY TABLE archived_line (id bigint PRIMARY KEY, merchant text)
       ON COMMIT DROP""",
)

FEW = 1_000
"""Rows of which it does not matter how a check is planned: they are not counted before."""

EMPTIED = (
    "TRUNCATE audited_order, audited_receipt, audited_supply, audited_document, audited_departure"
)
COUNTED = (
    "ANALYZE audited_order, audited_receipt, audited_supply, audited_document, audited_departure"
)

DOCUMENT = """
    SELECT 'purchase_order' AS kind, id, ended_at FROM purchase_order
     UNION ALL SELECT 'transfer', id, ended_at FROM transfer
     UNION ALL SELECT 'return', id, ended_at FROM customer_return
"""

EVENTS = """
INSERT INTO audited_order
SELECT DISTINCT order_id FROM order_event WHERE id > :after AND id <= :until
"""

RECEIPTS = """
INSERT INTO audited_receipt
SELECT id FROM receipt WHERE id > :after AND id <= :until
 UNION SELECT id FROM receipt WHERE reversed_at >= CAST(:moment AS timestamptz)
"""

SUPPLIES = f"""
INSERT INTO audited_supply
SELECT id FROM supply WHERE id > :after AND id <= :until
 UNION SELECT l.supply FROM audited_receipt r JOIN receipt_line l USING (receipt)
 UNION SELECT l.supply FROM ({DOCUMENT}) d JOIN supply_line l ON l.kind = d.kind
                                                              AND l.document = d.id
        WHERE d.ended_at >= CAST(:moment AS timestamptz)
"""  # noqa: S608 -- a constant

DOCUMENTS = """
INSERT INTO audited_document
SELECT DISTINCT l.kind, l.document FROM audited_supply s JOIN supply_line l USING (supply)
 WHERE l.kind <> 'restock'
"""

DEPARTURES = """
INSERT INTO audited_departure
SELECT merchant, sku, kind, reference FROM stock_ledger
 WHERE id > :after AND id <= :until
   AND kind IN ('dispatch', 'dispatch_void', 'transfer_out')
"""

SUMS = """
INSERT INTO ledger_sum
SELECT merchant, sku, location, disposition, sum(units) FROM stock_ledger
 WHERE id > :after AND id <= :until GROUP BY 1, 2, 3, 4
"""

OPEN_ORDERS = """
INSERT INTO audited_order SELECT id FROM orders WHERE finished_at IS NULL ON CONFLICT DO NOTHING
"""

OPEN_SUPPLIES = """
INSERT INTO audited_supply SELECT id FROM supply WHERE inbound ON CONFLICT DO NOTHING
"""

OPEN_DOCUMENTS = f"""
INSERT INTO audited_document SELECT kind, id FROM ({DOCUMENT}) d WHERE ended_at IS NULL
    ON CONFLICT DO NOTHING
"""  # noqa: S608 -- a constant


ARCHIVED_LINES = """
INSERT INTO archived_line SELECT unnest(lines), merchant FROM archived_order ON CONFLICT DO NOTHING
"""

OPEN = (OPEN_ORDERS, OPEN_SUPPLIES, OPEN_DOCUMENTS)


NO_MERGES = "SET LOCAL enable_mergejoin = off"
"""A merge is chosen where it would soon end, since open orders are few. But it ends with the first
row that passes a rule's filter: where nothing is wrong there is none, and it reads all that ever
was."""

NEVER_COUNTED = """
SELECT quote_ident(relname) AS name FROM pg_class
 WHERE relnamespace = CAST(current_schema() AS regnamespace) AND relkind = 'r' AND reltuples < 0
   AND pg_relation_size(oid) > 0
"""


def open_scope(tx: Tx) -> None:
    """Make room for what is audited; it is gone with the transaction.

    A database that was put back has rows and no statistics until PostgreSQL comes round to it. What
    it would plan for so long takes hours, so tables that were never counted are counted now.
    """
    tx.run(NO_MERGES)
    if uncounted := [row.name for row in tx.rows(NEVER_COUNTED)]:
        tx.run("ANALYZE " + ", ".join(uncounted))
    for sql in TABLES:
        tx.run(sql)


def look_at(
    tx: Tx,
    since: Mark,
    until: Mark,
    *,
    changed_from: datetime | None = None,
    with_open: bool = False,
) -> None:
    """Audit what was added between two marks; its bookings are summed up.

    With a moment, also what was there before, and was reversed or ended from then on: that has no
    id of its own. With what is open, also every order that is not finished and every document that
    is not ended.
    """
    tx.run(EMPTIED)
    moment = changed_from and changed_from - OVERLAP
    found = tx.count(EVENTS, after=since.event, until=until.event)
    tx.run(RECEIPTS, after=since.receipt, until=until.receipt, moment=moment)
    found += tx.count(SUPPLIES, after=since.supply, until=until.supply, moment=moment)
    tx.run(DOCUMENTS)
    found += tx.count(DEPARTURES, after=since.ledger, until=until.ledger)
    tx.run(SUMS, after=since.ledger, until=until.ledger)
    found += sum(tx.count(sql) for sql in OPEN) if with_open else 0
    if found > FEW:
        tx.run(COUNTED)


def look_at_archived(tx: Tx) -> None:
    """Know the lines of archived orders: their units left, and the ledger tells of it for ever."""
    if tx.count(ARCHIVED_LINES):
        tx.run("ANALYZE archived_line")


def begin_with_checkpoint(tx: Tx) -> None:
    """Take the ledger up to where it is proven from its checkpoint: what came since is added."""
    tx.run(
        "INSERT INTO ledger_sum"
        " SELECT merchant, sku, location, disposition, units FROM ledger_checkpoint"
    )
