"""The knobs that say how an order is fulfilled, and how three scopes give one value each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, TypeVar

from fulfillment.domain.model.statuses import PurchaseOrderStatus


class ReleaseWhen(StrEnum):
    """How much of a shipment must be sourced before any of it leaves `backorder`."""

    ANY_PART = "any_part"
    ALL_SOURCED = "all_sourced"

    @property
    def waits_for_all(self) -> bool:
        """Whether nothing goes while a unit is neither here nor dated."""
        return self is ReleaseWhen.ALL_SOURCED


class OnShortage(StrEnum):
    """What becomes of a shortage at the order's first claim."""

    WAIT = "wait"
    REMOVE = "remove"
    REJECT = "reject"
    ASSIGN_NOTHING = "assign_nothing"


class AutoAllocate(StrEnum):
    """When stock that comes in is given to a waiting shipment without a person."""

    ALWAYS = "always"
    NEVER = "never"
    COMPLETE_ONLY = "complete_only"
    DUE_WITHIN = "due_within"


class AutoAllocateOn(StrEnum):
    """Which events start allocation."""

    ANY_SUPPLY = "any_supply"
    PO_STATUS = "po_status"

    @property
    def waits_for_status(self) -> bool:
        """Whether what is free is given out only when a purchase order's status changes."""
        return self is AutoAllocateOn.PO_STATUS


class MinPoStatus(StrEnum):
    """From which status of its purchase order a peg counts as met."""

    RECEIVED = "received"
    ARRIVED = "arrived"
    IN_TRANSIT = "in_transit"
    APPROVED = "approved"

    def is_reached_by(self, status: PurchaseOrderStatus | None) -> bool:
        """Whether a purchase order in this status is that far; supply without one never is."""
        return status in _FAR_ENOUGH[self]


_FURTHEST_FIRST = (
    PurchaseOrderStatus.RECEIVED,
    PurchaseOrderStatus.ARRIVED,
    PurchaseOrderStatus.IN_TRANSIT,
    PurchaseOrderStatus.APPROVED,
)

_FAR_ENOUGH = {
    MinPoStatus(status): frozenset(_FURTHEST_FIRST[: at + 1])
    for at, status in enumerate(_FURTHEST_FIRST)
}


class Rebalance(StrEnum):
    """From whom an order that ranks earlier may take claims."""

    WAITING = "waiting"
    OFF = "off"
    UNPICKED = "unpicked"

    @property
    def takes_from_waiting(self) -> bool:
        """Whether it may take what waiting shipments of later orders hold."""
        return self is not Rebalance.OFF

    @property
    def takes_from_ready(self) -> bool:
        """Whether it may take from released shipments too, while nobody picks them."""
        return self is Rebalance.UNPICKED


class Step(StrEnum):
    """Whether a step is done by Pegboard or waits for a person."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"


class Routing(StrEnum):
    """How locations are chosen."""

    FEWEST_LOCATIONS = "fewest_locations"
    LOCATION_PRIORITY = "location_priority"


class Duplicates(StrEnum):
    """By what an order looks like an earlier one of the same lines, so that a person is asked."""

    REFERENCE = "reference"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Policy:
    """One value for every knob (behaviour.md §3), the default first. Days are whole days."""

    max_shipments: int | None = None
    release_when: ReleaseWhen = ReleaseWhen.ANY_PART
    hold_if_due_within_days: int | None = None
    on_shortage: OnShortage = OnShortage.WAIT
    auto_allocate: AutoAllocate = AutoAllocate.ALWAYS
    auto_allocate_within_days: int | None = None
    auto_allocate_on: AutoAllocateOn = AutoAllocateOn.ANY_SUPPLY
    min_po_status: MinPoStatus = MinPoStatus.RECEIVED
    future_inventory: bool = False
    future_limit_days: int = 90
    default_backorder_days: int = 30
    rebalance: Rebalance = Rebalance.WAITING
    verify: Step = Step.AUTOMATIC
    duplicates: Duplicates = Duplicates.REFERENCE
    prepare: Step = Step.AUTOMATIC
    routing: Routing = Routing.FEWEST_LOCATIONS
    auto_cancel_days: int | None = None
    over_receipt_days: int = 30
    archive_after_days: int | None = None


class PolicyError(Exception):
    """A knob that does not exist, a value it does not take, or knobs that contradict each other."""

    def __init__(self, knob: str, message: str) -> None:
        self.knob = knob
        super().__init__(message)


Knobs = Mapping[str, object]
E = TypeVar("E", bound=StrEnum)

KNOBS = tuple(field.name for field in fields(Policy))
NOT_FOR_ONE_ORDER = frozenset(
    {"rebalance", "auto_allocate_on", "over_receipt_days", "archive_after_days"}
)

OF_NO_PLAN = frozenset({"archive_after_days"})
"""What no open order is planned by: a change of it has nobody planned anew."""

FEWEST_DAYS_HERE = 90
"""Before that no order is archived: the board looks back twelve weeks, and one more may be told."""


def resolve(*scopes: Knobs) -> Policy:
    """One policy from scopes given most particular first (order, merchant, default).

    Each knob is taken from the first scope that names it; null is a value like any other.
    """
    chosen: dict[str, object] = {}
    for knobs in scopes:
        for knob, value in knobs.items():
            chosen.setdefault(knob, value)
    return _policy(chosen)


def origin(knob: str, scopes: Mapping[str, Knobs]) -> str:
    """The name of the scope that a knob's value comes from; `built in` where none names it."""
    return next((name for name, knobs in scopes.items() if knob in knobs), "built in")


