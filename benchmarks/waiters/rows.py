"""What waiting orders cost, as rows of the table."""

from benchmarks.targets.row import Limit, Row, unmeasured
from benchmarks.waiters.measuring import Audited, Found

MEMORY = Limit(1.2)
AUDIT = Limit(1.0, " ms an order")
"""Of 5,000 open orders that is five seconds."""

CACHED = 1_000
"""Workflows that a worker keeps in memory; while there are fewer, each takes some."""


def rows_of(found: Found) -> list[Row]:
    """Memory of the worker, the audit and a restart, with how many waited."""
    most = max(found.megabytes)
    return [
        _memory(found.megabytes),
        Row(
            f"restart of all, {most:,} waiting",
            "measured",
            ours=f"{found.restarted:.1f} s",
            absolute=f"an order that came then was prepared after {found.answered:.1f} s",
        ),
        _audit(found.audited, most),
    ]


def _memory(megabytes: dict[int, float]) -> Row:
    few, most = min(megabytes), max(megabytes)
    what = f"worker memory, {most:,} waiting against {few:,}"
    if few <= CACHED:
        why = f"needs more than {CACHED:,} that wait: until then the worker keeps all in memory"
        return unmeasured(what, MEMORY, why)
    ratio = megabytes[most] / megabytes[few]
    return Row(
        what,
        str(MEMORY),
        ours=f"{megabytes[most]:.0f} MB",
        floor=f"{megabytes[few]:.0f} MB",
        ratio=f"{ratio:.2f}",
        absolute="10,000 and 100,000 are wanted: `python -m benchmarks.waiters --help`",
        is_met=MEMORY.is_met(ratio),
    )


def _audit(found: Audited, orders: int) -> Row:
    each = 1000 * found.seconds / orders
    used = ", ".join(f"{part} {seconds:.1f}" for part, seconds in found.cpu.items())
    broken = "".join(f"; broken: {each.number} {each.rule}" for each in found.findings)
    return Row(
        f"audit of {orders:,} open orders",
        str(AUDIT),
        ours=f"{found.seconds:.1f} s ({each:.2f} ms an order)",
        absolute=f"{found.engine_seconds:.1f} s with the engine; CPU s: {used}{broken}",
        is_met=AUDIT.is_met(each) and not found.findings,
    )
