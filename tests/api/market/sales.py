"""Orders come in, and people and channels change them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from tests.api.market.desk import PLACES, Desk, Json, WalkError
from tests.api.world import ADDRESS

POLICIES: tuple[Json, ...] = (
    {}, {}, {}, {"max_shipments": 1}, {"max_shipments": 1}, {"max_shipments": 2},
    {"max_shipments": 2, "hold_if_due_within_days": 4},
    {"release_when": "all_sourced", "future_inventory": True}, {"future_inventory": True},
    {"auto_allocate": "complete_only"}, {"auto_allocate": "never"},
    {"auto_allocate": "due_within", "auto_allocate_within_days": 3},
    {"min_po_status": "approved"}, {"min_po_status": "arrived"}, {"on_shortage": "assign_nothing"},
    {"on_shortage": "remove"}, {"on_shortage": "reject"}, {"prepare": "manual"},
    {"verify": "manual"}, {"auto_cancel_days": 3},
)  # fmt: skip
CURRENCIES = (None, None, "EUR", "JPY", "KWD")
PRICES = (100, 250, 999, 999, None)
ANY = "SELECT id, number, revision FROM orders WHERE merchant = :m ORDER BY id"
LIVE = ANY.replace("ORDER", "AND finished_at IS NULL ORDER")
OF_AN_ORDER = "/v1/orders/{number}"
ELSEWHERE = frozenset({
    "", "/payments", "/lines/{line}/exchange-returned", "/links", "/links/{link}/revoke",
})  # fmt: skip
"""What is asked behind an order's path by other deeds than `act`."""


def today() -> date:
    return datetime.now(UTC).date()


def in_days(days: int) -> str:
    return (today() + timedelta(days=days)).isoformat()


