"""What is bought, comes, moves, comes back and is counted."""

from typing import Any
from urllib.parse import quote

from tests.api.market.desk import Desk, Json
from tests.api.market.sales import in_days

OPEN_ORDERS = """
SELECT number FROM purchase_order WHERE merchant = :m
   AND (status NOT IN ('received', 'closed', 'cancelled') OR id % 4 = 0) ORDER BY id
"""
LINES = """
SELECT l.line, u.sku, u.location, u.ordered - u.received - u.closed AS outstanding
  FROM purchase_order_line l JOIN supply u ON u.id = l.supply
  JOIN purchase_order p ON p.id = l.purchase_order
 WHERE p.merchant = :m AND p.number = :number ORDER BY l.line
"""


class Supply:
    """Purchasing, receiving, moving, taking back and counting."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def a_day(self) -> str | None:
        return self.desk.random.choice((None, in_days(0), in_days(self.desk.units(9)),
                                        in_days(self.desk.units(40))))  # fmt: skip

    # --- purchase orders ---

    def buy(self) -> None:
        lines: list[Json] = [
            {"line": n, "sku": self.desk.sku(), "units": self.desk.units(8),
             "location": self.desk.place()}
            for n in range(1, self.desk.units(3) + 1)
        ]  # fmt: skip
        if self.desk.chance(0.3):
            lines[0]["expected_on"] = in_days(self.desk.units(5))
        body = {
            "number": self.desk.number("P"),
            "supplier": self.desk.random.choice(("Leaf", "Clay")),
            "status": self.desk.random.choice(("draft", "approved", "approved")),
            "expected_on": self.a_day(),
            "over_receipt_percent": self.desk.random.choice((0, 0, 50)),
            "lines": lines,
        }
        self.desk.ask("POST", "/v1/purchase-orders", body)

    def move(self) -> None:
        if order := self.desk.one(OPEN_ORDERS):
            status = self.desk.random.choice(
                ("approved", "approved", "in_transit", "arrived", "arrived", "closed", "cancelled")
            )
            path = f"/v1/purchase-orders/{order.number}/status"
            self.desk.ask("POST", path, {"status": status})

    def amend(self) -> None:
        order = self.desk.one(OPEN_ORDERS)
        if order is None:
            return
        lines = self.desk.rows(LINES, number=order.number)
        line = self.desk.random.choice(lines).line
        add = {"line": len(lines) + 1, "sku": self.desk.sku(), "units": self.desk.units(5),
               "location": self.desk.place()}  # fmt: skip
        body: Json = self.desk.random.choice(
            (
                {"expected_on": self.a_day()},
                {"lines": [{"line": line, "units": self.desk.units(9)}]},
                {"lines": [{"line": line, "expected_on": self.a_day()}]},
                {"add_lines": [add]},
                {"over_receipt_percent": 20},
            )
        )
        self.desk.ask("PATCH", f"/v1/purchase-orders/{order.number}", body)

    def receive(self) -> None:
        order = self.desk.one(OPEN_ORDERS)
        if order is None:
            return
        lines = self.desk.rows(LINES, number=order.number)
        place = self.desk.random.choice(lines).location
        here = [row for row in lines if row.location == place and self.desk.chance(0.8)]
        body = {
            "number": self.desk.number("R"),
            "location": place,
            "lines": [
                {"line": row.line, "units": self.desk.units(row.outstanding + 1)} for row in here
            ],
        }
        answer = self.desk.ask("POST", f"/v1/purchase-orders/{order.number}/receipts", body)
        if answer.is_success and self.desk.chance(0.3):
            path = f"/v1/purchase-orders/{order.number}/receipts"
            again = self.desk.ask("POST", path, body)
            assert again.is_success, again.text

    def reverse(self) -> None:
        sql = "SELECT number FROM receipt WHERE merchant = :m ORDER BY id"
        if receipt := self.desk.one(sql):
            path = f"/v1/receipts/{quote(receipt.number, safe='')}/reverse"
            self.desk.ask("POST", path, {"reason": "miscounted"})

    def draft(self) -> None:
        body = {"location": self.desk.place(), "prefix": f"{self.desk.merchant[0]}D-"}
        self.desk.ask("POST", "/v1/purchase-suggestions/draft", body)

    # --- restocks ---

    def restock(self) -> None:
        known = self.desk.one("SELECT number FROM restock WHERE merchant = :m ORDER BY id")
        number = known.number if known and self.desk.chance(0.6) else self.desk.number("S")
        verb, path, body = self.desk.random.choice(
            (
                ("PUT", "", {"sku": self.desk.sku(), "location": self.desk.place(),
                             "units": self.desk.units(6), "expected_on": self.a_day()}),
                ("POST", "/withdraw", None),
                ("POST", "/arrive", {"units": self.desk.units(4)}),
            )
        )  # fmt: skip
        self.desk.ask(verb, f"/v1/restocks/{number}{path}", body)

    # --- transfers ---

    def transfer(self) -> None:
        source, destination = self.desk.random.sample(("vienna", "graz", "linz"), 2)
        body = {
            "number": self.desk.number("T"),
            "source": source,
            "destination": destination,
            "lines": [{"line": 1, "sku": self.desk.sku(), "units": self.desk.units(3)}],
            "expected_on": self.a_day(),
            "ship": self.desk.chance(0.5),
        }
        self.desk.ask("POST", "/v1/transfers", body)

    def move_transfer(self) -> None:
        found = self.desk.one(
            "SELECT t.number, u.ordered AS units FROM transfer t"
            " JOIN transfer_line l ON l.transfer = t.id JOIN supply u ON u.id = l.supply"
            " WHERE t.merchant = :m AND (t.status IN ('planned', 'in_transit') OR t.id % 4 = 0)"
            " ORDER BY t.id"
        )
        if found is None:
            return
        came = {"number": self.desk.number("R"),
                "lines": [{"line": 1, "units": self.desk.units(found.units)}]}  # fmt: skip
        verb, path, body = self.desk.random.choice(
            (
                ("POST", "/ship", None), ("POST", "/receipts", came), ("POST", "/receipts", came),
                ("POST", "/close", None), ("POST", "/cancel", None),
                ("PATCH", "", {"expected_on": self.a_day()}),
            )
        )  # fmt: skip
        self.desk.ask(verb, f"/v1/transfers/{found.number}{path}", body)

    # --- returns ---

    def announce(self) -> None:
        row = self.desk.one(
            "SELECT o.number, l.line, l.sku, l.shipped FROM order_line l"
            " JOIN orders o ON o.id = l.order_id WHERE o.merchant = :m AND l.shipped > 0"
            " ORDER BY l.order_id, l.line"
        )
        if row is None:
            return
        line: Json = {"line": 1, "sku": row.sku, "units": self.desk.units(row.shipped)}
        body: Json = {"number": self.desk.number("B"), "location": self.desk.place(),
                      "lines": [line], "expected_on": self.a_day()}  # fmt: skip
        if self.desk.chance(0.7):
            body["order"] = row.number
            if self.desk.chance(0.5):
                line["order_line"] = row.line
        self.desk.ask("POST", "/v1/returns", body)

    def take_back(self) -> None:
        found = self.desk.one(
            "SELECT t.number, u.ordered AS units FROM customer_return t"
            " JOIN return_line l ON l.customer_return = t.id JOIN supply u ON u.id = l.supply"
            " WHERE t.merchant = :m AND (t.status = 'announced' OR t.id % 4 = 0) ORDER BY t.id"
        )
        if found is None:
            return
        how = self.desk.random.choice(("sellable", "damaged", "quarantine", "scrapped"))
        line = {"line": 1, "units": self.desk.units(found.units), "disposition": how}
        if self.desk.chance(0.8):
            body: Any = {"number": self.desk.number("R"), "lines": [line]}
            self.desk.ask("POST", f"/v1/returns/{found.number}/receipts", body)
        else:
            self.desk.ask("POST", f"/v1/returns/{found.number}/close")

    # --- what is there ---

    def adjust(self) -> None:
        units = self.desk.random.choice((1, 2, 3, 5, 8, -1, -2))
        how = self.desk.random.choice(("sellable",) * 6 + ("damaged", "quarantine"))
        row: Json = {"sku": self.desk.sku(), "location": self.desk.place(), "units": units}
        body = {"adjustments": [row | {"reason": "walk", "disposition": how}]}
        answer = self.desk.ask("POST", "/v1/stock/adjustments", body)
        if answer.is_success:
            where = (self.desk.merchant, row["sku"], row["location"], how)
            with self.desk.log.lock:
                self.desk.log.adjusted[where] += units

    def count(self) -> None:
        row: Json = {"sku": self.desk.sku(), "counted": self.desk.units(8) - 1}
        if self.desk.chance(0.2):
            row["disposition"] = "damaged"
        body = {"number": self.desk.number("C"), "location": self.desk.place(), "lines": [row]}
        self.desk.ask("POST", "/v1/counts", body)
