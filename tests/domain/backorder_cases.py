"""ShipStream's backorder policies, and Kibo's backorder release."""

from collections.abc import Iterator

from tests.builders.values import Wants, stock, supply
from tests.domain.cases import Case, adjusted, announced, changed, dispatched

# --- ShipStream: three backorder policies --------------------------------------------------------

THREE: Wants = (("K1", 1), ("K2", 1), ("K3", 1))


def shipstream() -> Iterator[Case]:
    none, one = "backorder K1 0/1, K2 0/1, K3 0/1", "backorder K1 1/1, K2 0/1, K3 0/1"
    for name in ("all_or_nothing", "as_available", "up_to"):
        waits = f"awaiting_stock: {none}"
        yield Case(
            f"shipstream.{name}", "nothing in stock is backordered, not partially", waits,
            wants=THREE,
        )  # fmt: skip
    yield Case(
        "shipstream.all_or_nothing",
        "backordered until all is in stock, whatever there is of it",
        f"awaiting_stock: {one}",
        (
            (adjusted(1), "awaiting_stock: backorder K1 1/1, K2 1/1, K3 0/1"),
            (adjusted(1, "K3"), "awaiting_pick_and_pack: ready A K1 1/1, K2 1/1, K3 1/1"),
        ),
        wants=THREE,
        levels=(stock(1),),
    )
    first = "partially_backordered: ready A K1 1/1; backorder K2 0/1, K3 0/1"
    second = "partially_backordered: ready A K1 1/1; ready A K2 1/1; backorder K3 0/1"
    yield Case(
        "shipstream.as_available",
        "partially backordered while something can go; each arrival goes",
        first,
        (
            (adjusted(1), second),
            (adjusted(1, "K3"),
             "awaiting_pick_and_pack: ready A K1 1/1; ready A K2 1/1; ready A K3 1/1"),
        ),
        wants=THREE,
        levels=(stock(1),),
    )  # fmt: skip
    held = "partially_backordered: ready A K1 1/1; backorder K2 1/1, K3 0/1"
    yield Case(
        "shipstream.up_to",
        "of two the second goes complete",
        first,
        (
            (adjusted(1), held),
            (dispatched(1), "partially_shipped: backorder K2 1/1, K3 0/1"),
            (adjusted(1, "K3"), "partially_shipped: ready A K2 1/1, K3 1/1"),
        ),
        wants=THREE,
        levels=(stock(1),),
    )
    yield Case(
        "shipstream.up_to", "of three the second goes as available", first,
        ((adjusted(1), second),), wants=THREE, levels=(stock(1),), knobs={"max_shipments": 3},
    )  # fmt: skip
    yield Case(
        "shipstream.up_to", "up to one is all or nothing", f"awaiting_stock: {one}",
        wants=THREE, levels=(stock(1),), knobs={"max_shipments": 1},
    )  # fmt: skip
    yield Case(
        "shipstream.all_or_nothing", "its policy may be changed afterwards",
        f"awaiting_stock: {one}", ((changed(max_shipments=None), first),),
        wants=THREE, levels=(stock(1),),
    )  # fmt: skip


# --- Kibo: current, future, both -----------------------------------------------------------------

WAITS = "awaiting_stock: backorder K1 0/5, K2 0/5"
SPREAD = (supply(2, due=1), supply(3, due=10, number=2), supply(5, "K2", due=15, at="B", number=3))
TRIPLE: Wants = (("K1", 5), ("K2", 5), ("K3", 5))
HOLDS_K2 = "awaiting_stock: backorder K1 0/5, K2 5/5, K3 0/5"
FROM_BOTH = "partially_backordered: ready B K2 5/5; future A K1 0/5; future B K3 0/5"


def kibo_current() -> Iterator[Case]:
    yield Case(
        "kibo.current", "all is there in two places", WAITS,
        ((adjusted(5, "K1"), WAITS),
         (adjusted(5, "K2", "B"), "awaiting_pick_and_pack: ready A K1 5/5; ready B K2 5/5")),
    )  # fmt: skip
    yield Case(
        "kibo.current", "one product is nowhere", WAITS,
        ((adjusted(5, "K1"), WAITS), (announced(supply(5, "K2")), WAITS)),
    )  # fmt: skip
    yield Case(
        "kibo.current", "a pickup looks at its store only", WAITS,
        ((adjusted(5, "K1", "B"), WAITS), (adjusted(5, "K2", "A"), WAITS),
         (adjusted(5, "K2", "B"), "awaiting_pick_and_pack: ready B K1 5/5, K2 5/5")),
        pickup="B",
    )  # fmt: skip


def kibo_future() -> Iterator[Case]:
    dated = "awaiting_stock: future A K1 0/5; future B K2 0/5"
    for name in ("future", "both"):
        yield Case(f"kibo.{name}", "all has a date", WAITS, ((announced(*SPREAD), dated),))
        yield Case(
            f"kibo.{name}", "one date lies beyond the limit", WAITS,
            ((announced(*SPREAD), WAITS),), knobs={"future_limit_days": 12},
        )  # fmt: skip
        yield Case(
            f"kibo.{name}", "one product has no date", WAITS,
            ((announced(supply(5), supply(5, "K2", due=None, number=2)), WAITS),),
        )  # fmt: skip
        yield Case(
            f"kibo.{name}", "some is in stock and the rest is dated", HOLDS_K2,
            ((announced(supply(5), supply(5, "K3", at="B", number=2)), FROM_BOTH),),
            wants=TRIPLE, levels=(stock(5, "K2", "B"),),
        )  # fmt: skip
        undated = (supply(5), supply(5, "K3", at="B", due=None, number=2))
        yield Case(
            f"kibo.{name}", "some is in stock and some has no date", HOLDS_K2,
            ((announced(*undated), HOLDS_K2),), wants=TRIPLE, levels=(stock(5, "K2", "B"),),
        )  # fmt: skip
        yield Case(
            f"kibo.{name}", "current stock goes before what is dated",
            "awaiting_pick_and_pack: ready A K1 5/5, K2 5/5", levels=(stock(5), stock(5, "K2")),
            supplies=SPREAD,
        )  # fmt: skip
