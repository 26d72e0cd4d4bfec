"""A database put back to before thousands of first claims: see README.md."""

import asyncio
import os
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table
from temporalio.client import Client

from benchmarks.northwind.copies import Copies
from cli.exit_status import run_and_end
from cli.host.supervisor import System
from fulfillment.contracts.payloads import DATA_CONVERTER
from fulfillment.relay.audit import audit_both_sides
from fulfillment.relay.reconciling import Asked, reconcile
from fulfillment.settings import Settings
from fulfillment.store.commands import catalogue
from fulfillment.store.commands.intake import NewLine, NewOrder, create_orders
from fulfillment.store.commands.supply import stock
from fulfillment.store.integrity.check import Finding
from fulfillment.store.integrity.invariants import audit
from fulfillment.store.transactions.session import Command, Store, connect

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
console = Console()

MERCHANT, LOCATION, SKUS, TOGETHER = "restored", "main", 200, 200
WANTED = 60.0
"""Seconds in which every order that the database knows has to go on."""

LEFT = "SELECT count(*) AS n FROM orders WHERE NOT first_claimed"
OWED = "SELECT count(*) AS n FROM outbox"


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds from when neither worker nor API ran: to the claims, and to all told of them."""

    claimed_at_first: float
    reconciled: float
    claimed: float
    told: float
    findings: list[Finding]


@app.command()
def main(
    orders: int = typer.Option(3_237, min=1, help="Orders whose claims are forgotten."),
    home: Path | None = typer.Option(None, help="Keep the servers' data and logs here."),
) -> None:
    """Claim for many orders, put the database back to before that, and have them go on."""
    for name in [name for name in os.environ if name.startswith(("TEMPORAL_", "PEGBOARD_"))]:
        del os.environ[name]
    kept = home or Path(tempfile.mkdtemp(prefix="pegboard-restore-"))
    # The database's server does not run as root, and has to reach its folder.
    kept.mkdir(parents=True, exist_ok=True)
    kept.chmod(0o711)
    settings = Settings(home=kept, embedded_durable=False)
    system = System(settings, say=lambda line: console.print(line, style="dim", markup=False))
    try:
        system.start()
        figures = _measured(system, orders)
    finally:
        system.stop()
        if home is None:
            shutil.rmtree(kept, ignore_errors=True)
    _show(orders, figures)
    sys.exit(1 if figures.findings else 0)


def _measured(system: System, orders: int) -> Figures:
    store, copies = Store(connect(system.database_url, pool_size=2)), Copies(system)
    _fill(store)
    with system.services_stopped():
        _take_in(store, orders)
        store.engine.dispose()
        copies.keep()
    began = time.perf_counter()
    _wait(store, "claimed", LEFT)
    _wait(store, "told", OWED)
    claimed_at_first = time.perf_counter() - began
    store.engine.dispose()
    began = time.perf_counter()
    copies.put_back(lambda: asyncio.run(_reconcile(system, store)))
    reconciled = time.perf_counter() - began
    _wait(store, "claimed", LEFT)
    claimed = time.perf_counter() - began
    _wait(store, "told", OWED)
    told = time.perf_counter() - began
    findings = asyncio.run(_audit(system, store))
    store.engine.dispose()
    return Figures(claimed_at_first, reconciled, claimed, told, findings)


def _fill(store: Store) -> None:
    catalogue.put_merchant(store, catalogue.NewMerchant(MERCHANT, MERCHANT))
    catalogue.put_location(store, catalogue.NewLocation(LOCATION, "Main", serves={MERCHANT: 1}))
    skus = [f"R{n}" for n in range(SKUS)]
    catalogue.put_products(store, MERCHANT, [catalogue.NewProduct(sku, sku) for sku in skus])
    counts = [stock.Adjustment(sku, LOCATION, 20, "count") for sku in skus]
    stock.adjust(store, Command(MERCHANT, "adjust", "fill", "bench"), counts)


def _take_in(store: Store, orders: int) -> None:
    new = [
        NewOrder(
            f"R-{n}",
            tuple(
                NewLine(line, f"R{(n * 7 + line * 31) % SKUS}", 1) for line in range(1, 2 + n % 3)
            ),
        )
        for n in range(orders)
    ]
    for at in range(0, orders, TOGETHER):
        create_orders(store, MERCHANT, new[at : at + TOGETHER], "bench")


def _wait(store: Store, what: str, sql: str) -> None:
    while left := int(store.read("*", lambda tx: tx.rows(sql)[0].n)):
        console.print(f"{left} to be {what}", style="dim")
        time.sleep(min(5, 0.2 + left / 500))


async def _reconcile(system: System, store: Store) -> None:
    await reconcile(store, await _client(system), Asked("bench"))


async def _audit(system: System, store: Store) -> list[Finding]:
    client = await _client(system)
    _, late = await audit_both_sides(store, client)
    return [*await asyncio.to_thread(audit, store), *late]


async def _client(system: System) -> Client:
    return await Client.connect(system.temporal_address, data_converter=DATA_CONVERTER)


def _show(orders: int, figures: Figures) -> None:
    table = Table(title=f"{orders:,} orders whose claims the database has forgotten")
    for column in ("", "measured", "wanted"):
        table.add_column(column, justify="left" if not column else "right")
    table.add_row("claimed and told, the first time", f"{figures.claimed_at_first:.1f} s", "")
    table.add_row("compared, a new epoch, services up", f"{figures.reconciled:.1f} s", "")
    table.add_row("all claimed again", f"{figures.claimed:.1f} s", f"≤ {WANTED:.0f} s")
    table.add_row("all workflows told", f"{figures.told:.1f} s", "")
    table.add_row("broken rules", str(len(figures.findings)), "0")
    console.print(table)
    for finding in figures.findings:
        console.print(f"{finding.number} {finding.rule}: {finding.rows[:3]}", markup=False)


if __name__ == "__main__":
    run_and_end(app)
