"""The lives of transfers and returns, and where goods go that come back."""

from enum import StrEnum

from fulfillment.domain.model.statuses import MoveNotAllowedError


class SupplyKind(StrEnum):
    """What announces units that will come."""

    PURCHASE_ORDER = "purchase_order"
    TRANSFER = "transfer"
    RETURN = "return"
    RESTOCK = "restock"


class TransferStatus(StrEnum):
    """The life of a transfer; only what is in transit is inbound."""

    PLANNED = "planned"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class ReturnStatus(StrEnum):
    """The life of a return; only what is announced is inbound."""

    ANNOUNCED = "announced"
    RECEIVED = "received"
    CLOSED = "closed"


class CountCovers(StrEnum):
    """What somebody counted: what lies on the shelf, or also what is in hands in the building."""

    SHELF = "shelf"
    SHELF_AND_HANDS = "shelf_and_hands"


class Disposition(StrEnum):
    """What is made of received units; only sellable ones are given to orders.

    What is scrapped is on nobody's shelf.
    """

    SELLABLE = "sellable"
    DAMAGED = "damaged"
    QUARANTINE = "quarantine"
    SCRAPPED = "scrapped"


T = TransferStatus
R = ReturnStatus

TRANSFER_MOVES: dict[TransferStatus, frozenset[TransferStatus]] = {
    T.PLANNED: frozenset({T.IN_TRANSIT, T.CANCELLED}),
    T.IN_TRANSIT: frozenset({T.RECEIVED, T.CLOSED}),
    T.RECEIVED: frozenset(),
    T.CLOSED: frozenset(),
    T.CANCELLED: frozenset(),
}

RETURN_MOVES: dict[ReturnStatus, frozenset[ReturnStatus]] = {
    R.ANNOUNCED: frozenset({R.RECEIVED, R.CLOSED}),
    R.RECEIVED: frozenset(),
    R.CLOSED: frozenset(),
}


def move_transfer(source: TransferStatus, target: TransferStatus) -> TransferStatus:
    """The one way a transfer changes its status."""
    if target not in TRANSFER_MOVES[source]:
        raise MoveNotAllowedError("transfer", source, target)
    return target


def move_return(source: ReturnStatus, target: ReturnStatus) -> ReturnStatus:
    """The one way a return changes its status."""
    if target not in RETURN_MOVES[source]:
        raise MoveNotAllowedError("return", source, target)
    return target
