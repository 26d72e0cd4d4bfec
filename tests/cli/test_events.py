"""`pegboard events`: what happened, and with --follow what happens, line by line."""

import json
import os
import signal
import subprocess
import sys

from fulfillment.domain.insight.public_events import EventType
from fulfillment.store.commands import intake
from fulfillment.store.feed.reading import end_of_feed
from fulfillment.store.feed.sequencing import tell_next
from tests.builders.warehouse import MERCHANT, Warehouse


def test_events_are_told_a_line_each(system, pegboard):
    warehouse = Warehouse.on(system.database).furnish()
    warehouse.order([("K1", 2)], "O-1")
    tell_next(warehouse.store)
    warehouse.engine.dispose()
    done = pegboard("events", "--types", EventType.ORDER_WAITS)

    (line,) = done.stdout.splitlines()
    assert line.endswith("order.waits O-1 lines=(sku=K1 line=1 units=2) expected_on=2026-04-01")


def test_what_happens_is_followed_until_it_is_ended(system, tmp_path):
    warehouse = Warehouse.on(system.database).furnish()
    variables = system.for_command("events") | {"PEGBOARD_HOME": str(tmp_path)}
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("TEMPORAL_", "PEGBOARD_"))}
    words = [sys.executable, "-m", "cli", "events", "--follow", "--json", "--after"]
    with subprocess.Popen(
        [*words, cursor(warehouse)],
        env={**ours, **variables},
        stdout=subprocess.PIPE,
        text=True,
    ) as following:
        assert following.stdout is not None
        try:
            for number in ("O-1", "O-2"):
                new = warehouse.new_order(number)
                intake.create_order(warehouse.store, MERCHANT, new, "tester")
                tell_next(warehouse.store)
                assert json.loads(following.stdout.readline())["number"] == number
        finally:
            # Not SIGINT: whoever is started in the background does not hear it.
            following.send_signal(signal.SIGTERM)
            following.wait(timeout=30)
    warehouse.engine.dispose()

    assert following.returncode == -signal.SIGTERM


def cursor(warehouse: Warehouse) -> str:
    return warehouse.store.read(MERCHANT, end_of_feed).cursor
