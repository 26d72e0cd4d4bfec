"""Other systems' settings as named presets over the knobs of the policy (behaviour.md §3).

Presets that stand for the same setting of one vendor name the same knobs, so that choosing
another one leaves nothing of the first behind.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fulfillment.domain.model.policy import (
    NOT_FOR_ONE_ORDER,
    AutoAllocate,
    AutoAllocateOn,
    Knobs,
    OnShortage,
    PolicyError,
    Rebalance,
    ReleaseWhen,
)

PRESET = "preset"
"""The key under which knobs name a preset."""

DAYS = 7
"""Filled in where a vendor asks for a number of days; a merchant gives its own."""

MOST_NEAR = 3


@dataclass(frozen=True, slots=True)
class Preset:
    """Another system's setting: what it sets here, and which of that is only a default."""

    name: str
    title: str
    """The system, and what it calls the setting."""
    says: str
    """What becomes of an order, in a sentence."""
    knobs: Knobs
    """What it sets, by name."""
    needs: tuple[str, ...] = ()
    """Settings whose value you may want to give yourself."""


@dataclass(frozen=True, slots=True)
class _Choice:
    """One choice of a vendor's setting: what it is called, what it says, what it sets."""

    title: str
    says: str
    knobs: Knobs
    needs: tuple[str, ...] = ()


_IMPORTING = {
    "keep": _Choice(
        "keep together",
        "What is there is claimed for the order, which leaves whole once nothing is missing",
        {"max_shipments": 1, "hold_if_due_within_days": None, "on_shortage": OnShortage.WAIT},
    ),
    "split": _Choice(
        "split",
        "What is there leaves at once, and the whole rest follows in a second shipment",
        {"max_shipments": 2, "hold_if_due_within_days": None, "on_shortage": OnShortage.WAIT},
    ),
    "split_unless_due": _Choice(
        "split unless due",
        "What is there leaves at once and the rest in a second shipment, unless all that is"
        " missing is due within some days",
        {"max_shipments": 2, "hold_if_due_within_days": DAYS, "on_shortage": OnShortage.WAIT},
        ("hold_if_due_within_days",),
    ),
}
"""What CartonCloud's setting "Sale Order Importing" may do with an order that is short."""

_ALLOCATING = {
    "always": _Choice(
        "always",
        "stock that comes in is given to it, however little it is.",
        {"auto_allocate": AutoAllocate.ALWAYS, "auto_allocate_within_days": None},
    ),
    "never": _Choice(
        "never",
        "a person gives it the stock that comes in.",
        {"auto_allocate": AutoAllocate.NEVER, "auto_allocate_within_days": None},
    ),
    "complete_only": _Choice(
        "only what completes it",
        "stock that comes in is given to it once that completes it.",
        {"auto_allocate": AutoAllocate.COMPLETE_ONLY, "auto_allocate_within_days": None},
    ),
    "due_within": _Choice(
        "if the rest is due soon",
        "stock that comes in is given to it if what is then missing is due within some days.",
        {"auto_allocate": AutoAllocate.DUE_WITHIN, "auto_allocate_within_days": DAYS},
        ("auto_allocate_within_days",),
    ),
}
"""What CartonCloud's setting "Automatic Sale Order Stock Allocation" may be."""


def _cells() -> Iterable[Preset]:
    """CartonCloud allocates only when a purchase order changes its status: all cells say so.

    What it has allocated it holds for that order, whoever comes before it later.
    """
    for importing, first in _IMPORTING.items():
        for allocating, later in _ALLOCATING.items():
            yield Preset(
                name=f"cartoncloud.{importing}.{allocating}",
                title=f"CartonCloud: {first.title}, allocate {later.title}",
                says=f"{first.says}; {later.says}",
                knobs={
                    **first.knobs,
                    **later.knobs,
                    "auto_allocate_on": AutoAllocateOn.PO_STATUS,
                    "rebalance": Rebalance.OFF,
                },
                needs=(*first.needs, *later.needs),
            )


