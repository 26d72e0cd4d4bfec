"""What is read over HTTP is what the database holds, and nobody reads what is another's."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from tests.api.market.desk import Desk, Json, WalkError
from tests.api.world import ACME, BOLT

OF_ORDER = "SELECT number FROM orders WHERE merchant = :m ORDER BY id"
OF_SHIPMENT = (
    "SELECT s.id AS shipment FROM shipment s JOIN orders o ON o.id = s.order_id"
    " WHERE o.merchant = :m ORDER BY s.id"
)
PAPERED = (
    "SELECT s.id AS shipment FROM shipment s JOIN orders o ON o.id = s.order_id"
    " WHERE o.merchant = :m AND s.status IN ('ready', 'picking', 'picked', 'packed', 'shipped')"
    " ORDER BY s.id"
)
OF_LIST = (
    "SELECT l.pick_list FROM pick_list_line l JOIN shipment s ON s.id = l.shipment"
    " JOIN orders o ON o.id = s.order_id"
    " GROUP BY l.pick_list HAVING bool_and(o.merchant = :m) ORDER BY 1"
)


def of(table: str) -> str:
    return f"SELECT number FROM {table} WHERE merchant = :m ORDER BY id"


FOUND: Mapping[str, str] = {
    "/v1/orders/{number}": OF_ORDER,
    "/v1/orders/{number}/history": OF_ORDER,
    "/v1/orders/{number}/explanation": OF_ORDER,
    "/v1/orders/{number}/payments": OF_ORDER,
    "/v1/orders/{number}/links": OF_ORDER,
    "/v1/products/{sku}": "SELECT sku FROM product WHERE merchant = :m ORDER BY sku",
    "/v1/products/{sku}/explanation": "SELECT sku FROM product WHERE merchant = :m ORDER BY sku",
    "/v1/shipments/{shipment}": OF_SHIPMENT,
    "/v1/shipments/{shipment}/packages": OF_SHIPMENT,
    "/v1/shipments/{shipment}/packing-slip.pdf": PAPERED,
    "/v1/pick-lists/{pick_list}": OF_LIST,
    "/v1/pick-lists/{pick_list}/document.pdf": OF_LIST,
    "/v1/containers/{container}/label.pdf": (
        "SELECT c.id AS container FROM container c JOIN orders o ON o.id = c.order_id"
        " WHERE o.merchant = :m AND c.emptied_at IS NULL ORDER BY 1"
    ),
    "/v1/purchase-orders/{number}": of("purchase_order"),
    "/v1/purchase-orders/{number}/orders": of("purchase_order"),
    "/v1/receipts/{number}": of("receipt"),
    "/v1/restocks/{number}": of("restock"),
    "/v1/transfers/{number}": of("transfer"),
    "/v1/returns/{number}": of("customer_return"),
    "/v1/counts/{number}": of("stock_count"),
}
"""Where the objects of each path are found."""

SHARED = frozenset({"/v1/products/{sku}", "/v1/products/{sku}/explanation"})
"""Paths whose names both merchants have."""
WHOLE = frozenset({
    "/v1/orders", "/v1/payments", "/v1/shipments", "/v1/pick-lists", "/v1/staging", "/v1/tasks",
    "/v1/purchase-orders", "/v1/receipts", "/v1/purchase-suggestions", "/v1/restocks",
    "/v1/transfers", "/v1/returns", "/v1/counts", "/v1/stock", "/v1/products", "/v1/settings",
    "/v1/settings/presets", "/v1/settings/changes", "/v1/events", "/v1/customer-page",
    "/v1/mail/settings", "/v1/mail/templates", "/v1/mail/messages", "/v1/mail/batches",
    "/v1/webhooks", "/v1/archived-orders", "/health/live",
})  # fmt: skip
OPERATORS = frozenset({
    "/v1/locations", "/v1/locations/{location}", "/v1/merchants", "/v1/merchants/{name}",
    "/v1/merchants/{name}/letterhead", "/v1/settings/default", "/v1/settings/default/changes",
    "/v1/keys", "/v1/users",
})  # fmt: skip
ELSEWHERE = frozenset({
    "/health/ready", "/v1/locations/{location}/shipments", "/v1/staging/suggestions",
    "/v1/keys/{key_id}", "/v1/mail/messages/{mail}", "/v1/mail/templates/{mail_type}/{language}",
    "/v1/users/{user}", "/v1/webhooks/{webhook}", "/v1/webhooks/{webhook}/deliveries",
    "/v1/webhooks/{webhook}/deliveries/{delivery}",
})  # fmt: skip


class Reading:
    """Reads all that can be read, of a sample of what there is."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        paths = {path for path, methods in desk.world.paths().items() if "get" in methods}
        known = {*FOUND, *WHOLE, *OPERATORS, *ELSEWHERE}
        if paths ^ known:
            raise WalkError(
                f"read by nobody, or no more: {paths ^ known}; say how in FOUND or WHOLE"
            )

    def look(self, merchant: str, most: int = 1) -> None:
        """Every path for some objects of a merchant; its numbers; and none of them for another."""
        self.desk.sit_for(merchant)
        for path, sql in FOUND.items():
            found = self.desk.rows(sql)
            live = found[-12:] if self.desk.chance(0.7) else found
            share = 3 * most if path in COMPARED else most
            for row in self.desk.random.sample(live, min(share, len(live))):
                self.read(path, row._asdict())
        for path in sorted(WHOLE):
            self.desk.get(path)
        self.places()
        self.lists()

    def read(self, path: str, names: Mapping[str, object]) -> None:
        filled = path.format(**{name: quote(str(value), safe="") for name, value in names.items()})
        client = self.desk.clients[self.desk.merchant]
        answer = client.get(filled)
        if answer.status_code != 200:
            raise WalkError(f"GET {filled}: {answer.status_code} {answer.text}")
        if path not in SHARED:
            other = BOLT if self.desk.merchant == ACME else ACME
            foreign = self.desk.clients[other].get(filled)
            if foreign.status_code != 404:
                raise WalkError(f"{other} reads {filled}: {foreign.status_code} {foreign.text}")
        if compare := COMPARED.get(path):
            compare(self.desk, names, answer.json())

    def places(self) -> None:
        for path in sorted(OPERATORS):
            filled = path.format(location="vienna", name=self.desk.merchant)
            answer = self.desk.operate("GET", filled)
            if answer.status_code != 200 and "letterhead" not in path:
                raise WalkError(f"GET {filled}: {answer.status_code} {answer.text}")
        for place in ("vienna", "graz", "linz"):
            self.desk.get(f"/v1/staging/suggestions?location={place}")
            self.desk.get(f"/v1/locations/{place}/shipments")

    # --- lists ---

    def lists(self) -> None:
        """A filter finds what it says, all of it, and nothing of anybody else."""
        for query, condition in LISTED.items():
            sql = f"SELECT o.number FROM orders o WHERE o.merchant = :m AND {condition}"
            expected = {row.number for row in self.desk.rows(sql)}
            told = self.all_of(f"/v1/orders{query}", "number")
            agree(f"/v1/orders{query}", sorted(told), sorted(expected))
        self.rows_of_orders()
        tasks = {row.id for row in self.desk.rows(OPEN_TASKS)}
        agree("/v1/tasks", sorted(self.all_of("/v1/tasks", "id")), sorted(tasks))
        due = {row.id for row in self.desk.rows(DUE)}
        agree("/v1/payments?status=due", sorted(self.all_of("/v1/payments?status=due", "id")),
              sorted(due))  # fmt: skip
        self.stock()

    def rows_of_orders(self) -> None:
        """A row says how many units are to go and allocated; all of them: it is fulfillable."""
        expected = {row.number: (row.to_go, row.allocated) for row in self.desk.rows(TO_GO)}
        told = self.items_of("/v1/orders")
        agree("units of /v1/orders",
              {row["number"]: (row["to_go"], row["allocated"]) for row in told},
              expected)  # fmt: skip
        whole = {number for number, (to_go, held) in expected.items() if to_go and to_go == held}
        full = set(self.all_of("/v1/orders?fulfillable=true", "number"))
        if whole - full:
            raise WalkError(f"allocated as a whole, and not fulfillable: {whole - full}")
        some = set(self.all_of("/v1/orders?partially_fulfillable=true", "number"))
        held = {number for number, (to_go, units) in expected.items() if 0 < units < to_go}
        if full & some or held - full - some:
            raise WalkError(f"fulfillable {full}, partially {some}, and something of {held}")

    def all_of(self, path: str, name: str) -> list[Any]:
        """The name of each item on every page."""
        return [item[name] for item in self.items_of(path)]

    def items_of(self, path: str) -> list[Json]:
        """The items of every page."""
        found: list[Json] = []
        joint = "&" if "?" in path else "?"
        page = self.desk.get(f"{path}{joint}limit=50")
        while True:
            found += page["items"]
            if page["next"] is None:
                return found
            page = self.desk.get(f"{path}{joint}limit=50&cursor={page['next']}")

    def stock(self) -> None:
        shelf = {(row.sku, row.location): tuple(row[2:]) for row in self.desk.rows(SHELF)}
        told: dict[tuple[str, str], tuple[int, ...]] = {}
        for item in self.desk.get("/v1/stock?limit=50")["items"]:
            for at in item["locations"]:
                if any(at[name] for name in COUNTS):
                    told[item["sku"], at["location"]] = tuple(at[name] for name in COUNTS)
                if at["available"] != at["on_hand"] - at["allocated"]:
                    raise WalkError(f"available: {item['sku']} {at}")
        agree("/v1/stock", told, {where: n for where, n in shelf.items() if any(n)})


