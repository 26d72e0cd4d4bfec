"""The pegs of a supply by their kinds, read through one index from either end.

A kind is what decides where its lines may be pegged: pinned or not, bound to which place, counting
from which status. A peg says of its line what the queue says (docs/adr/0041), so the kinds of a
supply are found by stepping over each, and the first and the last of one without those between.
"""

NEXT_KIND = """
SELECT p.pinned, p.lock_location, p.counts_from FROM peg p
 WHERE p.supply = {supply} {behind}
 ORDER BY p.pinned, p.lock_location, p.counts_from LIMIT 1
"""

FIRST_KIND = NEXT_KIND.format(supply="s.supply", behind="")

FURTHER_KIND = NEXT_KIND.format(
    supply="kind.supply",
    behind="""AND (p.pinned, p.lock_location, p.counts_from)
            > (kind.pinned, kind.lock_location, kind.counts_from)""",
)

KINDS = f"""
kind AS (
    SELECT s.supply, k.* FROM supplies s CROSS JOIN LATERAL ({FIRST_KIND}) k
     UNION ALL
    SELECT kind.supply, k.* FROM kind CROSS JOIN LATERAL ({FURTHER_KIND}) k
)
"""  # noqa: S608 -- constants
"""One row for each kind of peg on the supplies of a relation `supplies`; in a WITH RECURSIVE."""

OF_KIND = """
p.supply = kind.supply AND p.pinned = kind.pinned AND p.lock_location = kind.lock_location
   AND p.counts_from = kind.counts_from
"""
"""Whether a peg is of a kind; equal on the first columns of the index."""

FIRST_TO_LAST = "p.priority, p.placed_at, p.intake_seq, p.shipment_line"
LAST_TO_FIRST = "p.priority DESC, p.placed_at DESC, p.intake_seq DESC, p.shipment_line DESC"
