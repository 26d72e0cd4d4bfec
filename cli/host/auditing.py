"""The audit: every rule with what breaks it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any

from rich.text import Text

from cli.output import console, text_of
from fulfillment import engine
from fulfillment.relay.audit import RULES as ENGINE_RULES
from fulfillment.relay.audit import audit_both_sides, start_again
from fulfillment.store.integrity.asking import rules as rules_asked
from fulfillment.store.integrity.check import Finding
from fulfillment.store.integrity.invariants import audit as audit_store
from fulfillment.store.reading.unfinished import OrderName
from fulfillment.store.transactions.session import Store

PLAN_RULES = {
    "6a": "no order waits while a unit that it may take is free",
    "6c": "stored statuses and counts are those that the rules compute",
}


BEHIND = frozenset({"7c", "7d", "7e", "7g"})
"""Rules that break when a database is put back."""


@dataclass(frozen=True, slots=True)
class Result:
    """What was checked, what was found, and the orders that no workflow carries."""

    rules: dict[str, str]
    findings: tuple[Finding, ...]
    without_workflow: tuple[OrderName, ...] = ()

    @property
    def astray(self) -> tuple[OrderName, ...]:
        """Orders that no workflow carries, or one that stands behind: a start brings them on."""
        rows = (row for each in self.findings if each.number == "7j" for row in each.rows)
        return (*self.without_workflow, *(OrderName(r["merchant"], r["order"]) for r in rows))

    @property
    def in_order(self) -> list[tuple[str, str]]:
        """The rules by number: 10 comes after 9b."""
        return sorted(
            self.rules.items(), key=lambda rule: (int(rule[0].rstrip(ascii_lowercase)), rule[0])
        )

    @property
    def is_behind(self) -> bool:
        """Whether the engine knows more than the database."""
        return any(finding.number in BEHIND for finding in self.findings)

    @property
    def plain(self) -> dict[str, Any]:
        """The result as plain data."""
        found = {finding.number: finding for finding in self.findings}
        return {
            "fine": not self.findings,
            "checks": [
                {
                    "number": number,
                    "rule": rule,
                    "fine": number not in found,
                    "rows": list(found[number].rows) if number in found else [],
                }
                for number, rule in self.in_order
            ],
            "orders_without_workflow": len(self.without_workflow),
        }


def check(
    store: Store, at: Callable[[str], None], *, with_engine: bool, whole: bool = False
) -> Result:
    """Run every check, saying at which one it is; with the engine, Temporal must answer."""
    rules = rules_asked(whole=whole) | PLAN_RULES
    missing: list[OrderName] = []

    def ask_store() -> list[Finding]:
        return audit_store(store, at, whole=whole)

    if with_engine:
        findings, missing = asyncio.run(_ask_both(store, at, ask_store))
        rules |= ENGINE_RULES
    else:
        findings = ask_store()
    rules |= {finding.number: finding.rule for finding in findings}
    return Result(rules, tuple(findings), tuple(missing))


async def _ask_both(
    store: Store, at: Callable[[str], None], ask_store: Callable[[], list[Finding]]
) -> tuple[list[Finding], list[OrderName]]:
    """Ask the database of its rules while the engine lists what it runs."""
    client = await engine.connect()
    comparing = asyncio.create_task(audit_both_sides(store, client))
    of_store = await asyncio.to_thread(ask_store)
    at("comparing with what Temporal knows")
    missing, late = await comparing
    return [*of_store, *late], missing


def mend(store: Store, result: Result) -> int:
    """Owe a start to every order that has no workflow, or one that stands behind.

    The relay of a worker delivers it; a workflow that is there is told where its order stands.
    """
    return start_again(store, result.astray)


def show(result: Result, started: int) -> None:
    """Each rule with a tick, or with the rows that break it."""
    found = {finding.number: finding for finding in result.findings}
    for number, rule in result.in_order:
        mark = ("x", "bold red") if number in found else ("✓", "green")
        console.print(Text.assemble(mark, f" {number:3} {rule}"))
        for row in found[number].rows if number in found else ():
            told = ", ".join(f"{name} {text_of(value)}" for name, value in row.items())
            console.print(Text(f"      {told}", style="red"))
    if started:
        console.print(f"{started} orders are started again by the next worker that runs")
    elif result.is_behind:
        console.print(
            "the engine knows what the database does not: if it was put back, stop workers and"
            " API, and run `pegboard reconcile`"
        )
    elif result.astray:
        console.print("`pegboard audit --repair` starts the orders again")
