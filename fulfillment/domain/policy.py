"""The knobs that say how an order is fulfilled, and how three scopes give one value each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, TypeVar


class Rebalance(StrEnum):
    """From whom an order that ranks earlier may take claims."""

    WAITING = "waiting"
    OFF = "off"


class Step(StrEnum):
    """Whether a step is done by Pegboard or waits for a person."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"


class Routing(StrEnum):
    """How locations are chosen."""

    FEWEST_LOCATIONS = "fewest_locations"
    LOCATION_PRIORITY = "location_priority"


@dataclass(frozen=True, slots=True)
class Policy:
    """One value for every knob (behaviour.md §3). Days are whole days."""

    max_shipments: int | None = None
    future_inventory: bool = False
    future_limit_days: int = 90
    default_backorder_days: int = 30
    rebalance: Rebalance = Rebalance.WAITING
    verify: Step = Step.AUTOMATIC
    routing: Routing = Routing.FEWEST_LOCATIONS


class PolicyError(Exception):
    """A knob that does not exist, or a value it does not take."""

    def __init__(self, knob: str, message: str) -> None:
        self.knob = knob
        super().__init__(message)


Knobs = Mapping[str, object]
E = TypeVar("E", bound=StrEnum)

KNOBS = tuple(field.name for field in fields(Policy))
NOT_FOR_ONE_ORDER = frozenset({"rebalance"})


def resolve(*scopes: Knobs) -> Policy:
    """One policy from scopes given most particular first (order, merchant, default).

    Each knob is taken from the first scope that names it; null is a value like any other.
    """
    chosen: dict[str, object] = {}
    for knobs in scopes:
        for knob, value in knobs.items():
            chosen.setdefault(knob, value)
    return _policy(chosen)


def checked(knobs: Knobs, *, for_one_order: bool = False) -> dict[str, object]:
    """The knobs with plain values fit to be stored, or `PolicyError` naming the one at fault."""
    if for_one_order and (wrong := sorted(NOT_FOR_ONE_ORDER & set(knobs))):
        raise PolicyError(
            wrong[0], f"{wrong[0]} is set for a merchant or for all, not for an order"
        )
    _policy(knobs)
    return dict(knobs)


def _policy(knobs: Knobs) -> Policy:
    for knob in knobs:
        if knob not in READERS:
            raise PolicyError(knob, f"there is no setting {knob!r}; there are {', '.join(KNOBS)}")
    values: dict[str, Any] = {knob: READERS[knob](knob, value) for knob, value in knobs.items()}
    return Policy(**values)


def _whole_number(low: int, high: int) -> Callable[[str, object], int]:
    def read(knob: str, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise PolicyError(knob, f"{knob} is a whole number from {low} to {high}")
        return value

    return read


def _number_or_none(low: int, high: int) -> Callable[[str, object], int | None]:
    number = _whole_number(low, high)
    return lambda knob, value: None if value is None else number(knob, value)


def _switch(knob: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise PolicyError(knob, f"{knob} is true or false")
    return value


def _one_of(kind: type[E]) -> Callable[[str, object], E]:
    def read(knob: str, value: object) -> E:
        try:
            return kind(str(value))
        except ValueError:
            raise PolicyError(knob, f"{knob} is one of {', '.join(kind)}") from None

    return read


READERS: dict[str, Callable[[str, object], object]] = {
    "max_shipments": _number_or_none(1, 99),
    "future_inventory": _switch,
    "future_limit_days": _whole_number(0, 3650),
    "default_backorder_days": _whole_number(0, 3650),
    "rebalance": _one_of(Rebalance),
    "verify": _one_of(Step),
    "routing": _one_of(Routing),
}
