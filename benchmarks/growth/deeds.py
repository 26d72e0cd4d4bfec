"""What is asked of a merchant while many wait: each deed once, on the store that it is given."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from benchmarks.receipt.waiting import MERCHANT, PURCHASE, SKU
from fulfillment.store.commands import intake
from fulfillment.store.commands.orders import lifecycle
from fulfillment.store.commands.supply import serving, stock
from fulfillment.store.insight.order import read_explanation
from fulfillment.store.insight.order_page import read_order
from fulfillment.store.insight.promise import read_promise
from fulfillment.store.insight.queue_picture import read_queue_picture
from fulfillment.store.insight.shipment_pages import ShipmentFilter, list_shipments
from fulfillment.store.insight.sku import read_sku_explanation
from fulfillment.store.planning.change import change_order
from fulfillment.store.queue.pending_queues import note_owed
from fulfillment.store.reading.distributing import read_distribution
from fulfillment.store.reading.order_filters import OrderFilter
from fulfillment.store.reading.orders import list_orders
from fulfillment.store.reading.paging import Window
from fulfillment.store.reading.purchase_orders import list_purchase_orders, read_purchase_order
from fulfillment.store.reading.queue_rows import QueueScope
from fulfillment.store.reading.stock import StockFilter, list_stock
from fulfillment.store.reading.suggestions import Wanted, list_suggestions
from fulfillment.store.transactions.session import Command, Store, Tx

PAGE = Window(50)
WRITES, READS = 1.3, 1.5
"""How many times as long each may take where a hundred times as many wait."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that is done again and again: what comes before it is not measured."""

    name: str
    most: float
    do: Callable[[], object]
    before: Callable[[], object] = lambda: None


def purchase_order_page(tx: Tx) -> object:
    """The purchase order with its lines, and how far its goods were given out."""
    return read_purchase_order(tx, PURCHASE), read_distribution(tx, PURCHASE)


class Asked:
    """The deeds of one store in which so many lines wait."""

    def __init__(self, store: Store, lines: int) -> None:
        self.store = store
        self.lines = lines
        self.numbers = count(1)
        self.order = 0

    def deeds(self) -> list[Deed]:
        """All of them: first those that only read, so that all read the same."""
        last = f"O-{self.lines}"
        return [
            self._reading(
                "explain, the 90th", lambda tx: read_explanation(tx, "O-90"), picture=True
            ),
            self._reading("explain, the last", lambda tx: read_explanation(tx, last), picture=True),
            self._reading("promise", lambda tx: read_promise(tx, self._basket()), picture=True),
            self._reading("SKU page", lambda tx: read_sku_explanation(tx, SKU), picture=True),
            self._reading("queue picture", self._picture, picture=True),
            self._reading("stock page", lambda tx: list_stock(tx, PAGE, StockFilter())),
            self._reading("PO list", lambda tx: list_purchase_orders(tx, PAGE)),
            self._reading("PO page", purchase_order_page),
            self._reading("shipments list", lambda tx: list_shipments(tx, PAGE, ShipmentFilter())),
            self._reading("suggestions", lambda tx: list_suggestions(tx, PAGE, Wanted())),
            self._reading("order page", lambda tx: read_order(tx, last)),
            self._reading("orders list", lambda tx: list_orders(tx, OrderFilter(), "rank", PAGE)),
            Deed("first claim", WRITES, self.claim, before=self.take),
            Deed("adjust", WRITES, self.adjust),
            Deed("cancel", WRITES, self.cancel),
            Deed("look again", WRITES, self.serve, before=self.owe),
        ]

    def _reading(self, name: str, body: Callable[[Tx], object], *, picture: bool = False) -> Deed:
        read = self.store.simulate if picture else self.store.read
        return Deed(name, READS, lambda: read(MERCHANT, body))

    def _picture(self, tx: Tx) -> object:
        """With the order that ranks last and its neighbours."""
        return read_queue_picture(tx, QueueScope(SKU), f"O-{self.lines}")

    def _basket(self) -> intake.NewOrder:
        line = intake.NewLine(1, SKU, 1)
        return intake.NewOrder(f"N-{next(self.numbers)}", (line,), address={"city": "Graz"})

    def take(self) -> None:
        """Take an order in that ranks last."""
        taken = intake.create_order(self.store, MERCHANT, self._basket(), "bench")
        self.order = taken.order or 0

    def claim(self) -> None:
        """Make its first claim: it is not pegged while others before it are not."""
        lifecycle.prepare_fulfillment(self.store, MERCHANT, [self.order])

    def adjust(self) -> None:
        """Count a unit in: it goes to the first, whose peg goes to the first without one."""
        stock.adjust(self.store, self._command("adjust"), [stock.Adjustment(SKU, "A", 1, "count")])

    def cancel(self) -> None:
        """Cancel one that is pegged, from the middle of those."""
        number = f"O-{self.lines // 4 + next(self.numbers)}"
        change_order(self.store, self._command("cancel"), lifecycle.cancel(number))

    def owe(self) -> None:
        """Say that the queue is to be served."""
        self.store.transact(MERCHANT, lambda tx: note_owed(tx, [SKU]))

    def serve(self) -> None:
        """Serve the queue, in which nothing is to be done."""
        serving.serve_due(self.store, MERCHANT)

    def _command(self, verb: str) -> Command:
        return Command(MERCHANT, verb, f"{verb}:{next(self.numbers)}", "bench")
