"""Where long work is, as it is told where no terminal is: one line every ten seconds."""

import importlib
import queue
import re
from collections.abc import Callable

import pytest

from cli import telling
from cli.telling import EVERY_SECONDS, Clock, told
from embedded.temporal import EmbeddedTemporal
from tests.builders.warehouse import Warehouse

ENDED = -1.0


class Hand:
    """A clock that is moved by hand: each turn ends one wait."""

    def __init__(self) -> None:
        self.time = 0.0
        self.turns: queue.Queue[float] = queue.Queue()
        self.heard: queue.Queue[str] = queue.Queue()
        self.clock = Clock(lambda: self.time, self._wait, lambda: self.turns.put(ENDED))

    def turn(self) -> str:
        """Ten seconds go by; the line that is told then."""
        self.turns.put(EVERY_SECONDS)
        return self.heard.get(timeout=20)

    def _wait(self, seconds: float) -> bool:
        assert seconds == EVERY_SECONDS
        gone = self.turns.get(timeout=60)
        self.time += max(gone, 0)
        return gone == ENDED


@pytest.fixture
def hand(monkeypatch) -> Hand:
    """The clock by which commands tell where they are."""
    made = Hand()
    monkeypatch.setattr(telling, "real_clock", lambda: made.clock)
    monkeypatch.setattr(telling, "say", made.heard.put)
    return made


def test_work_tells_every_ten_seconds_where_it_is_until_it_ends(hand):
    done = [0]
    with told(lambda: f"{done[0]} of 9 rows"):
        assert hand.turn() == "10 s: 0 of 9 rows"
        done[0] = 4
        assert hand.turn() == "20 s: 4 of 9 rows"
    assert hand.heard.empty()


def test_work_that_fails_tells_no_more(hand):
    with pytest.raises(KeyError), told(lambda: "here"):
        raise KeyError
    assert hand.heard.empty()


@pytest.fixture
def line(hand, pegboard, temporal_server: EmbeddedTemporal, monkeypatch) -> Callable[..., str]:
    """Runs a command; what it tells when ten seconds go by after what is named was called."""

    def told_at(place: str, *command: str) -> str:
        lines: list[str] = []
        module, _, name = place.rpartition(".")
        real = getattr(importlib.import_module(module), name)

        def slow(*arguments: object, **named: object) -> object:
            found = real(*arguments, **named)
            if not lines:
                lines.append(hand.turn())
            return found

        monkeypatch.setattr(place, slow)
        done = pegboard(*command, TEMPORAL_ADDRESS=temporal_server.address)
        assert lines, done.stderr
        return lines[0]

    return told_at


@pytest.mark.parametrize(
    ("command", "place", "says"),
    [
        (("audit", "--no-engine"), "cli.host.auditing.Result", "the plans of acme"),
        (("audit",), "cli.host.auditing.Result", "comparing with what Temporal knows"),
        (("reconcile",), "cli.host.reconciling.run", "owing starts to 1 orders of acme"),
        (("migrate",), "cli.host.connection.migrate", "bringing the tables up to date"),
        (("order", "list"), "cli.client.running._show", "1 rows are read"),
        (("order", "promise", "K1=1"), "cli.client.running._show", "waiting for the API's answer"),
    ],
    ids=str,
)
def test_long_command_tells_where_it_is(line, warehouse: Warehouse, command, place, says):
    warehouse.order()
    assert line(place, *command) == f"10 s: {says}"


def test_import_tells_how_far_it_is(line, warehouse, write):
    file = write("products.csv", "sku,name\n" + "".join(f"S-{n},Tea\n" for n in range(900)))
    told_there = line("importing.catalogue.put_products", "import", "products", str(file))
    assert re.fullmatch(r"10 s: products: \d+ %", told_there)
