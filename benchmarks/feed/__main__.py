"""What the feed costs who decides, and how soon what is committed can be read: see README.md."""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer
from rich.console import Console

from benchmarks.transaction.__main__ import MERCHANT, SKU, a_store
from cli.exit_status import run_and_end
from embedded.postgres import EmbeddedPostgres
from fulfillment.domain.insight.public_events import EventType
from fulfillment.relay.sequencer import Sequencer
from fulfillment.store.commands import intake
from fulfillment.store.feed.reading import Scope, read_events
from fulfillment.store.feed.sequencing import tell_next
from fulfillment.store.reading import snapshot
from fulfillment.store.transactions.session import Store

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
console = Console()
Took = dict[str, list[dict[str, float]]]
"""What each run took, by tree."""

HERE = Path(__file__).parent
TREE = HERE.parents[1]


@app.command()
def cost(
    before: Path = typer.Option(..., help="A checkout from before there was a feed."),
    runs: int = typer.Option(10, min=1, help="Runs of each, one after the other."),
) -> None:
    """CPU seconds of deciding transactions with the feed and before it, by turns."""
    with tempfile.TemporaryDirectory(prefix="pegboard-bench-") as folder:
        place = Path(folder)
        place.chmod(0o711)
        found = _by_turns(place / "postgres", before, runs)
    _tell(found)


def _by_turns(place: Path, before: Path, runs: int) -> Took:
    with EmbeddedPostgres(place) as server:
        urls = {}
        for name, tree in (("before", before), ("after", TREE)):
            server.execute("CREATE DATABASE {name}", name=name)
            urls[name] = server.url_of(name)
            _run(tree, "migrate", urls[name])
        found: Took = {"before": [], "after": []}
        for turn in range(runs + 1):
            pair = (("before", before), ("after", TREE))
            for name, tree in pair if turn % 2 else reversed(pair):
                took = json.loads(_run(tree, "run", urls[name], str(turn)))
                if turn:  # The first run of each only warms up.
                    found[name].append(took)
    return found


def _tell(found: Took) -> None:
    for what in ("client", "server", "wall", "statements"):
        old, new = (statistics.median(one[what] for one in its) for its in found.values())
        console.print(f"{what:>10}: {old:.3f} before, {new:.3f} after, {new / old - 1:+.1%}")
    cpu = [[one["client"] + one["server"] for one in its] for its in found.values()]
    old, new = map(statistics.median, cpu)
    pairs = statistics.median(new / old for old, new in zip(*cpu, strict=True))
    console.print(f"  CPU both: {new / old - 1:+.1%}; by pairs {pairs - 1:+.1%}")


def _run(tree: Path, *words: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(tree.resolve())}
    command = [sys.executable, str(HERE / "deciding.py"), *words]
    done = subprocess.run(
        command, cwd=tree, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


@app.command()
def delay(
    seconds: int = typer.Option(30, min=1, help="How long orders are taken in."),
    rate: int = typer.Option(60, min=1, help="Orders a second that are sent, by four clients."),
) -> None:
    """From the commit of an order until it is read in the feed, while many are taken in."""
    with a_store() as store, running(store) as sequencer:
        told = Store(store.engine, store.clock, sequencer.nudge)
        committed: dict[str, float] = {}
        seen: dict[str, float] = {}
        there: dict[str, float] = {}
        done = threading.Event()
        with ThreadPoolExecutor(5) as pool:
            reader = pool.submit(read, store, (seen, there), done)
            clients = [
                pool.submit(send, told, committed, (client, rate / 4, seconds))
                for client in range(4)
            ]
            for client in clients:
                client.result()
            time.sleep(2)
            done.set()
            reader.result()
    console.print(f"{len(committed)} orders in {seconds} s")
    for what, found in (("its row", there), ("its event", seen)):
        waited = sorted(max(found[number] - then, 0) for number, then in committed.items())
        console.print(
            f"{what:>10} is read: p50 {at(waited, 0.5):.0f} ms, p99 {at(waited, 0.99):.0f} ms,"
            f" longest {waited[-1] * 1000:.0f} ms after the commit"
        )


def at(ordered: list[float], share: float) -> float:
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000


def send(store: Store, committed: dict[str, float], plan: tuple[int, float, int]) -> None:
    client, rate, seconds = plan
    began = time.monotonic()
    for turn in range(int(rate * seconds)):
        pause = began + turn / rate - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        number = f"O-{client}-{turn}"
        new = intake.NewOrder(number, (intake.NewLine(1, SKU, 1),), address={"line1": "x"})
        intake.create_order(store, MERCHANT, new, "bench")
        committed[number] = time.monotonic()


Seen = dict[str, float]


def read(store: Store, found: tuple[Seen, Seen], done: threading.Event) -> None:
    """A reader that asks every ten milliseconds, for events and, as the floor, for plain rows."""
    seen, there = found
    after, scope, last = None, Scope(tuple(EventType)), 0
    while not done.is_set():
        page = snapshot.read(store, MERCHANT, lambda tx, at=after: read_events(tx, at, scope, 200))
        now, after = time.monotonic(), page.upto
        for event in page.events:
            seen.setdefault(event.number, now)
        rows = store.read(MERCHANT, lambda tx, at=last: tx.rows(NEWEST, after=at - 20))
        now = time.monotonic()
        for row in rows:
            there.setdefault(row.number, now)
            last = max(last, row.id)
        if not page.events:
            time.sleep(0.01)


NEWEST = "SELECT id, number FROM orders WHERE id > :after ORDER BY id"


@contextmanager
def running(store: Store) -> Iterator[Sequencer]:
    """A sequencer beside, as processes run it."""
    sequencer = Sequencer(store)
    loop = asyncio.new_event_loop()
    task: list[Any] = []

    def run() -> None:
        asyncio.set_event_loop(loop)
        task.append(loop.create_task(sequencer.run()))
        try:
            loop.run_until_complete(task[0])
        except asyncio.CancelledError:
            loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield sequencer
    finally:
        loop.call_soon_threadsafe(task[0].cancel)
        thread.join()


@app.command()
def backlog(
    orders: int = typer.Option(20_000, min=100, help="Orders that are not told yet."),
) -> None:
    """How fast what was not told is told, when the sequencer was away."""
    with a_store() as store:
        for start in range(0, orders, 500):
            batch = [
                intake.NewOrder(f"O-{n}", (intake.NewLine(1, SKU, 1),), address={"line1": "x"})
                for n in range(start, start + 500)
            ]
            intake.create_orders(store, MERCHANT, batch, "bench")
        began, told, rounds = time.perf_counter(), 0, 0
        while (done := tell_next(store)) is not None and done.taken:
            told, rounds = told + done.told, rounds + 1
        took = time.perf_counter() - began
    console.print(f"{told:,} events in {rounds} rounds, {took:.1f} s: {told / took:,.0f} a second")


if __name__ == "__main__":
    run_and_end(app)
