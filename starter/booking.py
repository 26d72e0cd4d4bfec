"""Ask the carriers for what is to leave, before the dispatch is confirmed."""

from dataclasses import fields, replace

from carriers.port import Asked, Parcel
from carriers.wiring import carrier_named
from fulfillment.store.commands.floor.packing import Dispatch, Label
from fulfillment.store.reading.packages import read_parcel
from starter.auth.session import Session
from starter.models.packages import LabelIn, ShipIn


def booked(session: Session, shipment: int, sent: ShipIn) -> Dispatch:
    """The dispatch with what its carriers answered; each package is booked by itself."""
    if sent.packages is None:
        return Dispatch(_label(session, shipment, None, _asked(sent)))
    labels = [
        (one.number, _label(session, shipment, one.number, _asked(one, sent)))
        for one in sent.packages
    ]
    return Dispatch(labels=labels)


def _asked(one: LabelIn, rest: LabelIn | None = None) -> Asked:
    """What a package says, or else what is said for all of them."""
    fields = ("carrier", "service", "tracking")
    return Asked(*(getattr(one, name) or getattr(rest, name, None) or None for name in fields))


def _label(session: Session, shipment: int, number: int | None, asked: Asked) -> Label:
    carrier = carrier_named(asked.carrier)
    reference = f"{shipment}" if number is None else f"{shipment}-{number}"
    parcel = Parcel(reference, asked)
    if carrier.needs_facts:  # It is read only for a carrier that has to be told.
        parcel = _told(session, shipment, number, parcel)
    booking = carrier.book(parcel)
    return Label(booking.carrier, booking.service, booking.tracking)


def _told(session: Session, shipment: int, number: int | None, parcel: Parcel) -> Parcel:
    """The parcel with size, weight and address."""
    facts = session.read(lambda tx: read_parcel(tx, shipment, number))
    return replace(parcel, **{field.name: getattr(facts, field.name) for field in fields(facts)})
