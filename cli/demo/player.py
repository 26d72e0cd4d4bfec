"""Plays the script, and looks at the end whether all came as it says."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import httpx

from cli.demo.catalogue import MERCHANT
from cli.demo.client import Client, RefusedByApiError, StoppedError
from cli.demo.script import OUTCOME, SCRIPT
from cli.demo.steps import LOOK_SECONDS, Play
from cli.demo.warehouse import Warehouse

LAST_SECONDS = 60.0
AUDIT_SECONDS = 60.0
OF_A_PLAY = re.compile(r"W-(\d+)\d{3}")
OPEN_PURCHASE_ORDERS = ("approved", "in_transit", "arrived")
OPEN_ORDERS = (
    "on_hold", "verifying", "received", "partially_shipped", "picking", "partially_backordered",
    "awaiting_stock", "awaiting_pick_and_pack",
)  # fmt: skip


def next_run(client: Client) -> int:
    """How often it was played here, and one."""
    newest = client.get("/v1/orders", sort="-placed_at", limit=200)["items"]
    runs = [int(found[1]) for o in newest if (found := OF_A_PLAY.fullmatch(o["number"]))]
    return max(runs, default=0) + 1


def clear_stage(client: Client) -> None:
    """Cancel what earlier plays left open, so that the script's units are free again."""
    left = client.get("/v1/purchase-orders", status=list(OPEN_PURCHASE_ORDERS), limit=200)
    for purchase_order in left["items"]:
        if re.fullmatch(r"PO-\d+\d{2}", purchase_order["number"]):
            path = f"/v1/purchase-orders/{purchase_order['number']}/status"
            client.send("POST", path, {"status": "closed", "note": "played again"})
    for order in client.get("/v1/orders", status=list(OPEN_ORDERS), limit=200)["items"]:
        if OF_A_PLAY.fullmatch(order["number"]):
            path = f"/v1/orders/{order['number']}/cancel"
            client.send("POST", path, {"note": "played again"})


def new_play(client: Client, stopping: threading.Event, speed: float) -> Play:
    """A play that has not begun."""
    today = datetime.now(ZoneInfo(MERCHANT.time_zone)).date()
    return Play(client, next_run(client), today, stopping, speed)


def start(play: Play, home: str) -> None:
    """Play in the background; `play.over` is set when it is over."""
    warehouse = Warehouse(play, play.client)
    for name, body in (("warehouse", warehouse.work), ("play", lambda: _perform(play, home))):
        threading.Thread(target=body, name=name, daemon=True).start()


def _perform(play: Play, home: str) -> None:
    try:
        for seconds, step in SCRIPT:
            play.pause(seconds)
            play.scenes.append(play.words(step.says))
            step.play(play)
        play.scenes.append("The warehouse ships what is left to ship.")
        _await_outcome(play)
        play.problems += _audit(home)
    except StoppedError:
        play.problems.append("it was stopped before its end")
    except (httpx.HTTPError, RefusedByApiError) as error:
        play.problems.append(f"the API refused what the script asks for: {error}")
    except Exception as error:  # a play that breaks must not look like one that goes on
        play.problems.append(f"the play broke: {error!r}")
    finally:
        play.over.set()


def _await_outcome(play: Play) -> None:
    deadline = time.monotonic() + LAST_SECONDS
    differing = _differing(play)
    while differing and time.monotonic() < deadline:
        if play.stopping.wait(LOOK_SECONDS):
            raise StoppedError
        differing = _differing(play)
    play.problems += [f"{number} is {status} at the end" for number, status in differing.items()]


def _differing(play: Play) -> Mapping[str, str]:
    """The orders that do not stand as the script says, and how they stand."""
    newest = play.client.send("GET", "/v1/orders?sort=-placed_at&limit=200")["items"]
    statuses = {order["number"]: str(order["status"]) for order in newest}
    wanted = {play.order(n): status for n, status in OUTCOME.items()}
    found = {number: statuses.get(number, "missing") for number in wanted}
    return {number: status for number, status in found.items() if status != wanted[number]}


def _audit(home: str) -> list[str]:
    """`pegboard audit`, as a person would run it now."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "cli", "audit"],
            env={**os.environ, "PEGBOARD_HOME": home, "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            timeout=AUDIT_SECONDS,
            check=False,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired:
        return ["the audit did not end"]
    if not done.returncode:
        return []
    told = (done.stdout + done.stderr).splitlines()
    return ["the audit found:", *(line for line in told if not line.startswith("✓"))]
