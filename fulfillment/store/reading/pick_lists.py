"""Pick lists as the picker walks them: by bin and SKU, with what goes to which shipment."""

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby
from typing import Any

from fulfillment.domain.model.packs import packed
from fulfillment.domain.model.refusals import invalid, missing
from fulfillment.store.reading.paging import Page, Sort, Window, page_of, page_sql, plan_by_values
from fulfillment.store.reading.rows import rows_as, view
from fulfillment.store.reading.views.floor import (
    ListedShipment,
    PickListSummary,
    PickListView,
    SortedUnits,
    Stop,
)
from fulfillment.store.records.saving.pick_lists import LEFT_TO_STAGE
from fulfillment.store.transactions.archived import check_none_is_archived
from fulfillment.store.transactions.session import Tx

NEWEST_FIRST = Sort(("p.id",), ("bigint",), descending=True)

PICKING = "picking"

Merchants = Collection[str] | None
"""Whose lines are seen; None is everybody's."""

MINE = "(CAST(:merchants AS text[]) IS NULL OR l.merchant = ANY(:merchants))"

LEFT = f"""
CASE WHEN p.status <> 'picking' THEN 0
     WHEN l.to_stage THEN {LEFT_TO_STAGE}
     ELSE l.units - l.picked - l.short END
"""
"""What is to be picked still."""

HEADER = f"""
SELECT p.* FROM pick_list p
 WHERE p.id = :id
   AND (CAST(:merchants AS text[]) IS NULL OR p.merchants && CAST(:merchants AS text[])
        OR EXISTS (SELECT 1 FROM pick_list_line l WHERE l.pick_list = p.id AND {MINE}))
"""  # noqa: S608 -- MINE is a constant

LINES = f"""
SELECT l.merchant, l.sku, g.name, g.bins ->> p.location AS bin, o.number AS "order", l.order_id,
       l.shipment, s.number AS shipment_number, s.status, o.holds, l.order_line, l.units, l.picked,
       l.short, l.to_stage, ol.pack, ol.pack_units, {LEFT} AS left, o.shipping_method, o.deliver_by,
       c.packer_note
  FROM pick_list_line l
  JOIN pick_list p ON p.id = l.pick_list
  JOIN shipment s ON s.id = l.shipment
  JOIN orders o ON o.id = l.order_id
  LEFT JOIN order_customer c ON c.order_id = o.id
  JOIN product g ON g.merchant = l.merchant AND g.sku = l.sku
  JOIN order_line ol ON ol.order_id = l.order_id AND ol.line = l.order_line
 WHERE l.pick_list = :id AND {MINE}
 ORDER BY bin, l.sku, l.merchant, o.priority, o.placed_at, o.intake_seq, l.shipment, l.order_line
"""  # noqa: S608 -- constants

LIST = f"""
SELECT p.id, p.location, p.kind, p.status, p.picker, p.created_at, p.done_at, t.orders, t.units,
       t.picked, t.short, t.left, {{keys}}
  FROM pick_list p
 CROSS JOIN LATERAL (
       SELECT count(DISTINCT l.order_id) AS orders, coalesce(sum(l.units), 0)::bigint AS units,
              coalesce(sum(l.picked), 0)::bigint AS picked,
              coalesce(sum(l.short), 0)::bigint AS short,
              coalesce(sum({LEFT}), 0)::bigint AS left
         FROM pick_list_line l JOIN shipment s ON s.id = l.shipment
        WHERE l.pick_list = p.id AND {MINE}) t
 WHERE {{conditions}} ORDER BY {{order_by}} LIMIT :most
"""  # noqa: S608 -- constants


def read_list(tx: Tx, pick_list: int, merchants: Merchants) -> PickListView:
    """One list with its walk; a refusal where nothing on it was given for these merchants."""
    return list_with(head_of(tx, pick_list, merchants), lines_of(tx, pick_list, merchants))


def head_of(tx: Tx, pick_list: int, merchants: Merchants) -> Any:
    """What stands over a list; a refusal where nothing on it was given for these merchants."""
    rows = tx.rows(HEADER, id=pick_list, merchants=_array(merchants))
    if not rows:
        raise missing("pick list", pick_list)
    if rows[0].status != PICKING:
        check_none_is_archived(tx.dialogue, "pick list", pick_list)
    return rows[0]


def lines_of(tx: Tx, pick_list: int, merchants: Merchants) -> list[Any]:
    """The lines of a list that are for these merchants, in the order of the walk."""
    return tx.rows(LINES, id=pick_list, merchants=_array(merchants))


def list_with(head: Any, lines: Sequence[Any]) -> PickListView:
    """A list as it is answered."""
    shipments = {row.shipment: row for row in lines}
    return view(
        PickListView,
        head,
        walk=tuple(_walk(lines)),
        shipments=tuple(view(ListedShipment, shipments[id_]) for id_ in sorted(shipments)),
    )


def _walk(lines: Sequence[Any]) -> Iterable[Stop]:
    for (sku, merchant), group in groupby(lines, key=lambda row: (row.sku, row.merchant)):
        rows = list(group)
        yield Stop(
            merchant=merchant,
            sku=sku,
            name=rows[0].name,
            bin=rows[0].bin,
            units=sum(row.units for row in rows),
            picked=sum(row.picked for row in rows),
            short=sum(row.short for row in rows),
            left=sum(row.left for row in rows),
            sort=tuple(_sorted_to(row) for row in rows),
        )


def _sorted_to(row: Any) -> SortedUnits:
    return view(SortedUnits, row, pack=packed(row.units, row.pack, row.pack_units))


def list_lists(
    tx: Tx,
    window: Window,
    merchants: Merchants,
    *,
    locations: Collection[str] | None = None,
    status: str | None = None,
) -> Page[PickListSummary]:
    """One page of the lists on which something is for these merchants."""
    whose = "CAST(:merchants AS text[]) IS NULL OR p.merchants && CAST(:merchants AS text[])"
    which, parameters = [whose], dict[str, object]()
    if locations is not None:
        which.append("p.location = ANY(:locations)")
        parameters["locations"] = list(locations)
    if status is not None:
        which.append("p.status = :status")
        parameters["status"] = status
    behind, key = NEWEST_FIRST.after(window.after)
    plan_by_values(tx)
    rows = tx.rows(
        page_sql(LIST, NEWEST_FIRST, [*which, *behind]),
        merchants=_array(merchants),
        most=window.limit + 1,
        **parameters,
        **key,
    )
    return page_of(rows, window.limit, rows_as(PickListSummary))


def _array(merchants: Merchants) -> list[str] | None:
    return None if merchants is None else list(merchants)


def merchant_of(tx: Tx, pick_list: int, shipment: int) -> str:
    """Whose shipment it is that is on a list; a refusal where it is not on it."""
    rows = tx.rows(
        "SELECT merchant FROM pick_list_line WHERE pick_list = :id AND shipment = :shipment"
        " LIMIT 1",
        id=pick_list,
        shipment=shipment,
    )
    if not rows:
        message = f"shipment {shipment} is not on pick list {pick_list}"
        raise invalid("not_on_list", message, "shipment")
    return str(rows[0].merchant)
