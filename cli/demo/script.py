"""The play: what happens in a minute or so at Hearth & Leaf."""

from cli.demo.catalogue import CLAY, LEAF
from cli.demo.steps import Buy, Cancel, Edit, Move, Order, Receive, RefusedOrder, Step

ALL_OR_NOTHING = {"max_shipments": 1}
TWO_SHIPMENTS = {"max_shipments": 2}
FUTURE = {"future_inventory": True}

SCRIPT: tuple[tuple[float, Step], ...] = (
    (0.5, Order(
        1, "W1 is in stock: it is released at once, and goes to be picked.",
        [(2, "carton", "TEA-GREEN")], {"going vienna": 24})),
    (3.5, Order(
        2, "W2 goes in one wave from two locations: tea here, cups there.",
        [(1, "carton", "TEA-BLACK"), (1, "set", "CUP")], {"going vienna": 12, "going porto": 4})),
    (3.5, Order(
        3, "W3 wants a gift card, which has no stock to manage and never runs out.",
        [(1, None, "GIFT-CARD")], {"going vienna": 1})),
    (3.0, Order(
        4, "W4 is short: 5 of 10 are there and go at once, the others wait.",
        [(10, None, "TEA-MINT")], {"going vienna": 5, "backorder": 5})),
    (4.0, Order(
        5, "W5 goes whole or not at all: it keeps the 4 pots there are, and waits.",
        [(6, None, "POT")], {"backorder": 6}, ALL_OR_NOTHING)),
    (4.0, Order(
        6, "W6 may go in two shipments: black tea now, all of the mint tea later.",
        [(1, "carton", "TEA-BLACK"), (8, None, "TEA-MINT")],
        {"going vienna": 12, "backorder": 8}, TWO_SHIPMENTS)),
    (4.0, Buy(
        1, "PO1 is ordered: W4, W5 and W6 are pegged to it, and dated.",
        {"TEA-MINT": 13, "POT": 2}, "vienna", 5, LEAF)),
    (4.0, Order(
        7, "W7 may be met from what will come, but nothing is on its way yet.",
        [(2, "box", "OOLONG")], {"backorder": 12}, FUTURE)),
    (4.0, Buy(
        2, "PO2 is ordered: W7 becomes future, dated by it.",
        {"OOLONG": 24}, "porto", 9, LEAF, {7: {"future porto": 12}})),
    (4.0, Order(
        8, "W8 has its chai, goes whole or not at all, and waits for honey.",
        [(1, "box", "CHAI"), (2, None, "HONEY")], {"backorder": 8}, ALL_OR_NOTHING)),
    (4.0, Order(
        9, "W9 has priority 10: it takes the chai that W8 can not use yet.",
        [(8, None, "CHAI")], {"going vienna": 8}, priority=10)),
    (4.0, Order(
        10, "W10 has no address: it keeps its units, and is held until it has one.",
        [(3, None, "INFUSER")], {"backorder": 3}, has_address=False)),
    (4.0, Order(
        11, "W11 takes the last candles, and waits for two more.",
        [(5, None, "CANDLE")], {"backorder": 5}, ALL_OR_NOTHING)),
    (2.5, Order(
        12, "W12 would like those candles, but W11 was there before.",
        [(3, None, "CANDLE")], {"backorder": 3})),
    (4.0, Cancel(
        11, "W11 is cancelled: its candles go to W12.", {12: {"going dublin": 3}})),
    (3.5, RefusedOrder(
        13, "W13 wants 4 of what may not be backordered, and 3 are there: refused.",
        [(4, None, "FIRST-FLUSH")], {})),
    (3.5, Edit(
        10, "W10 has its address now: the hold is lifted, and it goes.",
        [(3, None, "INFUSER")], {"going vienna": 3})),
    (3.0, Order(
        14, "W14 may go in parts: two kettles now, the third has no date yet.",
        [(3, None, "KETTLE")], {"going vienna": 2, "backorder": 1}, FUTURE)),
    (3.0, Receive(
        1, "PO1 comes in part: 5 go to W4, then 4 to W6, which needs 8 to go.",
        {1: 9}, "vienna", {4: {"going vienna": 10}})),
    (3.5, Buy(
        3, "PO3 is ordered, due in 12 days: the third kettle of W14 is future.",
        {"KETTLE": 10}, "vienna", 12, CLAY, {14: {"going vienna": 2, "future vienna": 1}})),
    (4.0, Receive(
        1, "The rest of PO1: W6 and W5 are complete, and go.",
        {1: 4, 2: 2}, "vienna", {6: {"going vienna": 20}, 5: {"going vienna": 6}}, receipt=2)),
    (3.5, Buy(
        4, "PO4 is ordered: honey and chai for W8.",
        {"CHAI": 6, "HONEY": 2}, "vienna", 2, LEAF)),
    (2.0, Move(2, "PO2 arrived.", "arrived")),
    (2.0, Receive(
        2, "PO2 is received: W7 was future, and is ready.",
        {1: 24}, "porto", {7: {"going porto": 12}})),
    (3.0, Receive(
        4, "PO4 is received: W8 is complete at last.",
        {1: 6, 2: 2}, "vienna", {8: {"going vienna": 8}})),
    (2.0, Move(3, "PO3 is on its way; nobody has to wait for it here.", "in_transit")),
    (2.0, Buy(
        5, "PO5 is ordered, due in 12 days: pots, of which there are none left.",
        {"POT": 8}, "vienna", 12, CLAY)),
    (2.0, Order(
        15, "W15 wants three of them: it waits for PO5, and is promised its day.",
        [(3, None, "POT")], {"backorder": 3})),
    (2.0, Order(
        16, "W16 wants seven: five come with PO5, and for two nothing is on its way.",
        [(7, None, "POT")], {"backorder": 7})),
    (2.0, Order(
        17, "W17 has no address: it is held. These stay: the desk says what helps.",
        [(1, None, "INFUSER")], {"backorder": 1}, has_address=False)),
)  # fmt: skip
"""Seconds before each step at speed 1, and the step."""

SHIPPED = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12)
OUTCOME = dict.fromkeys(SHIPPED, "shipped") | {
    11: "cancelled", 14: "partially_shipped", 15: "awaiting_stock", 16: "awaiting_stock",
    17: "on_hold",
}  # fmt: skip
"""How each order stands when the play is over. W13 was refused, and is nowhere."""

LEFT = 14
"""An order that still waits then."""
