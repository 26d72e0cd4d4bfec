"""What a what-if is about: each value now and then, as text that can be kept."""

from collections.abc import Sequence
from datetime import date

from fulfillment.domain.insight.what_if import write
from fulfillment.domain.insight.wishes import Wish
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands.what_if.act import Act, Value
from fulfillment.store.commands.what_if.copying import acts_of
from fulfillment.store.reading.views.what_if import WhatIfFact
from fulfillment.store.transactions.session import Tx


def read_facts(tx: Tx, wishes: Sequence[Wish]) -> tuple[WhatIfFact, ...]:
    """What the wishes are about now; nothing where one of them is not possible any more."""
    try:
        return facts_of(wishes, acts_of(tx, wishes))
    except RefusedError:
        return ()


def facts_of(wishes: Sequence[Wish], acts: Sequence[Act]) -> tuple[WhatIfFact, ...]:
    """What each part is about, with its value now and then, as text."""
    return tuple(
        WhatIfFact(
            part=write(wish),
            about=fact.subject,
            what=fact.what,
            before=_text(fact.before),
            after=_text(fact.after),
        )
        for wish, act in zip(wishes, acts, strict=True)
        for fact in act.facts
    )


def _text(value: Value) -> str | None:
    if isinstance(value, date):
        return value.isoformat()
    return None if value is None else str(value)
