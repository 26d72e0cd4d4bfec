"""What clients side by side feel, as rows of the table."""

from benchmarks.clients.measuring import MOST, Compared, Found
from benchmarks.targets.row import Limit, Row

P99 = Limit(1.2, " of bare")
ONE_BY_ONE = Limit(0.9, at_least=True)
TOGETHER = Limit(0.75, at_least=True)
HELD = Limit(0.95, at_least=True)
"""One SKU that all want costs nothing but what the spread of the rounds hides."""


def rows_of(found: Found) -> list[Row]:
    """Rates of intake, what a client waits at worst, and one SKU against many."""
    few, many = found.posts[16], found.posts[MOST]
    return [
        _rate("intake one by one, 16 clients", few, ONE_BY_ONE),
        _rate(f"intake, {found.batch.what}", found.batch, TOGETHER),
        _waited(few),
        _waited(many),
        _contended(found),
    ]


def _rate(what: str, one: Compared, limit: Limit) -> Row:
    ours, floor = one.middle(lambda each: each.rate)
    ratio = ours / floor
    return Row(
        what, str(limit), f"{ours:.0f}/s", f"{floor:.0f}/s", f"{ratio:.2f}", _cpu(one),
        limit.is_met(ratio),
    )  # fmt: skip


def _waited(one: Compared) -> Row:
    ours, floor = one.middle(lambda each: each.p99)
    ratio = ours / floor
    return Row(
        f"POST one order under {one.what}, p99", str(P99), f"{ours:.0f} ms", f"{floor:.0f} ms",
        f"{ratio:.2f}", _cpu(one), P99.is_met(ratio),
    )  # fmt: skip


def _cpu(one: Compared) -> str:
    ours, floor = one.middle(lambda each: each.cpu)
    return f"API {ours:.1f} ms CPU an order, bare {floor:.1f}"


def _contended(found: Found) -> Row:
    pairs = list(zip(found.one_sku, found.own_skus, strict=True))
    ratios = sorted(one / own for one, own in pairs)
    ratio = ratios[len(ratios) // 2]
    return Row(
        f"{MOST} clients on one SKU against {MOST} SKUs, to ready", f"{HELD} (held)",
        f"{max(found.one_sku):.0f}/s", f"{max(found.own_skus):.0f}/s", f"{ratio:.2f}",
        f"rounds {ratios[0]:.2f} to {ratios[-1]:.2f}", HELD.is_met(ratio),
    )  # fmt: skip
