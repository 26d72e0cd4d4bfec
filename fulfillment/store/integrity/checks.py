"""What must always be true (behaviour.md §9), as SQL that finds no row."""

from fulfillment.store.integrity.check import Check
from fulfillment.store.integrity.floor_checks import FLOOR_CHECKS
from fulfillment.store.integrity.past_checks import PAST_CHECKS

CHECKS = (
    Check(
        "1a",
        "0 <= allocated <= on hand, picked + staged <= allocated",
        """
        SELECT v.* FROM stock_level v
         WHERE NOT (allocated BETWEEN 0 AND on_hand AND picked >= 0
               AND staged >= 0 AND picked + staged <= allocated)
        """,
    ),
    Check(
        "1b",
        "the sum of the ledger is on hand",
        """
        SELECT merchant, sku, location, disposition, coalesce(v.on_hand, 0) AS on_hand,
               coalesce(l.units, 0) AS ledger
          FROM stock_level v
          FULL JOIN (SELECT merchant, sku, location, disposition, sum(units) AS units
                       FROM ledger_sum GROUP BY 1, 2, 3, 4) l
               USING (merchant, sku, location, disposition)
         WHERE coalesce(v.on_hand, 0) <> coalesce(l.units, 0)
        """,
    ),
    Check(
        "2a",
        "allocated, picked and staged equal the sums of live allocations",
        """
        SELECT merchant, sku, location, v.allocated, v.picked, v.staged, a.units AS claimed,
               a.picked AS claimed_picked, a.staged AS claimed_staged
          FROM (SELECT * FROM stock_level WHERE disposition = 'sellable') v
          FULL JOIN (SELECT a.merchant, a.sku, a.location, sum(a.units) AS units,
                            sum(a.picked) AS picked, sum(a.staged) AS staged
                       FROM allocation a JOIN shipment_line l ON l.id = a.shipment_line
                       JOIN order_line ol ON ol.order_id = l.order_id AND ol.line = l.order_line
                      WHERE ol.managed AND NOT a.drop_ship GROUP BY 1, 2, 3) a
               USING (merchant, sku, location)
         WHERE (coalesce(v.allocated, 0), coalesce(v.picked, 0), coalesce(v.staged, 0))
            <> (coalesce(a.units, 0), coalesce(a.picked, 0), coalesce(a.staged, 0))
        """,
    ),
    *FLOOR_CHECKS,
    Check(
        "2b",
        "pegs never exceed what is outstanding on a supply line",
        """
        SELECT u.id, u.merchant, u.sku, u.outstanding, sum(p.units) AS pegged
          FROM supply u JOIN peg p ON p.supply = u.id GROUP BY u.id
        HAVING sum(p.units) > CASE WHEN u.inbound THEN u.outstanding ELSE 0 END
        """,
    ),
    Check(
        "2c",
        "a line's claims and pegs never exceed its units",
        """
        SELECT l.id, l.order_id, l.units, h.claimed, h.pegged
          FROM (SELECT shipment_line, sum(claimed) AS claimed, sum(pegged) AS pegged
                  FROM (SELECT shipment_line, units AS claimed, 0 AS pegged FROM allocation
                        UNION ALL SELECT shipment_line, 0, units FROM peg) u GROUP BY 1) h
          JOIN shipment_line l ON l.id = h.shipment_line
         WHERE h.claimed + h.pegged > l.units
        """,
    ),
    Check(
        "3",
        "ordered = in live shipments + shipped + cancelled, for each order line",
        """
        SELECT o.merchant, o.number, l.line, l.ordered, coalesce(live.units, 0) AS live,
               l.shipped, l.cancelled
          FROM audited_order JOIN order_line l USING (order_id) JOIN orders o ON o.id = l.order_id
          LEFT JOIN (SELECT sl.order_id, sl.order_line, sum(sl.units) AS units
                       FROM audited_order JOIN shipment s USING (order_id)
                       JOIN shipment_line sl ON sl.shipment = s.id
                      WHERE s.status NOT IN ('shipped', 'reassigned', 'cancelled')
                      GROUP BY 1, 2) live
               ON live.order_id = l.order_id AND live.order_line = l.line
         WHERE l.ordered <> coalesce(live.units, 0) + l.shipped + l.cancelled
        """,
        of_the_past=True,
    ),
    Check(
        "3b",
        "an order has finished when its status says so, and then nothing of it is live",
        """
        SELECT o.merchant, o.number, o.status, o.finished_at
          FROM audited_order JOIN orders o ON o.id = order_id
         WHERE (o.finished_at IS NULL) = (o.status IN ('shipped', 'cancelled', 'rejected'))
         UNION
        SELECT o.merchant, o.number, o.status, o.finished_at
          FROM audited_order JOIN orders o ON o.id = order_id
          JOIN shipment s USING (order_id)
         WHERE o.finished_at IS NOT NULL
           AND s.status NOT IN ('shipped', 'reassigned', 'cancelled')
        """,
        of_the_past=True,
    ),
    Check(
        "4a",
        "every unit of a released shipment is allocated at its location, or still to come there",
        """
        SELECT s.id, s.order_id, s.status, l.id AS line, l.units, coalesce(a.units, 0) AS here,
               coalesce(p.units, 0) AS to_come
          FROM audited_order JOIN shipment s USING (order_id)
          JOIN shipment_line l ON l.shipment = s.id
          LEFT JOIN LATERAL (SELECT sum(units) AS units FROM allocation
                              WHERE shipment_line = l.id AND location = s.location) a ON true
          LEFT JOIN LATERAL (SELECT sum(g.units) AS units
                               FROM peg g JOIN inbound_supply u ON u.id = g.supply
                              WHERE g.shipment_line = l.id AND u.location = s.location
                                AND u.kind = 'purchase_order' AND s.status = 'ready') p ON true
         WHERE s.status IN ('ready', 'picking', 'picked', 'packed')
           AND coalesce(a.units, 0) + coalesce(p.units, 0) <> l.units
        """,
        of_the_past=True,
    ),
    Check(
        "4b",
        "what has ended holds no claim, no peg and no place in a queue",
        """
        SELECT s.id, s.order_id, s.status, l.id AS line
          FROM (SELECT shipment_line FROM allocation
                UNION SELECT shipment_line FROM peg
                UNION SELECT shipment_line FROM open_demand) held
          JOIN shipment_line l ON l.id = held.shipment_line JOIN shipment s ON s.id = l.shipment
         WHERE s.status IN ('shipped', 'reassigned', 'cancelled')
        """,
    ),
    Check(
        "6b",
        "the queue holds each waiting line once, with what it wants and holds",
        """
        SELECT asked.line, d.wanted, d.held, w.wanted AS should_want, w.held AS should_hold
          FROM (SELECT shipment_line AS line FROM open_demand
                UNION
                SELECT l.id FROM audited_order JOIN shipment s USING (order_id)
                  JOIN shipment_line l ON l.shipment = s.id
                 WHERE s.status IN ('backorder', 'future', 'ready')) asked
          LEFT JOIN open_demand d ON d.shipment_line = asked.line
          LEFT JOIN LATERAL (
               SELECT l.id, l.units - coalesce(a.units, 0) AS wanted,
                      CASE WHEN s.status = 'ready' THEN 0 ELSE coalesce(a.loose, 0) END AS held
                 FROM shipment_line l JOIN shipment s ON s.id = l.shipment
                 JOIN order_line ol ON ol.order_id = l.order_id AND ol.line = l.order_line
                      AND ol.managed
                CROSS JOIN LATERAL (
                      SELECT sum(units) AS units, sum(units - picked - staged) AS loose,
                             bool_or(drop_ship) AS drop_ship
                        FROM allocation WHERE shipment_line = l.id) a
                WHERE l.id = asked.line AND s.status IN ('backorder', 'future', 'ready')
                  AND NOT coalesce(a.drop_ship, false)) w ON true
         WHERE (d.shipment_line IS NULL AND w.wanted + w.held > 0)
            OR (d.shipment_line IS NOT NULL AND w.id IS NULL)
            OR (d.wanted, d.held) <> (w.wanted, w.held)
        """,
        of_the_past=True,
    ),
    *PAST_CHECKS,
)
