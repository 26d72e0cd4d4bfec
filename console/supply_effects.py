"""What other supply would make of orders, as rows and counts that people read."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from console.impacts import Difference, differences
from fulfillment.domain.insight.impact import Impact
from fulfillment.domain.insight.supply_effect import SupplyEffect, effect_of
from fulfillment.store.commands.what_if import Stop

E = SupplyEffect

MOST_SHOWN = 50

COUNTED: Mapping[SupplyEffect, tuple[str, str]] = {
    E.RELEASED: ("order would be released", "orders would be released"),
    E.TAKEN_BACK: ("released order would wait again", "released orders would wait again"),
    E.ALLOCATED: ("order would get units, and wait on", "orders would get units, and wait on"),
    E.UNCOVERED: ("order would lose units that it counts on",
                  "orders would lose units that they count on"),
    E.COVERED: ("order would have supply for more of it",
                "orders would have supply for more of them"),
    E.EARLIER: ("order would be earlier", "orders would be earlier"),
    E.LATER: ("order would be later", "orders would be later"),
    E.OTHER: ("order would stand otherwise", "orders would stand otherwise"),
}  # fmt: skip
"""Of one, and of several."""

TAGS: Mapping[SupplyEffect, tuple[str, str]] = {
    E.RELEASED: ("released", "good"),
    E.TAKEN_BACK: ("waits again", "waits"),
    E.ALLOCATED: ("gets units", "good"),
    E.UNCOVERED: ("loses supply", "waits"),
    E.COVERED: ("gets supply", "good"),
    E.EARLIER: ("earlier", "good"),
    E.LATER: ("later", "waits"),
    E.OTHER: ("", ""),
}
"""Words, and how they look."""


@dataclass(frozen=True, slots=True)
class EffectRow:
    """One order that would stand differently."""

    order: str
    tag: str
    tone: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class ShownEffect:
    """The first orders that would stand differently, and how many there are of which kind."""

    rows: Sequence[EffectRow]
    counts: Sequence[tuple[str, int]]
    not_shown: int
    stops: Sequence[Stop]
    elsewhere: int


def shown_effect(
    impacts: Sequence[Impact], stops: Sequence[Stop], seen: Collection[str] | None
) -> ShownEffect:
    """What was found, as a page shows it to who may see only the orders `seen`; None: all."""
    mine = [one for one in impacts if seen is None or one.order in seen]
    effects = [(one, effect_of(one)) for one in mine]
    counted = Counter(effect for _, effect in effects)
    return ShownEffect(
        rows=[
            EffectRow(one.order, *TAGS[effect], tuple(differences(one.before, one.after)))
            for one, effect in effects[:MOST_SHOWN]
        ],
        counts=[(COUNTED[effect][counted[effect] > 1], counted[effect]) for effect in SupplyEffect],
        not_shown=max(len(effects) - MOST_SHOWN, 0),
        stops=[Stop(one.sku, one.order if seen is None else None) for one in stops],
        elsewhere=len(impacts) - len(mine),
    )
