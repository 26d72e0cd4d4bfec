"""What must be true of archived orders: asked with the whole, their documents slice by slice."""

from collections.abc import Iterator

from fulfillment.store.integrity.check import Check
from fulfillment.store.transactions.session import Tx

SLICE = 20_000
"""Archived orders that are opened by one statement."""

TABLES = (
    """CREATE TEMPORARY TABLE opened_line (id bigint PRIMARY KEY, order_id bigint, merchant text,
                                            sku text, units bigint, voids int,
                                            should_be_gone bigint) ON COMMIT DROP""",
    """CREATE TEMPORARY TABLE opened_shipped (merchant text, sku text, shipped bigint)
       ON COMMIT DROP""",
)

UPTO = """
SELECT max(order_id) AS upto FROM (
    SELECT order_id FROM archived_order WHERE order_id > :after ORDER BY order_id LIMIT :most) s
"""

OPENED = """
FROM archived_order a JOIN archived_rows r USING (month, order_id)
WHERE a.order_id > :after AND a.order_id <= :upto
"""

LINES = f"""
WITH opened AS MATERIALIZED (SELECT a.order_id, a.merchant, r.packed {OPENED})
INSERT INTO opened_line
SELECT l.id, o.order_id, o.merchant, ol.sku, l.units, s.voids,
       CASE WHEN s.status = 'shipped' AND ol.managed AND NOT l.drop_shipped
            THEN l.units ELSE 0 END
  FROM opened o
 CROSS JOIN LATERAL json_populate_recordset(NULL::shipment_line, o.packed -> 'shipment_line') l
  JOIN LATERAL json_populate_recordset(NULL::shipment, o.packed -> 'shipment') s
       ON s.id = l.shipment
  JOIN LATERAL json_populate_recordset(NULL::order_line, o.packed -> 'order_line') ol
       ON ol.line = l.order_line
"""  # noqa: S608 -- a constant

SHIPPED = f"""
WITH opened AS MATERIALIZED (SELECT r.packed {OPENED})
INSERT INTO opened_shipped
SELECT l.merchant, l.sku, sum(l.shipped) FROM opened o
 CROSS JOIN LATERAL json_populate_recordset(NULL::order_line, o.packed -> 'order_line') l
 WHERE l.shipped > 0 GROUP BY 1, 2
"""  # noqa: S608 -- a constant


def archived_slices(tx: Tx) -> Iterator[int]:
    """Open the archive, slice by slice: what is asked meanwhile is asked of the last one."""
    for sql in TABLES:
        tx.run(sql)
    after = 0
    while (upto := tx.rows(UPTO, after=after, most=SLICE)[0].upto) is not None:
        tx.run("TRUNCATE opened_line")
        tx.run(LINES, after=after, upto=upto)
        tx.run(SHIPPED, after=after, upto=upto)
        yield upto
        after = upto


OF_EACH_SLICE = (
    Check(
        "12a",
        "every shipped unit of an archived order left on hand exactly once, and no voided one",
        """
        WITH departure AS (
            SELECT id, merchant, id || CASE again WHEN 0 THEN '' ELSE '.' || again END AS reference
              FROM opened_line CROSS JOIN LATERAL generate_series(0, voids) AS again
        ), gone AS (
            SELECT d.id, -sum(g.units) AS units
              FROM departure d JOIN stock_ledger g USING (merchant, reference)
             WHERE g.kind IN ('dispatch', 'dispatch_void') GROUP BY d.id
        )
        SELECT l.id AS line, l.order_id, l.units, coalesce(g.units, 0) AS gone
          FROM opened_line l LEFT JOIN gone g USING (id)
         WHERE coalesce(g.units, 0) <> l.should_be_gone
        """,
    ),
)

OF_THE_ARCHIVE = (
    Check(
        "12d",
        "what went straight from a receipt to a shipment names one that is here, or archived",
        """
        SELECT c.receipt, c.supply, c.shipment FROM cross_dock c
         WHERE NOT EXISTS (SELECT FROM shipment s WHERE s.id = c.shipment)
           AND NOT EXISTS (SELECT FROM archived_order a
                            WHERE a.names @> ARRAY['shipment ' || c.shipment])
        """,
    ),
    Check(
        "12b",
        "an order is either archived or among the others, and so is its number",
        """
        SELECT a.order_id, a.merchant, a.number FROM archived_order a
         WHERE EXISTS (SELECT FROM orders o WHERE o.id = a.order_id)
            OR EXISTS (SELECT FROM orders o WHERE (o.merchant, o.number) = (a.merchant, a.number))
        UNION ALL
        SELECT r.order_id, NULL, NULL FROM archived_rows r
         WHERE NOT EXISTS (SELECT FROM archived_order a
                            WHERE (a.month, a.order_id) = (r.month, r.order_id))
        """,
    ),
    Check(
        "12c",
        "what is counted as shipped by archived orders is what their rows say, or, where a month"
        " was taken away, no less",
        """
        SELECT merchant, sku, u.shipped AS counted, coalesce(s.shipped, 0) AS shipped
          FROM (SELECT * FROM archived_units WHERE shipped > 0) u
          FULL JOIN (SELECT merchant, sku, sum(shipped) AS shipped
                       FROM opened_shipped GROUP BY 1, 2) s USING (merchant, sku)
         WHERE coalesce(u.shipped, 0) < coalesce(s.shipped, 0)
            OR coalesce(u.shipped, 0) > coalesce(s.shipped, 0) AND NOT EXISTS (
               SELECT FROM archived_order a
                WHERE NOT EXISTS (SELECT FROM archived_rows r
                                   WHERE (r.month, r.order_id) = (a.month, a.order_id)))
        """,
    ),
)
