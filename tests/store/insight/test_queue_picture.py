"""A product's queue as a picture: what is drawn, and what is a band, add up to what there is."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from fulfillment.domain.insight.coming_supply import DateState
from fulfillment.domain.insight.queue_picture import QueuePicture
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands.orders import manual
from fulfillment.store.commands.orders.pins import Pinned, pin
from fulfillment.store.insight.queue_picture import read_queue_picture
from fulfillment.store.reading import queue_rows
from fulfillment.store.reading.queue_rows import QueueScope
from fulfillment.store.transactions.session import Tx
from tests.builders.counting import sent_statements
from tests.builders.long_queue import rows_read, stand_in_line
from tests.builders.moves import transfer
from tests.builders.warehouse import MERCHANT, Warehouse

ALL_OR_NOTHING = {"max_shipments": 1}


def look(
    warehouse: Warehouse,
    order: str | None = None,
    there: Sequence[str] | None = None,
    places: Sequence[str] | None = None,
) -> QueuePicture:
    scope = QueueScope("K1", there, places)
    return warehouse.store.simulate(MERCHANT, lambda tx: read_queue_picture(tx, scope, order))


def busy(warehouse: Warehouse) -> dict[str, int]:
    """Two places, supply of every sort, and orders that stand in the queue in every way."""
    warehouse.purchase([("K1", 7)], due=1, number="LATE")
    warehouse.clock.pass_days(2)
    warehouse.stock(5, at="A")
    warehouse.stock(9, at="B")
    transfer(warehouse, [("K1", 3)], due=3, number="MOVED")
    warehouse.purchase([("K1", 6)], due=5, number="SOON")
    warehouse.purchase([("K1", 4)], at="B", due=9, number="THEN")
    warehouse.purchase([("K1", 2)], due=None, number="UNDATED")
    orders = {
        "WHOLE": warehouse.order([("K1", 2), ("K2", 1)], "WHOLE", policy=ALL_OR_NOTHING),
        "GOES": warehouse.order([("K1", 4)], "GOES"),
        "PART": warehouse.order([("K1", 9)], "PART"),
        "LOCKED": warehouse.order([("K1", 4)], "LOCKED", lock_location="B"),
        "NEVER": warehouse.order([("K1", 2)], "NEVER", policy={"auto_allocate": "never"}),
        "COMPLETE": warehouse.order(
            [("K1", 1), ("K3", 1)], "COMPLETE", policy={"auto_allocate": "complete_only"}
        ),
        "HANDS": warehouse.order([("K1", 1)], "HANDS"),
        "PINNED": warehouse.order([("K1", 2)], "PINNED"),
        "TWICE": warehouse.order([("K1", 1), ("K1", 3)], "TWICE"),
        "LAST": warehouse.order([("K1", 5)], "LAST"),
    }
    warehouse.do(manual.mark_backordered("HANDS", 1))
    warehouse.do(pin("PINNED", 1, [Pinned("THEN")]))
    orders["NEW"] = warehouse.take([("K1", 3)], "NEW")
    warehouse.do(manual.priority("TWICE", 90))
    return orders


LINES = """
SELECT o.number, sl.id, sl.units - coalesce(sum(a.units), 0) AS wanted
  FROM orders o JOIN shipment_line sl ON sl.order_id = o.id
  JOIN order_line l ON l.order_id = o.id AND l.line = sl.order_line AND l.sku = 'K1'
  JOIN shipment s ON s.id = sl.shipment AND s.status IN ('backorder', 'future', 'ready')
  LEFT JOIN allocation a ON a.shipment_line = sl.id
 GROUP BY o.number, o.priority, o.placed_at, o.intake_seq, sl.id, sl.units
HAVING sl.units > coalesce(sum(a.units), 0)
 ORDER BY o.priority, o.placed_at, o.intake_seq, sl.id