COUNTS = ("on_hand", "allocated", "picked", "staged", "inbound", "not_sellable")
SHELF = """
SELECT sku, location, coalesce(sum(on_hand), 0)::int, coalesce(sum(allocated), 0)::int,
       coalesce(sum(picked), 0)::int, coalesce(sum(staged), 0)::int,
       coalesce(sum(inbound), 0)::int, coalesce(sum(other), 0)::int
  FROM (SELECT sku, location, units AS on_hand, 0 AS allocated, 0 AS picked, 0 AS staged,
               0 AS inbound, 0 AS other
          FROM stock_ledger WHERE merchant = :m AND disposition = 'sellable'
        UNION ALL
        SELECT sku, location, 0, 0, 0, 0, 0, units
          FROM stock_ledger WHERE merchant = :m AND disposition <> 'sellable'
        UNION ALL
        SELECT sku, location, 0, 0, 0, 0, ordered - received - closed, 0
          FROM supply WHERE merchant = :m AND inbound
        UNION ALL
        SELECT a.sku, a.location, 0, a.units, a.picked, a.staged, 0, 0
          FROM allocation a JOIN shipment_line l ON l.id = a.shipment_line
          JOIN order_line ol ON ol.order_id = l.order_id AND ol.line = l.order_line
         WHERE a.merchant = :m AND ol.managed AND NOT a.drop_ship) moved
 GROUP BY sku, location
"""
OPEN_TASKS = "SELECT id FROM task WHERE merchant = :m AND done_at IS NULL"
DUE = "SELECT id FROM payment_entry WHERE merchant = :m AND status = 'due'"
READY = (
    "o.holds = '{}' AND EXISTS (SELECT 1 FROM shipment s WHERE s.order_id = o.id"
    " AND s.status = 'ready' AND NOT EXISTS (SELECT 1 FROM shipment_line l"
    " WHERE l.shipment = s.id AND l.units > (SELECT coalesce(sum(a.units), 0)"
    " FROM allocation a WHERE a.shipment_line = l.id)))"
)
LISTED = {
    "": "true",
    "?sort=placed_at": "true",
    "?sort=-placed_at": "true",
    "?on_hold=true": "o.holds <> '{}' AND o.finished_at IS NULL",
    "?backordered=true": "o.waiting_units > 0",
    "?status=shipped": "o.status = 'shipped'",
    "?status=awaiting_stock": "o.status = 'awaiting_stock'",
    "?ready=true": READY,
    "?sku=TEA&backordered=true": "o.waiting_units > 0 AND EXISTS (SELECT 1 FROM order_line l"
    " WHERE l.order_id = o.id AND l.sku = 'TEA')",
}
"""Queries, and which orders they find."""


