"""Finished orders with all that they leave behind, written set-wise, block by block."""

# ruff: noqa: S608 -- only constants of this benchmark are set into its statements

import json

from sqlalchemy import Connection, text

from benchmarks.history.open_orders import LOCATIONS, MERCHANT, SKUS
from fulfillment.store.transactions.session import Store

BASE = 100_000_000
"""Ids of what is generated begin here, far from those that the commands gave."""

BLOCK = 20_000

EACH = f"""
    SELECT n, {BASE} + n AS id, (ARRAY{list(LOCATIONS)})[n::int % {len(LOCATIONS)} + 1] AS location,
           'S' || lpad((n % {SKUS})::text, 3, '0') AS sku,
           'S' || lpad(((n * 7 + 250) % {SKUS})::text, 3, '0') AS other,
           timestamptz '2026-01-01 08:00Z' + n * interval '15 s' AS placed,
           timestamptz '2026-01-01 08:00Z' + n * interval '15 s' + interval '1 day' AS gone
      FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) n
"""
"""What an order is made of; `first` and `last` are the numbers of a block."""

PIECES = f"""
    SELECT e.*, {BASE} + 2 * n + line - 1 AS part, line,
           CASE line WHEN 1 THEN sku ELSE other END AS of, line AS units
      FROM ({EACH}) e, generate_series(1, 2) line
"""

CAME = f"""
    SELECT of AS sku, location, sum(units)::int AS units, min(placed) - interval '1 day' AS at,
           {BASE} + 2 * :first + row_number() OVER (ORDER BY of, location) AS id
      FROM ({PIECES}) p GROUP BY of, location
"""
"""What a block of orders wants of a product at a location is bought by one purchase order."""

BACK = f"SELECT e.*, {2 * BASE} + n AS back FROM ({EACH}) e WHERE n % 100 = 0"
"""Of one order in a hundred a unit comes back, and is damaged."""

EVENTS = {
    1: [["received", {"lines": 2, "units": 3, "number": "H"}]],
    2: [
        ["verified", {}],
        ["allocated", {"lines": [{"line": 1, "sku": "S001", "units": 1, "location": "A"}]}],
        ["released", {"shipment": 1, "units": 3, "location": "A", "wave": 1}],
        ["promised", {"line": 1, "sku": "S001", "to": [{"units": 1, "on": "2026-01-01"}]}],
        ["promised", {"line": 2, "sku": "S002", "to": [{"units": 2, "on": "2026-01-01"}]}],
        ["ready_to_ship", {"ready": True}],
        ["status_changed", {"from": "received", "to": "awaiting_pick_and_pack"}],
    ],
    9: [
        ["picking_started", {"shipment": 1, "list": 1}],
        ["status_changed", {"from": "awaiting_pick_and_pack", "to": "picking"}],
    ],
    11: [["picked", {"shipment": 1}], ["packed", {"shipment": 1, "packages": 1}]],
    13: [
        ["shipped", {"shipment": 1, "carrier": "post", "tracking": "T1"}],
        ["status_changed", {"from": "picking", "to": "shipped"}],
    ],
}
"""What happened to each, by the place of the first happening."""

RESULT = {"id": 1, "order": "H-1", "number": 1, "status": "shipped", "location": "A", "lines": [
    {"line": 1, "sku": "S001", "units": 1}, {"line": 2, "sku": "S002", "units": 2}]}  # fmt: skip

