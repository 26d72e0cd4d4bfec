"""What-ifs: what is asked, who would gain and who would lose, and what became of those applied."""

from dataclasses import dataclass
from datetime import datetime

from fulfillment.domain.insight.gains import Fate, Totals
from fulfillment.domain.insight.impact import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfFact:
    """What a part is about in words, and its value now and then."""

    part: str
    """The part of the what-if, as it is written."""
    about: str
    """What would be otherwise."""
    what: str
    """Which value of it."""
    before: str | None
    """The value now; a day as 2026-12-20, a number in digits."""
    after: str | None
    """The value then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfOrder:
    """One order that would stand differently."""

    order: str
    """Its number."""
    fate: Fate
    """Whether it gains, loses, does both, or only stands otherwise."""
    units_earlier: int
    """Units that are promised for an earlier day than now."""
    units_later: int
    """Units that are promised for a later day than now."""
    before: Standing
    """How it stands now."""
    after: Standing
    """How it would stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfStop:
    """A queue that was not looked at to its end; who stands behind may gain or lose as well."""

    sku: str
    """Whose queue."""
    order: str | None
    """The last order that was looked at; null where the key may not see it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfApplication:
    """One time that these parts, in this order, were applied."""

    at: datetime
    """When."""
    by: str
    """Who did it."""
    orders: int
    """Orders that stood differently by it."""
    made: tuple[str, ...]
    """Documents that were written by it."""
    facts: tuple[WhatIfFact, ...]
    """What it changed, with the value before and after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfView:
    """What a what-if would change, as the world is now. Nothing is done."""

    parts: tuple[str, ...]
    """What is asked, each part as it is written."""
    facts: tuple[WhatIfFact, ...]
    """What each part means now."""
    totals: Totals
    """All orders that would stand differently, together."""
    orders: tuple[WhatIfOrder, ...]
    """The first of them, in rank order."""
    elsewhere: int
    """Orders that would stand differently and have nothing at the key's locations."""
    stops: tuple[WhatIfStop, ...]
    """Where the look stopped; empty where it saw every queue to its end."""
    fingerprint: str
    """Of all that would change: names to `apply` what was looked at."""
    applied: tuple[WhatIfApplication, ...]
    """Each time that the same parts were applied, the last first."""
