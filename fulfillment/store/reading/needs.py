"""The statements behind purchase suggestions: what is needed, and what is drafted beyond it."""

from fulfillment.store.reading.suppliers import SUPPLIER_OF

NEEDS = f"""
WITH usable AS (
    SELECT * FROM unnest(CAST(:locations AS text[])) AS u(location)
), queued AS (
    SELECT w.sku, nullif(w.place, '') AS place, sum(w.wanted) AS wanted,
           sum(w.unpegged) AS unpegged
      FROM waiting_units w
     WHERE w.merchant = :merchant AND (w.place = '' OR w.place = ANY(:locations))
       AND (CAST(:skus AS text[]) IS NULL OR w.sku = ANY(:skus))
     GROUP BY w.sku, w.place
), drafted AS (
    SELECT u.sku, u.location, u.outstanding AS units
      FROM purchase_order o JOIN purchase_order_line l ON l.purchase_order = o.id
      JOIN supply u ON u.id = l.supply JOIN usable USING (location)
     WHERE o.merchant = :merchant AND o.status = 'draft'
       AND (CAST(:skus AS text[]) IS NULL OR u.sku = ANY(:skus))
), chosen AS (
    SELECT p.sku, p.name, {SUPPLIER_OF} AS supplier, p.reorder_level FROM product p
     WHERE p.merchant = :merchant AND p.active AND p.manage_stock
       AND (CAST(:skus AS text[]) IS NULL OR p.sku = ANY(:skus))
       AND (CAST(:suppliers AS text[]) IS NULL OR {SUPPLIER_OF} = ANY(:suppliers))
       AND (p.reorder_level > 0 OR p.sku IN (SELECT sku FROM queued)
            OR p.sku IN (SELECT sku FROM drafted))
), inbound AS (
    SELECT u.id, u.sku, u.location, u.outstanding AS units, u.pegged
      FROM inbound_supply u JOIN usable USING (location) WHERE u.merchant = :merchant
), counted AS (
    SELECT q.sku, q.place, q.wanted AS waiting, q.wanted - q.unpegged AS waiting_pegged,
           0 AS free, 0 AS coming, 0 AS coming_pegged, 0 AS drafted
      FROM queued q
    UNION ALL
    SELECT v.sku, v.location, 0, 0, v.on_hand - v.allocated, 0, 0, 0
      FROM stock_level v JOIN usable USING (location)
     WHERE v.merchant = :merchant AND v.disposition = 'sellable'
    UNION ALL
    SELECT i.sku, i.location, 0, 0, 0, i.units, least(i.units, i.pegged), 0 FROM inbound i
    UNION ALL
    SELECT sku, location, 0, 0, 0, 0, 0, units FROM drafted
)
SELECT c.sku, c.name, c.supplier, c.reorder_level, n.place,
       coalesce(sum(n.waiting), 0)::bigint AS waiting,
       coalesce(sum(n.waiting_pegged), 0)::bigint AS waiting_pegged,
       coalesce(sum(n.free), 0)::bigint AS free,
       coalesce(sum(n.coming), 0)::bigint AS coming,
       coalesce(sum(n.coming_pegged), 0)::bigint AS coming_pegged,
       coalesce(sum(n.drafted), 0)::bigint AS drafted
  FROM chosen c LEFT JOIN counted n USING (sku)
 GROUP BY c.sku, c.name, c.supplier, c.reorder_level, n.place ORDER BY c.sku, n.place
"""  # noqa: S608 -- a constant
"""A row for each product and place at which anything of it waits, is free, comes or is drafted.

One statement, so that nothing is counted twice, or not at all, while it is approved or received.
Demand bound to a location that may not be used, and what is there, counts nowhere: nothing that
is bought could be given to it. What is pegged on a place that has just gone out of use counts as
pegged until the plan has followed, a moment later.
"""

SURPLUS = """
WITH surplus AS (
    SELECT * FROM unnest(CAST(:skus AS text[]), CAST(:locations AS text[]),
                         CAST(:units AS bigint[])) AS s(sku, location, units)
), drafted AS (
    SELECT o.number, l.line, u.sku, u.location, u.outstanding, s.units,
           sum(u.outstanding) OVER (PARTITION BY u.sku, u.location ORDER BY u.id DESC)
               - u.outstanding AS later
      FROM surplus s JOIN supply u ON u.merchant = :merchant AND u.sku = s.sku
       AND u.location = s.location
      JOIN purchase_order_line l ON l.supply = u.id
      JOIN purchase_order o ON o.id = l.purchase_order AND o.status = 'draft'
)
SELECT number, line, sku, location, least(outstanding, units - later)::bigint AS units
  FROM drafted WHERE later < units AND outstanding > 0 ORDER BY number, line
"""
"""The lines of drafts in which units stand that nothing asks for: those that were written last."""
