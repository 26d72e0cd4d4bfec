"""A market: two merchants with shared places, several clients at once, and who serves queues."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from fulfillment.store.commands.administration.keys import Role
from fulfillment.store.commands.catalogue import NewLocation, put_location
from fulfillment.store.commands.orders.lifecycle import prepare_fulfillment
from fulfillment.store.commands.supply import serving
from fulfillment.store.integrity.invariants import audit
from tests.api.market import books
from tests.api.market.customers import Customers
from tests.api.market.desk import MERCHANTS, PLACES, SKUS, Desk, Log, WalkError
from tests.api.market.floor import Floor
from tests.api.market.office import GOODS, Office
from tests.api.market.reading import Reading
from tests.api.market.sales import Sales
from tests.api.market.supply import Supply
from tests.api.world import ACME, BOLT, World

UNCLAIMED = (
    "SELECT id FROM orders WHERE merchant = :m AND NOT first_claimed AND finished_at IS NULL"
    " ORDER BY id"
)
MOST_ROUNDS = 200
"""Batches after which what is owed to a merchant must be served."""


class Trader:
    """One client: does one random thing after the other, for one merchant or the other."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        sales, floor, supply, office = Sales(desk), Floor(desk), Supply(desk), Office(desk)
        customers = Customers(desk)
        weights: dict[Callable[[], None], int] = {
            sales.take: 9, sales.take_batch: 1, sales.edit: 4, sales.act: 18, sales.promise: 1,
            floor.work: 16, floor.stumble: 2, floor.take_work: 5, floor.work_on_list: 9,
            floor.package: 5, floor.stage: 4, floor.finish_task: 2, floor.take_back: 3,
            floor.work_on_many: 2,
            supply.adjust: 9, supply.count: 1, supply.buy: 3, supply.move: 4, supply.amend: 2,
            supply.receive: 6, supply.reverse: 1, supply.draft: 1, supply.restock: 3,
            supply.transfer: 2, supply.move_transfer: 4, supply.announce: 3, supply.take_back: 3,
            office.pay: 6, office.settle: 4, office.product: 2, office.place: 2, office.closure: 1,
            office.settings: 1, office.authorising: 1,
            customers.choose: 4, customers.offer: 1,
            desk.again: 8,
        }  # fmt: skip
        self.deeds = [deed for deed, weight in weights.items() for _ in range(weight)]

    def work(self, steps: int) -> None:
        for _ in range(steps):
            self.desk.sit_for(self.desk.random.choice(MERCHANTS))
            deed = self.desk.random.choice(self.deeds)
            self.desk.log.count(deed.__name__)
            deed()


class Market:
    """The traders, and what must be so after each burst of theirs."""

    def __init__(self, world: World, seed: int, clients: int) -> None:
        self.world, self.log = world, Log()
        self.furnish()
        desks = [Desk(world, f"{seed}/{n}", self.log) for n in range(clients)]
        self.traders = [Trader(desk) for desk in desks]
        self.reader = Desk(world, f"{seed}/reader", self.log)
        self.reading = Reading(self.reader)
        Sales(self.reader).knows_all()
        self.ends = threading.Event()

    def furnish(self) -> None:
        """Every place serves both, with goods of the same names."""
        for at, place in enumerate(PLACES):
            serves = {ACME: at, BOLT: 2 - at}
            put_location(self.world.store, NewLocation(place, place, serves=serves))
        for merchant in (ACME, BOLT):
            client = self.world.client(Role.ADMIN, merchant)
            for sku, more in GOODS.items():
                body = {"name": sku, "supplier": "Leaf"} | more
                assert client.put(f"/v1/products/{sku}", json=body).is_success
        for merchant in (ACME, BOLT):
            for sku in sorted(set(SKUS)):
                self.world.stock(sku, 5, "vienna", merchant)

    def burst(self, steps: int) -> None:
        """Every trader does so many things, at once where there are several."""
        if len(self.traders) == 1:
            for _ in range(steps):
                self.traders[0].work(1)
                self.serve_some()
        else:
            self._at_once(steps)
        self.serve_all()
        self.check()

    def _at_once(self, steps: int) -> None:
        self.ends.clear()
        with ThreadPoolExecutor(len(self.traders) + 1) as pool:
            engine = pool.submit(self._serve_until_the_end)
            asked = [pool.submit(trader.work, steps) for trader in self.traders]
            try:
                for one in asked:
                    one.result()
            finally:
                self.ends.set()
            engine.result()

    # --- the engine ---

    def _serve_until_the_end(self) -> None:
        while not self.ends.wait(0.01):
            self.serve_some()

    def serve_some(self) -> int:
        """One batch for each merchant, as workflows and the replan do it; what is still owed."""
        return sum(self._serve(merchant) for merchant in (ACME, BOLT))

    def _serve(self, merchant: str) -> int:
        store = self.world.store
        new = [row.id for row in store.read(merchant, lambda tx: tx.rows(UNCLAIMED, m=merchant))]
        if new:
            prepare_fulfillment(store, merchant, new)
        return len(new) + serving.serve_due(store, merchant)

    def serve_all(self) -> None:
        for _ in range(MOST_ROUNDS):
            if not self.serve_some():
                return
        raise WalkError("what is owed is never served")

    # --- what must be so ---

    def check(self) -> None:
        found: Sequence[str] = [
            *(f"{one.number} {one.rule}: {one.rows}" for one in audit(self.world.store)),
            *books.wrong(self.world, self.log),
        ]
        if found:
            raise WalkError("\n".join(found))
        for merchant in (ACME, BOLT):
            self.reading.look(merchant)
