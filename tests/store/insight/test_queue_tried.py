"""A queue's picture of what was only tried is the picture after it was done."""

from collections.abc import Callable

import pytest

from fulfillment.domain.insight.queue_picture import Found, QueuePicture, picture_of
from fulfillment.domain.insight.queue_tried import Tried, tried
from fulfillment.store.commands.orders import lifecycle, manual
from fulfillment.store.commands.orders.pins import Pinned, pin
from fulfillment.store.insight.queue_picture import read_queue_picture
from fulfillment.store.planning.change import Change, changed
from fulfillment.store.reading import queue_rows
from fulfillment.store.reading.queue_rows import QueueScope
from fulfillment.store.records.loading import load_locations
from fulfillment.store.transactions.session import Tx
from tests.builders.warehouse import MERCHANT, Warehouse
from tests.store.insight.test_queue_picture import busy, look

CHANGES: dict[str, Callable[[], Change]] = {
    "first place": lambda: manual.priority("LAST", 1),
    "last place": lambda: manual.priority("PART", 99),
    "split": lambda: manual.split("WHOLE"),
    "unlock": lambda: manual.lock("LOCKED", None),
    "cancel one that goes": lambda: lifecycle.cancel("GOES"),
    "cancel one that waits": lambda: lifecycle.cancel("PART"),
    "pin": lambda: pin("LAST", 1, [Pinned("SOON")]),
    "nothing": lambda: lifecycle.hold("LAST", "fraud"),
}


def try_it(
    warehouse: Warehouse, change: Change, there: list[str] | None, found: str
) -> QueuePicture:
    def body(tx: Tx) -> QueuePicture:
        _, space = changed(tx, change)
        facts = read_queue_picture(tx, QueueScope("K1", there), found).facts
        pairs = tuple((space.before[id_], space.after[id_]) for id_ in sorted(space.after))
        what = Tried(orders=pairs, arriving=space.arriving)
        return picture_of(tried(facts, what, load_locations(tx), queue_rows.SHOWN))

    return warehouse.store.simulate(MERCHANT, body)


def told(picture: QueuePicture) -> dict[str, object]:
    """What is drawn, without ids of lines that are not stored yet, and without reasons."""
    facts = picture.facts
    rows = sorted(
        (row.place, row.order, row.order_line, row.units, row.wanted, row.pegs, row.gate,
         row.order_status, row.status, row.bound_to, row.uncovered)
        for row in picture.rows
    )  # fmt: skip
    found = facts.found and Found(facts.found.order, facts.found.place)
    return {
        "rows": rows, "found": found, "waiting": facts.waiting, "unpegged": facts.unpegged,
        "holding": facts.holding, "stock": facts.stock, "supplies": picture.supplies,
        "bands": picture.bands, "elsewhere": (picture.elsewhere, picture.band_elsewhere),
        "uncovered": picture.band_uncovered, "held": picture.band_held,
    }  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_tried_is_drawn_as_it_is_when_it_is_done(warehouse: Warehouse, name: str) -> None:
    busy(warehouse)
    change = CHANGES[name]
    places = (None, ["B"])
    trials = [try_it(warehouse, change(), there, "TWICE") for there in places]
    warehouse.do(change())
    warehouse.serve_due()
    for there, trial in zip(places, trials, strict=True):
        assert told(trial) == told(look(warehouse, "TWICE", there=there))


def test_of_a_queue_that_is_drawn_in_part_the_sums_are_those_of_what_is_done(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy(warehouse)
    monkeypatch.setattr(queue_rows, "SHOWN", 2)
    trial = try_it(warehouse, manual.priority("LAST", 1), None, "TWICE")
    warehouse.do(manual.priority("LAST", 1))
    done = look(warehouse, "TWICE")
    assert [row.order for row in trial.facts.head] == [row.order for row in done.facts.head]
    assert trial.facts.waiting == done.facts.waiting
    assert trial.facts.unpegged == done.facts.unpegged
    assert trial.facts.found is not None
    assert done.facts.found is not None
    assert trial.facts.found.place == done.facts.found.place
