"""Money, and what is settled for a merchant, its goods and places."""

from tests.api.market.desk import PLACES, Desk, Json
from tests.api.market.sales import ANY, in_days
from tests.api.world import ACME, BOLT

KINDS = ("authorise", "capture", "capture", "refund", "void", "invoice")
KNOBS: tuple[Json, ...] = (
    {"rebalance": "off"}, {"rebalance": "unpicked"}, {"rebalance": "waiting"},
    {"routing": "location_priority"}, {"routing": "fewest_locations"},
    {"auto_allocate_on": "po_status"}, {"auto_allocate_on": "any_supply"}, {"max_shipments": 2},
    {"default_backorder_days": 9}, {"future_inventory": True}, {"min_po_status": "in_transit"},
    {"archive_after_days": 90},
)  # fmt: skip
NAMES = ("rebalance", "routing", "auto_allocate_on", "max_shipments", "future_inventory",
         "min_po_status")  # fmt: skip
GOODS: dict[str, Json] = {
    "TEA": {"packs": {"carton": 12}},
    "CUP": {},
    "STRICT": {"allow_backorder": False},
    "LIMITED": {"backorder_limit": 5},
    "CARD": {"manage_stock": False},
}
CHANGES: tuple[Json, ...] = (
    {}, {}, {"active": False}, {"manage_stock": False}, {"manage_stock": True},
    {"allow_backorder": False}, {"backorder_limit": 3}, {"future_inventory": False},
    {"packs": {"carton": 6}}, {"packs": {}}, {"packs": {"carton": 10, "box": 4}},
)  # fmt: skip


class Office:
    """Payments, products, places and settings."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    # --- money ---

    def pay(self) -> None:
        """What the shop tells; references are few, so that some come twice."""
        if order := self.desk.one(ANY):
            body: Json = {
                "kind": self.desk.random.choice(KINDS),
                "amount_minor": self.desk.random.choice((100, 250, 999, 1998, 5000)),
            }
            if self.desk.chance(0.7):
                body["reference"] = f"pay_{self.desk.units(3)}"
            self.desk.ask("POST", f"/v1/orders/{order.number}/payments", body)

    def settle(self) -> None:
        due = self.desk.one(
            "SELECT id FROM payment_entry WHERE merchant = :m"
            " AND (status = 'due' OR id % 6 = 0) ORDER BY id"
        )
        if due:
            body: Json = {"status": self.desk.random.choice(("done", "done", "failed"))}
            if self.desk.chance(0.7):
                body["reference"] = f"pay_{self.desk.units(4)}"
            self.desk.ask("POST", f"/v1/payments/{due.id}/settle", body)

    # --- goods ---

    def product(self) -> None:
        sku = self.desk.random.choice(tuple(GOODS))
        body = {"name": sku, "supplier": "Leaf"} | GOODS[sku] | self.desk.random.choice(CHANGES)
        self.desk.ask("PUT", f"/v1/products/{sku}", body)

    # --- places ---

    def place(self) -> None:
        """Mostly open; one of them closes, opens, or serves with another priority."""
        place = self.desk.random.choice(PLACES)
        body: Json = {
            "name": place,
            "active": self.desk.chance(0.75),
            "handling_days": self.desk.random.choice((0, 0, 2)),
        }
        if self.desk.chance(0.5):
            merchant = self.desk.random.choice((ACME, BOLT))
            body["serves"] = {merchant: self.desk.random.randint(0, 3)}
        self.desk.operate("PUT", f"/v1/locations/{place}", body)

    def closure(self) -> None:
        path = f"/v1/locations/{self.desk.place()}/closures/{in_days(self.desk.units(5))}"
        verb = self.desk.random.choice(("PUT", "PUT", "DELETE"))
        self.desk.operate(verb, path, {"reason": "walk"} if verb == "PUT" else None)

    # --- settings ---

    def settings(self) -> None:
        if self.desk.chance(0.7):
            self.desk.ask("PATCH", "/v1/settings", self.desk.random.choice(KNOBS))
        else:
            self.desk.ask("DELETE", f"/v1/settings/{self.desk.random.choice(NAMES)}")

    def authorising(self) -> None:
        """Whether payments gate releases at this merchant."""
        body = {
            "name": self.desk.merchant,
            "time_zone": "Europe/Vienna" if self.desk.merchant == ACME else "UTC",
            "currency": "EUR" if self.desk.merchant == ACME else "USD",
            "authorise_before_release": self.desk.chance(0.3),
            "reauthorise_on_release": self.desk.chance(0.5),
        }
        self.desk.operate("PUT", f"/v1/merchants/{self.desk.merchant}", body)