def agree(path: str, told: object, expected: object) -> None:
    if told != expected:
        raise WalkError(f"{path} tells {told}, the database {expected}")


TO_GO = """
SELECT o.number, sum(l.ordered - l.cancelled - l.shipped)::int AS to_go,
       (SELECT coalesce(sum(a.units), 0)::int FROM shipment_line sl
          JOIN allocation a ON a.shipment_line = sl.id WHERE sl.order_id = o.id) AS allocated
  FROM orders o JOIN order_line l ON l.order_id = o.id
 WHERE o.merchant = :m GROUP BY o.id
"""


# --- objects -------------------------------------------------------------------------------------

ORDER_LINES = """
SELECT l.line, l.ordered, l.shipped, l.cancelled,
       (SELECT coalesce(sum(a.units), 0)::int FROM shipment_line sl
          JOIN allocation a ON a.shipment_line = sl.id
         WHERE sl.order_id = l.order_id AND sl.order_line = l.line) AS allocated
  FROM order_line l JOIN orders o ON o.id = l.order_id
 WHERE o.merchant = :m AND o.number = :number ORDER BY l.line
"""
PARTS = """
SELECT s.id, s.status, s.location, sum(l.units)::int AS units
  FROM shipment s JOIN orders o ON o.id = s.order_id
  LEFT JOIN shipment_line l ON l.shipment = s.id
 WHERE o.merchant = :m AND o.number = :number GROUP BY s.id ORDER BY s.id
"""


