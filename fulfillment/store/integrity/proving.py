"""The past is proven once: audited slice by slice, and from then on taken to be right.

An audit then looks at what is open, and at what came since (docs/adr/0050).
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from fulfillment.store.integrity.asking import OF_THE_PAST, Asked
from fulfillment.store.integrity.check import Finding
from fulfillment.store.integrity.past import Mark, Proven, onward, proven, settled
from fulfillment.store.integrity.scope import look_at, open_scope
from fulfillment.store.transactions.dialogue import IN_ONE_PICTURE, dialogue
from fulfillment.store.transactions.session import Store, Tx

TAKEN = "SELECT pg_try_advisory_xact_lock(hashtext('pegboard proven past')) AS taken"

ADVANCE = """
INSERT INTO proven_past (one, event, ledger, receipt, supply, at)
VALUES (true, :event, :ledger, :receipt, :supply, :now)
ON CONFLICT (one) DO UPDATE
   SET event = excluded.event, ledger = excluded.ledger, receipt = excluded.receipt,
       supply = excluded.supply, at = excluded.at
"""

ADD_UP = """
INSERT INTO ledger_checkpoint AS c (merchant, sku, location, disposition, units)
SELECT merchant, sku, location, disposition, sum(units) FROM ledger_sum GROUP BY 1, 2, 3, 4
ON CONFLICT (merchant, sku, location, disposition) DO UPDATE SET units = c.units + excluded.units
"""


@dataclass(frozen=True, slots=True)
class Progress:
    """What one step found, and whether there is more that could be proven now."""

    findings: tuple[Finding, ...] = ()
    more: bool = False


def prove_past(store: Store) -> Progress:
    """Audit one more slice of the past, and go on from behind it if nothing of it is wrong.

    What is found wrong is told, and found again until it is put right: nothing behind it is taken
    for proven. Several may do it at once; one of them does, and the others do nothing.
    """
    goal = settled(store)
    return Progress() if goal is None else _in_one_picture(store, lambda tx: _prove(tx, goal))


def _in_one_picture(store: Store, body: Callable[[Tx], Progress]) -> Progress:
    with dialogue(store.engine, IN_ONE_PICTURE) as said:
        return body(Tx(said, "*", store.clock(), "sweep"))


def _prove(tx: Tx, goal: Mark) -> Progress:
    if not tx.rows(TAKEN)[0].taken:
        return Progress()
    known = proven(tx)
    reached = onward(tx, known.mark, goal)
    if reached == known.mark:
        return Progress()
    findings = _broken_between(tx, known, reached)
    if not findings:
        tx.run(ADVANCE, now=tx.now, **asdict(reached))
        tx.run(ADD_UP)
    return Progress(tuple(findings), more=not findings and reached != goal)


def _broken_between(tx: Tx, known: Proven, reached: Mark) -> list[Finding]:
    open_scope(tx)
    look_at(tx, known.mark, reached, changed_from=known.at)
    asked = Asked(tx, lambda _: None)
    asked.each(OF_THE_PAST)
    return asked.findings