"""
PEGS = """
SELECT o.number, u.document, p.units, p.pinned, sl.id
  FROM peg p JOIN supply u ON u.id = p.supply JOIN shipment_line sl ON sl.id = p.shipment_line
  JOIN orders o ON o.id = sl.order_id WHERE u.sku = 'K1'
"""


def test_every_line_stands_in_rank_order_with_what_it_gets(warehouse: Warehouse) -> None:
    busy(warehouse)
    picture = look(warehouse)

    counted = [(row.number, row.id, row.wanted) for row in warehouse.rows(LINES)]
    assert [(row.order, row.shipment_line, row.wanted) for row in picture.rows] == counted
    names = {one.id: one.document for one in picture.supplies}
    drawn = Counter({
        (row.order, names[peg.supply], peg.pinned, row.shipment_line): peg.units
        for row in picture.rows for peg in row.pegs
    })  # fmt: skip
    assert drawn == Counter({
        (row.number, row.document, row.pinned, row.id): row.units for row in warehouse.rows(PEGS)
    })  # fmt: skip
    assert [(one.document, one.state) for one in picture.supplies] == [
        ("MOVED", DateState.DATED), ("SOON", DateState.DATED), ("THEN", DateState.DATED),
        ("LATE", DateState.OVERDUE), ("UNDATED", DateState.NO_DATE),
    ]  # fmt: skip
    gates = {row.order: row.gate for row in picture.rows}
    asked = ("GOES", "NEVER", "COMPLETE", "HANDS", "NEW")
    told = [gates.get(number) for number in asked]
    assert told == [None, "closed", "conditional", "by_hand", "first"]
    assert {row.order: row.bound_to for row in picture.rows}["LOCKED"] == "B"
    assert picture.facts.waiting.orders == len({number for number, *_ in counted})


def test_rows_and_bands_add_up_to_what_waits_and_to_what_is_pegged(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy(warehouse)
    for there in (None, ["A"], ["B"]):
        monkeypatch.setattr(queue_rows, "SHOWN", 50)
        whole = look(warehouse, there=there)
        assert whole.facts.waiting.units == sum(row.wanted for row in whole.rows)
        assert {row.bound_to for row in whole.rows} <= {None, *(there or ("A", "B"))}
        for shown in (0, 1, 3, 50):
            monkeypatch.setattr(queue_rows, "SHOWN", shown)
            assert_adds_up(look(warehouse, "LOCKED", there=there), whole)


def assert_adds_up(picture: QueuePicture, whole: QueuePicture) -> None:
    """Counted anew from the rows of the whole queue."""
    facts, rows = picture.facts, picture.rows
    known = {one.id for one in picture.supplies}
    bands = [*picture.bands.values(), picture.band_elsewhere, picture.band_uncovered]
    units = sum(row.wanted for row in rows) + sum(band.units for band in bands)
    assert units == facts.waiting.units
    for supply in picture.supplies:
        drawn = [peg for row in rows for peg in row.pegs if peg.supply == supply.id]
        assert sum(peg.units for peg in drawn) + picture.bands[supply.id].units == supply.pegged
        assert picture.bands[supply.id].orders == len(
            {row.order for row in whole.rows if row.on(supply.id)}
            - {row.order for row in rows}
        )  # fmt: skip
    others = sum(peg.units for row in rows for peg in row.pegs if peg.supply not in known)
    assert others + picture.band_elsewhere.units == picture.elsewhere
    assert picture.band_uncovered.orders == len(
        {row.order for row in whole.rows if row.uncovered}
        - {row.order for row in rows if row.uncovered}
    )  # fmt: skip
    assert sum(row.waits_with(facts.there) for row in rows) + picture.band_held.units == (
        facts.holding.units
    )


def test_an_order_is_found_at_its_place_with_its_neighbours(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy(warehouse)
    places = {row.order: row.place for row in look(warehouse).rows}
    numbers = list(places)
    monkeypatch.setattr(queue_rows, "SHOWN", 1)
    for number, place in places.items():
        found = look(warehouse, number).facts.found
        assert found is not None
        assert found.place == place
        assert {row.order: row.place for row in found.rows}.items() <= places.items()
        at = numbers.index(number)
        assert {*numbers[max(at - 1, 0) : at + 2]} <= {row.order for row in found.rows}
    for number in ("GOES", "NOWHERE"):
        none = look(warehouse, number).facts.found
        assert none is not None
        assert (none.place, none.rows) == (None, ())


def test_who_is_bound_to_places_is_told_of_their_orders_alone(warehouse: Warehouse) -> None:
    busy(warehouse)
    whole = {row.order: row.place for row in look(warehouse).rows}
    picture = look(warehouse, "LAST", there=["B"], places=["B"])

    mine = [row.order for row in picture.rows]
    assert "LOCKED" in mine
    assert "LAST" not in mine
    assert picture.facts.found is not None
    assert picture.facts.found.place is None
    assert {one.location for one in picture.supplies} == {"B"}
    assert {one.location for one in picture.facts.stock} == {"B"}
    assert picture.facts.locations == ("B",)
    assert picture.facts.waiting.units == sum(
        row.wanted for row in look(warehouse, there=["B"]).rows
    )
    assert {one.order for one in picture.facts.idle} <= set(mine) | {"WHOLE"}
    assert whole["LOCKED"] >= {row.order: row.place for row in picture.rows}["LOCKED"]


def test_idle_units_are_told_with_the_rule_that_keeps_them(warehouse: Warehouse) -> None:
    busy(warehouse)
    picture = look(warehouse)
    held = [one for one in picture.facts.idle if not one.is_free]
    assert [(one.order, one.units) for one in held] == [("WHOLE", 2)]
    assert "one shipment" in held[0].why
    assert (picture.facts.holding.orders, picture.facts.holding.units) == (1, 2)
    assert (picture.free, picture.idle_units) == (0, 2)


def test_free_units_are_told_with_why_the_first_do_not_take_them(warehouse: Warehouse) -> None:
    warehouse.order([("K1", 2)], "NEVER", policy={"auto_allocate": "never"})
    warehouse.order([("K1", 1)], "LOCKED", lock_location="B")
    warehouse.stock(3, at="A")
    picture = look(warehouse)
    assert [(one.order, one.units, one.location) for one in picture.facts.idle] == [
        ("NEVER", 3, "A"), ("LOCKED", 3, "A"),
    ]  # fmt: skip
    assert all(one.is_free and one.why for one in picture.facts.idle)
    assert picture.idle_units == 3


def test_an_empty_queue_and_an_unknown_product(warehouse: Warehouse) -> None:
    warehouse.stock(3)
    picture = look(warehouse)
    assert (picture.rows, picture.facts.waiting.units, picture.idle_units) == ((), 0, 0)
    with pytest.raises(RefusedError):
        warehouse.store.simulate(MERCHANT, lambda tx: read_queue_picture(tx, QueueScope("NONE")))


def test_what_is_read_follows_what_is_drawn_and_not_what_waits(new_database: Any) -> None:
    """Rows are counted; pegs alone are counted one by one, up to a bound."""
    warehouse = Warehouse.on(new_database(), threads=2).furnish(["K1"])
    stand_in_line(warehouse, 6_000, 1_000)

    def body(tx: Tx) -> QueuePicture:
        read = rows_read(tx, "open_demand", "queue_block", "orders", "shipment_line")
        picture = read_queue_picture(tx, QueueScope("K1"), "L-4000")
        read = rows_read(tx, "open_demand", "queue_block", "orders", "shipment_line") - read
        assert read < 2_500
        return picture

    with sent_statements() as sent:
        picture = warehouse.store.simulate(MERCHANT, body)
    assert len([one for one in sent if "SELECT" in one]) < 30
    assert picture.facts.found is not None
    assert picture.facts.found.place == 4_000
    (band,) = picture.bands.values()
    assert (band.orders, band.units) == (950, 950)
    left = picture.band_uncovered
    assert (left.orders, left.units) == (4_993, 4_993)
    warehouse.engine.dispose()