def compare_order(desk: Desk, names: Mapping[str, object], told: Json) -> None:
    number = names["number"]
    lines = [tuple(row) for row in desk.rows(ORDER_LINES, number=number)]
    fields = ("line", "ordered", "shipped", "cancelled", "allocated")
    agree(f"lines of {number}", [tuple(x[name] for name in fields) for x in told["lines"]], lines)
    for line in told["lines"]:
        parts = ("allocated", "not_yet_received", "backordered", "shipped", "cancelled")
        agree(f"units of {number} {line}", sum(line[name] for name in parts), line["ordered"])
    shipments = [tuple(row) for row in desk.rows(PARTS, number=number)]
    shown = sorted(
        (x["id"], x["status"], x["location"], sum(line["units"] for line in x["lines"]))
        for x in told["shipments"]
    )
    agree(f"shipments of {number}", shown, shipments)
    waits = sum(line["backordered"] for line in told["lines"])
    agree(f"what waits of {number}", told["waiting_units"], waits)


SUMS = """
SELECT coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'capture' AND e.status = 'done'), 0),
       coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'refund' AND e.status = 'done'), 0),
       coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'refund' AND e.status = 'due'), 0),
       coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'void' AND e.status = 'due'), 0)
  FROM orders o LEFT JOIN payment_entry e ON e.order_id = o.id
 WHERE o.merchant = :m AND o.number = :number
"""


def compare_payments(desk: Desk, names: Mapping[str, object], told: Json) -> None:
    (sums,) = desk.rows(SUMS, number=names["number"])
    fields = ("captured_minor", "refunded_minor", "refund_due_minor", "void_due_minor")
    agree(f"payments of {names}", tuple(told["payment"][name] for name in fields),
          tuple(int(each) for each in sums))  # fmt: skip


SUPPLIED = {
    "purchase": ("purchase_order_line", "purchase_order", "ordered"),
    "transfer": ("transfer_line", "transfer", "units"),
    "return": ("return_line", "customer_return", "units"),
}


def compare_supply(kind: str) -> Callable[[Desk, Mapping[str, object], Json], None]:
    table, head, ordered = SUPPLIED[kind]
    came = "u.received + u.over_received" if kind == "purchase" else "u.received"
    sql = (
        f"SELECT l.line, u.sku, u.ordered, {came}, u.closed,"
        f" u.ordered - u.received - u.closed AS outstanding,"
        f" (SELECT coalesce(sum(p.units), 0)::int FROM peg p WHERE p.supply = u.id) AS pegged"
        f" FROM {table} l JOIN {head} h ON h.id = l.{head} JOIN supply u ON u.id = l.supply"
        f" WHERE h.merchant = :m AND h.number = :number ORDER BY l.line"
    )
    fields = ("line", "sku", ordered, "received", "closed", "outstanding", "pegged")

    def compare(desk: Desk, names: Mapping[str, object], told: Json) -> None:
        lines = [tuple(line[name] for name in fields) for line in told["lines"]]
        agree(f"{kind} {names}", lines, [tuple(row) for row in desk.rows(sql, **names)])

    return compare


WAITS = """
SELECT DISTINCT sl.order_line FROM shipment_line sl JOIN shipment s ON s.id = sl.shipment
  JOIN orders o ON o.id = s.order_id
 WHERE o.merchant = :m AND o.number = :number AND s.status IN ('backorder', 'future')
   AND sl.units > (SELECT coalesce(sum(a.units), 0) FROM allocation a
                    WHERE a.shipment_line = sl.id)
"""


def compare_explanation(desk: Desk, names: Mapping[str, object], told: Json) -> None:
    """Every line that waits is explained, with a reason."""
    explained = {row["line"] for row in told["waiting"] if row["reasons"]}
    waits = {row.order_line for row in desk.rows(WAITS, number=names["number"])}
    if waits - explained:
        raise WalkError(f"{names} does not say why {waits - explained} wait: {told}")


def compare_shipment(desk: Desk, names: Mapping[str, object], told: Json) -> None:
    (row,) = desk.rows("SELECT status, location FROM shipment WHERE id = :shipment", **names)
    agree(f"shipment {names}", (told["status"], told["location"]), tuple(row))


COMPARED: Mapping[str, Callable[[Desk, Mapping[str, object], Json], None]] = {
    "/v1/orders/{number}": compare_order,
    "/v1/orders/{number}/explanation": compare_explanation,
    "/v1/orders/{number}/payments": compare_payments,
    "/v1/shipments/{shipment}": compare_shipment,
    "/v1/purchase-orders/{number}": compare_supply("purchase"),
    "/v1/transfers/{number}": compare_supply("transfer"),
    "/v1/returns/{number}": compare_supply("return"),
}
