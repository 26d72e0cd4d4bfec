"""CartonCloud's import and allocation settings: twelve cells, and its further import settings."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from tests.builders.values import stock, supply
from tests.domain.cases import Case, Event, adjusted, later, po, received

# --- CartonCloud: twelve cells -------------------------------------------------------------------
#
# An order of 5 K1 and 5 K2 is imported. K1 is in stock, of K2 there is 1; PO 1 brings 2 more of
# K2 and PO 2 the other 2. CartonCloud counts stock as there once its PO is far enough.

WHOLE = {
    0: "awaiting_stock: backorder K1 5/5, K2 1/5",
    2: "awaiting_stock: backorder K1 5/5, K2 3/5",
    4: "awaiting_pick_and_pack: ready A K1 5/5, K2 5/5",
}
IN_TWO = {
    0: "partially_backordered: ready A K1 5/5, K2 1/1; backorder K2 0/4",
    2: "partially_backordered: ready A K1 5/5, K2 1/1; backorder K2 2/4",
    4: "awaiting_pick_and_pack: ready A K1 5/5, K2 1/1; ready A K2 4/4",
}


@dataclass(frozen=True)
class Import:
    """How an import setting deals with the order, by units of K2 that it was given later."""

    says: str
    looks: dict[int, str]
    due: int


@dataclass(frozen=True)
class Arrival:
    """What an allocation setting does when stock comes: events, and the units given by then."""

    name: str
    events: tuple[tuple[Event, int], ...]
    days_more: int | None = None
    """For `due_within`: its days, counted from those until PO 2 is due."""


IMPORTS = (
    ("keep", Import("kept", WHOLE, due=5)),
    ("split", Import("split", IN_TWO, due=5)),
    ("split_unless_due", Import("due soon, so kept", WHOLE, due=7)),
    ("split_unless_due", Import("due later, so split", IN_TWO, due=8)),
)
NO_PO = Arrival("stock without a PO's status is not given", ((adjusted(9), 0), (later(1), 0)))
COUNTED = Arrival("a partial receipt is no change of status", ((received(1), 0), (received(1), 2)))
IN_PARTS = Arrival("whatever comes is given", ((received(2, 1), 2), (received(2, 2), 4)))
ALLOCATING = {
    "always": (NO_PO, COUNTED, IN_PARTS),
    "never": (
        NO_PO,
        Arrival("nothing is given", ((received(2, 1), 0), (received(2, 2), 0))),
    ),
    "complete_only": (
        NO_PO,
        Arrival("a part is not given, and all is", ((received(2, 1), 0), (received(2, 2), 4))),
    ),
    "due_within": (
        Arrival(NO_PO.name, NO_PO.events, days_more=0),
        Arrival("the rest is due in time", ((received(2, 1), 2), (received(2, 2), 4)), days_more=0),
        Arrival("the rest is due later", ((received(2, 1), 0), (received(2, 2), 4)), days_more=-1),
    ),
}


def cells() -> Iterator[Case]:
    for (importing, how), (allocating, arrivals) in product(IMPORTS, ALLOCATING.items()):
        for arrival in arrivals:
            days = arrival.days_more
            yield Case(
                f"cartoncloud.{importing}.{allocating}",
                f"{how.says}; {arrival.name}",
                how.looks[0],
                tuple((event, how.looks[units]) for event, units in arrival.events),
                levels=(stock(5), stock(1, "K2")),
                supplies=tuple(
                    supply(2, "K2", number=number, due=how.due, status="approved")
                    for number in (1, 2)
                ),
                knobs={} if days is None else {"auto_allocate_within_days": how.due + days},
            )


# --- CartonCloud: stock counts as there before it is received, and further import settings ------

SOME = (stock(5), stock(1, "K2"))
MORE = (supply(9, "K2", status="approved"),)
PLENTY = (stock(5), stock(5, "K2"))
ALL_READY = "awaiting_pick_and_pack: ready A K1 5/5, K2 5/5"


MET = {
    "keep": "awaiting_pick_and_pack: ready A K1 5/5, K2 1/5",
    "split": "awaiting_pick_and_pack: ready A K1 5/5, K2 1/1; ready A K2 0/4",
}
"""How the order looks while its last units count as there, and are not received yet."""


def minimum_status() -> Iterator[Case]:
    for (importing, how), allocating in product(IMPORTS, ALLOCATING):
        short, whole = how.looks[0], how.looks[4]
        met = MET["split" if how.looks is IN_TWO else "keep"]
        never = allocating == "never"
        yield Case(
            f"cartoncloud.{importing}.{allocating}",
            f"{how.says}; the PO is far enough, so its units count as there",
            short,
            (
                (po("in_transit"), short),
                (po("arrived"), short if never else met),
                (received(4), short if never else whole),
            ),
            levels=(stock(5), stock(1, "K2")),
            supplies=(supply(4, "K2", due=how.due, status="approved"),),
            knobs={"min_po_status": "arrived"},
        )


def further_imports() -> Iterator[Case]:
    for choice in ("reject", "remove", "assign_nothing"):
        preset = f"cartoncloud.import.{choice}"
        yield Case(preset, "nothing is missing", ALL_READY, levels=PLENTY)
    yield Case(
        "cartoncloud.import.reject", "some is missing", "rejected", levels=SOME, supplies=MORE
    )
    yield Case(
        "cartoncloud.import.remove",
        "some is missing, the rest is shipped",
        "awaiting_pick_and_pack: ready A K1 5/5, K2 1/1",
        levels=SOME,
        supplies=MORE,
    )
    yield Case(
        "cartoncloud.import.remove", "all is missing, so nothing is left of it", "cancelled",
        supplies=(supply(9), supply(9, "K2", number=2)),
    )  # fmt: skip
    nothing = "awaiting_stock: backorder K1 0/5, K2 0/5"
    yield Case(
        "cartoncloud.import.assign_nothing",
        "some is missing, and it takes nothing by itself later either",
        nothing,
        ((received(9), nothing), (adjusted(9), nothing)),
        levels=SOME,
        supplies=MORE,
    )
