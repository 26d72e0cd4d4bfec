"""What must be true of containers, pick lists and packages (behaviour.md §9.2)."""

from fulfillment.store.integrity.check import Check
from fulfillment.store.records.saving.pick_lists import LEFT_TO_STAGE

FLOOR_CHECKS = (
    Check(
        "2d",
        "what is in open containers is what is staged, for each order line and location",
        """
        SELECT order_id, order_line, location, coalesce(c.units, 0) AS contained,
               coalesce(a.units, 0) AS staged
          FROM (SELECT c.order_id, l.order_line, c.location, sum(l.units) AS units
                  FROM container c JOIN container_line l ON l.container = c.id
                 WHERE c.emptied_at IS NULL GROUP BY 1, 2, 3) c
          FULL JOIN (SELECT l.order_id, l.order_line, a.location, sum(a.staged) AS units
                       FROM allocation a JOIN shipment_line l ON l.id = a.shipment_line
                      WHERE a.staged > 0 GROUP BY 1, 2, 3) a
               USING (order_id, order_line, location)
         WHERE coalesce(c.units, 0) <> coalesce(a.units, 0)
        """,
    ),
    Check(
        "2i",
        "a container is open while something is in it",
        """
        SELECT c.order_id, c.location, c.label, c.emptied_at
          FROM audited_order JOIN container c USING (order_id)
         WHERE (c.emptied_at IS NULL)
            <> EXISTS (SELECT 1 FROM container_line l WHERE l.container = c.id)
        """,
        of_the_past=True,
    ),
    Check(
        "2e",
        "a shipment is on one pick list at most, with what is picked of it and what is left",
        """
        SELECT t.shipment, t.order_line, t.status, t.lists, t.picked, t.left_over,
               a.picked AS claimed, a.loose
          FROM (SELECT l.shipment, l.order_line, s.status, count(*) AS lists,
                       sum(l.picked) AS picked, sum(l.units - l.picked - l.short) AS left_over
                  FROM audited_order JOIN shipment s USING (order_id)
                  JOIN pick_list_line l ON l.shipment = s.id
                 WHERE NOT l.to_stage GROUP BY 1, 2, 3) t
         CROSS JOIN LATERAL (
               SELECT coalesce(sum(a.picked), 0) AS picked,
                      coalesce(sum(a.units - a.picked - a.staged), 0) AS loose
                 FROM shipment_line l JOIN allocation a ON a.shipment_line = l.id
                WHERE l.shipment = t.shipment AND l.order_line = t.order_line) a
         WHERE t.lists > 1
            OR t.status NOT IN ('picking', 'picked', 'packed', 'shipped')
            OR (t.status = 'picking' AND (t.picked, t.left_over) <> (a.picked, a.loose))
            OR (t.status <> 'picking' AND t.left_over <> 0)
        """,
        of_the_past=True,
    ),
    Check(
        "2f",
        "a pick list is worked on while something of it is left to be picked",
        """
        SELECT p.id, p.status
          FROM (SELECT id FROM pick_list WHERE status = 'picking'
                UNION
                SELECT l.pick_list FROM audited_order JOIN shipment s USING (order_id)
                  JOIN pick_list_line l ON l.shipment = s.id) audited
          JOIN pick_list p USING (id)
         WHERE (p.status = 'picking')
            <> EXISTS (SELECT 1 FROM pick_list_line l
                        WHERE l.pick_list = p.id AND l.picked + l.short < l.units)
        """,
        of_the_past=True,
    ),
    Check(
        "2g",
        "what is in packages is in hands, in a shipment that is worked on, or has left with it",
        """
        SELECT p.shipment, s.status, p.order_line, p.has_left, p.units AS packed,
               coalesce(a.units, 0) AS in_hands
          FROM (SELECT p.shipment, l.order_line, p.shipped_at IS NOT NULL AS has_left,
                       sum(l.units) AS units
                  FROM audited_order JOIN shipment s USING (order_id)
                  JOIN package p ON p.shipment = s.id
                  JOIN package_line l ON l.package = p.id GROUP BY 1, 2, 3) p
          JOIN shipment s ON s.id = p.shipment
          LEFT JOIN (
               SELECT l.shipment, l.order_line,
                      sum(CASE WHEN a.drop_ship THEN a.units ELSE a.picked + a.staged END) AS units
                 FROM audited_order JOIN shipment s USING (order_id)
                 JOIN shipment_line l ON l.shipment = s.id
                 JOIN allocation a ON a.shipment_line = l.id
                GROUP BY 1, 2) a ON a.shipment = p.shipment AND a.order_line = p.order_line
         WHERE p.has_left <> (s.status = 'shipped')
            OR s.status NOT IN ('picking', 'picked', 'packed', 'shipped', 'cancelled')
            OR (s.status IN ('picking', 'picked', 'packed') AND p.units > coalesce(a.units, 0))
        """,
        of_the_past=True,
    ),
    Check(
        "2h",
        "what is left to be staged of a list is on the shelf for its shipment, which waits",
        f"""
        SELECT p.id, l.shipment, l.order_line, s.status, l.units, l.picked, l.short
          FROM pick_list p JOIN pick_list_line l ON l.pick_list = p.id
          JOIN shipment s ON s.id = l.shipment
         WHERE p.status = 'picking' AND l.to_stage
           AND l.units - l.picked - l.short > {LEFT_TO_STAGE}
        """,  # noqa: S608 -- LEFT_TO_STAGE is a constant
    ),
)