class Sales:
    """What shops, channels and people ask of orders."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    # --- intake ---

    def take(self) -> None:
        body = self.order()
        if self.desk.ask("POST", "/v1/orders", body).is_success and self.desk.chance(0.5):
            worth = sum(
                line["quantity"] * (line["unit_price_minor"] or 0) for line in body["lines"]
            )
            paid = {"kind": "authorise", "amount_minor": worth or 100, "reference": "auth"}
            self.desk.ask("POST", f"/v1/orders/{body['number']}/payments", paid)

    def take_batch(self) -> None:
        orders = [self.order() for _ in range(self.desk.units(4))]
        if self.desk.chance(0.4):
            orders.append(orders[0])
        if self.desk.chance(0.3):
            orders.append(self.order() | {"lines": [{"line": 1, "sku": "NONE", "quantity": 1}]})
        answer = self.desk.ask("POST", "/v1/orders/batch", {"orders": orders})
        assert answer.status_code == 200, answer.text

    def order(self) -> Json:
        chance = self.desk.random
        body: Json = {
            "number": self.desk.number("O"),
            "lines": [self.line(n) for n in range(1, self.desk.units(3) + 1)],
            "priority": chance.choice((10, 50, 50, 50)),
            "policy": chance.choice(POLICIES),
            "currency": chance.choice(CURRENCIES),
            "address": ADDRESS if self.desk.chance(0.95) else {},
            "customer_reference": f"ref-{chance.randint(1, 5)}",
        }
        if self.desk.chance(0.2):
            where = chance.choice(("lock_location", "pickup_location"))
            body[where] = self.desk.place()
        if self.desk.chance(0.3):
            moment = datetime.now(UTC) - timedelta(minutes=self.desk.units(9999))
            body["placed_at"] = moment.isoformat()
        if self.desk.chance(0.2):
            body["ship_by"] = in_days(self.desk.units(9))
        return body

    def line(self, number: int) -> Json:
        line: Json = {
            "line": number,
            "sku": self.desk.sku(),
            "quantity": self.desk.units(5),
            "unit_price_minor": self.desk.random.choice(PRICES),
        }
        if line["sku"] == "TEA" and self.desk.chance(0.2):
            line |= {"pack": "carton", "quantity": 1}
        return line

    # --- a channel's edit ---

    def edit(self) -> None:
        order = self.desk.one(LIVE)
        if order is None:
            return
        known = self.desk.rows(
            "SELECT line, sku, ordered - cancelled AS units, unit_price_minor AS price"
            " FROM order_line WHERE order_id = :id ORDER BY line",
            id=order.id,
        )
        lines = [
            {"line": row.line, "sku": row.sku, "quantity": row.units, "unit_price_minor": row.price}
            for row in known
            if row.units and self.desk.chance(0.85)
        ]
        for line in lines:
            if self.desk.chance(0.4):
                line["quantity"] = self.desk.units(6)
            if self.desk.chance(0.2):
                line["unit_price_minor"] = self.desk.random.choice(PRICES)
        if self.desk.chance(0.4):
            lines.append(self.line(max(row.line for row in known) + 1))
        body: Json = {"revision": order.revision + self.desk.units(2), "lines": lines}
        if self.desk.chance(0.2):
            body["address"] = ADDRESS | {"city": "Graz"}
        self.desk.ask("PUT", f"/v1/orders/{order.number}", body)

    # --- people ---

    def act(self) -> None:
        order = self.desk.one(LIVE if self.desk.chance(0.95) else ANY)
        if order is None:
            return
        lines = self.desk.rows(
            "SELECT line, sku FROM order_line WHERE order_id = :id ORDER BY line", id=order.id
        )
        verb, path, body = self.desk.random.choice(list(self.deeds(lines)))
        if path == "/cancel" and body is None and self.desk.chance(0.7):
            return
        look = "?preview=true" if path != "/stage" and self.desk.chance(0.15) else ""
        self.desk.ask(verb, f"/v1/orders/{order.number}{path}{look}", body)

    def knows_all(self) -> None:
        """Whatever the API lets people do to an order is among the deeds."""
        asked = {path for _, path, _ in self.deeds([SimpleNamespace(line="{line}", sku="TEA")])}
        there = {
            path.removeprefix(OF_AN_ORDER)
            for path, methods in self.desk.world.paths().items()
            if path.startswith(OF_AN_ORDER) and methods.keys() - {"get"}
        }
        if missing := there - asked - ELSEWHERE:
            raise WalkError(f"nobody asks for {sorted(missing)}: add them to `Sales.deeds`")

    def deeds(self, lines: list[Any]) -> Iterator[tuple[str, str, Any]]:
        chance, units = self.desk.random, self.desk.units
        for path in (
            "verify", "unhold", "unhold", "cancel", "allocate", "unallocate", "resume-allocation",
            "resume-allocation", "split", "remove-unavailable", "back-to-ship", "consent-to-delay",
        ):  # fmt: skip
            yield "POST", f"/{path}", None
        yield "POST", "/hold", {"reason": chance.choice(("fraud", "call"))}
        yield "POST", "/priority", {"priority": chance.choice((5, 50, 50, 90))}
        yield "POST", "/lock", {"location": chance.choice((*PLACES, None, None))}
        yield "POST", "/cancel-date", {"on": chance.choice(("never", None, in_days(units(3))))}
        yield "PUT", "/address", {"address": ADDRESS | {"city": "Linz"}}
        for policy in chance.sample(POLICIES, 2):
            yield "PATCH", "/policy", {"set": policy, "unset": chance.choice(([], ["verify"]))}
        new = self.line(0)
        yield "POST", "/lines", {name: new[name] for name in new if name != "line"}
        for line in lines:
            yield from self.deeds_of(line)

    def deeds_of(self, line: Any) -> Iterator[tuple[str, str, Any]]:
        chance, units, n = self.desk.random, self.desk.units, line.line
        yield "POST", f"/lines/{n}/quantity", {"units": units(7)}
        yield "POST", f"/lines/{n}/exchange", {"sku": self.desk.sku(), "units": units(2)}
        yield "POST", f"/lines/{n}/exchange", {"sku": self.desk.sku()}
        yield "POST", "/cancel", {"lines": [{"line": n, "units": units(3)}]}
        yield "POST", "/cancel", {"lines": [{"line": n}]}
        for path in ("allocate", "unallocate", "resume-allocation", "mark-backordered"):
            yield "POST", f"/{path}", {"line": n}
        chosen = {"line": n, "channel": chance.choice(("pick", "drop_ship", "pickup"))}
        yield "POST", "/prepare", {"lines": [chosen | {"location": self.desk.place()}]}
        yield "POST", "/prepare", {"lines": [{"line": n, "channel": "backorder"}]}
        staged: Json = {"location": self.desk.place(), "lines": [{"line": n, "units": units(3)}]}
        yield "POST", "/stage", staged
        yield "POST", "/unstage", staged
        yield "POST", "/pins", {"line": n, "pins": []}
        coming = self.desk.rows(
            "SELECT document, kind FROM supply WHERE merchant = :m AND sku = :sku AND inbound"
            " ORDER BY id DESC LIMIT 4",
            sku=line.sku,
        )
        for supply in coming:
            pin: Json = {"document": supply.document, "kind": supply.kind}
            if self.desk.chance(0.4):
                pin["units"] = units(3)
            yield "POST", "/pins", {"line": n, "pins": [pin]}

    def promise(self) -> None:
        body = {"lines": [self.line(1)], "policy": self.desk.random.choice(POLICIES)}
        self.desk.ask("POST", "/v1/promise", body)