def _refusing(name: str, title: str, says: str, on_shortage: OnShortage) -> Preset:
    """A further choice of CartonCloud's import setting: it decides at the order's first claim."""
    knobs = {
        "max_shipments": 1,
        "hold_if_due_within_days": None,
        "on_shortage": on_shortage,
        "rebalance": Rebalance.OFF,
    }
    return Preset(f"cartoncloud.import.{name}", f"CartonCloud: {title}", says, knobs)


def _kibo(name: str, title: str, says: str, *, future: bool) -> Preset:
    """Kibo releases a shipment only as a whole, and takes what is in stock first."""
    knobs = {
        "max_shipments": None,
        "release_when": ReleaseWhen.ALL_SOURCED,
        "auto_allocate": AutoAllocate.COMPLETE_ONLY,
        "future_inventory": future,
    }
    return Preset(f"kibo.{name}", f"Kibo: {title}", says, knobs)


_ALL = (
    *_cells(),
    _refusing(
        "reject",
        "reject what is short",
        "An order that can not be met in full when it comes is refused.",
        OnShortage.REJECT,
    ),
    _refusing(
        "remove",
        "remove what is short",
        "What is missing when the order comes is cancelled, and the rest is shipped: where 2 of 5"
        " are there, 2 are. CartonCloud drops such a product as a whole.",
        OnShortage.REMOVE,
    ),
    _refusing(
        "assign_nothing",
        "assign nothing",
        "An order that can not be met in full when it comes claims nothing, and waits for a"
        " person to give it stock.",
        OnShortage.ASSIGN_NOTHING,
    ),
    Preset(
        "shipstream.all_or_nothing",
        "ShipStream: all or nothing",
        "Nothing leaves before everything is in stock.",
        {"max_shipments": 1},
    ),
    Preset(
        "shipstream.as_available",
        "ShipStream: as available",
        "What is in stock leaves, in as many shipments as it takes.",
        {"max_shipments": None},
    ),
    Preset(
        "shipstream.up_to",
        "ShipStream: up to some shipments",
        "What is in stock leaves until one shipment is left, and the last one goes complete.",
        {"max_shipments": 2},
        ("max_shipments",),
    ),
    _kibo(
        "current",
        "current inventory",
        "A shipment is released once all of it is in stock.",
        future=False,
    ),
    _kibo(
        "future",
        "future inventory",
        "A shipment is released once all of it is on its way with a date that is near enough.",
        future=True,
    ),
    _kibo(
        "both",
        "current and future inventory",
        "A shipment is released once each unit of it is in stock or on its way with a date that"
        " is near enough. The same knobs as `kibo.future`: what is in stock always goes first.",
        future=True,
    ),
)

PRESETS: Mapping[str, Preset] = {preset.name: preset for preset in _ALL}
"""Every preset by its name."""


def expand(knobs: Knobs, *, for_one_order: bool = False) -> dict[str, object]:
    """The knobs of the preset that is named, if any, overlaid by those named beside it.

    What a preset says of a merchant is left out for one order. Raises `PolicyError` for a preset
    that does not exist.
    """
    beside = {knob: value for knob, value in knobs.items() if knob != PRESET}
    if PRESET not in knobs:
        return beside
    preset = _named(knobs[PRESET])
    left_out = NOT_FOR_ONE_ORDER if for_one_order else frozenset()
    return {k: value for k, value in preset.knobs.items() if k not in left_out} | beside


def _named(name: object) -> Preset:
    if isinstance(name, str) and name in PRESETS:
        return PRESETS[name]
    near = ", ".join(_near(str(name)))
    raise PolicyError(PRESET, f"there is no preset {name!r}; near it are {near}")


def _near(name: str) -> list[str]:
    """The presets whose names share most pairs of letters with this one."""
    pairs = _pairs(name)

    def distance(known: str) -> tuple[float, str]:
        theirs = _pairs(known)
        return -2 * len(pairs & theirs) / (len(pairs) + len(theirs)), known

    return sorted(PRESETS, key=distance)[:MOST_NEAR]


def _pairs(name: str) -> frozenset[str]:
    return frozenset(name[at : at + 2] for at in range(len(name) - 1))
