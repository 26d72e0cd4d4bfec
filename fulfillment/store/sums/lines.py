"""The lines of a queue from one rank to another, place by place, as the index has them."""

from collections.abc import Sequence

GATES = "open,conditional,closed,by_hand"
"""The gates of lines that are in the sums."""

RANK = "({0}.priority, {0}.placed_at, {0}.intake_seq)"

LINES = """
SELECT d.* FROM unnest(CAST('{{{gates}}}' AS text[])) AS gate(name) CROSS JOIN LATERAL (
       (SELECT * FROM open_demand d
         WHERE d.merchant = :merchant AND d.sku = {of}.sku AND d.gate = gate.name
           AND {which} AND NOT d.apart AND {of}.place = '' AND d.lock_location IS NULL {bounds}
         ORDER BY {order} {limit})
       UNION ALL
       (SELECT * FROM open_demand d
         WHERE d.merchant = :merchant AND d.sku = {of}.sku AND d.gate = gate.name
           AND {which} AND NOT d.apart AND d.lock_location = {of}.place {bounds}
         ORDER BY {order} {limit})) d
"""
"""Read twice, and by each gate: an index finds nothing by a comparison with no place."""

APART = """
SELECT d.* FROM open_demand d
 WHERE d.merchant = :merchant AND d.sku = {of}.sku AND d.apart AND {which} AND d.wanted > 0 {bounds}
 ORDER BY {order} {limit}
"""

IN_RANK = ("d.priority", "d.placed_at", "d.intake_seq")
AT_A_PLACE = ("d.lock_location", *IN_RANK)

Bound = tuple[str, str]
"""A relation with a rank, and how a line's rank compares with it."""


def lines(
    of: str,
    *,
    since: Bound | None = None,
    until: Bound | None = None,
    limit: str = "",
    which: str = "d.wanted > 0",
) -> str:
    """The lines in the sums of a SKU at a place, both columns of the relation `of`.

    The limit holds for each gate.
    """
    order = ", ".join(AT_A_PLACE)
    bounds = _bounds(since, until)
    return LINES.format(gates=GATES, of=of, which=which, bounds=bounds, limit=limit, order=order)


def last_lines(of: str, *, until: Bound, limit: str) -> str:
    """The lines before a rank, the last of them first."""
    return LINES.format(
        gates=GATES,
        of=of,
        which="d.wanted > 0",
        bounds=_bounds(until),
        limit=limit,
        order=_backwards(AT_A_PLACE),
    )


def lines_apart(
    of: str,
    *,
    since: Bound | None = None,
    until: Bound | None = None,
    limit: str = "",
    which: str = "true",
) -> str:
    """The lines of a SKU that are in no sum, at any place."""
    bounds, order = _bounds(since, until), ", ".join(IN_RANK)
    return APART.format(of=of, which=which, bounds=bounds, limit=limit, order=order)


def last_lines_apart(of: str, *, until: Bound, limit: str, which: str = "true") -> str:
    """The lines that are in no sum before a rank, the last of them first."""
    bounds, order = _bounds(until), _backwards(IN_RANK)
    return APART.format(of=of, which=which, bounds=bounds, limit=limit, order=order)


def _bounds(*bounds: Bound | None) -> str:
    ranks = ((RANK.format("d"), sign, RANK.format(of)) for of, sign in filter(None, bounds))
    return "".join(f"AND {mine} {sign} {its} " for mine, sign, its in ranks)


def _backwards(columns: Sequence[str]) -> str:
    return ", ".join(f"{column} DESC" for column in columns)
