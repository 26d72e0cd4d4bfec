from fulfillment.domain.model.shipments import ShipmentLine
from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.domain.planning.splitting import Destination, Part, split, unstored_id
from tests.builders.values import claim, line, order, parts, shipment

READY, BACKORDER = ShipmentStatus.READY, ShipmentStatus.BACKORDER


def by_claims(row: ShipmentLine) -> list[Part]:
    taken = [
        Part(Destination(READY, held.location), held.units, claims=(held,)) for held in row.claims
    ]
    return [*taken, Part(Destination(BACKORDER, None), row.wanted)] if row.wanted else taken


def test_parts_of_one_line_are_joined_when_they_go_to_one_place():
    row = line(units=5, claims=[claim(1)])
    after = split(
        order(1, shipments=[shipment(row)]),
        lambda each: [Part(Destination(READY, "A"), 2), Part(Destination(READY, "A"), 1),
                      Part(Destination(BACKORDER, None), each.units - 3)],
    )  # fmt: skip

    assert parts(after) == [("ready", "A", {1: 3}), ("backorder", None, {1: 2})]


def test_the_parent_is_history_when_it_is_divided():
    row = line(units=5, claims=[claim(2)])
    after = split(order(1, shipments=[shipment(row)]), by_claims)
    parent = after.shipments[0]

    assert parent.status is ShipmentStatus.REASSIGNED
    assert parent.lines == (line(units=5),)
    assert [child.parent for child in after.live] == [parent.id, parent.id]


def test_ids_of_new_parts_are_unique_when_many_are_made():
    rows = [line(units=2, id_=100 + number, number=number, claims=[claim(1)]) for number in (1, 2)]
    after = split(
        order(1, shipments=[shipment(rows[0]), shipment(rows[1], number=2, id_=12)]), by_claims
    )
    ids = [part.id for part in after.shipments]
    line_ids = [row.id for part in after.live for row in part.lines]

    assert len(set(ids)) == len(ids)
    assert len(set(line_ids)) == len(line_ids)
    assert unstored_id(order(1), 2) != unstored_id(order(2), 2)


def test_numbers_follow_the_shipments_when_these_come_in_another_order():
    first = shipment(line(units=2, claims=[claim(1)]))
    second = shipment(line(units=2, id_=102, claims=[claim(1, "B")]), number=2, id_=12)

    assert parts(split(order(1, shipments=[first, second]), by_claims)) == parts(
        split(order(1, shipments=[second, first]), by_claims)
    )
