"""Who is pegged on supply that a part of a what-if is about."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from fulfillment.domain.model.rank import Rank
from fulfillment.domain.model.shipments import Peg
from fulfillment.domain.model.supply import Supply
from fulfillment.store.commands.supply.purchase_orders.replanning import with_pegs
from fulfillment.store.commands.what_if.act import Reach, SupplyChange, SupplyChanges, otherwise
from fulfillment.store.planning.workspace import Workspace
from fulfillment.store.queue import head
from fulfillment.store.queue.peg_kinds import FIRST_TO_LAST, KINDS, OF_KIND
from fulfillment.store.transactions.session import Tx

PEGGED = f"""
WITH RECURSIVE supplies AS MATERIALIZED (
    SELECT unnest(CAST(:supplies AS bigint[])) AS supply
), {KINDS}
SELECT q.order_id, q.supply, q.units, u.sku, q.priority, q.placed_at, q.intake_seq
  FROM kind CROSS JOIN LATERAL (
       SELECT * FROM peg p WHERE {OF_KIND} ORDER BY {FIRST_TO_LAST} LIMIT :most) q
  JOIN supply u ON u.id = q.supply
 ORDER BY q.priority, q.placed_at, q.intake_seq, q.shipment_line LIMIT :most
"""  # noqa: S608 -- constants


def with_pegged(tx: Tx, reach: Reach, supplies: Collection[int]) -> Reach:
    """Everybody who is pegged on these supplies; of more than a batch, the first in rank.

    What those lose they want of other supply: as many units as a batch has are looked for there.
    """
    most = head.BATCH
    rows = tx.rows(PEGGED, supplies=list(supplies), most=most + 1)
    if len(rows) <= most:
        return replace(reach, written=list(supplies))
    lost = {id_ for id_, one in reach.changes.items() if _loses(one)}
    return replace(
        reach,
        beside={row.order_id for row in rows[:most]},
        cut={row.sku: _rank(rows[most - 1]) for row in rows},
        changes={id_: one for id_, one in reach.changes.items() if id_ not in lost},
        asking=_asking([row for row in rows[:most] if row.supply in lost], most),
    )


def _loses(one: SupplyChange) -> bool:
    now = one.change(one.was)
    return not now.is_coming or now.due_on is None or now.outstanding < one.was.outstanding


def _asking(rows: Sequence[Any], most: int) -> tuple[Rank, Counter[str]] | None:
    if not rows:
        return None
    units = Counter[str]()
    for row in rows:
        units[row.sku] = min(units[row.sku] + row.units, most)
    return _rank(rows[0]), units


def _rank(row: Any) -> Rank:
    return Rank(row.priority, row.placed_at, row.intake_seq)


def pinned_late(tx: Tx, supplies: Collection[int]) -> frozenset[int]:
    """The orders whose pins wait for one of these to have a date ahead."""
    sql = "SELECT DISTINCT order_id FROM late_pin WHERE supply = ANY(:supplies)"
    return frozenset(row.order_id for row in tx.rows(sql, supplies=list(supplies)))


def put_supplies(space: Workspace, changes: SupplyChanges) -> None:
    """Let the plan see these supplies as they would be; pegs on them tell what they would tell."""
    space.otherwise = otherwise(space.otherwise, changes)
    now = {id_: space.otherwise[id_].now for id_ in changes}
    for order in list(space.after.values()):
        space.put(with_pegs(order, lambda peg: _told(peg, now.get(peg.supply))))


def _told(peg: Peg, supply: Supply | None) -> Peg:
    if supply is None:
        return peg
    return replace(peg, due_on=supply.due_on or peg.due_on, status=supply.status)
