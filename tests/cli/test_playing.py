"""The play's parts without servers: words, log, picture, key file, and that it checks itself."""

import io
import stat
import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from cli.demo import keyfile, player, resetting, steps
from cli.demo.catalogue import LOCATIONS, MERCHANT, PRODUCTS
from cli.demo.client import RefusedByApiError
from cli.demo.events import Event, Log
from cli.demo.script import LEFT, OUTCOME, SCRIPT
from cli.demo.steps import Buy, Move, Order, Play, Receive, RefusedOrder
from cli.demo.table import Picture, fitting
from cli.demo.words import Chip, Row, chip_words, row_of, short_chips

TODAY = date(2026, 11, 21)


def shipment(status: str, units: int, location: str | None = "vienna", **more: Any):
    line = {"line": 1, "sku": "TEA", "units": units, "allocated": more.pop("allocated", units)}
    return {
        "status": status, "location": location, "expected_on": None, "lines": [line], **more
    }  # fmt: skip


def order(*shipments: dict[str, Any], status: str = "awaiting_stock", **more: Any):
    line = {
        "sku": "TEA", "ordered": 24, "backordered": 0, "not_yet_received": 0,
        "pack": {"name": "carton", "units": 12, "quantity": 2, "loose": 0},
        "promise": [{"units": 24, "on": "2026-12-07"}],
    }  # fmt: skip
    return {
        "number": "W-1001", "status": status, "holds": [], "shipments": list(shipments),
        "waiting_units": 0, "lines": [line | more.pop("line", {})], **more,
    }  # fmt: skip


def row(number: int, status: str = "awaiting_stock", chips: tuple[Chip, ...] = ()) -> Row:
    return Row(f"W-{number}", "2 carton TEA-GREEN", status, chips, ("PO-101", "4 CUP"), "7 Dec")


# --- the script ----------------------------------------------------------------------------------


def test_script_uses_only_what_the_catalogue_has():
    skus = {product.sku: product for product in PRODUCTS}
    places = {location.id for location in LOCATIONS}
    placed = [step for _, step in SCRIPT if isinstance(step, Order)]

    assert len(placed) == len({step.n for step in placed}) == 17
    for step in placed:
        for _, pack, sku in step.lines:
            assert pack is None or pack in skus[sku].packs
    assert {step.n for step in placed if not isinstance(step, RefusedOrder)} == set(OUTCOME)
    assert OUTCOME[LEFT] == "partially_shipped"
    assert all(location.serves == {MERCHANT.id: n} for n, location in enumerate(LOCATIONS, 1))
    assert {step.location for _, step in SCRIPT if isinstance(step, Buy | Receive)} <= places
    assert all(set(product.stock) <= places for product in PRODUCTS)


def test_script_buys_before_it_moves_or_receives_and_lasts_about_a_minute_and_a_half():
    bought: set[int] = set()
    for _, step in SCRIPT:
        if isinstance(step, Buy):
            bought.add(step.n)
        elif isinstance(step, Move | Receive):
            assert step.n in bought

    assert 60 <= sum(seconds for seconds, _ in SCRIPT) <= 95


def test_sentences_name_the_numbers_of_the_run():
    play = Play(None, 3, TODAY, threading.Event())  # type: ignore[arg-type]

    assert play.words("PO1 comes: W4 and W12 go.") == "PO-301 comes: W-3004 and W-3012 go."
    longest = max(len(play.words(step.says)) for _, step in SCRIPT)
    assert longest <= 78


# --- the play checks itself ----------------------------------------------------------------------


class Api:
    """Answers every request alike, or refuses it."""

    def __init__(self, answer: dict[str, Any] | None = None) -> None:
        self.answer = answer

    def get(self, *_: Any, **__: Any) -> dict[str, Any]:
        return self.send()

    def send(self, *_: Any, **__: Any) -> dict[str, Any]:
        if self.answer is None:
            raise RefusedByApiError({"code": "on_strike", "detail": "nobody works today"})
        return self.answer


