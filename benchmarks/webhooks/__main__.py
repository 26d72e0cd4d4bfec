"""How many deliveries are made and sent in a second: see README.md."""

import multiprocessing
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.queues import Queue
from pathlib import Path

import typer
from rich.console import Console

from benchmarks.webhooks.processes import receive, send_until_ended
from cli.exit_status import run_and_end
from deliveries.webhooks.signing import new_secret
from embedded.postgres import EmbeddedPostgres
from fulfillment.sealing import Sealer, new_key
from fulfillment.store import migrations
from fulfillment.store.commands.catalogue import NewMerchant, put_merchant
from fulfillment.store.commands.webhooks.endpoints import NewEndpoint, make_endpoint
from fulfillment.store.commands.webhooks.fan_out import fan_out_next
from fulfillment.store.transactions.session import Command, Store, connect

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
console = Console()

MERCHANT = "acme"

EVENTS = """
WITH given AS (UPDATE feed_mark SET last = last + %s RETURNING last - %s AS before)
INSERT INTO feed_event (place, id, merchant, type, version, subject, number, sequence, locations,
                        facts, at)
SELECT g.before + n, gen_random_uuid(), 'acme', 'order.received', 1, 'order', 'SO-' || n, 1, '{A}',
       '{"lines": 1, "units": 24}', now()
  FROM given g, generate_series(1, %s) AS n
"""


@app.command()
def make(
    events: int = typer.Option(20_000, min=1, help="Events of one merchant."),
    endpoints: int = typer.Option(3, min=1, help="Endpoints that want each of them."),
) -> None:
    """Deliveries a second that are made of the feed."""
    with _database() as url:
        store = Store(connect(url))
        _endpoints(store, ["https://hooks.example/"] * endpoints, new_key())
        _told(store, events)
        began, made = time.monotonic(), _fan_out(store)
        took = time.monotonic() - began
        store.engine.dispose()
    console.print(f"{made} deliveries made in {took:.1f} s: {made / took:.0f} a second")


@app.command()
def send(
    events: int = typer.Option(5_000, min=1, help="Events of one merchant."),
    endpoints: int = typer.Option(8, min=1, help="Endpoints that want each of them."),
    processes: int = typer.Option(1, min=1, help="Processes that send."),
) -> None:
    """Deliveries a second that are sent and noted."""
    key = new_key()
    with _database() as url, _receivers() as at:
        store = Store(connect(url))
        _endpoints(store, [at] * endpoints, key)
        _told(store, events)
        made = _fan_out(store)
        began = time.monotonic()
        senders = [
            multiprocessing.get_context("spawn").Process(
                target=send_until_ended, args=(url, key), daemon=True
            )
            for _ in range(processes)
        ]
        for sender in senders:
            sender.start()
        first = None
        while (done := _done(store)) < made:
            first = first or (time.monotonic() if done else None)
            time.sleep(0.1)
        took = time.monotonic() - (first or began)
        for sender in senders:
            sender.terminate()
            sender.join()
        store.engine.dispose()
    console.print(f"{made} deliveries sent in {took:.1f} s: {made / took:.0f} a second")


def _done(store: Store) -> int:
    sql = "SELECT count(*) AS done FROM webhook_delivery WHERE status = 'delivered'"
    return store.read(MERCHANT, lambda tx: int(tx.rows(sql)[0].done))


def _endpoints(store: Store, urls: list[str], key: str) -> None:
    put_merchant(store, NewMerchant(MERCHANT, "Acme"))
    sealer = Sealer([key])
    for at, url in enumerate(urls):
        command = Command(MERCHANT, "make_webhook", f"make:{at}", "bench")
        secret = new_secret()
        new = NewEndpoint(url, ("*",))
        make_endpoint(store, command, new, lambda name, text=secret: sealer.seal(name, text))


def _told(store: Store, events: int) -> None:
    with store.engine.begin() as connection:
        connection.exec_driver_sql(EVENTS, (events, events, events))


def _fan_out(store: Store) -> int:
    made = 0
    while (done := fan_out_next(store)) is not None and done.places:
        made += done.deliveries
    return made


@contextmanager
def _database() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="pegboard-bench-") as folder:
        place = Path(folder)
        place.chmod(0o711)
        with EmbeddedPostgres(place / "postgres") as server:
            server.execute("CREATE DATABASE {name}", name="bench")
            migrations.upgrade(server.url_of("bench"))
            yield server.url_of("bench")


@contextmanager
def _receivers() -> Iterator[str]:
    """One server of many threads, in a process of its own."""
    context = multiprocessing.get_context("spawn")
    ports: Queue[int] = context.Queue()
    process = context.Process(target=receive, args=(ports,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ports.get(timeout=60)}/"
    finally:
        process.terminate()
        process.join()


if __name__ == "__main__":
    run_and_end(app)
