"""Which benchmarks the table asks, how large, and how long each takes on two quiet processors."""

from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console

from benchmarks.clients.measuring import Sizes as ClientSizes
from benchmarks.intake.running import Sizes
from benchmarks.targets import of_the_store, of_the_system
from benchmarks.targets.row import Row


@dataclass(frozen=True, slots=True)
class Source:
    """A benchmark: its rows, or why there are none, and the minutes that it takes."""

    name: str
    minutes: float
    rows: Callable[[], list[Row]]


def sources(console: Console, *, quick: bool) -> list[Source]:
    """All of them, from those that need a database alone to those that need a whole system."""

    def say(line: str) -> None:
        console.print(f"  {line}", style="dim", markup=False)

    return _quick(console, say) if quick else _full(console, say)


Say = Callable[[str], None]


def _full(console: Console, say: Say) -> list[Source]:
    store, system = of_the_store, of_the_system
    return [
        Source("statements", 0.2, store.statements),
        Source("weight of an order", 1, lambda: store.weight(500)),
        Source("queues, short and long", 3, lambda: store.growth(1_000, 100_000, 15)),
        Source("receipts", 6, lambda: store.receipts(5, 100_000, say)),
        Source("intake to shipped", 10, lambda: system.intake(Sizes(300, 5, 16), say)),
        Source("clients side by side", 8, lambda: system.clients(ClientSizes(500, 5), say)),
        Source("big orders", 4, lambda: system.weeks(1.0, console)),
        Source("orders that wait", 10, lambda: system.waiters([2_000, 10_000], say)),
    ]


def _quick(console: Console, say: Say) -> list[Source]:
    store, system = of_the_store, of_the_system
    return [
        Source("statements", 0.2, store.statements),
        Source("weight of an order", 0.3, lambda: store.weight(100)),
        Source("queues, short and long", 0.6, lambda: store.growth(1_000, 10_000, 3)),
        Source("receipts", 0.5, lambda: store.receipts(1, 10_000, say)),
        Source("intake to shipped", 1.2, lambda: system.intake(Sizes(60, 1, 16, alone=5), say)),
        Source("clients side by side", 1.0, lambda: system.clients(ClientSizes(128, 1), say)),
        Source("big orders", 0.6, lambda: system.weeks(0.05, console)),
        Source("orders that wait", 0.8, lambda: system.waiters([100, 400], say)),
    ]