def played(api: Api, monkeypatch: pytest.MonkeyPatch) -> Play:
    monkeypatch.setattr(steps, "MOST_SECONDS", 0.01)
    monkeypatch.setattr(player, "LAST_SECONDS", 0.01)
    monkeypatch.setattr(player, "SCRIPT", SCRIPT[:1])
    monkeypatch.setattr(player, "OUTCOME", {1: "shipped"})
    monkeypatch.setattr(player, "_audit", lambda _: ["the audit found: x"])
    play = Play(api, 1, TODAY, threading.Event(), speed=100)  # type: ignore[arg-type]
    player.start(play, ".")
    assert play.over.wait(20)
    return play


def test_play_tells_of_an_order_that_does_not_come_out_as_scripted(monkeypatch):
    stuck = order(shipment("backorder", 24, None))
    listed = stuck | {"order": "W-1001", "status": "awaiting_stock", "holds": ["stuck"]}
    stuck["items"] = [listed]

    problems = played(Api(stuck), monkeypatch).problems

    assert problems == [
        "W-1001: backorder 24, but the script says going vienna 24",
        "W-1001 is awaiting_stock at the end",
        "the audit found: x",
    ]


def test_play_ends_with_a_problem_when_the_api_refuses(monkeypatch):
    problems = played(Api(), monkeypatch).problems

    assert problems == ["the API refused what the script asks for: nobody works today"]


def test_next_run_counts_on_from_the_runs_that_are_there():
    listed = {"items": [{"number": n} for n in ("W-1001", "W-2014", "SO-9", "W-99")]}

    assert player.next_run(Api(listed)) == 3  # type: ignore[arg-type]
    assert player.next_run(Api({"items": []})) == 1  # type: ignore[arg-type]


# --- words ---------------------------------------------------------------------------------------


def test_order_is_told_by_its_packs_its_units_and_what_it_waits_for():
    told = row_of(
        order(
            shipment("reassigned", 24, None),
            shipment("backorder", 3, None, allocated=1),
            shipment("future", 4, "porto", expected_on="2026-12-07", allocated=0),
            shipment("ready", 5),
            shipment("shipped", 12),
            waiting_units=6,
            line={"backordered": 6, "not_yet_received": 4},
        ),
        ["PO-101"],
        TODAY,
    )

    assert told.lines == "2 carton TEA"
    assert [chip_words(chip, TODAY) for chip in told.chips] == [
        "shipped vienna 12",
        "ready vienna 5",
        "future porto 4 (7 Dec)",
        "backorder 3 (1 held)",
    ]
    assert " ".join(words for _, words in short_chips(told.chips, TODAY)) == (
        "shipped V12 ready V5 future P4 backorder 3"
    )
    assert told.waits_for == ("PO-101", "2 TEA")
    assert told.promise == "7 Dec"


def test_held_order_waits_for_what_it_lacks_and_a_finished_one_for_nothing():
    held = row_of(order(status="on_hold", holds=["address_missing"]), [], TODAY)
    finished = row_of(order(shipment("shipped", 24), status="shipped"), ["PO-1"], TODAY)

    assert held.waits_for == ("address",)
    assert (finished.waits_for, finished.promise) == ((), "")


# --- the log -------------------------------------------------------------------------------------

AT = datetime(2026, 11, 21, 12, 4, 31, tzinfo=UTC)


def event(number: str, kind: str, actor: str = "purchase order", **facts: Any) -> Event:
    return Event(number, kind, facts, actor, AT.isoformat())


def bought(received: int) -> dict[str, Any]:
    return {
        "number": "PO-7", "status": "approved", "created_at": (AT - timedelta(1)).isoformat(),
        "lines": [{"line": 1, "sku": "TEA", "location": "vienna", "ordered": 40,
                   "received": received}],
    }  # fmt: skip


def allocated(units: int) -> list[dict[str, Any]]:
    return [{"line": 1, "sku": "TEA", "location": "vienna", "units": units}]


def words_of(log: Log) -> list[str]:
    log.settle(TODAY)
    return [entry.words for entry in log.take_fresh()]


