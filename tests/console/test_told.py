"""Histories are sentences: of every kind, with what matters, without anything raw."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from console import words
from console.telling.histories import OF_ORDERS, OF_PURCHASES, of_order, of_purchase, who
from fulfillment.store.reading.views.orders import EventView
from tests.console.reading import faults

HISTORY = Path(__file__).parents[2] / "docs" / "history.md"
GOODS = [{"line": 1, "sku": "TEA", "units": 1}, {"line": 2, "sku": "CUP", "units": 4}]
PLACED = [{"line": 1, "sku": "TEA", "units": 3, "location": "vienna"}]
PART = {"shipment": 2, "units": 4, "location": "vienna", "wave": 1}
PIN = {"line": 1, "source": "PO-7", "units": 2}
SLICES = [{"units": 3, "on": "2031-03-10"}]
MONEY = {"payment": "refund", "amount_minor": 1250}
PACKED = {"shipment": 2, "packages": [1], "units": 4}
LABEL = {"carrier": "EP", "service": "parcel", "tracking": "EP1"}

Examples = list[tuple[str, dict[str, Any], str]]

ORDERS: Examples = [
    ("received", {"lines": 1, "units": 16}, "Taken in: 1 line, 16 units."),
    ("verified", {}, "Found to be good."),
    ("prepared", {}, "Where its lines come from is chosen."),
    ("channels_chosen",
     {"lines": [{"line": 1, "channel": "pickup", "location": "linz"},
                {"line": 2, "channel": "backorder", "location": None}]},
     "A person chose: line 1 is picked up at linz and line 2 waits by hand."),
    ("status_changed", {"from": "received", "to": "awaiting_pick_and_pack"},
     "It is ready to pick; it was received."),
    ("status_changed", {"from": "received", "to": "on_hold", "holds": ["address_missing"]},
     "Put on hold: the address is missing. It was received."),
    ("status_changed", {"from": "on_hold", "to": "awaiting_stock"},
     "No longer on hold. It is awaiting stock."),
    ("holds_changed", {"holds": ["payment_review", "possible_duplicate"]},
     "On hold: payment review, it may be a duplicate."),
    ("held", {"reason": "claim_failed", "error": "KeyError('x_y')"},
     "Set aside for a person: its first claim failed."),
    ("rejected", {"why": "backorder_limit", "lines": GOODS},
     ("Refused when it first asked for stock: more units would wait than the product allows."
     " Missing: 1 TEA and 4 CUP.")),
    ("priority_changed", {"from": 50, "to": 10}, "Priority 10; it was 50."),
    ("lock_changed", {"from": None, "to": "vienna"}, "Locked to vienna."),
    ("lock_changed", {"from": "vienna", "to": None},
     "It may come from any location again; it was locked to vienna."),
    ("policy_changed",
     {"knobs": {"max_shipments": {"from": "the merchant's", "to": 1},
                "future_inventory": {"from": False, "to": True}}},
     ("Its own settings changed. Dispatches at most: 1, before the merchant's and What is on its"
     " way may be released: on, before off.")),
    ("cancel_date_changed", {"from": "the policy's", "to": "2031-03-10"},
     "What waits is cancelled: 10 Mar 2031; before the policy's."),
    ("address_changed", {"changed": ["address", "packer_note"]},
     "Changed: the address and the note for the packer."),
    ("delay_accepted", {}, "Its customer agreed to wait."),
    ("edited", {"revision": 3, "also": ["deliver_by"]},
     "Its channel sent revision 3. Also changed: the day by which it is to be there."),
    ("ready_to_ship", {"ready": True}, "Something of it can go now."),
    ("ready_to_ship", {"ready": False}, "Nothing of it can go any more."),
    ("customer_chose", {"offer": "accept_date", "day": "2031-03-10"},
     "Its customer chose to wait until 10 Mar 2031."),
    ("customer_chose", {"offer": "exchange", "line": 1, "units": 2, "sku": "CUP"},
     "Its customer chose another product, CUP, 2 units for line 1."),
    ("waited_too_long", {"days": 1, "units": 2},
     "What still waited was cancelled: 2 units. Its policy lets units wait for 1 day."),
    ("waited_too_long", {"cancel_on": "2031-03-10", "units": 1},
     "What still waited was cancelled: 1 unit. It was to wait until 10 Mar 2031."),
]  # fmt: skip

LINES: Examples = [
    ("line_added", {"line": 3, "sku": "TEA", "units": 2}, "A new line 3: 2 TEA."),
    ("quantity_changed", {"line": 1, "sku": "TEA", "from": 1, "to": 3},
     "Line 1 (TEA) is for 3 units; before 1 unit."),
    ("price_changed", {"line": 1, "from": 1250, "to": 990},
     "Line 1 costs €9.90 a unit; it was €12.50."),
    ("units_cancelled", GOODS[1], "Cancelled: 4 CUP of line 2."),
    ("exchanged", {**GOODS[1], "into": 3, "into_sku": "MUG"},
     "MUG in a new line 3 instead of 4 CUP of line 2."),
    ("exchanged_after_return", {**GOODS[1], "into": 3, "into_sku": "MUG"},
     "MUG in a new line 3 for what comes back: 4 CUP of line 2."),
    ("sent_again", {"shipment": 2, "lines": [{**GOODS[1], "into": 3}]},
     "Lost from shipment 2, sent again: 4 CUP in line 3."),
    ("shortage_removed", {"lines": GOODS, "policy": "on_shortage remove"},
     "What was missing was cancelled, as its policy says: 1 TEA and 4 CUP."),
    ("unavailable_removed", {"units": 1}, "A person cancelled what was missing: 1 unit."),
    ("returned", {"return": "R-1", "receipt": "RR-1", "sku": "CUP", "units": 2,
                  "disposition": "damaged"}, "2 CUP came back with return R-1, damaged."),
    ("by_hand", {"line": 1, "sku": "TEA"}, "Line 1 (TEA) takes stock by hand only."),
    ("by_itself", {"line": 1, "sku": "TEA"}, "Line 1 (TEA) takes stock by itself again."),
    ("allocated", {"lines": PLACED}, "Allocated: 3 TEA at vienna."),
    ("unallocated", {"lines": PLACED}, "Given back: 3 TEA at vienna."),
    ("assigned_nothing", {"lines": GOODS},
     "It takes nothing by itself, since units were missing: 1 TEA and 4 CUP."),
    ("pinned", {"line": 1, "pins": [{"source": "PO-7", "units": 1}]},
     "A person tied line 1 to 1 unit of PO-7."),
    ("unpinned", {"line": 1}, "Line 1 is tied to no supply any more."),
    ("unpinned", {"line": 1, "came": 2},
     "Line 1 is tied to no supply any more. It keeps 2 units that came, by its rank alone."),
    ("pin_lost", PIN, "No longer tied: 2 units of PO-7 for line 1."),
    ("pin_late", PIN, "Tied to what is late: 2 units of PO-7 for line 1."),
    ("pin_back", PIN, "Tied to what has a date again, or came: 2 units of PO-7 for line 1."),
    ("waits", {"lines": GOODS, "expected_on": "2031-03-10"},
     "Waiting: 1 TEA and 4 CUP, expected on 10 Mar 2031."),
    ("waits", {"lines": GOODS, "expected_on": None}, "Waiting: 1 TEA and 4 CUP."),
    ("promise_given", {"lines": [{"line": 1, "sku": "TEA", "promise": SLICES}]},
     "First promise: TEA, 3 on 10 Mar 2031."),
    ("promise_moved",
     {"line": 1, "sku": "TEA", "from": SLICES, "to": [{"units": 3, "on": "2031-03-20"}],
      "because": ["PO-7"]},
     ("Another promise for line 1 (TEA): 3 on 20 Mar 2031, before 3 on 10 Mar 2031, because of"
     " PO-7.")),
]  # fmt: skip

SHIPMENTS: Examples = [
    ("backordered", {"shipment": 1, "units": 1}, "Shipment 1 waits: 1 unit."),
    ("dated", {**PART, "expected_on": "2031-03-10"},
     "Shipment 2 waits for what is on its way: 4 units at vienna, expected on 10 Mar 2031."),
    ("released", PART, "Shipment 2 may be picked: 4 units at vienna."),
    ("picking_started", PART, "Shipment 2 is being picked: 4 units at vienna."),
    ("picked", PART, "Shipment 2 is picked: 4 units at vienna."),
    ("packed", PART, "Shipment 2 is packed: 4 units at vienna."),
    ("shipped", PART, "Shipment 2 has left: 4 units at vienna."),
    ("split", {"shipment": 1, "units": 4, "into": [2, 3]},
     "Shipment 1 was divided into shipments 2 and 3."),
    ("shipment_cancelled", PART, "Shipment 2 is cancelled: 4 units at vienna."),
    ("date_moved", {**PART, "expected_on": "2031-03-10"},
     "Shipment 2 is expected on another day, now 10 Mar 2031."),
    ("sent_back", {"shipment": 2}, "Shipment 2 waits again; it keeps its units."),
    ("beyond_max_shipments", {"max_shipments": 2},
     "A person lets it go out once more than the 2 dispatches of its policy."),
    ("units_picked", {"shipment": 2, "lines": GOODS}, "Picked: 1 TEA and 4 CUP of shipment 2."),
    ("unpicked", {"shipment": 2, "lines": GOODS},
     "Back on the shelf: 1 TEA and 4 CUP of shipment 2."),
    ("pick_given_up", {"shipment": 2}, "Shipment 2 was left to another picker."),
    ("short_picked", {**PART, "line": 1, "sku": "TEA", "found": 1, "units": 2},
     "A picker did not find 2 TEA at vienna of shipment 2. Found: 1."),
    ("stock_lost", {"shipment": 2, "sku": "TEA", "location": "vienna", "units": 1},
     "Not there after all: 1 TEA at vienna of shipment 2."),
    ("staged", {"location": "vienna", "lines": GOODS},
     "Set aside in a container: 1 TEA and 4 CUP at vienna."),
    ("unstaged", {"location": "vienna", "lines": GOODS},
     "From the container back on the shelf: 1 TEA and 4 CUP at vienna."),
    ("package_packed", PACKED, "Packed: package 1 of shipment 2, 4 units."),
    ("package_changed", PACKED, "Packed otherwise: package 1 of shipment 2, 4 units."),
    ("package_opened", PACKED, "Taken apart: package 1 of shipment 2, 4 units."),
    ("packages_shipped",
     {**PACKED, "packages": [1, 2], "location": "vienna", "carriers": ["EP"],
      "labels": [{"package": 1, **LABEL}], "shipped_as": 3},
     "Sent as shipment 3: packages 1 and 2 of shipment 2, 4 units from vienna, EP parcel EP1."),
    ("tracking_corrected",
     {"shipment": 2, "packages": [{"package": 1, "from": {}, "to": LABEL}]},
     "The label was corrected of shipment 2: package 1 EP parcel EP1, before no label."),
    ("dispatch_voided", {"shipment": 2, "units": 4},
     "Shipment 2 has not left after all: 4 units are here, packed."),
]  # fmt: skip

PAYMENTS: Examples = [
    ("payment_recorded", MONEY, "Recorded: refund of €12.50."),
    ("authorise_due", {"amount_minor": 1250}, "To be authorised: €12.50."),
    ("void_due", {"amount_minor": 1250}, "An authorisation is to be released: €12.50."),
    ("refund_due", {"amount_minor": 1250}, "To be refunded: €12.50."),
    ("payment_withdrawn", MONEY, "No longer due: refund of €12.50."),
    ("payment_done", {**MONEY, "entry": 7}, "Done: refund of €12.50."),
    ("payment_failed", {**MONEY, "entry": 7}, "Failed: refund of €12.50."),
]

COMING = [{"line": 1, "sku": "TEA", "units": 5, "location": "vienna", "expected_on": "2031-03-10"}]
CAME = [{"line": 1, "sku": "TEA", "units": 4, "disposition": "sellable"},
        {"line": 1, "sku": "TEA", "units": 1, "disposition": "damaged"}]  # fmt: skip

PURCHASES: Examples = [
    ("written", {"status": "draft", "lines": COMING},
     "Written as a draft: 5 TEA to vienna, expected on 10 Mar 2031."),
    ("approved", {"status": "approved", "lines": COMING},
     "It counts from now on: 5 TEA to vienna, expected on 10 Mar 2031."),
    ("moved", {"status": "in_transit", "lines": COMING}, "It is in transit."),
    ("closed", {"status": "closed", "counted": True, "lines": COMING},
     "It is closed. The rest does not come: 5 TEA."),
    ("closed", {"status": "received", "lines": []}, "It is received."),
    ("date_moved",
     {"status": "approved", "counted": True,
      "lines": [{"line": 1, "sku": "TEA", "units": 5, "from": None, "to": "2031-03-10"}]},
     "Another day: 5 TEA 10 Mar 2031, before no date."),
    ("units_changed", {"status": "draft", "lines": [{"line": 1, "sku": "TEA", "from": 5, "to": 9}]},
     "Other units: line 1 (TEA) 9, before 5."),
    ("overdue", {"lines": COMING},
     "Did not come in time: 5 TEA to vienna, expected on 10 Mar 2031."),
    ("received", {"receipt": "G-1", "location": "vienna", "lines": CAME, "complete": True},
     "Receipt G-1 at vienna: 4 TEA and 1 TEA (damaged). All of it is here."),
    ("reversed", {"receipt": "G-1", "location": "vienna", "lines": CAME, "complete": False},
     "Receipt G-1 at vienna was taken back: 4 TEA and 1 TEA (damaged)."),
]  # fmt: skip

OF_AN_ORDER = [*ORDERS, *LINES, *SHIPMENTS, *PAYMENTS]


def event(kind: str, facts: Mapping[str, Any]) -> EventView:
    return EventView(sequence=1, kind=kind, facts=dict(facts), actor="workflow", reason=None,
                     at=datetime(2031, 3, 1, tzinfo=UTC))  # fmt: skip


@pytest.mark.parametrize(("kind", "facts", "sentence"), OF_AN_ORDER)
def test_what_happened_to_an_order_is_a_sentence(kind, facts, sentence):
    assert of_order(event(kind, facts), "EUR") == sentence
    assert faults(sentence) == []


@pytest.mark.parametrize(("kind", "facts", "sentence"), PURCHASES)
def test_what_happened_to_a_purchase_order_is_a_sentence(kind, facts, sentence):
    assert of_purchase(event(kind, facts)) == sentence
    assert faults(sentence) == []


def test_every_kind_of_the_guide_has_a_sentence_and_an_example():
    listed = {kind for row in re.findall(r"^\| (`.+?) \|", HISTORY.read_text("utf-8"), re.MULTILINE)
              for kind in re.findall(r"`(\w+)`", row)}  # fmt: skip
    assert OF_ORDERS.keys() == listed
    assert {kind for kind, _, _ in OF_AN_ORDER} == listed
    assert {kind for kind, _, _ in PURCHASES} == OF_PURCHASES.keys()


@pytest.mark.parametrize("kind", OF_ORDERS)
def test_what_an_old_history_does_not_tell_leaves_no_hole(kind):
    assert faults(of_order(event(kind, {}))) == []


@pytest.mark.parametrize("kind", OF_PURCHASES)
def test_what_an_old_purchase_order_does_not_tell_leaves_no_hole(kind):
    assert faults(of_purchase(event(kind, {}))) == []


def test_a_kind_that_nobody_knows_is_told_by_its_name():
    assert of_order(event("turned_around", {"a_b": 1})) == "Turned around."


def test_days_and_numbers_are_written_for_who_reads():
    with words.written_for("de"):
        assert of_order(event("units_cancelled", {"line": 1, "sku": "TEA", "units": 1200})) == (
            "Cancelled: 1.200 TEA of line 1."
        )


def test_many_lines_are_named_as_far_as_one_reads():
    many = [{"line": n, "sku": f"K{n}", "units": 1} for n in range(1, 41)]
    sentence = of_order(event("waits", {"lines": many, "expected_on": None}))
    assert sentence.endswith("1 K8 and 32 more.")


@pytest.mark.parametrize(
    ("actor", "said"),
    [
        ("workflow", "Pegboard"),
        ("replan", "Pegboard, a new plan"),
        ("admin test (bfb34b7a443796ab)", "admin test"),
        ("Mara Holm", "Mara Holm"),
    ],
)
def test_who_did_it_is_said_without_ids(actor, said):
    assert who(actor) == said