ORDERS = (
    f"""INSERT INTO orders (id, intake_seq, merchant, number, content_hash, status, placed_at,
               placed_on, currency, verified, first_claimed, prepared, waves_spent, wake_seq,
               finished_at, created_at)
        SELECT id, id, :merchant, 'H-' || n, sha256(n::text::bytea), 'shipped', placed,
               placed::date, 'EUR', true, true, true, 1, 5, gone, placed FROM ({EACH}) e""",
    f"""INSERT INTO order_customer (order_id, reference, contact, address)
        SELECT id, 'C' || n % 90000, '{{"email": "n.n@example.org"}}',
               jsonb_build_object('name', 'N. N.', 'line1', 'Ring ' || n, 'city', 'Vienna',
                                  'postal_code', '1010', 'country', 'AT') FROM ({EACH}) e""",
    f"""INSERT INTO order_line (order_id, line, merchant, sku, ordered, shipped, first_promise,
               promise, unit_price_minor)
        SELECT id, line, :merchant, of, units, units, told, told, 1000
          FROM ({PIECES}) p, jsonb_build_array(jsonb_build_array(units, placed::date)) told""",
    f"""INSERT INTO shipment (id, order_id, number, status, location, wave, carrier, tracking,
               released_at, target_ship_on, shipped_at, created_at)
        SELECT id, id, 1, 'shipped', location, 1, 'post', 'T' || n, placed, gone::date, gone, placed
          FROM ({EACH}) e""",
    f"""INSERT INTO shipment_line (id, shipment, order_id, order_line, units)
        SELECT part, id, id, line, units FROM ({PIECES}) p""",
    f"""INSERT INTO order_event (order_id, sequence, happenings, actor, at)
        SELECT id, CAST(place AS int), what, 'bench', placed
          FROM ({EACH}) e, jsonb_each(CAST(:events AS jsonb)) AS happened(place, what)
         ORDER BY n, CAST(place AS int)""",
    f"""INSERT INTO command (merchant, key, verb, fingerprint, result, actor, at)
        SELECT :merchant, 'key:' || verb || ':' || md5(n || verb), verb, sha256(n::text::bytea),
               CAST(:result AS jsonb), 'bench', gone
          FROM ({EACH}) e, unnest(ARRAY['pick', 'ship']) verb""",
)

FLOOR = (
    f"""INSERT INTO stock_ledger (merchant, sku, location, units, kind, reference, actor, at)
        SELECT :merchant, of, location, -units, 'dispatch', part, 'bench', gone
          FROM ({PIECES}) p ORDER BY part""",
    f"""INSERT INTO pick_list (id, location, status, picker, merchants, done_at, created_at)
        SELECT id, location, 'done', 'P' || n % 7, ARRAY[:merchant], gone, placed
          FROM ({EACH}) e WHERE n % 20 = 0""",
    f"""INSERT INTO pick_list_line (pick_list, merchant, order_id, order_line, shipment, sku, units,
               picked)
        SELECT {BASE} + n / 20 * 20, :merchant, id, line, id, of, units, units
          FROM ({PIECES}) p""",
    f"""INSERT INTO package (id, shipment, number, weight_g, carrier, tracking, shipped_at,
               created_at)
        SELECT id, id, 1, 900, 'post', 'T' || n, gone, gone FROM ({EACH}) e""",
    f"""INSERT INTO package_line (package, order_line, units)
        SELECT id, line, units FROM ({PIECES}) p""",
    f"""INSERT INTO payment_entry (merchant, order_id, shipment, kind, status, amount_minor,
               currency, reference, cause, recorded, actor, settled_at, at)
        SELECT :merchant, id, CASE kind WHEN 'capture' THEN id END, kind, 'done', 3000, 'EUR',
               left(kind, 1) || n, kind || n, true, 'bench', gone, placed
          FROM ({EACH}) e, unnest(ARRAY['authorise', 'capture']) kind WHERE n % 5 = 0""",
)

