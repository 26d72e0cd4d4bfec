"""Packages as rows. Who reads them to change them holds their order's row."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from fulfillment.domain.floor.after_dispatch import Label
from fulfillment.domain.floor.packing import Contents, Package, Size
from fulfillment.domain.model.refusals import RefusedError, conflict
from fulfillment.domain.model.shipments import Shipment
from fulfillment.store.transactions.session import Tx


@dataclass(frozen=True, slots=True)
class Packages:
    """The packages of a shipment: those still here, and the numbers of those that left before."""

    here: tuple[Package, ...]
    gone: frozenset[int]

    @property
    def next_number(self) -> int:
        """A number that no package of the shipment has or had when it left."""
        return max([*(package.number for package in self.here), *self.gone], default=0) + 1

    def check_is_here(self, number: int, unknown: RefusedError) -> None:
        """Refuse a package that has left; `unknown` where there never was one of that number."""
        if number in self.gone:
            message = f"package {number} has left already"
            raise conflict("package_shipped", message, number=number)
        if all(package.number != number for package in self.here):
            raise unknown


DISPATCHED_BEFORE = """
s.parent = :shipment AND s.status = 'shipped'
AND s.wave = (SELECT wave FROM shipment WHERE id = :shipment)
"""
"""What left of a shipment `:shipment` before the rest: of the same dispatch, made by it."""

READ = f"""
SELECT p.number, s.id = :shipment AS here,
       (SELECT jsonb_agg(jsonb_build_array(l.order_line, l.units))
          FROM package_line l WHERE l.package = p.id) AS lines
  FROM package p JOIN shipment s ON s.id = p.shipment
 WHERE s.id = :shipment OR ({DISPATCHED_BEFORE})
 ORDER BY p.number
"""  # noqa: S608 -- DISPATCHED_BEFORE is a constant

INSERT = """
WITH made AS (
    INSERT INTO package (shipment, number, weight_g, length_mm, width_mm, height_mm, created_at)
    SELECT :shipment, r.number, r.weight_g, r.length_mm, r.width_mm, r.height_mm, :now
      FROM jsonb_to_recordset(CAST(:packages AS jsonb))
           AS r(number int, weight_g int, length_mm int, width_mm int, height_mm int)
    RETURNING id, number
)
INSERT INTO package_line (package, order_line, units)
SELECT made.id, l.order_line, l.units
  FROM made JOIN jsonb_to_recordset(CAST(:lines AS jsonb))
           AS l(number int, order_line int, units int) USING (number)
"""

DELETE_LINES = """
DELETE FROM package_line l USING package p
 WHERE l.package = p.id AND p.shipment = :shipment AND p.number = :number
"""

DELETE = "DELETE FROM package WHERE shipment = :shipment AND number = :number"

SEND_OFF = """
WITH sent AS (
    UPDATE package p SET shipment = :target, carrier = r.carrier, service = r.service,
           tracking = r.tracking, shipped_at = :now
      FROM jsonb_to_recordset(CAST(:labels AS jsonb))
           AS r(number int, carrier text, service text, tracking text)
     WHERE p.shipment = :source AND p.number = r.number
)
UPDATE shipment SET carrier = :carrier, tracking = :tracking WHERE id = :target
"""

RELABEL = """
WITH relabelled AS (
    UPDATE package p SET carrier = r.carrier, service = r.service, tracking = r.tracking
      FROM jsonb_to_recordset(CAST(:labels AS jsonb))
           AS r(number int, carrier text, service text, tracking text)
     WHERE p.shipment = :shipment AND p.number = r.number
)
UPDATE shipment SET carrier = :carrier, tracking = :tracking WHERE id = :shipment
"""


def read_packages(tx: Tx, shipment: Shipment) -> Packages:
    """The packages of a live shipment whose order is locked."""
    rows = tx.rows(READ, shipment=shipment.id)
    here = tuple(Package(row.number, dict(row.lines)) for row in rows if row.here)
    return Packages(here, frozenset(row.number for row in rows if not row.here))


def insert_packages(tx: Tx, shipment: int, new: Mapping[int, Contents]) -> None:
    """Write new packages by number."""
    packages = [{"number": number, **asdict(one.size)} for number, one in new.items()]
    lines = [
        {"number": number, "order_line": line, "units": units}
        for number, one in new.items()
        for line, units in one.lines
    ]
    rows = {"packages": json.dumps(packages), "lines": json.dumps(lines)}
    tx.run(INSERT, shipment=shipment, now=tx.now, **rows)


def delete_package(tx: Tx, shipment: int, number: int) -> None:
    """Take a package apart."""
    for sql in (DELETE_LINES, DELETE):
        tx.run(sql, shipment=shipment, number=number)


def send_off(tx: Tx, source: int, target: int, labels: Mapping[int, Label]) -> None:
    """Note that packages left, each with its label, as those of the shipment that they left as."""
    tx.run(SEND_OFF, source=source, target=target, now=tx.now, **_written(labels))


def write_labels(tx: Tx, shipment: int, labels: Mapping[int, Label]) -> None:
    """Write other labels on the packages of a shipment that has left: all of them are given."""
    tx.run(RELABEL, shipment=shipment, **_written(labels))


def take_back(tx: Tx, shipment: int) -> None:
    """The packages of a shipment have not left, and have no labels; all of it is on its list."""
    tx.run(
        "UPDATE package SET shipped_at = NULL, carrier = NULL, service = NULL, tracking = NULL"
        " WHERE shipment = :id",
        id=shipment,
    )
    tx.run("UPDATE shipment SET carrier = NULL, tracking = NULL WHERE id = :id", id=shipment)
    tx.run(ALL_PICKED, id=shipment)


ALL_PICKED = """
UPDATE pick_list_line k SET picked = l.units, units = l.units + k.short
  FROM (SELECT order_line, sum(units) AS units FROM shipment_line WHERE shipment = :id
         GROUP BY order_line) l
 WHERE k.shipment = :id AND NOT k.to_stage AND k.order_line = l.order_line
"""
"""What went out of a container is in hands now too, and can be put back from the list."""


def _written(labels: Mapping[int, Label]) -> dict[str, str | None]:
    """The label of each package; of the shipment, what all of them say."""
    rows = [{"number": number, **asdict(label)} for number, label in labels.items()]
    return {
        "labels": json.dumps(rows),
        "carrier": _in_all([label.carrier for label in labels.values()]),
        "tracking": _in_all([label.tracking for label in labels.values()]),
    }


def _in_all(values: Sequence[str | None]) -> str | None:
    """What all packages say, or nothing."""
    return values[0] if len(set(values)) == 1 else None


def everything(units: Mapping[int, int]) -> Contents:
    """One package with all of it."""
    return Contents(tuple(sorted(units.items())), Size())
