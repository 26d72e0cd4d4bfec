"""Rows of what is measured on a database alone: queues, receipts, and what an order weighs."""

from collections.abc import Callable, Sequence
from statistics import median

from benchmarks.growth.__main__ import measured as measured_beside
from benchmarks.growth.measuring import Measured
from benchmarks.receipt.__main__ import CASES
from benchmarks.receipt.copies import a_server
from benchmarks.receipt.measuring import Case, Compared, compare
from benchmarks.statements.counting import count_all
from benchmarks.statements.rows import rows_of as statement_rows
from benchmarks.targets.row import Limit, Row, unmeasured
from benchmarks.weight.__main__ import Lived, lived

Say = Callable[[str], None]

ROWS, KILOBYTES = Limit(18, " rows"), Limit(12, " KB")


def growth(few: int, many: int, calls: int) -> list[Row]:
    """Each deed beside a short queue, which is the floor, and a long one."""
    pairs = zip(measured_beside(few, calls), measured_beside(many, calls), strict=True)
    return [_deed(f"{few:,} → {many:,} waiting", *pair) for pair in pairs]


def _deed(what: str, few: Measured, many: Measured) -> Row:
    ratio, slow = many.typical / few.typical, many.slow / few.slow
    limit = Limit(few.deed.most)
    return Row(
        f"{what}: {few.deed.name}",
        f"{limit}, p99 too",
        ours=f"{many.typical:.1f} ms",
        floor=f"{few.typical:.1f} ms",
        ratio=f"{ratio:.2f}, p99 {slow:.2f}",
        absolute=f"CPU {few.cpu:.1f} → {many.cpu:.1f} ms ({many.cpu / few.cpu:.2f}),"
        f" pages {few.pages:,} → {many.pages:,}",
        is_met=limit.is_met(max(ratio, slow)),
    )


def receipts(rounds: int, most: int, say: Say) -> list[Row]:
    """One receipt against bulk statements; what is too long for this run is named."""
    with a_server() as copies:
        rows = []
        for case in CASES:
            if case.waiting > most:
                why = f"not in a run of at most {most:,} waiting"
                rows.append(unmeasured(_received(case), Limit(case.target), why))
            else:
                say(_received(case))
                rows.append(_receipt(compare(copies, case, rounds)))
        return rows


def _received(case: Case) -> str:
    return f"receipt, {case.units:,} of {case.waiting:,}"


def _receipt(found: Compared) -> Row:
    case, ratio = found.case, median(found.ratios)
    limit = Limit(case.target)
    ours, floor = (median(each.seconds for each in side) for side in (found.ours, found.floor))
    cpu = 1000 * median(one.cpu for one in found.ours) / case.units
    return Row(
        _received(case),
        str(limit),
        ours=f"{ours:.2f} s",
        floor=f"{floor:.2f} s",
        ratio=f"{ratio:.2f}",
        absolute=f"CPU {cpu:.2f} ms an order, {found.cpu_ratio:.2f} of the floor's;"
        f" rounds {found.ratios[0]:.2f} to {found.ratios[-1]:.2f}",
        is_met=limit.is_met(ratio),
    )


def statements() -> list[Row]:
    """What is sent to the database."""
    return statement_rows(count_all())


def weight(orders: int) -> list[Row]:
    """What is left of an order, and the CPU that its life took in the store."""
    found = lived(orders)
    rows, kilobytes = found.rows, found.bytes / 1024
    spent = _spent(found)
    return [
        Row(
            "an order of 2 lines, intake to shipped, in PostgreSQL",
            f"{ROWS}, {KILOBYTES}",
            ours=f"{rows:.0f} rows, {kilobytes:.1f} KB",
            absolute=f"{spent}; {found.lying / 1024:.1f} KB as it lies, with what is dead",
            is_met=ROWS.is_met(round(rows)) and KILOBYTES.is_met(kilobytes),
        )
    ]


def _spent(found: Lived) -> str:
    sides: Sequence[tuple[str, dict[str, float]]] = (
        ("program", found.spent.ours),
        ("database", found.spent.database),
    )
    each = [f"{name} {1000 * sum(of.values()) / found.orders:.1f}" for name, of in sides]
    return f"CPU ms an order: {', '.join(each)}"
