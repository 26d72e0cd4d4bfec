"""The archive as who runs the house sees it: rounds, and months."""

from collections.abc import Sequence

from cli.output import console, table
from cli.telling import Step
from fulfillment.store.archive.archiving import archive_next
from fulfillment.store.archive.months import make_months
from fulfillment.store.reading.archived_orders import ArchivedMonth, archived_months, some_archived
from fulfillment.store.transactions.session import Store

EVERYBODY = "*"
AT_ONCE = 100


def round_now(store: Store, step: Step) -> int:
    """One round over all orders; how many were archived."""
    make_months(store)
    archived, upto = 0, 0
    while True:
        step.words = f"archiving: {archived:,} orders so far"
        done = archive_next(store, upto)
        archived += done.archived
        if done.upto is None:
            return archived
        upto = done.upto


def all_back(store: Store, step: Step) -> int:
    """Bring every order back whose rows are in the database; how many."""
    back = 0
    while some := store.read(EVERYBODY, lambda tx: some_archived(tx, AT_ONCE)):
        step.words = f"bringing back: {back:,} orders so far"
        store.bring_back(some)
        back += len(some)
    return back


def told_months(store: Store) -> Sequence[ArchivedMonth]:
    """What is archived, month by month."""
    return store.read(EVERYBODY, archived_months)


def show(months: Sequence[ArchivedMonth], moved: int, *, back: bool) -> None:
    """For people."""
    if moved:
        console.print(f"{moved:,} orders were {'brought back' if back else 'archived'}.")
    rows = [(m.month, m.orders, m.merchants, "away" if m.taken_away else "here") for m in months]
    if rows:
        console.print(table("Archived", ("month", "orders", "merchants", "its rows"), rows))
    elif not moved:
        console.print("Nothing is archived.")
