"""Which lines are plain: their order is decided by free stock alone.

Asked when the head of a queue is read, and again under the locks of the orders: what an order
takes only its own lock for (a hold, a person's word) may have changed in between.
"""

PLAIN = """
       d.gate = 'open' AND d.held = 0 AND d.lock_location IS NULL AND d.counts_from IS NULL
   AND NOT d.apart
   AND o.status = 'awaiting_stock' AND o.waves_spent = 0
   AND o.lock_location IS NULL AND o.pickup_location IS NULL
   AND (o.prepared OR :is_prepared AND NOT o.policy ? 'prepare')
   AND coalesce(o.policy ->> 'auto_allocate', :auto_allocate) = 'always'
   AND o.recheck_on IS DISTINCT FROM :at_once AND NOT m.replan_due
   AND NOT m.authorise_before_release AND NOT m.reauthorise_on_release
   AND s.status = 'backorder' AND sl.units = d.wanted
   AND l.channel = 'pick' AND l.source_location IS NULL AND NOT l.by_hand
   AND jsonb_array_length(l.promise) = 1 AND (l.promise #>> '{0,0}')::int = d.wanted
   AND jsonb_array_length(l.first_promise) > 0
   AND NOT EXISTS (SELECT FROM shipment x WHERE x.order_id = o.id AND x.id <> s.id)
   AND NOT EXISTS (SELECT FROM order_line x WHERE x.order_id = o.id AND x.line <> l.line)
   AND NOT EXISTS (SELECT FROM late_pin x WHERE x.order_id = o.id)
   AND (SELECT bool_or(x.pinned) FROM peg x WHERE x.shipment_line = sl.id) IS NOT TRUE
"""
"""The only line of the only shipment of its order, that waits for all of its units, may go, and is
bound to nothing that a person said. It is filled whole, so that no knob about parts is asked. Its
gate is what the settings say that are in force; while they are being changed, nobody is plain.
(Asked for pinned pegs by NOT EXISTS, the index over supplies is searched for each line.)"""

LOOKED_UP = f"""
 CROSS JOIN LATERAL (
       SELECT s.id AS shipment, s.number AS shipment_number, l.line,
              (l.promise #>> '{{0,1}}')::date AS promised, o.number AS order_number,
              o.wake_seq + 1 AS seq,
              (SELECT coalesce(jsonb_agg(u.document ORDER BY u.document), '[]')
                 FROM (SELECT DISTINCT u.document FROM peg p JOIN supply u ON u.id = p.supply
                        WHERE p.shipment_line = sl.id) u) AS because
         FROM shipment_line sl
         JOIN orders o ON o.id = sl.order_id
         JOIN merchant m ON m.id = o.merchant
         JOIN shipment s ON s.id = sl.shipment
         JOIN order_line l ON l.order_id = sl.order_id AND l.line = sl.order_line
        WHERE sl.id = d.shipment_line AND {PLAIN} LIMIT 1) f
"""  # noqa: S608 -- PLAIN is a constant
"""One line `d` of the queue after the other: joined, a wrong guess of how many there are has them
compared each with each."""
