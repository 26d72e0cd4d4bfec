"""A what-if as a page shows it: what is asked, who gains, who loses, and where it stopped."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from fastapi import Request

from console import words
from fulfillment.domain.insight.gains import Fate, Gain, Moved, Totals, gain, totals
from fulfillment.domain.insight.impact import Standing
from fulfillment.domain.insight.what_if import write
from fulfillment.domain.insight.wishes import Wish
from fulfillment.domain.model.counting import said_of
from fulfillment.store.commands.what_if import Act, Copy, Fact, Outset, Stop
from fulfillment.store.commands.what_if.act import Value
from fulfillment.store.reading.views.what_if import WhatIfApplication, WhatIfFact

MOST_ROWS = 50
MOST_SKUS = 12
"""Queues to whose pictures a page leads."""

WHOLE = "whole"
"""In the address of a page that is answered when all of it is worked out, however long it takes."""

AT_ONCE = 100
"""Orders that are planned before a page is answered; what takes more of them comes behind it."""

ARROW = "→"


@dataclass(frozen=True, slots=True)
class Row:
    """One order that would stand otherwise, in words."""

    order: str
    status: str
    here: str
    waiting: str
    now: str
    then: str
    days: str

    @property
    def line(self) -> str:
        """All of it as one line, by which two looks are compared."""
        parts = (self.status, f"allocated {self.here}", f"backordered {self.waiting}",
                 f"promised {self.now} {ARROW} {self.then}")  # fmt: skip
        return f"Order {self.order}: {'; '.join(parts)}"


@dataclass(frozen=True, slots=True)
class Group:
    """Orders that gain, lose, or only stand otherwise; the first ones of them in rank order."""

    title: str
    kind: str
    rows: Sequence[Row]
    totals: Totals

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.totals.orders - len(self.rows)


@dataclass(frozen=True, slots=True)
class Asked:
    """A part of the what-if, what it means now, and the address without it."""

    text: str
    facts: Sequence[tuple[str, str, str, str]]
    without: str


@dataclass(frozen=True, slots=True)
class Begun:
    """What is known before anything is planned, where `orders` or more have to be."""

    asked: Sequence[Asked]
    orders: int
    skus: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """All that a look found, as far as this user may see it; `elsewhere` counts other orders.

    The queues of `skus` are those that it is about, and may be drawn for who sees all of them.
    """

    fingerprint: str
    asked: Sequence[Asked]
    groups: Sequence[Group]
    totals: Totals
    elsewhere: int
    stops: Sequence[Stop]
    skus: Sequence[str] = ()

    @property
    def lines(self) -> list[str]:
        """What is on the page, line by line, so that a later look can say what has moved."""
        facts = [f"{what}: {name} {now} {ARROW} {then}"
                 for part in self.asked for what, name, now, then in part.facts]  # fmt: skip
        return facts + [row.line for group in self.groups for row in group.rows]


@dataclass(frozen=True, slots=True)
class AppliedFact:
    """A value that was changed: as it was, as it was made, and as it is by now, where known."""

    about: str
    what: str
    before: str
    after: str
    now: str


@dataclass(frozen=True, slots=True)
class ShownApplication:
    """One time that the link was applied."""

    what: WhatIfApplication
    facts: Sequence[AppliedFact]


def applications_of(
    known: Sequence[WhatIfApplication], now: Sequence[WhatIfFact]
) -> list[ShownApplication]:
    """Each time that it was applied, with the values as they are `now`."""
    return [
        ShownApplication(one, [_applied(fact, then) for fact, then in _paired(one.facts, now)])
        for one in known
    ]


def _paired(
    facts: Sequence[WhatIfFact], now: Sequence[WhatIfFact]
) -> list[tuple[WhatIfFact, WhatIfFact | None]]:
    """Each value with the same one of now: the nth of its part, where they are as many."""
    names = [(fact.part, fact.what) for fact in facts]
    if names != [(fact.part, fact.what) for fact in now]:
        return [(fact, None) for fact in facts]
    return list(zip(facts, now, strict=True))


def _applied(fact: WhatIfFact, now: WhatIfFact | None) -> AppliedFact:
    told = words.NOTHING if now is None else _stored(now.before)
    return AppliedFact(fact.about, fact.what, _stored(fact.before), _stored(fact.after), told)


DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _stored(text: str | None) -> str:
    """A value that was kept as text, as people read it."""
    if text is None or DAY.fullmatch(text):
        return words.day(None if text is None else date.fromisoformat(text))
    return words.number(int(text)) if text.isdecimal() else text


TITLES = (
    (Fate.GAINS, "Who gains", "good"),
    (Fate.LOSES, "Who loses", "waits"),
    (Fate.BOTH, "Who gains and loses", "waits"),
    (Fate.OTHERWISE, "Who stands otherwise", ""),
)


def shown_of(
    copy: Copy, texts: Sequence[str], path: str, seen: Collection[str] | None, most: int = MOST_ROWS
) -> Shown:
    """What of a copy is shown to who may see only the orders `seen`; None: all of them."""
    every = [gain(one) for one in copy.impacts]
    mine = [one for one in every if seen is None or one.impact.order in seen]
    groups = [_group(mine, *title, most) for title in TITLES]
    stops = [Stop(one.sku, one.order if seen is None else None) for one in copy.stops]
    asked = _asked(copy.wishes, copy.acts, texts, path)
    found = [group for group in groups if group.totals.orders]
    skus = _drawn(copy.acts) if seen is None else []
    together, elsewhere = totals(mine), len(every) - len(mine)
    return Shown(copy.fingerprint, asked, found, together, elsewhere, stops, skus)


def begun_of(
    outset: Outset, wishes: Sequence[Wish], texts: Sequence[str], path: str, *, is_all: bool
) -> Begun:
    """What is told at once of a look that takes longer; its pictures for who sees all places."""
    skus = _drawn(outset.acts) if is_all else []
    return Begun(_asked(wishes, outset.acts, texts, path), outset.orders, skus)


def _asked(
    wishes: Sequence[Wish], acts: Sequence[Act], texts: Sequence[str], path: str
) -> list[Asked]:
    return [
        Asked(write(wish), [_fact(fact) for fact in act.facts], address(path, _less(texts, at)))
        for at, (wish, act) in enumerate(zip(wishes, acts, strict=True))
    ]


def _drawn(acts: Sequence[Act]) -> list[str]:
    return sorted({sku for act in acts for sku in act.reach.skus})[:MOST_SKUS]


def address(path: str, texts: Sequence[str], **more: str) -> str:
    """The what-if as an address."""
    query = urlencode([*(("if", text) for text in texts), *more.items()], safe=":@,")
    return f"{path}?{query}" if query else path


def whole(request: Request) -> str:
    """The address of the same page, all of it in one answer."""
    items = request.query_params.multi_items()
    said = [(name, text) for name, text in items if name not in {WHOLE, "done"}]
    return f"{request.url.path}?{urlencode([*said, (WHOLE, '1')], safe=':@,')}"


def moved(before: Sequence[str], now: Sequence[str]) -> tuple[list[str], list[str]]:
    """What was shown and is so no more, and what is shown instead."""
    return [one for one in before if one not in now], [one for one in now if one not in before]


def _less(texts: Sequence[str], at: int) -> list[str]:
    return [*texts[:at], *texts[at + 1 :]]


def _group(gains: Sequence[Gain], fate: Fate, title: str, kind: str, most: int) -> Group:
    its = [one for one in gains if one.fate is fate]
    return Group(title, kind, [_row(one) for one in its[:most]], totals(its))


def _row(one: Gain) -> Row:
    now, then = one.impact.before, one.impact.after
    return Row(
        one.impact.order,
        _change(words.plain(now.status), words.plain(then.status)),
        _change(words.number(now.allocated), words.number(then.allocated)),
        _change(words.number(now.backordered), words.number(then.backordered)),
        words.slices(now.promised),
        words.slices(then.promised),
        _days(one, then),
    )


def _days(one: Gain, then: Standing) -> str:
    if one.impact.before.cancelled != then.cancelled:
        return f"{words.number(then.cancelled - one.impact.before.cancelled)} cancelled"
    both = ((one.earlier, "earlier"), (one.later, "later"))
    return " and ".join(_by(*side) for side in both if side[0].units) or words.NOTHING


def _by(moved: Moved, word: str) -> str:
    mean, told = moved.days / moved.units, f"{words.number(moved.units)} {word}"
    if mean % 1 == 0:
        return f"{told}, by {words.counted(int(mean), 'day')}"
    return f"{told}, by {mean:,.1f} {said_of(mean, 'day')} on average"


def _change(now: str, then: str) -> str:
    return now if now == then else f"{now} {ARROW} {then}"


def _fact(fact: Fact) -> tuple[str, str, str, str]:
    return fact.subject, fact.what, _value(fact.before), _value(fact.after)


def _value(value: Value) -> str:
    if value is None or isinstance(value, date):
        return words.day(value)
    return words.number(value) if isinstance(value, int) else value