def test_receipt_and_those_it_served_are_told_in_one_line():
    log = Log()
    log.bought(bought(0), bought(40))
    for number in ("W-1006", "W-1004"):
        log.happened([event(number, "allocated", lines=allocated(20)),
                      event(number, "released", location="vienna")])  # fmt: skip

    assert words_of(log) == [
        "PO-7 received 40 TEA at vienna → W-1006, W-1004 released at vienna",
    ]


def test_receipt_is_told_alone_when_nobody_waited_for_it(monkeypatch):
    log = Log()
    log.bought(bought(0), bought(40))
    assert words_of(log) == []
    monkeypatch.setattr("cli.demo.events.SERVED_WITHIN_SECONDS", -1.0)

    assert words_of(log) == ["PO-7 received 40 TEA at vienna"]


def test_cancelled_order_and_its_heir_are_told_in_one_line():
    log = Log()
    log.happened([event("W-1", "status_changed", "shop", to="cancelled", holds=[]),
                  event("W-1", "unallocated", "shop", lines=allocated(3)),
                  event("W-2", "released", "shop", location="vienna")])  # fmt: skip

    assert words_of(log) == ["W-1 cancelled, W-2 released at vienna"]


def test_claim_that_is_taken_and_a_hold_are_told():
    log = Log()
    log.happened([event("W-8", "unallocated", lines=allocated(6)),
                  event("W-9", "received", lines=1, units=6),
                  event("W-10", "status_changed", to="on_hold", holds=["address_missing"]),
                  event("W-7", "dated", location="porto", expected_on="2026-11-30")])  # fmt: skip

    assert words_of(log) == [
        "W-8 gives 6 TEA, W-10 on hold (address missing), W-7 future at porto, due 30 Nov",
    ]


# --- the picture ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 40), (60, 12), (200, 24)])
@pytest.mark.parametrize("tips", [[], [("look", "curl " + "x" * 200), ("check", "audit")]])
def test_picture_fits_the_terminal_whatever_is_in_it(width, height, tips):
    log = Log()
    for n in range(9):
        log.happened([event(f"W-{n}", "released", location="vienna" * 30)])
        log.settle(TODAY)
    chips = (Chip(0, "vienna", "", 12, 0), Chip(5, "porto", "2026-12-07", 4, 0))
    rows = [row(n, "shipped" if n % 2 else "on_hold", chips) for n in range(40)]
    picture = Picture("Hearth & Leaf " * 20, rows, "scene " * 40, log.entries, tips, "foot", TODAY)
    console = Console(file=io.StringIO(), width=width, height=height, force_terminal=False)

    console.print(picture)

    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert max(map(len, lines)) <= width
    assert len(lines) < max(height, 14)
    assert "foot" in lines[-1]


def test_finished_orders_give_way_first_and_the_order_of_the_rest_stays():
    rows = [row(1, "shipped"), row(2), row(3, "cancelled"), row(4), row(5, "shipped")]

    assert fitting(rows, 5) == (rows, 0)
    shown, left_out = fitting(rows, 4)
    assert ([r.number for r in shown], left_out) == (["W-2", "W-4", "W-5"], 2)
    shown, left_out = fitting(rows, 2)
    assert ([r.number for r in shown], left_out) == (["W-2"], 4)


# --- files ---------------------------------------------------------------------------------------


def test_key_is_kept_where_only_its_owner_reads_it(tmp_path):
    assert keyfile.read(tmp_path) is None
    path = keyfile.write(tmp_path, "pb_1_secret")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keyfile.read(tmp_path) == "pb_1_secret"
    assert keyfile.curl(tmp_path, "http://h/v1/orders") == f"curl -H @{path} http://h/v1/orders"
    assert [file.name for file in tmp_path.iterdir()] == ["api-key"]


def test_reset_deletes_what_is_ours_and_nothing_else(tmp_path):
    for name in ("temporal.db", "temporal.db-wal", "postgres.password", "api-key", "my-notes.txt"):
        (tmp_path / name).write_text("x")
    (tmp_path / "postgres" / "base").mkdir(parents=True)

    resetting.reset(tmp_path)

    assert resetting.found(tmp_path) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["my-notes.txt", "up.lock"]
