"""What happens to the orders, phase by phase, and whether it adds up."""

import json
import os
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from benchmarks.northwind.client import Api
from benchmarks.northwind.copies import Copies
from benchmarks.northwind.sums import Asked, Counts, Shipped, summary

MERCHANT, LOCATION = "northwind", "main"
PATIENCE = 3600.0
POLL = 0.2
TO_ARRIVE = 600.0
"""Seconds in which all that the workflows are owed has to arrive, once nothing more happens."""

AT_RISK = 40
"""Shipments that leave after a copy of the database was made, before it is put back."""


@dataclass
class Scenario:
    """One run. `run` answers whether something did not add up."""

    folder: Path
    home: Path
    url: Callable[[], str]
    concurrency: int
    console: Console
    copies: Copies | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    counts: Counts = field(default_factory=Counts)
    wrong: list[str] = field(default_factory=list)
    api: Api = field(init=False)
    progress: Progress = field(init=False)

    def run(self) -> bool:
        asked = Asked.of(self.folder)
        self.progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description:28}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.console,
        )
        with self.progress, ThreadPoolExecutor(self.concurrency) as pool:
            self.api = self._sign_in()
            with self._phase("import"):
                self._pegboard("import", "folder", str(self.folder), "--mapping", "northwind",
                               "--create")  # fmt: skip
            with self._phase("every order claims", asked.orders) as bar:
                self._wait_for_claims(asked, bar)
            self._pause("all claimed")
            if self.copies:
                with self._phase("put an older copy back"):
                    self._restore(self.copies, asked, pool)
                self._pause("a copy was put back")
            self._count_waiting()
            with self._phase("ship what is in stock"):
                self._ship_ready(pool)
            self._pause("stock is shipped")
            with self._phase("receive and ship the rest"):
                self._receive_all(pool)
            with self._phase("audit"):
                self._audit()
        self._check(asked)
        return bool(self.wrong)

    # --- phases ----------------------------------------------------------------------------------

    def _sign_in(self) -> Api:
        told = self._pegboard("keys", "create", "--name", "benchmark", "--role", "admin", "--json")
        return Api(self.url, json.loads(told)["key"], MERCHANT, self.concurrency)

    def _wait_for_claims(self, asked: Asked, bar: Callable[[int], None]) -> None:
        def claimed() -> bool:
            received = sum(1 for _ in self.api.pages("/v1/orders", status="received"))
            bar(asked.orders - received)
            return received == 0

        self._wait(claimed, "orders are still `received`")

    def _restore(self, copies: Copies, asked: Asked, pool: ThreadPoolExecutor) -> None:
        """Ship some, forget it, and have a person say that the parcels have left indeed."""
        copies.take()
        left = list(self.api.pages("/v1/shipments", status="ready"))[:AT_RISK]
        list(pool.map(self._ship, [shipment["id"] for shipment in left]))
        copies.put_back(self._reconcile)
        self._wait_for_claims(asked, lambda _: None)
        held = {order["number"] for order in self.api.pages("/v1/orders", status="on_hold")}
        self.counts.held_after_restore = len(held)
        if held != {shipment["order"] for shipment in left}:
            self.wrong.append(f"{len(left)} parcels left after the copy, {len(held)} orders held")
        for number in sorted(held):
            self.api.post(f"/v1/orders/{number}/unhold", f"unhold-{number}", {})

    def _reconcile(self) -> None:
        if not self._call("audit").returncode:
            self.wrong.append("the audit found nothing after an older copy was put back")
        self._pegboard("reconcile")

    def _pause(self, when: str) -> None:
        """While nothing happens: the audit, and a count that asks neither it nor the planner.

        What is on its way to the workflows arrives first; so long it may take, and it is told.
        """
        began = time.monotonic()
        while (done := self._call("audit")).returncode and time.monotonic() < began + TO_ARRIVE:
            time.sleep(POLL)
        self.seconds[f"told: {when}"] = time.monotonic() - began
        if done.returncode:
            self.wrong.append(f"{when}: the audit found something:\n{done.stdout}{done.stderr}")
        idle = [
            stock["sku"]
            for stock in self.api.pages("/v1/stock")
            if stock["available"] and stock["waiting"]
        ]
        if idle:
            self.wrong.append(f"{when}: units lie free beside who waits for them: {idle[:9]}")

    def _count_waiting(self) -> None:
        for order in self.api.pages("/v1/orders"):
            waits = order["waiting_units"]
            self.counts.waited += waits > 0
            self.counts.released_at_once += waits == 0
            self.counts.units_waited += waits
            self.counts.units_at_once += order["ordered"] - waits

    def _ship_ready(self, pool: ThreadPoolExecutor) -> int:
        """Pick and ship every shipment that is ready, until none is."""
        shipped = 0
        while ready := [s["id"] for s in self.api.pages("/v1/shipments", status="ready")]:
            list(pool.map(self._ship, ready))
            shipped += len(ready)
        return shipped

    def _ship(self, shipment: int) -> None:
        self.api.post(f"/v1/shipments/{shipment}/pick", f"pick-{shipment}")
        self.api.post(f"/v1/shipments/{shipment}/ship", f"ship-{shipment}")

    def _receive_all(self, pool: ThreadPoolExecutor) -> None:
        suppliers: dict[str, set[str]] = defaultdict(set)
        for product in self.api.pages("/v1/products"):
            suppliers[product["supplier"]].add(product["sku"])
        bar = self.progress.add_task("  suppliers", total=len(suppliers))
        for index, supplier in enumerate(sorted(suppliers), start=1):
            self._order_from(supplier, f"draft-{index}")
            self._receive_from(supplier, pool)
            done = partial(self._is_served, suppliers[supplier])
            self._wait(done, f"units of {supplier} still wait")
            self._ship_ready(pool)
            self.progress.advance(bar)
        if left := list(self.api.pages("/v1/purchase-suggestions")):
            self.wrong.append(f"{len(left)} suggestions are left when all was bought")

    def _order_from(self, supplier: str, key: str) -> None:
        """Have drafted what should be bought, and approve it."""
        asked = {"supplier": supplier, "prefix": "BENCH-"}
        drafted = self.api.post("/v1/purchase-suggestions/draft", key, asked)
        for order in drafted["purchase_orders"]:
            number = order["number"]
            status = {"status": "approved"}
            self.api.post(f"/v1/purchase-orders/{number}/status", f"approve-{number}", status)
            self.counts.drafted += 1
            self.counts.units_drafted += sum(line["ordered"] for line in order["lines"])

    def _receive_from(self, supplier: str, pool: ThreadPoolExecutor) -> None:
        """Receive all that is open in two parts, and ship between them what the first released."""
        # Listed first: what is received leaves the list while its pages are read.
        approved = [
            order["number"]
            for order in self.api.pages("/v1/purchase-orders", status="approved")
            if order["supplier"] == supplier
        ]
        for number in approved:
            self._receive(number, "A", part=2)
        self._ship_ready(pool)
        for number in approved:
            self._receive(number, "B", part=1)
        self.counts.purchase_orders += len(approved)

    def _receive(self, number: str, receipt: str, part: int) -> None:
        """Receive one part in so many of what is outstanding on each line, rounded up."""
        found = self.api.get(f"/v1/purchase-orders/{number}")
        lines = [
            {"line": line["line"], "units": -(-line["outstanding"] // part)}
            for line in found["lines"]
            if line["outstanding"]
        ]
        if not lines:
            return
        name = f"R-{number}-{receipt}"
        body = {"number": name, "location": LOCATION, "lines": lines}
        self.api.post(f"/v1/purchase-orders/{number}/receipts", name, body)
        self.counts.received += sum(line["units"] for line in lines)
        self.counts.receipts += 1

    def _is_served(self, skus: set[str]) -> bool:
        return not any(s["waiting"] for s in self.api.pages("/v1/stock") if s["sku"] in skus)

    def _audit(self) -> None:
        done = self._call("audit")
        if done.returncode:
            self.wrong.append(f"the audit found something:\n{done.stdout}{done.stderr}")

    # --- sums ------------------------------------------------------------------------------------

    def _check(self, asked: Asked) -> None:
        orders = list(self.api.pages("/v1/orders"))
        shipments = list(self.api.pages("/v1/shipments", status="shipped"))
        on_hand = sum(s["on_hand"] for s in self.api.pages("/v1/stock"))
        shipped = sum(line["units"] for s in shipments for line in s["lines"])
        self._expect("orders", len(orders), asked.orders)
        self._expect("units ordered", sum(o["ordered"] for o in orders), asked.units)
        open_units = sum(o["ordered"] - o["shipped"] - o["cancelled"] for o in orders)
        cancelled = sum(o["cancelled"] for o in orders)
        self._expect("units accounted for", shipped + open_units + cancelled, asked.units)
        self._expect("on hand", on_hand, asked.in_stock + self.counts.received - shipped)
        left = [o["number"] for o in orders if o["status"] != "shipped"]
        self._explain(left)
        per_order = Counter(s["order"] for s in shipments)
        split = sum(number > 1 for number in per_order.values())
        self._show(asked, Shipped(shipped, len(shipments), split, len(left)))

    def _show(self, asked: Asked, shipped: Shipped) -> None:
        self.console.print(summary(asked, self.counts, shipped))
        for name, seconds in self.seconds.items():
            self.console.print(f"{name:28} {seconds:8.1f} s", markup=False)
        self.console.print(f"{'requests':28} {self.api.requests:8,}", markup=False)
        for words in self.wrong:
            self.console.print(f"WRONG: {words}", style="bold red", markup=False)

    def _explain(self, numbers: Iterable[str]) -> None:
        """What is not shipped has to say why."""
        for number in numbers:
            told = self._pegboard("order", "explain", number, "--json", "--merchant", MERCHANT)
            waiting = json.loads(told)["waiting"]
            if not waiting or not all(line["reasons"] for line in waiting):
                self.wrong.append(f"order {number} is not shipped, and nothing says why")

    def _expect(self, what: str, found: int, wanted: int) -> None:
        if found != wanted:
            self.wrong.append(f"{what}: {found:,}, not {wanted:,}")

    # --- means -----------------------------------------------------------------------------------

    @contextmanager
    def _phase(self, name: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
        task = self.progress.add_task(name, total=total)
        began = time.monotonic()
        yield lambda done: self.progress.update(task, completed=done)
        self.seconds[name] = time.monotonic() - began
        self.progress.update(task, total=total or 1, completed=total or 1)

    def _wait(self, done: Callable[[], bool], failure: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not done():
            if time.monotonic() > deadline:
                raise RuntimeError(f"{failure} after {PATIENCE:.0f} s")
            time.sleep(POLL)

    def _pegboard(self, *arguments: str) -> str:
        done = self._call(*arguments)
        if done.returncode:
            raise RuntimeError(f"pegboard {' '.join(arguments)}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def _call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command as a user types it; it finds the system by its home folder."""
        return subprocess.run(
            [sys.executable, "-m", "cli", *arguments],
            env={**os.environ, "PEGBOARD_HOME": str(self.home)},
            capture_output=True,
            text=True,
            check=False,
        )
