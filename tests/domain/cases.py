"""An example of a preset as given, when and then: what happens, and how the order looks after it.

An order looks like its status, then its shipments with allocated/asked units.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from fulfillment.domain.actions.presets import expand
from fulfillment.domain.model.policy import Knobs
from fulfillment.domain.model.supply import StockLevel, Supply
from tests.builders.values import Wants, order
from tests.domain.stories import Story, look

Event = Callable[[Story], object]
Steps = tuple[tuple[Event, str], ...]


@dataclass(frozen=True)
class Case:
    """One example of a preset: the order as it looks at import, and after each further step."""

    preset: str
    name: str
    at_import: str
    steps: Steps = ()
    wants: Wants = (("K1", 5), ("K2", 5))
    levels: tuple[StockLevel, ...] = ()
    supplies: tuple[Supply, ...] = ()
    knobs: Knobs = field(default_factory=dict)
    pickup: str | None = None

    def __str__(self) -> str:
        return f"{self.preset}: {self.name}"


def played(case: Case) -> Story:
    policy = expand({"preset": case.preset} | dict(case.knobs))
    mine = order(1, case.wants, policy=policy, pickup=case.pickup, first_claimed=True)
    story = Story(mine, levels=case.levels, supplies=case.supplies)
    assert look(story[1]) == case.at_import
    for number, (event, expected) in enumerate(case.steps, start=1):
        event(story)
        assert look(story[1]) == expected, f"step {number}"
    return story


# --- what happens --------------------------------------------------------------------------------


def adjusted(units: int, sku: str = "K2", at: str = "A") -> Event:
    return lambda story: story.adjusted(units, sku, at)


def received(units: int, number: int = 1) -> Event:
    return lambda story: story.received(units, number)


def po(status: str, number: int = 1) -> Event:
    return lambda story: story.po(status, number)


def later(days: int) -> Event:
    return lambda story: story.later(days)


def dispatched(wave: int) -> Event:
    return lambda story: story.dispatched(1, wave)


def announced(*supplies: Supply) -> Event:
    return lambda story: story.announced(*supplies)


def changed(**knobs: object) -> Event:
    return lambda story: story.policy(1, **knobs)
