"""One statement that writes all that a plan would write of the orders that it fills.

Each table has its part; what must be equal is the world that it leaves, and a law says so. Who adds
a column that `records/saving` writes for an order that goes to the warehouse adds it here.
"""

from fulfillment.store.queue.lane.plain import LOOKED_UP
from fulfillment.store.transactions.outbox import OVERWRITE

FILLED = f"""
    SELECT d.shipment_line, d.order_id, d.sku, d.wanted AS units, d.pegged, d.priority,
           d.placed_at, d.intake_seq, at.place, at.target, at.leaves, f.*,
           greatest(f.promised, CAST(:today AS date)) <> at.leaves AS moves,
           dense_rank() OVER (ORDER BY d.sku, d.wanted, d.priority, f.line, f.shipment_number,
                                       f.promised) AS alike
      FROM unnest(CAST(:lines AS bigint[])) AS c(line)
     CROSS JOIN LATERAL (SELECT * FROM open_demand x WHERE x.shipment_line = c.line LIMIT 1) d
      JOIN unnest(CAST(:skus AS text[]), CAST(:places AS text[]), CAST(:targets AS date[]),
                  CAST(:leaving AS date[])) AS at(sku, place, target, leaves) ON at.sku = d.sku
     {LOOKED_UP}
"""  # noqa: S608 -- constants
"""Lines that are `alike` have the same to tell, which is put together once for all of them."""

HAPPENINGS = """
       jsonb_build_array(
           jsonb_build_array('allocated', jsonb_build_object('lines', jsonb_build_array(
               jsonb_build_object('line', f.line, 'sku', f.sku, 'location', f.place,
                                  'units', f.units)))),
           jsonb_build_array('released', jsonb_build_object('shipment', f.shipment_number,
               'units', f.units, 'location', f.place, 'wave', 1)))
       || CASE WHEN f.moves THEN jsonb_build_array(jsonb_build_array('promise_moved',
              jsonb_build_object('line', f.line, 'sku', f.sku,
                  'from', jsonb_build_array(jsonb_build_object('units', f.units,
                                                               'on', f.promised)),
                  'to', jsonb_build_array(jsonb_build_object('units', f.units,
                                                             'on', f.leaves)))))
               ELSE '[]' END
       || jsonb_build_array(
           jsonb_build_array('ready_to_ship', jsonb_build_object('ready', true)),
           jsonb_build_array('status_changed', jsonb_build_object(
               'from', 'awaiting_stock', 'to', 'awaiting_pick_and_pack')))
"""

PROGRESS = """
       CAST(:progress AS jsonb) || jsonb_build_object(
           'priority', f.priority, 'epoch', epoch.number,
           'shipments', jsonb_build_array(jsonb_build_object('number', f.shipment_number,
               'status', 'ready', 'location', f.place, 'expected_on', NULL)))
"""

TELLING = f"""
    SELECT f.alike, {HAPPENINGS} AS happenings, {PROGRESS} AS progress,
           CAST(:message AS jsonb) || jsonb_build_object('epoch', epoch.number) AS message
      FROM (SELECT DISTINCT ON (alike) * FROM filled ORDER BY alike) f
     CROSS JOIN (SELECT max(number) AS number FROM epoch) AS epoch
"""  # noqa: S608 -- constants

FILL = f"""
filled AS MATERIALIZED ({FILLED}
), telling AS MATERIALIZED ({TELLING}
), unpegged AS (
    DELETE FROM peg p USING filled f
     WHERE p.shipment_line = f.shipment_line AND p.shipment_line = ANY(:lines)
    RETURNING p.supply, p.units
), freed AS (
    UPDATE supply u SET pegged = u.pegged - p.units
      FROM (SELECT supply, sum(units) AS units FROM unpegged GROUP BY supply) p
     WHERE u.id = p.supply
), unqueued AS (
    DELETE FROM open_demand d USING filled f
     WHERE d.shipment_line = f.shipment_line AND d.shipment_line = ANY(:lines)
), claimed AS (
    INSERT INTO allocation (shipment_line, location, merchant, sku, units)
    SELECT shipment_line, place, :merchant, sku, units FROM filled
), sent AS (
    UPDATE shipment s
       SET status = 'ready', location = f.place, wave = 1, expected_on = NULL, released_at = :now,
           target_ship_on = f.target, shipped_at = NULL
      FROM filled f WHERE s.id = f.shipment AND s.order_id = ANY(:orders)
), promised AS (
    UPDATE order_line l SET promise = jsonb_build_array(jsonb_build_array(f.units, f.leaves))
      FROM filled f
     WHERE l.order_id = f.order_id AND l.line = f.line AND f.moves AND l.order_id = ANY(:orders)
), ordered AS (
    UPDATE orders o
       SET status = 'awaiting_pick_and_pack', waiting_units = 0, waves_spent = 1, wake_seq = f.seq,
           recheck_on = CASE WHEN o.recheck_on <= :today THEN o.recheck_on END,
           ready_since = :now, target_ship_on = f.target
      FROM filled f WHERE o.id = f.order_id AND o.id = ANY(:orders)
), told AS (
    INSERT INTO order_event (order_id, sequence, happenings, actor, reason, at)
    SELECT f.order_id, coalesce(last.next, 1), t.happenings, :actor, :reason, :now
      FROM filled f JOIN telling t ON t.alike = f.alike
      LEFT JOIN LATERAL (
           SELECT x.sequence + jsonb_array_length(x.happenings) AS next FROM order_event x
            WHERE x.order_id = f.order_id ORDER BY x.sequence DESC LIMIT 1) last ON true
), woken AS (
    INSERT INTO outbox (merchant, lane, kind, subject, payload, due_at, created_at)
    SELECT :merchant, :lane, :kind, f.order_id::text,
           t.message || jsonb_build_object('progress', t.progress || jsonb_build_object(
               'order', f.order_id, 'number', f.order_number, 'seq', f.seq)), :now, :now
      FROM filled f JOIN telling t ON t.alike = f.alike
     ORDER BY f.order_id::text
    {OVERWRITE}
), delta AS MATERIALIZED (
    SELECT sku, '' AS place, priority, placed_at, intake_seq, -units AS wanted,
           pegged - units AS unpegged, -1 AS lines, -1 AS orders,
           -(units > pegged)::int AS unpegged_orders
      FROM filled
)
"""  # noqa: S608 -- constants
"""Its last relation is what leaves the sums of the queue: see `sums.blocks.add_relation`. What is
written is named by its ids as well: a join of guessed size would read all that there is."""

LINES = """,
       (SELECT jsonb_agg(jsonb_build_array(f.order_id, f.shipment, f.units) ORDER BY f.order_id)
          FROM filled f WHERE f.sku = written.sku) AS lines"""
"""The lines of each SKU: order, shipment, units."""