def checked(knobs: Knobs, *wider: Knobs, for_one_order: bool = False) -> dict[str, object]:
    """The knobs with plain values fit to be stored, or `PolicyError` naming the one at fault.

    Knobs named together must make sense together, and so must what they give over the `wider`
    scopes, which are left alone where these knobs have no part in it.
    """
    if for_one_order and (wrong := sorted(NOT_FOR_ONE_ORDER & set(knobs))):
        raise PolicyError(
            wrong[0], f"{wrong[0]} is set for a merchant or for all, not for an order"
        )
    _refuse_contradiction(_policy(knobs), knobs)
    effective = resolve(knobs, *wider)
    needs_days = effective.auto_allocate is AutoAllocate.DUE_WITHIN
    if needs_days and effective.auto_allocate_within_days is None and _DEADLINE & set(knobs):
        raise PolicyError(
            "auto_allocate_within_days",
            "auto_allocate due_within needs auto_allocate_within_days; name it too",
        )
    return dict(knobs)


_DEADLINE = frozenset({"auto_allocate", "auto_allocate_within_days"})


def _refuse_contradiction(policy: Policy, knobs: Knobs) -> None:
    """Knobs that are named together and of which one makes the other meaningless."""
    if policy.hold_if_due_within_days is not None:
        if policy.max_shipments == 1:
            message = "an order in one shipment is never split; leave hold_if_due_within_days out"
            raise PolicyError("hold_if_due_within_days", message)
        if policy.on_shortage is OnShortage.REMOVE:
            message = "on_shortage remove leaves nothing to wait for; leave one of the two out"
            raise PolicyError("hold_if_due_within_days", message)
    has_days = policy.auto_allocate_within_days is not None and "auto_allocate" in knobs
    if has_days and policy.auto_allocate is not AutoAllocate.DUE_WITHIN:
        message = "auto_allocate_within_days counts only where auto_allocate is due_within"
        raise PolicyError("auto_allocate_within_days", message)


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
    "release_when": _one_of(ReleaseWhen),
    "hold_if_due_within_days": _number_or_none(0, 3650),
    "on_shortage": _one_of(OnShortage),
    "auto_allocate": _one_of(AutoAllocate),
    "auto_allocate_within_days": _number_or_none(0, 3650),
    "auto_allocate_on": _one_of(AutoAllocateOn),
    "min_po_status": _one_of(MinPoStatus),
    "future_inventory": _switch,
    "future_limit_days": _whole_number(0, 3650),
    "default_backorder_days": _whole_number(0, 3650),
    "rebalance": _one_of(Rebalance),
    "verify": _one_of(Step),
    "duplicates": _one_of(Duplicates),
    "prepare": _one_of(Step),
    "routing": _one_of(Routing),
    "auto_cancel_days": _number_or_none(1, 3650),
    "over_receipt_days": _whole_number(0, 3650),
    "archive_after_days": _number_or_none(FEWEST_DAYS_HERE, 3650),
}
