"""Wake-ups per second by the relay, against a bare loop of signals: see README.md."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psutil
import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import text
from temporalio.client import Client

from benchmarks.wake import sleeper
from cli.exit_status import run_and_end
from embedded.postgres import EmbeddedPostgres
from embedded.temporal import EmbeddedTemporal, TemporalOptions
from fulfillment.contracts import names
from fulfillment.contracts.messages import Progress
from fulfillment.contracts.payloads import DATA_CONVERTER
from fulfillment.domain.model.statuses import OrderStatus
from fulfillment.relay import relay as relaying
from fulfillment.relay.relay import Relay
from fulfillment.store import migrations
from fulfillment.store.commands import catalogue
from fulfillment.store.transactions import outbox
from fulfillment.store.transactions.session import Store, Tx, connect

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
console = Console(width=120)
MERCHANT, QUEUE = "bench", "sleepers"
Item = TypeVar("Item")


@dataclass
class Bench:
    """The servers, and how much is sent over them."""

    store: Store
    client: Client
    wakes: int
    workflows: int
    seq: int = 0

    def progresses(self) -> list[Progress]:
        """A newer wake for each order; several orders share a workflow."""
        self.seq += 1
        status = OrderStatus.AWAITING_PICK_AND_PACK
        return [
            Progress(n, str(n % self.workflows), self.seq, status, 50, claimed=True)
            for n in range(self.wakes)
        ]

    async def start(self) -> None:
        """Have the workflows run and wait."""
        await self._side_by_side([str(n) for n in range(self.workflows)], self._start_one)

    async def _start_one(self, number: str) -> None:
        id_ = names.order_workflow_id(MERCHANT, number)
        await self.client.start_workflow(sleeper.WORKFLOW, id=id_, task_queue=QUEUE)

    async def bare(self) -> float:
        """Signals per second by a loop that does nothing else, as many at a time as the relay."""
        progresses = self.progresses()
        began = time.perf_counter()
        await self._side_by_side(progresses, self._signal)
        return self.wakes / (time.perf_counter() - began)

    async def _signal(self, progress: Progress) -> None:
        id_ = names.order_workflow_id(MERCHANT, progress.number)
        await self.client.get_workflow_handle(id_).signal(names.PROGRESS, progress)

    async def relayed(self) -> float:
        """Wakes per second by the relay, from the first row taken to the last one deleted."""
        self._owe(self.progresses())

        async def client() -> Client:
            return self.client

        began = time.perf_counter()
        task = asyncio.create_task(Relay(self.store, client, QUEUE).run())
        while await asyncio.to_thread(self._left):  # noqa: ASYNC110 -- the relay tells nobody
            await asyncio.sleep(0.02)
        took = time.perf_counter() - began
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        return self.wakes / took

    def _owe(self, progresses: list[Progress]) -> None:
        def body(tx: Tx) -> None:
            outbox.wake_orders(tx, progresses, MERCHANT)

        self.store.transact(MERCHANT, body)
        with self.store.engine.connect().execution_options(
            isolation_level="AUTOCOMMIT"
        ) as connection:
            connection.execute(text("VACUUM ANALYZE outbox"))

    def _left(self) -> bool:
        sql = "SELECT EXISTS (SELECT 1 FROM outbox)"
        return self.store.read(MERCHANT, lambda tx: bool(tx.rows(sql)[0][0]))

    async def _side_by_side(
        self, items: Iterable[Item], do: Callable[[Item], Awaitable[None]]
    ) -> None:
        todo = iter(items)

        async def one() -> None:
            for item in todo:
                await do(item)

        await asyncio.gather(*(one() for _ in range(relaying.BATCH)))


@contextmanager
def servers() -> Iterator[tuple[Store, EmbeddedTemporal]]:
    """PostgreSQL and Temporal of our own, durable as they would be."""
    with tempfile.TemporaryDirectory(prefix="pegboard-bench-") as folder:
        place = Path(folder)
        place.chmod(0o711)
        options = TemporalOptions(db_file=place / "temporal.db", ui=False)
        with (
            EmbeddedPostgres(place / "postgres") as postgres,
            EmbeddedTemporal(options) as temporal,
        ):
            migrations.upgrade(postgres.url)
            store = Store(connect(postgres.url))
            catalogue.put_merchant(store, catalogue.NewMerchant(MERCHANT, "Bench"))
            yield store, temporal
            store.engine.dispose()


@asynccontextmanager
async def bench(wakes: int, workflows: int) -> AsyncIterator[Bench]:
    """Running workflows, and a client that reaches them."""
    with servers() as (store, temporal):
        process = sleeper.start(temporal.address, QUEUE)
        try:
            client = await Client.connect(temporal.address, data_converter=DATA_CONVERTER)
            made = Bench(store, client, wakes, workflows)
            await made.start()
            yield made
        finally:
            process.terminate()
            process.join()


async def measure(wakes: int, workflows: int, rounds: int) -> None:
    figures: dict[str, list[float]] = {"relay": [], "bare loop": []}
    async with bench(wakes, workflows) as made:
        await made.bare()
        for number in range(1, rounds + 1):
            console.print(f"round {number} of {rounds}: bare loop, relay", style="dim")
            figures["bare loop"].append(await made.bare())
            before = psutil.Process().memory_info().rss
            figures["relay"].append(await made.relayed())
            grown = (psutil.Process().memory_info().rss - before) / 2**20
    show(figures, wakes, grown)


def show(figures: dict[str, list[float]], wakes: int, grown: float) -> None:
    middle = {name: statistics.median(values) for name, values in figures.items()}
    table = Table(title=f"{wakes:,} wakes, per second (median of the rounds)")
    for column in ("relay", "bare loop", "ratio", "memory of the last round"):
        table.add_column(column, justify="right")
    relay, bare = middle["relay"], middle["bare loop"]
    table.add_row(f"{relay:,.0f}", f"{bare:,.0f}", f"{relay / bare:.2f}", f"{grown:+.1f} MB")
    console.print(table)


@app.command()
def main(
    wakes: int = typer.Option(2_000, min=100, help="Outbox rows in each round."),
    workflows: int = typer.Option(1_000, min=1, help="Running workflows that take them."),
    rounds: int = typer.Option(3, min=1, help="Rounds that are counted, after one warm-up."),
) -> None:
    """Deliver wakes as signals to running workflows, and as many signals by a bare loop."""
    asyncio.run(measure(wakes, workflows, rounds))


if __name__ == "__main__":
    run_and_end(app)
