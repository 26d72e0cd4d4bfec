"""That a what-if was applied is known by its parts: whoever opens the same link is told.

It stands among the commands, under a key made of the parts and of how often they were applied
before. So of two who apply the same at once, the second finds the key taken.
"""

from collections.abc import Sequence

from fulfillment.domain.insight.what_if import write
from fulfillment.domain.insight.wishes import Wish
from fulfillment.domain.model.refusals import RefusedError, conflict
from fulfillment.store.reading.rows import fields_of, view
from fulfillment.store.reading.views.what_if import WhatIfApplication
from fulfillment.store.transactions.once import begin_command, end_command, plain_json
from fulfillment.store.transactions.session import Command, Tx, fingerprint

VERB = "what_if_applied"
MOST_TIMES = 50
"""Times that the same parts can be applied; then somebody is at play."""

STORED = """
SELECT c.result FROM unnest(CAST(:keys AS text[])) WITH ORDINALITY AS k(key, nth)
  JOIN command c ON c.merchant = :merchant AND c.key = k.key ORDER BY k.nth DESC
"""


def read_applications(tx: Tx, wishes: Sequence[Wish]) -> tuple[WhatIfApplication, ...]:
    """Each time that these wishes, in this order, were applied, the last first."""
    keys = [_key(wishes, nth) for nth in range(MOST_TIMES)]
    rows = tx.rows(STORED, merchant=tx.merchant, keys=keys)
    return tuple(view(WhatIfApplication, row.result) for row in rows)


def check_times(tx: Tx, wishes: Sequence[Wish], times: int) -> None:
    """Refuse what was applied more often than who asks has seen."""
    known = read_applications(tx, wishes)
    if len(known) > times:
        raise _applied_already(known[0], len(known))
    if len(known) >= MOST_TIMES:
        message = f"the same what-if is applied {MOST_TIMES} times at most; ask it in other words"
        raise conflict("applied_too_often", message)


def note_applied(tx: Tx, wishes: Sequence[Wish], times: int, what: WhatIfApplication) -> None:
    """Remember it; who comes second is refused."""
    command = Command(tx.merchant, VERB, _key(wishes, times), tx.actor)
    if begin_command(tx, command) is not None:
        known = read_applications(tx, wishes)
        raise _applied_already(known[0], len(known))
    end_command(tx, command, plain_json(fields_of(what)))


def _applied_already(last: WhatIfApplication, times: int) -> RefusedError:
    message = f"this was applied already, by {last.by}; to do it once more is another what-if"
    return conflict("applied_already", message, at=last.at.isoformat(), by=last.by, times=times)


def _key(wishes: Sequence[Wish], nth: int) -> str:
    return f"{VERB}:{fingerprint([write(wish) for wish in wishes]).hex()}:{nth}"
