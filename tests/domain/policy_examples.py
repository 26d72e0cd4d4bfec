"""The worked examples of `docs/policies.md`: the page's tables are made of these."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time

from fulfillment.domain.actions.presets import PRESETS
from fulfillment.domain.floor import dispatch
from fulfillment.domain.model import verification
from fulfillment.domain.model.archiving import archived_if_before
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.policy import KNOBS, Knobs, origin, resolve
from fulfillment.domain.model.receiving import takes_more
from fulfillment.domain.model.verification import VerificationFacts
from tests.builders.values import Wants, day, order, stock, supply
from tests.domain.cases import Event, adjusted, later, po, received
from tests.domain.stories import Story, look

Value = tuple[str, Knobs]
"""What the page calls a value, and the knobs that it means."""

THREE: Wants = (("K1", 1), ("K2", 1), ("K3", 1))
NEVER, COMPLETE, DUE = "never", "complete_only", "due_within"


@dataclass(frozen=True)
class Example:
    """What becomes of the same order under each value of a knob, step by step."""

    knob: str
    values: Sequence[Value]
    begin: Callable[[Knobs], Story]
    steps: Sequence[tuple[str, Event]] = ()
    first: str = "at first"
    read: Callable[[Story], str] = lambda story: look(story[1])

    def rows(self) -> Iterator[list[str]]:
        yield ["value", self.first, *(name for name, _ in self.steps)]
        for name, knobs in self.values:
            story = self.begin(knobs)
            row = [f"`{name}`", f"`{self.read(story)}`"]
            for _, event in self.steps:
                event(story)
                row.append(f"`{self.read(story)}`")
            yield [
                "the same" if number > 1 and cell == row[number - 1] else cell
                for number, cell in enumerate(row)
            ]


def table(rows: Iterator[list[str]]) -> str:
    """Rows as Markdown."""
    header, *body = rows
    shown = ["| " + " | ".join(row) + " |" for row in (header, *body)]
    return "\n".join([shown[0], "|---" * len(header) + "|", *shown[1:]])


def one_more(story: Story) -> str:
    """Whether a unit beyond what was ordered is taken, all having come on the first day."""
    days = story[1].policy.over_receipt_days
    return "taken" if takes_more(day(0), story.now.today, days) else "refused"


def where_it_is(story: Story) -> str:
    """Where an order is that was over on the first day."""
    noon = datetime.combine(story.now.today, time(12), UTC)
    before = archived_if_before(noon, story[1].policy.archive_after_days)
    finished = datetime.combine(day(0), time(12), UTC)
    return "archived" if before and finished < before else "in the tables"


def plain(value: object) -> str:
    """A value as JSON writes it, without quotes."""
    return json.dumps(value).strip('"')


def values(knob: str, *chosen: object, **more: object) -> list[Value]:
    return [(plain(value), {knob: value, **more}) for value in chosen]


def units(story: Story) -> str:
    return ", ".join(f"O{number}: {held}" for number, held in enumerate(story.units(), start=1))


def promise(story: Story) -> str:
    start = day(0)
    told = story[1].lines[0].promise or ()
    return ", ".join(f"{piece.units} in {(piece.on - start).days} days" for piece in told)


def verified(mine: Order) -> Event:
    return lambda story: story.changed(replace(story[mine.id], verified=True))


def prepared(story: Story) -> Story:
    return story.changed(replace(story[1], prepared=True))


def raised(story: Story) -> Story:
    """The order behind the others gets in front of them."""
    first = story[1]
    return story.changed(replace(first, rank=replace(first.rank, priority=10)))


def _allocating(knobs: Knobs) -> Story:
    supplies = [supply(4, due=1), supply(4, due=3, number=2)]
    policy = {"max_shipments": 1, **knobs}
    return Story(order(1, [("K1", 10)], policy=policy), levels=[stock(2)], supplies=supplies)


def _behind(knobs: Knobs) -> Story:
    """One order of 6 behind three that hold 2 each: one waits, one is ready, one is picked."""
    waiting = order(2, [("K1", 9)], policy={"max_shipments": 1})
    story = Story(waiting, order(3, [("K1", 2)], priority=40), levels=[stock(4)])
    being_picked = order(4, [("K1", 2)], priority=30)
    for mine in (being_picked, order(1, [("K1", 6)], priority=60, policy=knobs)):
        story.now = replace(story.now, orders=(*story.now.orders, mine))
        story.history[mine.id] = []
        story.adjusted(2 if mine is being_picked else 0, "K1")
    return story.changed(dispatch.start_picking(story[4], story[4].live[0]))


def sent_twice(knobs: Knobs) -> Order:
    """As it is verified behind one of the same lines to the same address."""
    facts = VerificationFacts(has_address=True, is_picked_up=False, looks_like=None,
                              same_address_as="O0")  # fmt: skip
    return verification.verified(order(1, [("K1", 5)], policy=knobs, verified=False), facts)


EXAMPLES = (
    Example(
        "max_shipments",
        values("max_shipments", None, 1, 2),
        lambda knobs: Story(order(1, THREE, policy=knobs), levels=[stock(1)]),
        (("1 K2 comes", adjusted(1)), ("1 K3 comes", adjusted(1, "K3"))),
    ),
    Example(
        "release_when",
        values("release_when", "any_part", "all_sourced"),
        lambda knobs: Story(
            order(1, [("K1", 5), ("K2", 5)], policy=knobs), levels=[stock(5)]
        ),
        (("5 K2 come", adjusted(5)),),
    ),
    Example(
        "hold_if_due_within_days",
        values("hold_if_due_within_days", None, 7, 3, max_shipments=2),
        lambda knobs: Story(
            order(1, [("K1", 5)], policy=knobs), levels=[stock(2)], supplies=[supply(3)]
        ),
        (("they come", received(3)),),
    ),
    Example(
        "on_shortage",
        values("on_shortage", "wait", "remove", "reject", "assign_nothing"),
        lambda knobs: Story(order(1, [("K1", 5)], policy=knobs), levels=[stock(2)]),
        (("3 more come", adjusted(3, "K1")),),
    ),
    Example(
        "auto_allocate",
        [
            *values("auto_allocate", "always", NEVER, COMPLETE),
            (DUE, {"auto_allocate": DUE, "auto_allocate_within_days": 5}),
        ],
        _allocating,
        (("4 come", received(4)), ("the last 4 come", received(4, 2))),
    ),
    Example(
        "auto_allocate_within_days",
        values("auto_allocate_within_days", 5, 2, auto_allocate=DUE),
        _allocating,
        (("4 come", received(4)), ("a day later", later(1))),
    ),
    Example(
        "auto_allocate_on",
        values("auto_allocate_on", "any_supply", "po_status"),
        lambda knobs: Story(
            order(1, [("K1", 5)], policy=knobs), supplies=[supply(9, due=20, status="approved")]
        ),
        (("a count finds 5", adjusted(5, "K1")), ("the PO is on its way", po("in_transit"))),
    ),
    Example(
        "min_po_status",
        values("min_po_status", "received", "arrived", "in_transit", "approved"),
        lambda knobs: Story(
            order(1, [("K1", 5)], policy=knobs), supplies=[supply(5, status="approved")]
        ),
        (
            ("in_transit", po("in_transit")),
            ("arrived", po("arrived")),
            ("received", received(5)),
        ),
        first="approved",
    ),
    Example(
        "future_inventory",
        values("future_inventory", False, True),
        lambda knobs: Story(
            order(1, [("K1", 5)], policy=knobs), levels=[stock(2)], supplies=[supply(3)]
        ),
        (("they come", received(3)),),
    ),
    Example(
        "future_limit_days",
        values("future_limit_days", 90, 12, 9, future_inventory=True),
        lambda knobs: Story(
            order(1, [("K1", 5), ("K2", 5)], policy=knobs),
            supplies=[supply(5, due=10), supply(5, "K2", due=15, at="B", number=2)],
        ),
        (("a day later", later(1)),),
    ),
    Example(
        "default_backorder_days",
        values("default_backorder_days", 30, 10, 0),
        lambda knobs: Story(order(1, [("K1", 5)], policy=knobs), supplies=[supply(2)]),
        (("4 days later", later(4)), ("6 days later", later(2))),
        read=promise,
    ),
    Example(
        "rebalance",
        values("rebalance", "waiting", "off", "unpicked"),
        _behind,
        (("O1 gets priority 10", raised), ),
        read=units,
    ),
    Example(
        "verify",
        values("verify", "automatic", "manual"),
        lambda knobs: Story(
            order(1, [("K1", 5)], policy=knobs, verified=knobs["verify"] == "automatic"),
            levels=[stock(5)],
        ),
        (("a person verifies it", verified(order(1))),),
    ),
    Example(
        "duplicates",
        values("duplicates", "reference", "address"),
        lambda knobs: Story(sent_twice(knobs), levels=[stock(5)]),
    ),
    Example(
        "prepare",
        values("prepare", "automatic", "manual"),
        lambda knobs: Story(order(1, [("K1", 5)], policy=knobs), levels=[stock(5)]),
        (("a person confirms it", prepared),),
    ),
    Example(
        "routing",
        values("routing", "fewest_locations", "location_priority"),
        lambda knobs: Story(
            order(1, [("K1", 13)], policy=knobs), levels=[stock(10), stock(15, at="B")]
        ),
    ),
    Example(
        "auto_cancel_days",
        values("auto_cancel_days", None, 10),
        lambda knobs: Story(
            order(1, [("K1", 5)], policy=knobs), levels=[stock(2)], supplies=[supply(1, due=9)]
        ),
        (("8 days later", later(8)), ("9 days later", later(1)), ("10 days later", later(1))),
    ),
    Example(
        "over_receipt_days",
        values("over_receipt_days", 30, 0),
        lambda knobs: Story(order(1, [("K1", 5)], policy=knobs), levels=[stock(5)]),
        (("a day later", later(1)), ("30 days later", later(29)), ("31 days later", later(1))),
        read=one_more,
    ),
    Example(
        "archive_after_days",
        values("archive_after_days", None, 180),
        lambda knobs: Story(order(1, [("K1", 5)], policy=knobs), levels=[stock(5)]),
        (("180 days later", later(180)), ("a day more", later(1))),
        read=where_it_is,
    ),
)  # fmt: skip

SCOPES: dict[str, Knobs] = {
    "order": {"max_shipments": None},
    "merchant": {"max_shipments": 2, "routing": "location_priority"},
    "default": {"max_shipments": 1, "verify": "manual"},
}


def scopes() -> Iterator[list[str]]:
    """Each knob that some scope names, what it resolves to, and where that comes from."""
    yield ["knob", *SCOPES, "holds", "from"]
    policy = resolve(*SCOPES.values())
    for knob in ("max_shipments", "routing", "verify", "rebalance"):
        named = [plain(knobs[knob]) if knob in knobs else "" for knobs in SCOPES.values()]
        yield [f"`{knob}`", *named, plain(getattr(policy, knob)), origin(knob, SCOPES)]


CONTRADICTIONS: tuple[tuple[Knobs, str], ...] = (
    ({"max_shipments": 1, "hold_if_due_within_days": 7}, "hold_if_due_within_days"),
    ({"on_shortage": "remove", "hold_if_due_within_days": 7}, "hold_if_due_within_days"),
    ({"auto_allocate": "always", "auto_allocate_within_days": 7}, "auto_allocate_within_days"),
    ({"auto_allocate": "due_within"}, "auto_allocate_within_days"),
)


def presets() -> Iterator[list[str]]:
    """Every preset; a knob that it sets to null is not shown."""
    yield ["preset", "whose behaviour", "knobs", "what it does"]
    for preset in PRESETS.values():
        shown = {k: preset.knobs[k] for k in KNOBS if preset.knobs.get(k) is not None}
        yield [f"`{preset.name}`", preset.title, named_together(shown), preset.says]


def named_together(knobs: Knobs) -> str:
    return ", ".join(f"`{knob}` {plain(value)}" for knob, value in knobs.items())
