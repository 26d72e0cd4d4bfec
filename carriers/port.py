"""What Pegboard asks of whoever carries packages: a port, with one adapter for each carrier.

A real carrier is an adapter of its own in this room, and is named in `carriers.wiring`. It is asked
outside of any transaction, right before the dispatch is confirmed, and again when that confirmation
is sent again: it has to answer the same `reference` with the same booking.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person who ships typed: none of it, or all of it where it was booked elsewhere."""

    carrier: str | None = None
    service: str | None = None
    tracking: str | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a carrier needs to know of one package.

    `reference` is the package's own, for ever; weights are grams, lengths millimetres. The address
    is the customer's: it goes to the carrier alone, into no log and no history.
    """

    reference: str
    asked: Asked
    location: str | None = None
    weight_g: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    address: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Booking:
    """Who carries a package, how, and under which number; `label` is a document, where one came."""

    carrier: str | None
    service: str | None = None
    tracking: str | None = None
    label: bytes | None = None


class Carrier(Protocol):
    """Somebody who carries packages."""

    @property
    def needs_facts(self) -> bool:
        """Whether it has to be told size, weight and address, beside what was typed."""

    def book(self, parcel: Parcel) -> Booking:
        """Have a package carried. The same `reference` again is answered with the same booking."""