SUPPLIES = (
    f"""INSERT INTO purchase_order (id, merchant, number, supplier, status, expected_on, ended_at,
               ended_from, created_by, created_at)
        SELECT id, :merchant, 'H-P' || id, 'bench', 'received', at::date, at, 'approved', 'bench',
               at FROM ({CAME}) c""",
    f"""INSERT INTO supply (id, merchant, sku, location, kind, document, ordered, received,
               expected_on, inbound)
        SELECT id, :merchant, sku, location, 'purchase_order', 'H-P' || id, units, units, at::date,
               false FROM ({CAME}) c""",
    f"""INSERT INTO purchase_order_line (purchase_order, line, supply)
        SELECT id, 1, id FROM ({CAME}) c""",
    f"""INSERT INTO receipt (id, merchant, number, purchase_order, location, actor, at)
        SELECT id, :merchant, 'H-R' || id, id, location, 'bench', at FROM ({CAME}) c""",
    f"""INSERT INTO receipt_line (receipt, supply, units) SELECT id, id, units FROM ({CAME}) c""",
    f"""INSERT INTO stock_ledger (merchant, sku, location, units, kind, reference, actor, at)
        SELECT :merchant, sku, location, units, 'receipt', 'H-R' || id, 'bench', at
          FROM ({CAME}) c""",
    f"""INSERT INTO served_order (receipt, supply, order_id, units)
        SELECT c.id, c.id, e.id, 1
          FROM ({EACH}) e JOIN ({CAME}) c USING (sku, location) WHERE e.n % 10 = 0""",
    f"""INSERT INTO customer_return (id, merchant, number, location, order_id, status, ended_at,
               created_by, created_at)
        SELECT back, :merchant, 'H-B' || n, location, id, 'received', gone, 'bench', gone
          FROM ({BACK}) b""",
    f"""INSERT INTO supply (id, merchant, sku, location, kind, document, ordered, received, inbound)
        SELECT back, :merchant, sku, location, 'return', 'H-B' || n, 1, 1, false
          FROM ({BACK}) b""",
    f"""INSERT INTO return_line (customer_return, line, supply, order_id, order_line)
        SELECT back, 1, back, id, 1 FROM ({BACK}) b""",
    f"""INSERT INTO receipt (id, merchant, number, customer_return, location, actor, at)
        SELECT back, :merchant, 'H-BR' || n, back, location, 'bench', gone FROM ({BACK}) b""",
    f"""INSERT INTO receipt_line (receipt, supply, disposition, units)
        SELECT back, back, 'damaged', 1 FROM ({BACK}) b""",
    f"""INSERT INTO stock_ledger (merchant, sku, location, disposition, units, kind, reference,
               actor, at)
        SELECT :merchant, sku, location, 'damaged', 1, 'return', 'H-BR' || n, 'bench', gone
          FROM ({BACK}) b""",
)  # fmt: skip

LEVELS = """
INSERT INTO stock_level (merchant, sku, location, disposition, on_hand)
SELECT merchant, sku, location, disposition, sum(units) FROM stock_ledger
 WHERE disposition <> 'sellable' GROUP BY 1, 2, 3, 4
ON CONFLICT (merchant, sku, location, disposition) DO UPDATE SET on_hand = excluded.on_hand
"""

GIVEN = """
SELECT setval(given, greatest(:next, nextval(given)))
  FROM information_schema.columns
 CROSS JOIN LATERAL CAST(
       pg_get_serial_sequence(quote_ident(table_name), column_name) AS regclass) AS given
 WHERE table_schema = 'public' AND is_identity = 'YES'
   AND table_name = ANY(:tables)
"""
"""Ids that are given from now on lie behind those that were written."""

BY_ID = ("orders", "shipment", "shipment_line", "pick_list", "package", "purchase_order", "supply",
         "receipt", "customer_return")  # fmt: skip


def write_finished(store: Store, already: int, until: int) -> None:
    """Write the finished orders from number `already` up to `until`.

    Foreign keys are not asked: what is written is whole by how it is made, and asking takes longer
    than writing.
    """
    values = {"merchant": MERCHANT, "events": json.dumps(EVENTS), "result": json.dumps(RESULT)}
    for first in range(already, until, BLOCK):
        with store.engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            numbers = {"first": first, "last": min(first + BLOCK, until) - 1}
            for sql in (*ORDERS, *FLOOR, *SUPPLIES):
                _run(connection, sql, values | numbers)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        _run(connection, LEVELS, {})
        _run(connection, GIVEN, {"next": 3 * BASE, "tables": list(BY_ID)})
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.exec_driver_sql("VACUUM ANALYZE")
        connection.exec_driver_sql("RESET statement_timeout")


def _run(connection: Connection, sql: str, values: dict[str, object]) -> None:
    statement = text(sql)
    named = statement.compile().params
    connection.execute(statement, {name: values[name] for name in named})
