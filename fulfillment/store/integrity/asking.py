"""The checks, asked: those of the past slice by slice, the others once."""

from collections.abc import Callable, Iterable
from typing import Any

from fulfillment.store.integrity.archive_checks import (
    OF_EACH_SLICE,
    OF_THE_ARCHIVE,
    archived_slices,
)
from fulfillment.store.integrity.check import SHOWN, Check, Finding
from fulfillment.store.integrity.checks import CHECKS
from fulfillment.store.integrity.past import BEGINNING, Mark, latest, proven, slices
from fulfillment.store.integrity.queue_checks import QUEUE_CHECKS
from fulfillment.store.integrity.scope import (
    begin_with_checkpoint,
    look_at,
    look_at_archived,
    open_scope,
)
from fulfillment.store.integrity.sum_checks import SUM_CHECKS
from fulfillment.store.transactions.session import Tx

At = Callable[[str], None]

CHECKPOINT = Check(
    "1c",
    "the checkpoint of the ledger is the sum of the ledger up to it",
    """
    SELECT merchant, sku, location, disposition, coalesce(c.units, 0) AS checkpoint,
           coalesce(l.units, 0) AS ledger
      FROM ledger_checkpoint c
      FULL JOIN (SELECT merchant, sku, location, disposition, sum(units) AS units
                   FROM ledger_sum GROUP BY 1, 2, 3, 4) l
           USING (merchant, sku, location, disposition)
     WHERE coalesce(c.units, 0) <> coalesce(l.units, 0)
    """,
)

ALL = (*CHECKS, *QUEUE_CHECKS, *SUM_CHECKS)
OF_THE_PAST = tuple(check for check in ALL if check.of_the_past)


def rules(*, whole: bool) -> dict[str, str]:
    """The sentences of what is asked, by number."""
    only = (CHECKPOINT, *OF_EACH_SLICE, *OF_THE_ARCHIVE) if whole else ()
    return {check.number: check.rule for check in (*ALL, *only)}


def broken_checks(tx: Tx, at: At, *, whole: bool) -> list[Finding]:
    """What the checks find of all that is open, and of what came since the past was proven.

    With the `whole`, of all that ever was, of the ledger's checkpoint and of the archive too.
    """
    asked = Asked(tx, at)
    known, end = proven(tx), latest(tx)
    open_scope(tx)
    if whole:
        look_at_archived(tx)
        asked.past(slices(tx, BEGINNING, known.mark))
        asked.each([CHECKPOINT])
        for _ in archived_slices(tx):
            asked.each(OF_EACH_SLICE)
        asked.each(OF_THE_ARCHIVE)
    else:
        begin_with_checkpoint(tx)
    *before, (after, until) = [*slices(tx, known.mark, end)] or [(end, end)]
    asked.past(before)
    look_at(tx, after, until, changed_from=known.at, with_open=True)
    asked.each(ALL)
    return asked.findings


class Asked:
    """What was asked in one transaction, and what was found, by rule."""

    def __init__(self, tx: Tx, at: At) -> None:
        """Nothing yet."""
        self._tx, self._at = tx, at
        self._broken: dict[Check, list[dict[str, Any]]] = {}

    @property
    def findings(self) -> list[Finding]:
        """The rules that do not hold, each with some rows that show it."""
        return [
            Finding(check.number, check.rule, tuple(rows[:SHOWN]))
            for check, rows in self._broken.items()
        ]

    def past(self, parts: Iterable[tuple[Mark, Mark]]) -> None:
        """Ask of what was added between two marks, of one part after the other."""
        for after, until in parts:
            look_at(self._tx, after, until)
            self.each(OF_THE_PAST)

    def each(self, checks: Iterable[Check]) -> None:
        """Ask these, of what is audited now."""
        for check in checks:
            self._at(f"rule {check.number}, {check.rule}")
            rows = self._tx.rows(check.sql)[:SHOWN]
            if rows:
                self._broken.setdefault(check, []).extend(row._asdict() for row in rows)
