"""What an operator sees of a workflow: search attributes and current details."""

import re
from collections import Counter
from typing import Any
from urllib.parse import quote

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    import shlex

    from temporalio.common import SearchAttributeUpdate

    from fulfillment.contracts import search_attributes
    from fulfillment.contracts.messages import (
        AtOdds,
        OrderStart,
        Progress,
        PurchaseOrderProgress,
        PurchaseOrderStart,
    )


MOST_ROWS = 20

MARKS = re.compile(r"[\\`*_\[\]<>|#]")

AT_ODDS = {
    AtOdds.DATABASE_BEHIND: "The database knew less than this workflow: it was put back."
    " Run `pegboard reconcile`.",
    AtOdds.UNKNOWN_ORDER: "The database does not know this order. If it was put back, run"
    " `pegboard reconcile` and take the order in again.",
}


class OrderCard:
    """An order in the Temporal UI. Each upsert is an event and an action: only on a change."""

    def __init__(self, start: OrderStart) -> None:
        self._edition = start.edition
        self._title = f"### Order {_plain(start.number)} of {start.merchant}"
        self._page = (
            f"The whole order: `GET /v1/orders/{quote(start.number, safe='')}`,"
            f" or `pegboard order show {shlex.quote(start.number)} --merchant {start.merchant}`"
        )
        self.at_odds: AtOdds | None = None
        self._shown: dict[str, object] = {search_attributes.STATUS.name: "received"}
        if start.progress:
            self._shown = self._values(start.progress)
            # The run that this one goes on for may have shown an older one: it is shown anew.
            self._shown.pop(search_attributes.VERSION.name, None)
            workflow.set_current_details(self._markdown(start.progress))

    def show(self, progress: Progress) -> None:
        """Bring the attributes and the details to where the order stands."""
        values = self._values(progress)
        if not search_attributes.is_in_details_alone(self._shown, values):
            self._shown = _upsert_changed(self._shown, values)
        workflow.set_current_details(self._markdown(progress))

    def _values(self, progress: Progress) -> dict[str, object]:
        return search_attributes.order_values(progress, self._edition)

    def show_unknown(self) -> None:
        """Say that the database has no such order."""
        workflow.set_current_details(f"{self._title}\n\n{AT_ODDS[AtOdds.UNKNOWN_ORDER]}")

    def _markdown(self, progress: Progress) -> str:
        lines = [self._title, "", f"**{_words(progress.status)}**"]
        if self.at_odds:
            lines.append(AT_ODDS[self.at_odds])
        if progress.holds:
            lines.append(f"held for: {', '.join(progress.holds)}")
        lines += ["", "| step | |", "|---|---|", *(f"| {a} | {b} |" for a, b in steps(progress))]
        rows = [
            f"| {s.number} | {_words(s.status)} | {s.location or ''} | {s.expected_on or ''} |"
            for s in progress.shipments[:MOST_ROWS]
        ]
        if rows:
            lines += ["", "| shipment | status | location | expected |", "|---|---|---|---|", *rows]
        if more := len(progress.shipments) - len(rows):
            lines.append(f"\nand {more} more")
        return "\n".join([*lines, "", self._page])


class PurchaseOrderCard:
    """A purchase order in the Temporal UI."""

    def __init__(self, start: PurchaseOrderStart) -> None:
        self._shown = search_attributes.purchase_order_values(start.progress)
        self._title = f"### Purchase order {_plain(start.progress.number)} of {start.merchant}"
        self._details(start.progress)

    def show(self, progress: PurchaseOrderProgress) -> None:
        """Bring the attributes and the details to where the purchase order stands."""
        values = search_attributes.purchase_order_values(progress)
        self._shown = _upsert_changed(self._shown, values)
        self._details(progress)

    def _details(self, progress: PurchaseOrderProgress) -> None:
        workflow.set_current_details(
            f"{self._title}\n\n**{_words(progress.status)}**\n\n"
            f"{progress.received} of {progress.ordered} units received,"
            f" due: {progress.due_on or 'no date known'}{_late(progress.overdue)}"
        )


def steps(progress: Progress) -> list[tuple[str, str]]:
    """The order's life, step by step, each with how it went or what it waits for."""
    told = [
        ("verify", _done(progress, progress.verified)),
        ("prepare fulfillment", _done(progress, progress.prepared)),
    ]
    if progress.waiting_units:
        told.append(("await stock", awaited(progress)))
    if progress.shipments:
        counts = Counter(shipment.status for shipment in progress.shipments)
        some = ", ".join(f"{n} {_words(status)}" for status, n in sorted(counts.items()))
        told.append(("release, pick, pack", some))
    if progress.shipped_units:
        told.append(("ship", _units(progress.shipped_units, "has left", "have left")))
    return told


def awaited(progress: Progress) -> str:
    """How many units wait, of which SKUs, for which supply, and the next date."""
    skus = _plain(", ".join(search_attributes.capped(progress.awaited_skus)))
    supply = _plain(", ".join(search_attributes.capped(progress.awaited_supply)))
    for_what = f" for {supply}" if supply else ""
    until = progress.next_date or "no date known"
    waits = _units(progress.waiting_units, "waits", "wait")
    return f"{waits} ({skus}){for_what}, next date: {until}"


def _done(progress: Progress, is_so: bool | None) -> str:  # noqa: FBT001 -- a fact of it
    if is_so is False and progress.finished:
        return "not done"
    if not progress.claimed and not progress.finished:
        return "its turn has not come"
    return "waits for a person" if is_so is False else "done"


def _late(units: int) -> str:
    return f" ({_units(units, 'is', 'are')} overdue)" if units else ""


def _units(count: int, one: str, more: str) -> str:
    return f"1 unit {one}" if count == 1 else f"{count} units {more}"


def _plain(names: str) -> str:
    """Names with none of the signs by which Markdown would set them otherwise."""
    return MARKS.sub(r"\\\g<0>", names)


def _words(status: str) -> str:
    return status.replace("_", " ")


def _upsert_changed(shown: dict[str, object], values: dict[str, object]) -> dict[str, object]:
    updates: list[SearchAttributeUpdate[Any]] = []
    for name, value in values.items():
        if shown.get(name) != value:
            key = search_attributes.KEYS[name]
            updates.append(key.value_unset() if value is None else key.value_set(value))
    if updates:
        workflow.upsert_search_attributes(updates)
    return values
