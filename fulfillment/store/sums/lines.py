"""The lines of a queue from one rank to another, place by place, as the index has them."""

GATES = "open,conditional,closed,by_hand"
"""The gates of lines that are in the sums."""

RANK = "({0}.priority, {0}.placed_at, {0}.intake_seq)"

LINES = """
SELECT d.* FROM unnest(CAST('{{{gates}}}' AS text[])) AS gate(name) CROSS JOIN LATERAL (
       (SELECT * FROM open_demand d
         WHERE d.merchant = :merchant AND d.sku = {of}.sku AND d.gate = gate.name
           AND {which} AND NOT d.apart AND {of}.place = '' AND d.lock_location IS NULL {bounds}
         ORDER BY d.lock_location, d.priority, d.placed_at, d.intake_seq {limit})
       UNION ALL
       (SELECT * FROM open_demand d
         WHERE d.merchant = :merchant AND d.sku = {of}.sku AND d.gate = gate.name
           AND {which} AND NOT d.apart AND d.lock_location = {of}.place {bounds}
         ORDER BY d.lock_location, d.priority, d.placed_at, d.intake_seq {limit})) d
"""
"""Read twice, and by each gate: an index finds nothing by a comparison with no place."""

APART = """
SELECT d.* FROM open_demand d
 WHERE d.merchant = :merchant AND d.sku = {of}.sku AND d.apart AND {which} AND d.wanted > 0 {bounds}
 ORDER BY d.priority, d.placed_at, d.intake_seq {limit}
"""

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
    bounds = _bounds(since, until)
    return LINES.format(gates=GATES, of=of, which=which, bounds=bounds, limit=limit)


def lines_apart(
    of: str,
    *,
    since: Bound | None = None,
    until: Bound | None = None,
    limit: str = "",
    which: str = "true",
) -> str:
    """The lines of a SKU that are in no sum, at any place."""
    return APART.format(of=of, which=which, bounds=_bounds(since, until), limit=limit)


def _bounds(*bounds: Bound | None) -> str:
    ranks = ((RANK.format("d"), sign, RANK.format(of)) for of, sign in filter(None, bounds))
    return "".join(f"AND {mine} {sign} {its} " for mine, sign, its in ranks)
