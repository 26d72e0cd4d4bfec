"""What the papers of the floor say, as plain values: one class for each paper."""

from dataclasses import dataclass
from datetime import date

from fulfillment.domain.model.packs import told_units


@dataclass(frozen=True, slots=True)
class ListedUnits:
    """Units of one SKU on a pick list that go to one shipment; `staged` goes into a container.

    `packs` says them in the pack that the line has, as `2 cartons + 3`; empty where it has none.
    """

    merchant: str
    sku: str
    name: str
    order: str
    shipment: int
    units: int
    left: int
    to_stage: bool = False
    packs: str = ""
    bin: str | None = None


@dataclass(frozen=True, slots=True)
class PackingNote:
    """How a shipment is to be packed and sent, as its order says; it is not for the customer."""

    order: str
    shipment: int
    shipping_method: str | None = None
    deliver_by: date | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class PickListPaper:
    """A picker's list: the walk by SKU, with what is sorted to which order.

    Of the customer it has nothing but what the packer should know.
    """

    id: int
    location: str
    status: str
    lines: tuple[ListedUnits, ...]
    picker: str | None = None
    notes: tuple[PackingNote, ...] = ()

    @property
    def shipments(self) -> tuple[tuple[str, str, int, int], ...]:
        """Merchant, order, shipment and units of each shipment on the list."""
        units: dict[tuple[str, str, int], int] = {}
        for line in self.lines:
            key = (line.merchant, line.order, line.shipment)
            units[key] = units.get(key, 0) + line.units
        return tuple((*key, total) for key, total in sorted(units.items()))


@dataclass(frozen=True, slots=True)
class SlipLine:
    """Units of one line of the order, with the packs that they make."""

    line: int
    sku: str
    name: str
    units: int
    pack: str | None = None
    pack_units: int | None = None

    @property
    def told(self) -> str:
        """The units, and the packs where the line has one."""
        return told_units(self.units, self.pack, self.pack_units)


@dataclass(frozen=True, slots=True)
class LaterLine:
    """Units of one line that follow later, and the day by which they are promised."""

    sku: str
    name: str
    units: int
    by: date | None = None
    pack: str | None = None
    pack_units: int | None = None

    @property
    def told(self) -> str:
        """The units, and the packs where the line has one."""
        return told_units(self.units, self.pack, self.pack_units)


@dataclass(frozen=True, slots=True)
class SlipPackage:
    """What is in one package, the so-manieth of the dispatch; None where nothing was packed yet."""

    position: int | None
    lines: tuple[SlipLine, ...]
    weight_g: int | None = None
    carrier: str | None = None
    service: str | None = None
    tracking: str | None = None


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What stands over a merchant's papers: who sends them, line by line, and a PNG or JPEG."""

    sender: tuple[str, ...] = ()
    logo: bytes | None = None


@dataclass(frozen=True, slots=True)
class PackingSlip:
    """What lies in each package for the customer: one page for a package, `of` so many.

    `address` is personal data, line by line; it is empty once it was erased. `number` is that of
    the shipment in its order: the customer is told none of ours.
    """

    merchant: str
    order: str
    number: int
    location: str | None
    address: tuple[str, ...]
    packages: tuple[SlipPackage, ...]
    of: int
    later: tuple[LaterLine, ...] = ()
    letterhead: Letterhead = Letterhead()
    shipping_method: str | None = None


@dataclass(frozen=True, slots=True)
class ContainerLabel:
    """What is glued to a container: whose it is, by order number alone."""

    id: int
    label: str
    merchant: str
    order: str
    location: str
    lines: tuple[SlipLine, ...] = ()
