"""The floor: pick, put back, stage, pack and ship, by shipment and by list."""

from typing import Any

from tests.api.market.desk import Desk, Json

SHIPMENTS = """
SELECT s.id, s.status, o.number AS order FROM shipment s JOIN orders o ON o.id = s.order_id
 WHERE o.merchant = :m AND s.status = ANY(:statuses) ORDER BY s.id
"""
STEPS = {
    "ready": ("pick", "pick", "start-picking", "send-back"),
    "picking": ("pick",),
    "picked": ("pack", "ship", "ship"),
    "packed": ("ship",),
}


class Floor:
    """Who picks and packs; they are told what is allowed, and try some of what is not."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def shipment(self, *statuses: str) -> Any | None:
        return self.desk.one(SHIPMENTS, statuses=list(statuses))

    def work(self) -> None:
        """A next step of a shipment."""
        if found := self.shipment(*STEPS):
            step = self.desk.random.choice(STEPS[found.status])
            self.desk.ask("POST", f"/v1/shipments/{found.id}/{step}", self._label(step))

    def stumble(self) -> None:
        """A step that is seldom the next."""
        if found := self.shipment(*STEPS, "backorder", "future", "shipped"):
            step = self.desk.random.choice(("start-picking", "pick", "pack", "ship", "send-back"))
            self.desk.ask("POST", f"/v1/shipments/{found.id}/{step}", self._label(step))

    def take_back(self) -> None:
        """Something that is said of what has left."""
        found = self.shipment("shipped")
        if found is None:
            return
        path, reason = f"/v1/shipments/{found.id}", {"reason": "Mistaken."}
        where, more = self.desk.random.choice(
            (
                (f"{path}/correct-tracking", {"tracking": f"T{self.desk.units(999)}"}),
                (f"{path}/void-dispatch", {}),
                (f"{path}/void-dispatch", {}),
                (f"{path}/replace", {}),
                (f"/v1/orders/{found.order}/lines/1/exchange-returned", {"sku": self.desk.sku()}),
            )
        )
        self.desk.ask("POST", where, reason | more)

    def work_on_many(self) -> None:
        """The same step of several shipments at once."""
        step = self.desk.random.choice(("pick", "pack", "ship"))
        rows = self.desk.rows(SHIPMENTS, statuses=list(STEPS))
        some = [{"shipment": row.id} for row in rows[-3:]]
        if some:
            self.desk.ask("POST", f"/v1/shipments/{step}", {"shipments": some})

    def _label(self, step: str) -> Json | None:
        if step == "ship" and self.desk.chance(0.5):
            return {"carrier": "manual", "tracking": f"T{self.desk.units(999)}"}
        return None

    # --- lists ---

    def take_work(self) -> None:
        body: Json = {
            "most_shipments": self.desk.units(3),
            "kind": self.desk.random.choice(("ship", "ship", "stage")),
            "picker": "Pia",
        }
        self.desk.ask("POST", f"/v1/locations/{self.desk.place()}/pick-lists", body)

    def work_on_list(self) -> None:
        row = self.desk.one(
            "SELECT l.pick_list, l.shipment, l.order_line, l.units, l.picked"
            " FROM pick_list_line l JOIN pick_list p ON p.id = l.pick_list"
            " JOIN shipment s ON s.id = l.shipment JOIN orders o ON o.id = s.order_id"
            " WHERE o.merchant = :m AND (p.status = 'picking' OR p.id % 5 = 0) ORDER BY l.id"
        )
        if row is None:
            return
        place = {"shipment": row.shipment, "order_line": row.order_line}
        some = {"lines": [place | {"units": self.desk.units(row.units)}]}
        found = {"found": self.desk.random.randint(row.picked, row.units), "reason": "Gone."}
        verb, body = self.desk.random.choice(
            (
                ("confirm", {"all": True}), ("confirm", some), ("confirm", some),
                ("unpick", some), ("unpick", {"all": True}), ("short", place | found),
                ("give-up", None),
            )
        )  # fmt: skip
        self.desk.ask("POST", f"/v1/pick-lists/{row.pick_list}/{verb}", body)

    # --- packages ---

    def package(self) -> None:
        found = self.shipment("picked", "packed")
        if found is None:
            return
        rows = self.desk.rows(
            "SELECT order_line, sum(units)::int AS units FROM shipment_line WHERE shipment = :id"
            " GROUP BY 1 ORDER BY 1",
            id=found.id,
        )
        lines = [
            {"order_line": row.order_line, "units": self.desk.units(row.units)} for row in rows
        ]
        path, number = f"/v1/shipments/{found.id}", self.desk.units(2)
        verb, where, body = self.desk.random.choice(
            (
                ("POST", "/pack", {"packages": [{"lines": lines[:1], "weight_g": 500}]}),
                ("POST", "/pack", {"packages": [{"lines": lines}]}),
                ("PUT", f"/packages/{number}", {"lines": lines}),
                ("DELETE", f"/packages/{number}", None),
                ("POST", "/ship", {"packages": [{"number": number, "tracking": "P1"}]}),
            )
        )
        self.desk.ask(verb, f"{path}{where}", body)

    # --- staging and tasks ---

    def stage(self) -> None:
        row = self.desk.one(
            "SELECT DISTINCT o.number, a.location FROM allocation a"
            " JOIN shipment_line l ON l.id = a.shipment_line JOIN shipment s ON s.id = l.shipment"
            " JOIN orders o ON o.id = s.order_id"
            " WHERE o.merchant = :m AND s.status IN ('backorder', 'future') ORDER BY 1, 2"
        )
        if row is None:
            return
        body: Json = {"location": row.location, "all": True}
        if self.desk.chance(0.4):
            body["container"] = f"BIN-{self.desk.units(30)}"
        verb = "stage" if self.desk.chance(0.75) else "unstage"
        if verb == "unstage":
            body.pop("container", None)
        self.desk.ask("POST", f"/v1/orders/{row.number}/{verb}", body)

    def finish_task(self) -> None:
        if task := self.desk.one("SELECT id FROM task WHERE merchant = :m ORDER BY id"):
            self.desk.ask("POST", f"/v1/tasks/{task.id}/done")
