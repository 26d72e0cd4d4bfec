"""How long each page of the desk takes while many orders wait: see README.md."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median, quantiles

import httpx
import typer
import uvicorn
from fastapi import FastAPI
from rich.console import Console
from rich.table import Table

from benchmarks.receipt.waiting import MERCHANT, PURCHASE, SKU, wait_in_line
from benchmarks.transaction.__main__ import a_store
from cli.exit_status import run_and_end
from console.what_ifs import AT_ONCE
from fulfillment.collecting import collect_seldom
from fulfillment.domain.model.permissions import Role
from fulfillment.domain.model.scope import Scope
from fulfillment.settings import Settings
from fulfillment.store.commands.administration.users import NewUser, make_user
from fulfillment.store.transactions.session import Command, Store
from starter.app import build_app

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
console = Console(width=130)

NAME, PASSWORD = "bench", "a teapot of the benchmarks"
TARGET = 150.0
"""Milliseconds that no page takes longer than, but for one in a hundred times."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page by its address; one that is `shared` is computed anew each time here.

    One that comes `behind` another is asked for by that, once it is there, and has no target.
    """

    name: str
    path: str
    shared: bool = False
    behind: bool = False


def pages(waiting: int) -> Iterator[Page]:
    """Every kind of page, of orders at the head, in the midst and at the end of the queue."""
    home, first, last = f"/m/{MERCHANT}", "O-1", f"O-{waiting}"
    yield Page("board, computed anew", home, shared=True)
    yield Page("board", home)
    for view in ("open", "backordered", "awaiting-stock", "fulfillable", "partly-fulfillable"):
        yield Page(f"orders, {view}", f"{home}/orders?view={view}", shared=True)
    yield Page("orders, one SKU", f"{home}/orders?sku={SKU}")
    yield Page("orders, search", f"{home}/orders?q=O-9")
    yield Page("orders, newest first", f"{home}/orders?sort=-placed_at")
    for place, number in (("first", first), ("last", last)):
        yield Page(f"order, the {place}", f"{home}/orders/{number}")
        yield Page(f"why, the {place}", f"{home}/orders/{number}/why")
    yield Page("history", f"{home}/orders/{first}/history")
    yield Page("group", f"{home}/orders/{first}/group")
    for name in (SKU, f"{SKU}?order={last}"):
        yield Page(f"queue drawn, {name}", f"{home}/skus/{name}")
    for name, path in (("queue drawn", f"skus/{SKU}"), ("what if", "what-if")):
        asked = f"{home}/{path}?if={PURCHASE}:%2B5d"
        few = f"{home}/{path}?if=stock:{SKU}:%2B{AT_ONCE * 9 // 20}:A"
        yield from (
            Page(f"{name}, a date, first answer", asked),
            Page(f"{name}, a date, the rest", f"{asked}&whole=1", behind=True),
            Page(f"{name}, some {AT_ONCE * 9 // 10} orders", few),
        )
    yield Page("what if, a priority", f"{home}/what-if?if=order:{last}:priority%3D10")
    yield Page("many orders, the preview", f"{home}/together?action=hold&list=view%3Dopen")
    for view in ("all", "short", "idle", "low"):
        yield Page(f"stock, {view}", f"{home}/stock?view={view}", shared=True)
    yield Page("stock, one SKU", f"{home}/stock/{SKU}")
    yield Page("ledger", f"{home}/stock/{SKU}/ledger")
    yield Page(
        "adjust, the preview",
        f"{home}/stock/{SKU}/adjust?look=1&location=A&disposition=sellable&how=more&units=3",
    )
    for view in ("open", "overdue"):
        yield Page(f"purchasing, {view}", f"{home}/purchasing?view={view}", shared=True)
    yield Page("suppliers", f"{home}/purchasing/suppliers")
    yield Page("suggestions", f"{home}/purchasing/suggestions")
    yield Page("purchase order", f"{home}/purchase-orders/{PURCHASE}")
    yield Page("receive, the form", f"{home}/purchase-orders/{PURCHASE}/receive")
    yield Page("hold, the form", f"{home}/orders/{last}/hold")
    yield Page("priority, the preview", f"{home}/orders/{last}/priority?look=1&priority=10")


@app.command()
def main(
    waiting: int = typer.Option(100_000, min=100, help="Orders that wait for one SKU."),
    calls: int = typer.Option(40, min=3, help="Times that each page is asked for."),
) -> None:
    """Ask for each page, over HTTP, signed in, one after the other."""
    table = Table(title=f"pages of the desk, {waiting:,} orders wait for one SKU")
    for column in ("page", "p50 ms", "p99 ms", "longest", "KB", "≤ 150 ms p99"):
        table.add_column(column, justify="left" if column == "page" else "right")
    collect_seldom()  # As the API's process does.
    with a_store() as store:
        wait_in_line(store, waiting, waiting // 2)
        with _desk(store) as (browser, served):
            for page in pages(waiting):
                console.print(page.name, style="dim")
                table.add_row(*_asked(browser, served, page, calls))
    console.print(table)


def _asked(browser: httpx.Client, served: FastAPI, page: Page, calls: int) -> tuple[str, ...]:
    took, size = [], 0
    for call in range(calls + 2):
        if page.shared:
            served.state.desk.recent.forget()
        began = time.perf_counter()
        answer = browser.get(page.path)
        spent = (time.perf_counter() - began) * 1_000
        answer.raise_for_status()
        size = len(answer.content)
        took += [spent] if call > 1 else []
    slow = quantiles(took, n=100, method="inclusive")[98]
    figures = (f"{median(took):.1f}", f"{slow:.1f}", f"{max(took):.1f}", f"{size / 1_000:.0f}")
    held = "behind" if page.behind else "yes" if slow <= TARGET else "no"
    return (page.name, *figures, held)


@contextmanager
def _desk(store: Store) -> Iterator[tuple[httpx.Client, FastAPI]]:
    """The pages, served on a port of this machine, and somebody who is signed in."""
    scope = Scope(frozenset({MERCHANT}))
    new = NewUser(NAME, "Bench", Role.ADMIN, scope)
    make_user(store, Command("*", "make_user", "make_user:bench", "bench"), new, PASSWORD)
    served = build_app(store, None, Settings())
    server = uvicorn.Server(uvicorn.Config(served, port=0, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    headers = {"Sec-Fetch-Site": "same-origin"}
    url = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=url, headers=headers, timeout=60) as browser:
        browser.post("/sign-in", data={"name": NAME, "password": PASSWORD})
        yield browser, served
    server.should_exit = True
    thread.join()


if __name__ == "__main__":
    run_and_end(app)
