"""A walk over what the API says can be done: what is allowed is done, all else refused."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx
from pydantic import TypeAdapter

from fulfillment.domain.insight.impact import Standing, standing
from fulfillment.store.commands.supply import serving
from fulfillment.store.integrity.invariants import audit
from fulfillment.store.records.loading import load_orders
from fulfillment.store.transactions.session import Tx
from tests.api.asking import NOT_LOOKED_AT, OF_A_LINE, PLACES, Json, Try, compared, requests
from tests.api.world import ACME, World, order

SKUS = ("TEA", "TEA", "TEA", "CUP", "CUP", "STRICT", "CARD")
POLICIES: tuple[dict[str, Any], ...] = (
    {},
    {},
    {"max_shipments": 1},
    {"max_shipments": 2},
    {"max_shipments": 2, "hold_if_due_within_days": 4},
    {"release_when": "all_sourced", "future_inventory": True},
    {"auto_allocate": "complete_only"},
    {"auto_allocate": "never"},
    {"min_po_status": "approved"},
    {"on_shortage": "assign_nothing"},
    {"prepare": "manual"},
    {"verify": "manual"},
)
STEPS: dict[str, tuple[str, Json | None]] = {
    "start_picking": ("start-picking", None),
    "pick": ("pick", None),
    "pack": ("pack", None),
    "ship": ("ship", None),
    "send_back": ("send-back", None),
    "correct_tracking": ("correct-tracking", {"tracking": "EP1", "reason": "Wrong."}),
    "void_dispatch": ("void-dispatch", {"reason": "Still here."}),
    "replace": ("replace", {"reason": "Lost."}),
}
LOOKED_AT = ("send_back", "correct_tracking", "void_dispatch", "replace")
"""Steps of a shipment that have a preview."""
NOT_WHAT_IS_THERE = frozenset({"replace"})
"""Steps that may be refused for what the catalogue or the stock says of a SKU."""


class Walk:
    """One warehouse and those who work on it; each step is a deed, and a look at every answer."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.random = world, random.Random(seed)
        self.client = world.client()
        self.numbers: list[str] = []
        self.lists: list[int] = []
        self.purchases: list[tuple[str, str]] = []
        self.documents = 0
        self.revision = 0
        self.ended: set[str] = set()
        self.done: Counter[str] = Counter()

    def begin(self) -> None:
        """Some goods and some who want them."""
        for sku in sorted(set(SKUS)):
            self.world.stock(sku, self.units(5), self.place())
        for _ in range(3):
            self.take_order()

    def step(self) -> None:
        """Something happens, then an order is looked at and one thing of it is done."""
        if self.random.random() < 0.45 or not self.numbers:
            getattr(self, self.random.choice(DEEDS))()
        else:
            number = self.some_order()
            if self.random.random() < 0.4:
                self.look(number)
            self.act(number)

    def some_order(self) -> str:
        """Mostly one that is still to be done."""
        live = [n for n in self.numbers if n not in self.ended]
        return self.random.choice(
            live[-6:] if live and self.random.random() < 0.9 else self.numbers
        )

    def findings(self) -> list[str]:
        """What behaviour.md §9 says must be true, and is not."""
        return [f"{one.number} {one.rule}: {one.rows}" for one in audit(self.world.store)]

    # --- what comes ---

    def take_order(self) -> None:
        wants = [(self.random.choice(SKUS), self.units(4)) for _ in range(self.units(3))]
        self.documents += 1
        more: Json = {
            "policy": self.random.choice(POLICIES),
            "priority": self.random.choice((10, 50, 50)),
        }
        if self.random.random() < 0.2:
            where = self.random.choice(("lock_location", "pickup_location"))
            more[where] = self.random.choice(PLACES)
        body = order(f"O-{self.documents}", *wants, **more)
        if self.any("POST", "/v1/orders", body).status_code < 300:
            self.world.prepare(body["number"])
            self.numbers.append(body["number"])

    def adjust(self) -> None:
        units = self.random.choice((1, 2, 3, 5, -1, -2))
        row = {"sku": self.random.choice(SKUS), "location": self.place(), "units": units}
        body = {"adjustments": [row | {"reason": "count"}]}
        self.any("POST", "/v1/stock/adjustments", body)

    def purchase(self) -> None:
        self.documents += 1
        sku = self.random.choice(SKUS[:5])
        line = {"line": 1, "sku": sku, "units": self.units(6)}
        body = {
            "number": f"P-{self.documents}",
            "status": "approved",
            "expected_on": self.random.choice(("2190-01-01", "2190-02-01")),
            "lines": [line | {"location": self.place()}],
        }
        assert self.any("POST", "/v1/purchase-orders", body).status_code == 201
        self.purchases.append((f"P-{self.documents}", sku))
        if self.random.random() < 0.3:
            path = f"/v1/purchase-orders/{body['number']}/status"
            assert self.any("POST", path, {"status": "arrived"}).is_success

    def receive(self) -> None:
        found = self.get("/v1/purchase-orders?status=approved&status=arrived")["items"]
        if found:
            number = self.random.choice(found)["number"]
            (line,) = self.get(f"/v1/purchase-orders/{number}")["lines"]
            self.documents += 1
            lines = [{"line": 1, "units": self.units(line["outstanding"])}]
            body = {
                "number": f"R-{self.documents}",
                "location": line["location"],
                "lines": lines,
            }
            self.any("POST", f"/v1/purchase-orders/{number}/receipts", body)
            self.serve()

    def serve(self) -> None:
        while serving.serve_due(self.world.store, ACME):
            pass

    def settle(self) -> None:
        knobs = {
            "rebalance": self.random.choice(("waiting", "off", "unpicked")),
            "routing": self.random.choice(("fewest_locations", "location_priority")),
        }
        assert self.any("PATCH", "/v1/settings", knobs).status_code == 200
        self.serve()

    # --- the floor ---

    def take_work(self) -> None:
        body = {
            "most_shipments": self.units(3),
            "kind": self.random.choice(("ship", "ship", "stage")),
        }
        answer = self.any("POST", f"/v1/locations/{self.place()}/pick-lists", body)
        if answer.status_code == 201:
            self.lists.append(answer.json()["id"])

    def work_on_list(self) -> None:
        if not self.lists:
            return
        mine = self.random.choice(self.lists[-4:])
        found = self.get(f"/v1/pick-lists/{mine}")
        rows = [
            {"shipment": sort["shipment"], "order_line": sort["order_line"]}
            for walk in found["walk"]
            for sort in walk["sort"]
        ]
        verb = self.random.choice(("confirm", "confirm", "unpick", "short", "short", "give-up"))
        body: Json | None = {"all": True}
        if rows and verb == "short":
            body = self.random.choice(rows) | {"found": self.units(4) - 1, "reason": "Broken."}
        elif verb == "short":
            return
        elif verb == "give-up":
            body = None
        elif rows and self.random.random() < 0.7:
            body = {"lines": [self.random.choice(rows) | {"units": self.units(3)}]}
        self.any("POST", f"/v1/pick-lists/{mine}/{verb}", body)

    def package(self) -> None:
        found = self.get("/v1/shipments?status=picked&status=packed")["items"]
        if not found:
            return
        one = self.random.choice(found)
        path = f"/v1/shipments/{one['id']}"
        rows = [
            {"order_line": line["line"], "units": self.units(line["units"])}
            for line in one["lines"]
        ]
        number = self.units(2)
        self.any(
            *self.random.choice(
                (
                    ("POST", f"{path}/pack", {"packages": [{"lines": [self.random.choice(rows)]}]}),
                    ("POST", f"{path}/pack", {"packages": [{"lines": rows}]}),
                    ("PUT", f"{path}/packages/{number}", {"lines": rows}),
                    ("DELETE", f"{path}/packages/{number}", None),
                    ("POST", f"{path}/ship", {"packages": [{"number": number}]}),
                )
            )
        )

    # --- what an order says of itself ---

    def look(self, number: str) -> None:
        """Some actions are done and some refused, as the order says."""
        shown = self.get(f"/v1/orders/{number}")
        told = shown["actions"]
        refused = {one["action"]: (one["code"], one["why"]) for one in told["refused"]}
        tries = self.tries(shown)
        compared(shown, tries)
        for action in self.random.sample(sorted(tries), 9):
            asked = tries[action]
            if action in refused:
                self.is_refused(action, number, asked, refused[action])
            elif action not in NOT_LOOKED_AT:
                answers = [self.ask(number, one, preview=True) for one in asked]
                assert any(one.is_success for one in answers), self.said(number, action, answers)
        for shipment in self.random.sample(shown["shipments"], min(2, len(shown["shipments"]))):
            self.look_at_shipment(shipment["id"])
        if self.random.random() < 0.4:
            self.explained(number, shown)

    def is_refused(
        self, action: str, number: str, asked: Sequence[Try], told: tuple[str, str]
    ) -> None:
        preview = action not in NOT_LOOKED_AT and self.random.random() < 0.5
        answers = [self.ask(number, one, preview=preview) for one in asked]
        said = self.said(number, action, answers) + f" told {told}"
        assert all(one.status_code == 409 for one in answers), said
        problems = [(one.json()["code"], one.json()["detail"]) for one in answers]
        if action in OF_A_LINE:
            assert told[0] in {code for code, _ in problems}, said
        else:
            assert problems == [told], said

    def look_at_shipment(self, shipment: int) -> None:
        told = self.get(f"/v1/shipments/{shipment}")["actions"]
        for one in self.random.sample(told["refused"], min(2, len(told["refused"]))):
            path, body = STEPS[one["action"]]
            answer = self.any("POST", f"/v1/shipments/{shipment}/{path}", body)
            problem = answer.json()
            said = f"shipment {shipment} {one}: {answer.status_code} {problem}"
            assert answer.status_code == 409, said
            assert (problem["code"], problem["detail"]) == (one["code"], one["why"]), said
        for action in (set(LOOKED_AT) - NOT_WHAT_IS_THERE) & set(told["allowed"]):
            path, body = STEPS[action]
            looked = self.any("POST", f"/v1/shipments/{shipment}/{path}?preview=true", body)
            assert looked.is_success, f"shipment {shipment} {action}: {looked.text}"

    def explained(self, number: str, shown: Json) -> None:
        """What waits has a reason, and a remedy changes what it says that it would."""
        found = self.get(f"/v1/orders/{number}/explanation")
        wanting = {row["line"] for row in found["waiting"] if row["wanted"]}
        short = {row["line"] for row in shown["lines"] if row["backordered"]}
        assert short <= wanting, (number, shown["lines"], found)
        for row in found["waiting"]:
            assert row["reasons"] or not row["wanted"], (number, row)
        for remedy in found["remedies"]:
            asked = remedy["request"]
            if asked["path"].startswith("/v1/orders/"):
                path = f"{asked['path']}?preview=true"
                answer = self.any(asked["method"], path, asked["body"])
                said = f"{number} {remedy}: {answer.status_code} {answer.text}"
                assert answer.is_success, said
                assert answer.json()["outcomes"] == remedy["changes"], said

    def tries(self, shown: Json) -> Mapping[str, Sequence[Try]]:
        """What to send for each action, of all that the order has."""
        return requests(shown, place=self.place(), revision=self.revision + 1)

    # --- doing ---

    def act(self, number: str) -> None:
        """One deed on the order, mostly of those that it allows; done as its preview said."""
        shown = self.get(f"/v1/orders/{number}")
        if shown["finished_at"]:
            self.ended.add(number)
        live = [one for one in shown["shipments"] if one["actions"]["allowed"]]
        if live and self.random.random() < 0.5:
            self.work(self.random.choice(live)["id"])
            return
        choices, allowed = list(self.choices(shown)), shown["actions"]["allowed"]
        if allowed and self.random.random() < 0.7:
            choices = [one for one in choices if one[0] in allowed]
        action, asked = self.random.choice(choices)
        self.done[action] += 1
        if action == "edit":
            self.revision += 1
        if action in NOT_LOOKED_AT:
            self.ask(number, asked, preview=False)
            return
        self.do_as_looked_at(f"/v1/orders/{number}", action, asked)

    def work(self, shipment: int) -> None:
        allowed = self.get(f"/v1/shipments/{shipment}")["actions"]["allowed"]
        if not allowed:
            return
        step = self.random.choice(allowed)
        self.done[step] += 1
        path, body = STEPS[step]
        if step in LOOKED_AT:
            asked = ("POST", f"/{path}", body)
            self.do_as_looked_at(f"/v1/shipments/{shipment}", step, asked)
            return
        answer = self.any("POST", f"/v1/shipments/{shipment}/{path}", body)
        assert answer.is_success, f"{shipment} {step}: {answer.text}"

    def do_as_looked_at(self, whose: str, action: str, asked: Try) -> None:
        before = self.standings()
        method, path, body = asked
        looked = self.any(method, f"{whose}{path}?preview=true", body)
        assert self.standings() == before, f"{whose} {asked}: a look changed something"
        answer = self.any(method, f"{whose}{path}", body)
        said = f"{whose} {asked}: {looked.status_code} {looked.text}, {answer.text}"
        assert looked.is_success == answer.is_success, said
        if not answer.is_success:
            assert looked.json()["code"] == answer.json()["code"], said
            assert self.standings() == before, said
            self.done[f"{action}: {answer.json()['code']}"] += 1
            return
        after = self.standings()
        told = {one["order"]: (one["before"], one["after"]) for one in looked.json()["outcomes"]}
        made = {n: (before[n], after[n]) for n in after if before[n] != after[n]}
        assert made == told, said

    def choices(self, shown: Json) -> Iterator[tuple[str, Try]]:
        """Whatever can be sent; each action as often as it has ways."""
        for action, asked in self.tries(shown).items():
            if action != "cancel" or self.random.random() < 0.2:
                yield from ((action, one) for one in asked)
        for line in shown["lines"]:
            number, swap = line["line"], self.random.choice(SKUS)
            yield "quantity", ("POST", f"/lines/{number}/quantity", {"units": self.units(6)})
            yield "exchange", ("POST", f"/lines/{number}/exchange", {"sku": swap})
            units = {"line": number, "units": self.units(3)}
            yield "cancel_line", ("POST", "/cancel", {"lines": [units]})
            yield "allocate", ("POST", "/allocate", {"line": number})
            yield "unallocate", ("POST", "/unallocate", {"line": number})
            yield "resume_allocation", ("POST", "/resume-allocation", {"line": number})
            yield "mark_backordered", ("POST", "/mark-backordered", {"line": number})
            staged = {"location": self.place(), "lines": [units]}
            yield "stage", ("POST", "/stage", staged)
            yield "unstage", ("POST", "/unstage", staged)
            for purchase, sku in self.purchases[-4:]:
                if sku == line["sku"]:
                    pins = {"line": number, "pins": [{"document": purchase}]}
                    yield "pins", ("POST", "/pins", pins)
            chosen = {"line": number, "channel": self.random.choice(("pick", "drop_ship"))}
            lines = {"lines": [chosen | {"location": self.place()}]}
            yield "prepare", ("POST", "/prepare", lines)
        yield "lock", ("POST", "/lock", {"location": self.random.choice((*PLACES, None))})
        yield "priority", ("POST", "/priority", {"priority": self.random.choice((5, 50, 90))})
        for knobs in self.random.sample(POLICIES, 2):
            yield "policy", ("PATCH", "/policy", {"set": knobs, "unset": []})
        yield "add_line", ("POST", "/lines", {"sku": self.random.choice(SKUS), "quantity": 2})
        yield "cancel_date", ("POST", "/cancel-date", {"on": "never"})

    # --- asking ---

    def units(self, most: int) -> int:
        return self.random.randint(1, max(most, 1))

    def place(self) -> str:
        return self.random.choice(PLACES)

    def get(self, path: str) -> Json:
        answer = self.client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.text}"
        return dict(answer.json())

    def any(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """Done, or refused with a code: never an answer that tells nothing."""
        answer = self.client.request(method, path, json=body)
        said = f"{method} {path} {body}: {answer.status_code} {answer.text}"
        assert answer.is_success or answer.status_code in (404, 409, 422), said
        assert answer.is_success or answer.json()["code"], said
        return answer

    def ask(self, number: str, asked: Try, *, preview: bool) -> httpx.Response:
        method, path, body = asked
        look = "?preview=true" if preview else ""
        return self.any(method, f"/v1/orders/{number}{path}{look}", body)

    def said(self, number: str, action: str, answers: Sequence[httpx.Response]) -> str:
        return f"{number} {action}: {[(one.status_code, one.text[:300]) for one in answers]}"

    def standings(self) -> Mapping[str, Json]:
        """How every order stands, as a preview tells it."""

        def body(tx: Tx) -> dict[str, Json]:
            ids = [row.id for row in tx.rows("SELECT id FROM orders")]
            found = load_orders(tx, ids).values()
            return {
                one.number: TypeAdapter(Standing).dump_python(standing(one), mode="json")
                for one in found
            }

        return self.world.store.read(ACME, body)


WEIGHTS = {
    "take_order": 6, "adjust": 7, "purchase": 2, "receive": 3, "settle": 1, "take_work": 4,
    "work_on_list": 6, "package": 3,
}  # fmt: skip
DEEDS = [name for name, weight in WEIGHTS.items() for _ in range(weight)]
