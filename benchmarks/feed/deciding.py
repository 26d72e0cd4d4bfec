"""What deciding transactions cost in one tree of the program: it runs with that tree on its path.

`python deciding.py migrate URL` makes the tables and the goods, `python deciding.py run URL N` does
the work once and prints what it took. It uses only what the program had before there was a feed.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psutil
from sqlalchemy import event, text

from fulfillment.store import migrations
from fulfillment.store.commands import catalogue, intake
from fulfillment.store.commands.floor import warehouse as floor
from fulfillment.store.commands.orders import lifecycle
from fulfillment.store.commands.supply import purchase_orders, receiving, stock
from fulfillment.store.transactions.session import Command, Store, connect

MERCHANT = "bench"
ORDERS, RECEIPTS = 60, 10


def migrate(store: Store, url: str) -> None:
    migrations.upgrade(url)
    catalogue.put_merchant(store, catalogue.NewMerchant(MERCHANT, "Bench"))
    catalogue.put_location(store, catalogue.NewLocation("A", "A", serves={MERCHANT: 1}))
    goods = [catalogue.NewProduct(sku, sku) for sku in ("HERE", "AWAITED")]
    catalogue.put_products(store, MERCHANT, goods)


class Work:
    """Orders that are there and orders that wait, receipts that fill them, and what leaves."""

    def __init__(self, store: Store, turn: str) -> None:
        self.store, self.turn, self.numbers = store, turn, iter(range(10_000))

    def command(self, verb: str, **content: object) -> Command:
        return Command(MERCHANT, verb, f"{verb}:{self.turn}:{next(self.numbers)}", "bench", content)

    def prepare(self) -> None:
        moved = [stock.Adjustment("HERE", "A", 10 * ORDERS, "count")]
        stock.adjust(self.store, self.command("adjust"), moved)
        line = purchase_orders.NewPurchaseLine(1, "AWAITED", ORDERS, "A")
        due = (self.store.clock() + timedelta(days=5)).date()
        new = purchase_orders.NewPurchaseOrder(f"PO-{self.turn}", (line,), expected_on=due)
        purchase_orders.create_purchase_order(self.store, self.command("purchase"), new)

    def do(self) -> None:
        for number in range(ORDERS):
            lines = [intake.NewLine(1, "HERE", 2)]
            lines += [intake.NewLine(2, "AWAITED", 1)] if number % 2 else []
            new = intake.NewOrder(f"O-{self.turn}-{number}", tuple(lines), address={"line1": "x"})
            taken = intake.create_order(self.store, MERCHANT, new, "bench")
            lifecycle.prepare_fulfillment(self.store, MERCHANT, [taken.order])
        for _ in range(RECEIPTS):
            self.receive()
        for row in self.ready():
            floor.pick(self.store, self.command("pick"), row.id)
            floor.ship(self.store, self.command("ship"), row.id)

    def receive(self) -> None:
        number = f"R-{self.turn}-{next(self.numbers)}"
        came = (receiving.ReceivedLine(1, ORDERS // 2 // RECEIPTS),)
        receipt = receiving.Receipt(number, f"PO-{self.turn}", "A", came)
        asked = receiving.receipt_command(MERCHANT, "bench", receipt)
        receiving.receive(self.store, asked, receipt)
        sql = "SELECT id FROM purchase_order WHERE number = :number"
        (row,) = self.store.read(MERCHANT, lambda tx: tx.rows(sql, number=f"PO-{self.turn}"))
        while purchase_orders.serve_receipts(self.store, MERCHANT, row.id):
            pass

    def ready(self) -> list[Any]:
        sql = "SELECT id FROM shipment WHERE status = 'ready' ORDER BY id LIMIT 30"
        return self.store.read(MERCHANT, lambda tx: tx.rows(sql))


def measured(store: Store, do: Callable[[], None]) -> dict[str, float]:
    """CPU seconds of this process and of the one backend that it talks to, and statements."""
    sent = 0

    def note(*_: Any) -> None:
        nonlocal sent
        sent += 1

    with store.engine.connect() as connection:
        backend = psutil.Process(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
    event.listen(store.engine, "before_cursor_execute", note)
    began, ours, theirs = time.perf_counter(), time.process_time(), spent(backend)
    do()
    return {
        "client": time.process_time() - ours,
        "server": spent(backend) - theirs,
        "wall": time.perf_counter() - began,
        "statements": sent,
    }


def spent(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def main() -> None:
    verb, url = sys.argv[1:3]
    store = Store(connect(url, pool_size=1))
    if verb == "migrate":
        migrate(store, url)
        return
    work = Work(store, sys.argv[3])
    work.prepare()
    print(json.dumps(measured(store, work.do)))
    store.engine.dispose()


if __name__ == "__main__":
    main()
