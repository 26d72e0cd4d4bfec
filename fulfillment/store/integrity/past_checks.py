"""What must stay true of what was shipped, received, moved and paid (behaviour.md §9)."""

from fulfillment.store.integrity.check import Check

PAST_CHECKS = (
    Check(
        "5a",
        "every shipped unit of a managed product left on hand exactly once, and no voided one",
        """
        WITH line AS (
            SELECT l.id, l.order_id, l.units, o.merchant, s.voids,
                   CASE WHEN s.status = 'shipped' AND ol.managed AND NOT l.drop_shipped
                        THEN l.units ELSE 0 END AS should_be_gone
              FROM audited_order a JOIN orders o ON o.id = a.order_id
              JOIN shipment s ON s.order_id = a.order_id JOIN shipment_line l ON l.shipment = s.id
              JOIN order_line ol ON ol.order_id = l.order_id AND ol.line = l.order_line
        ), departure AS (
            SELECT id, merchant, id::text AS reference FROM line
            UNION ALL
            SELECT id, merchant, id || '.' || again
              FROM line CROSS JOIN LATERAL unnest(ARRAY(SELECT generate_series(1, voids))) again
             WHERE voids > 0
        ), gone AS (
            SELECT d.id, -sum(g.units) AS units
              FROM departure d JOIN stock_ledger g USING (merchant, reference)
             WHERE g.kind IN ('dispatch', 'dispatch_void')
             GROUP BY d.id
        )
        SELECT l.id::text AS line, l.order_id, l.units, coalesce(g.units, 0) AS gone
          FROM line l LEFT JOIN gone g USING (id)
         WHERE coalesce(g.units, 0) <> l.should_be_gone
        UNION ALL
        SELECT d.reference, l.order_id, l.units, NULL
          FROM (SELECT *, split_part(reference, '.', 1) AS line,
                       CASE WHEN reference ~ '^[0-9]{1,18}(\\.[0-9]{1,9})?$'
                            THEN ('0' || split_part(reference, '.', 2))::int END AS voids
                  FROM audited_departure WHERE kind IN ('dispatch', 'dispatch_void')) d
          LEFT JOIN shipment_line l ON l.id = CASE WHEN d.voids >= 0 THEN d.line::bigint END
          LEFT JOIN shipment s ON s.id = l.shipment
          LEFT JOIN order_line ol ON ol.order_id = l.order_id AND ol.line = l.order_line
         WHERE (ol.merchant, ol.sku) <> (d.merchant, d.sku) OR d.voids > s.voids
            OR l.id IS NULL AND NOT EXISTS (
               SELECT FROM archived_line x
                WHERE x.id = CASE WHEN d.voids >= 0 THEN d.line::bigint END
                  AND x.merchant = d.merchant)
            AND NOT EXISTS (
               -- Its units went on in other lines: each dispatch of it was voided.
               SELECT FROM stock_ledger g
                WHERE d.voids >= 0 AND g.merchant = d.merchant AND g.sku = d.sku
                  AND g.kind = CASE d.kind WHEN 'dispatch' THEN 'dispatch_void' ELSE 'dispatch' END
                  AND g.reference = d.line || coalesce('.' || nullif(
                      d.voids + CASE d.kind WHEN 'dispatch' THEN 1 ELSE -1 END, 0), '')
                HAVING sum(g.units) = -(
                       SELECT sum(m.units) FROM stock_ledger m
                        WHERE m.merchant = d.merchant AND m.sku = d.sku AND m.kind = d.kind
                          AND m.reference = d.reference))
        """,
        of_the_past=True,
    ),
    Check(
        "5b",
        "every received unit is in a receipt, and in the ledger, exactly once",
        """
        SELECT u.id AS supply, u.sku, u.received + u.over_received AS received,
               coalesce(sum(l.units) FILTER (WHERE r.reversed_at IS NULL), 0) AS counted
          FROM audited_supply JOIN supply u ON u.id = supply
          LEFT JOIN receipt_line l ON l.supply = u.id LEFT JOIN receipt r ON r.id = l.receipt
         GROUP BY u.id
        HAVING u.received + u.over_received
               <> coalesce(sum(l.units) FILTER (WHERE r.reversed_at IS NULL), 0)
        UNION ALL
        SELECT r.id, r.sku, r.units, coalesce(g.units, 0)
          FROM (SELECT r.id, u.sku, r.reversed_at, sum(l.units) AS units
                  FROM audited_receipt JOIN receipt r ON r.id = receipt
                  JOIN receipt_line l ON l.receipt = r.id AND l.disposition <> 'scrapped'
                  JOIN supply u ON u.id = l.supply
                 GROUP BY r.id, u.sku) r
          LEFT JOIN (
               SELECT r.id, g.sku, sum(g.units) AS units
                 FROM audited_receipt JOIN receipt r ON r.id = receipt
                 JOIN stock_ledger g ON g.merchant = r.merchant AND g.reference = r.number
                WHERE g.kind IN ('receipt', 'transfer_in', 'return', 'reversal')
                GROUP BY r.id, g.sku) g USING (id, sku)
         WHERE coalesce(g.units, 0) <> CASE WHEN r.reversed_at IS NULL THEN r.units ELSE 0 END
        """,
        of_the_past=True,
    ),
    Check(
        "10",
        "of each order line, order and SKU no more comes back than was shipped",
        """
        WITH asked AS (
            SELECT t.order_id, u.merchant, u.sku
              FROM audited_supply JOIN supply u ON u.id = supply JOIN return_line l USING (supply)
              JOIN customer_return t ON t.id = l.customer_return
            UNION
            SELECT t.order_id, u.merchant, u.sku
              FROM audited_order JOIN customer_return t USING (order_id)
              JOIN return_line l ON l.customer_return = t.id JOIN supply u ON u.id = l.supply
        ), back AS (
            SELECT u.merchant, u.sku, t.order_id, l.order_line, u.ordered - u.closed AS units
              FROM (SELECT DISTINCT order_id FROM asked) a JOIN customer_return t USING (order_id)
              JOIN return_line l ON l.customer_return = t.id JOIN supply u ON u.id = l.supply
        )
        SELECT b.merchant, b.sku, b.order_id, b.order_line, sum(b.units) AS returned, l.shipped
          FROM back b JOIN order_line l ON l.order_id = b.order_id AND l.line = b.order_line
         GROUP BY b.merchant, b.sku, b.order_id, b.order_line, l.shipped
        HAVING sum(b.units) > l.shipped
        UNION ALL
        SELECT b.merchant, b.sku, b.order_id, NULL, sum(b.units), coalesce(max(s.units), 0)
          FROM back b LEFT JOIN (
               SELECT l.order_id, l.sku, sum(l.shipped) AS units
                 FROM (SELECT DISTINCT order_id FROM asked) a JOIN order_line l USING (order_id)
                GROUP BY 1, 2) s ON s.order_id = b.order_id AND s.sku = b.sku
         GROUP BY b.merchant, b.sku, b.order_id
        HAVING sum(b.units) > coalesce(max(s.units), 0)
        UNION ALL
        SELECT b.merchant, b.sku, NULL, NULL, b.units, coalesce(s.units, 0)
          FROM (SELECT u.merchant, u.sku, sum(u.ordered - u.closed) AS units
                  FROM (SELECT DISTINCT merchant, sku FROM asked) a
                  JOIN supply u USING (merchant, sku) WHERE u.kind = 'return' GROUP BY 1, 2) b
         CROSS JOIN LATERAL (
               SELECT sum(shipped) AS units
                 FROM (SELECT shipped FROM archived_units u
                        WHERE u.merchant = b.merchant AND u.sku = b.sku
                       UNION ALL
                       (SELECT l.shipped FROM order_line l
                         WHERE l.merchant = b.merchant AND l.sku = b.sku AND l.shipped > 0
                         LIMIT b.units)) enough) s
         WHERE b.units > coalesce(s.units, 0)
        """,
        of_the_past=True,
    ),
    Check(
        "11a",
        "of each transfer line, what was sent is received, lost or in transit",
        """
        SELECT t.number, l.line, u.sku, u.ordered AS sent, coalesce(c.units, 0) AS received,
               u.closed AS lost, t.status, u.inbound
          FROM audited_supply JOIN transfer_line l USING (supply)
          JOIN transfer t ON t.id = l.transfer JOIN supply u ON u.id = l.supply
          LEFT JOIN LATERAL (
               SELECT sum(rl.units) AS units
                 FROM receipt_line rl JOIN receipt r ON r.id = rl.receipt
                WHERE rl.supply = u.id AND r.reversed_at IS NULL) c ON true
         WHERE t.shipped_at IS NOT NULL
           AND u.ordered <> coalesce(c.units, 0) + u.closed
               + CASE WHEN t.status = 'in_transit' AND u.inbound
                      THEN u.outstanding ELSE 0 END
        UNION ALL
        SELECT number, NULL, sku, t.units, -g.units, NULL, NULL, NULL
          FROM (SELECT t.merchant, t.number, u.sku
                  FROM audited_document d JOIN transfer t ON d.kind = 'transfer' AND t.id = d.id
                  JOIN transfer_line l ON l.transfer = t.id JOIN supply u ON u.id = l.supply
                UNION
                SELECT merchant, reference, sku FROM audited_departure
                 WHERE kind = 'transfer_out') asked
         CROSS JOIN LATERAL (
               SELECT sum(u.ordered) AS units
                 FROM transfer t JOIN transfer_line l ON l.transfer = t.id
                 JOIN supply u ON u.id = l.supply
                WHERE t.merchant = asked.merchant AND t.number = asked.number
                  AND u.sku = asked.sku AND t.shipped_at IS NOT NULL) t
         CROSS JOIN LATERAL (
               SELECT sum(g.units) AS units FROM stock_ledger g
                WHERE g.merchant = asked.merchant AND g.kind = 'transfer_out'
                  AND g.reference = asked.number AND g.sku = asked.sku) g
         WHERE coalesce(t.units, 0) <> -coalesce(g.units, 0)
        """,
        of_the_past=True,
    ),
    Check(
        "11b",
        "what was reversed can be counted again: its document is open, or was ended once more",
        """
        WITH document AS (
            SELECT kind, id, number, status, ended_at,
                   status IN ('received', 'closed', 'cancelled') AS ended,
                   status IN ('approved', 'in_transit', 'arrived') AS coming
              FROM audited_document JOIN purchase_order USING (id) WHERE kind = 'purchase_order'
            UNION ALL
            SELECT kind, id, number, status, ended_at,
                   status IN ('received', 'closed', 'cancelled'), status = 'in_transit'
              FROM audited_document JOIN transfer USING (id) WHERE kind = 'transfer'
            UNION ALL
            SELECT kind, id, number, status, ended_at, status IN ('received', 'closed'),
                   status = 'announced'
              FROM audited_document JOIN customer_return USING (id) WHERE kind = 'return'
        )
        SELECT d.kind, d.number, d.status, d.ended_at, r.number AS receipt
          FROM receipt r
         CROSS JOIN LATERAL (VALUES ('purchase_order', r.purchase_order),
                                    ('transfer', r.transfer), ('return', r.customer_return))
               AS named (kind, id)
          JOIN document d ON (d.kind, d.id) = (named.kind, named.id)
         -- Each read its clock before it waited for the other's locks.
         WHERE d.ended_at < r.reversed_at - interval '10 minutes'
        UNION ALL
        SELECT d.kind, d.number, d.status, d.ended_at, NULL FROM document d
         WHERE d.ended <> (d.ended_at IS NOT NULL)
        UNION ALL
        SELECT d.kind, d.number, d.status, d.ended_at, NULL
          FROM document d JOIN supply_line l ON l.kind = d.kind AND l.document = d.id
          JOIN supply u ON u.id = l.supply
         WHERE u.inbound <> (d.coming AND u.outstanding > 0) OR (d.ended AND u.outstanding > 0)
        """,
        of_the_past=True,
    ),
    Check(
        "9a",
        "what is due of payments is what the order's state and ledger say it is",
        """
        WITH ledger AS (
            SELECT order_id,
                   coalesce(sum(amount_minor) FILTER (WHERE kind = 'authorise'
                                                        AND status = 'done'), 0)
                   - coalesce(sum(amount_minor) FILTER (WHERE kind IN ('void', 'capture')
                                                          AND status = 'done'), 0) AS held,
                   coalesce(sum(amount_minor) FILTER (WHERE kind = 'capture'
                                                        AND status = 'done'), 0) AS captured,
                   coalesce(sum(amount_minor) FILTER (WHERE kind = 'refund'
                                                        AND status = 'done'), 0) AS refunded,
                   coalesce(sum(amount_minor) FILTER (WHERE kind = 'refund'
                                                        AND status = 'due'), 0) AS refund_due,
                   coalesce(sum(amount_minor) FILTER (WHERE kind = 'refund' AND status = 'due'
                                                        AND asks > 0), 0) AS refund_asked,
                   coalesce(sum(amount_minor) FILTER (WHERE kind = 'void'
                                                        AND status = 'due'), 0) AS void_due,
                   coalesce(sum(amount_minor) FILTER (WHERE kind = 'void' AND status = 'due'
                                                        AND asks > 0), 0) AS void_asked
              FROM audited_order JOIN payment_entry USING (order_id) GROUP BY order_id
        ), state AS (
            SELECT g.*, l.worth, l.cancelled, l.known, l.priced, l.is_over
              FROM ledger g CROSS JOIN LATERAL (
                   SELECT coalesce(sum((l.ordered - l.cancelled)::numeric * l.unit_price_minor), 0)
                              AS worth,
                          coalesce(sum(l.cancelled::numeric * l.unit_price_minor), 0) AS cancelled,
                          bool_and(l.unit_price_minor IS NOT NULL OR l.ordered = l.cancelled)
                              AS known,
                          count(l.unit_price_minor) > 0 AS priced,
                          sum(l.ordered - l.cancelled - l.shipped) = 0 AS is_over
                     FROM order_line l WHERE l.order_id = g.order_id) l
        ), due AS (
            SELECT s.*,
                   greatest(CASE WHEN known AND priced THEN captured - worth
                                 ELSE least(captured - worth, cancelled) END - refunded, 0)
                       AS refund,
                   CASE WHEN is_over AND known AND worth <= captured
                        THEN greatest(held, 0) END AS void
              FROM state s
        )
        SELECT order_id, captured, worth, refunded, refund_due, refund, void_due, void FROM due
         WHERE refund_due <> greatest(refund, refund_asked)
            OR (void IS NOT NULL AND void_due <> greatest(void, void_asked))
            OR void_due > greatest(held, void_asked, 0)
        """,
        of_the_past=True,
    ),
    Check(
        "9b",
        "one reference of the provider counts once for an order and a kind of payment",
        """
        SELECT merchant, order_id, kind, reference, count(*) AS times, sum(amount_minor) AS amount
          FROM audited_order JOIN payment_entry USING (order_id)
         WHERE status = 'done' AND reference IS NOT NULL
         GROUP BY merchant, order_id, kind, reference HAVING count(*) > 1
        """,
        of_the_past=True,
    ),
)
