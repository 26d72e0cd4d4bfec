"""Goods move in any order: none come from nothing, and none are lost without a word.

By the audit, and by books that the walk keeps for itself (behaviour.md §9).
"""

import os
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from fulfillment.domain.model.payments import PaymentKind
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands.payments import record
from fulfillment.store.commands.supply.receiving import reverse_receipt
from tests.builders import moves
from tests.builders.warehouse import Warehouse, command, numbers

STEPS_OF_A_WALK = 80
WALKS = max(3, int(os.environ.get("PEGBOARD_STEPS", "0")) // STEPS_OF_A_WALK)
"""With PEGBOARD_STEPS, steps in all, each has a fresh seed."""

SKUS, PLACES = ("K1", "K2"), ("A", "B")


@dataclass
class Taken:
    """A receipt as the walk counted it."""

    document: str
    sku: str
    units: int
    on_hand: int
    reversed: bool = False


class Walk:
    """Does one random thing after the other, and keeps books of its own."""

    def __init__(self, warehouse: Warehouse, seed: int) -> None:
        self.warehouse, self.random = warehouse, random.Random(seed)
        self.managed = dict.fromkeys(SKUS, True)
        self.orders: list[tuple[int, str, int]] = []
        self.sent: dict[str, tuple[str, int]] = {}
        self.lost: Counter[str] = Counter()
        self.announced: dict[str, tuple[str, int]] = {}
        self.bought: dict[str, str] = {}
        self.receipts: dict[str, Taken] = {}
        self.added: Counter[str] = Counter()
        self.left: Counter[str] = Counter()
        self.shipped: Counter[str] = Counter()
        self.done: Counter[str] = Counter()

    def step(self) -> None:
        deeds: list[Callable[[], Any]] = [
            self.ship, self.ship, self.flip, self.transfer, self.come, self.come, self.come,
            self.close, self.announce, self.announce, self.buy, self.reverse, self.reverse,
            self.pay,
        ]  # fmt: skip
        deed = self.random.choice(deeds)
        self.warehouse.clock.now += timedelta(minutes=1)
        try:
            deed()
            self.done[deed.__name__] += 1
        except RefusedError as refusal:
            self.done[refusal.code] += 1
        self.warehouse.serve_due()

    # --- deeds ---

    def ship(self) -> None:
        sku, units = self.random.choice(SKUS), self.random.randint(1, 4)
        if self.warehouse.shipments("ready"):
            return
        order = moves.shipped(self.warehouse, [(sku, units)])
        self.orders.append((order, sku, units))
        self.added[sku] += units
        self.shipped[sku] += units
        self.left[sku] += units if self.managed[sku] else 0

    def flip(self) -> None:
        sku = self.random.choice(SKUS)
        self.warehouse.products(sku, manage_stock=not self.managed[sku])
        self.managed[sku] = not self.managed[sku]

    def transfer(self) -> None:
        sku, units = self.random.choice(SKUS), self.random.randint(1, 4)
        source, to = self.random.sample(PLACES, 2)
        self.warehouse.stock(units, sku, source)
        self.added[sku] += units
        number = moves.transfer(self.warehouse, [(sku, units)], source=source, to=to)
        self.sent[number] = (sku, units)

    def announce(self) -> None:
        sku, units = self.random.choice(SKUS), self.random.randint(1, 4)
        named: dict[str, Any] = {}
        want: tuple[Any, ...] = (sku, units)
        if self.orders and self.random.random() < 0.7:
            order, sku, _ = self.random.choice(self.orders)
            named = {"order": order}
            want = (sku, units, 1) if self.random.random() < 0.5 else (sku, units)
        number = moves.announce(self.warehouse, [want], due=3, **named)
        self.announced[number] = (sku, units)

    def buy(self) -> None:
        sku = self.random.choice(SKUS)
        self.bought[self.warehouse.purchase([(sku, self.random.randint(1, 6))])] = sku

    def come(self) -> None:
        documents = [*self.sent, *self.announced, *self.bought]
        if not documents:
            return
        document, units = self.random.choice(documents), self.random.randint(1, 4)
        number, scrapped = f"GR-{next(numbers)}", False
        whole, damaged = self.random.choice([({1: units}, {}), ({}, {1: units})])
        if document in self.sent:
            sku, _ = self.sent[document]
            moves.receive(self.warehouse, document, whole, number, damaged=damaged)
        elif document in self.announced:
            sku, _ = self.announced[document]
            how = self.random.choice(["sellable", "damaged", "scrapped"])
            scrapped = how == "scrapped"
            moves.take_back(self.warehouse, document, (1, units, how), number=number)
        else:
            sku = self.bought[document]
            self.warehouse.receive(document, whole, number=number, damaged=damaged)
        self.receipts[number] = Taken(document, sku, units, 0 if scrapped else units)

    def close(self) -> None:
        documents = [*self.sent, *self.announced, *self.bought]
        if not documents:
            return
        document = self.random.choice(documents)
        if document in self.sent:
            moves.close(self.warehouse, document)
            self.lost[document] += self.in_transit(document)
        elif document in self.announced:
            moves.end(self.warehouse, document)
            sku, _ = self.announced[document]
            self.announced[document] = (sku, self.came(document))
        else:
            self.warehouse.move(document, "closed")

    def reverse(self) -> None:
        if not self.receipts:
            return
        number = self.random.choice(list(self.receipts))
        reverse_receipt(self.warehouse.store, command("reverse"), number, "miscounted")
        self.receipts[number].reversed = True

    def pay(self) -> None:
        if not self.orders:
            return
        order, *_ = self.random.choice(self.orders)
        kind = self.random.choice([PaymentKind.CAPTURE] * 3 + [PaymentKind.REFUND])
        amount, reference = self.random.choice([3, 5]), self.random.choice(["x_1", "x_2"])
        new = record.NewPayment(kind, amount, reference)
        number = self.warehouse.number(order)
        record.record_payment(self.warehouse.store, command("pay"), number, new)

    # --- the walk's own books ---

    def came(self, document: str) -> int:
        return sum(
            taken.units
            for taken in self.receipts.values()
            if taken.document == document and not taken.reversed
        )

    def in_transit(self, transfer: str) -> int:
        return self.sent[transfer][1] - self.came(transfer) - self.lost[transfer]

    def on_hand(self, sku: str) -> int:
        left = self.left[sku] + sum(units for mine, units in self.sent.values() if mine == sku)
        came = sum(t.on_hand for t in self.receipts.values() if t.sku == sku and not t.reversed)
        return self.added[sku] - left + came

    def check(self, at: str) -> None:
        assert self.warehouse.findings() == [], at
        for sku in SKUS:
            counted = self.warehouse.one(
                "SELECT coalesce(sum(on_hand), 0)::int FROM stock_level WHERE sku = :sku", sku=sku
            )
            assert counted == self.on_hand(sku), (sku, at)
            coming = self.warehouse.one(
                "SELECT coalesce(sum(ordered - received - closed), 0)::int FROM supply"
                " WHERE sku = :sku AND kind = 'transfer' AND inbound",
                sku=sku,
            )
            mine = [number for number, (which, _) in self.sent.items() if which == sku]
            assert coming == sum(map(self.in_transit, mine)), (sku, at)
            back = sum(units for which, units in self.announced.values() if which == sku)
            assert back <= self.shipped[sku], (sku, at)


@pytest.mark.parametrize("seed", range(WALKS))
def test_every_unit_is_accounted_for_when_goods_move_in_any_order(
    warehouse: Warehouse, seed: int
) -> None:
    chosen = seed if "PEGBOARD_STEPS" not in os.environ else random.randrange(10**9)
    walk = Walk(warehouse, chosen)
    for step in range(STEPS_OF_A_WALK):
        walk.step()
        walk.check(f"seed {chosen}, step {step}")
    done = ("ship", "flip", "transfer", "announce", "buy", "come", "close", "reverse", "pay")
    assert chosen != seed or all(walk.done[deed] for deed in done), walk.done
