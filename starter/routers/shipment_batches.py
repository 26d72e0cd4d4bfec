"""Many shipments picked, packed or shipped by one call, each as it would be by itself."""

from collections.abc import Callable, Sequence
from functools import partial

from fastapi import APIRouter

from fulfillment.domain.model.refusals import RefusedError, conflict
from fulfillment.store.reading.views.shipments import ShipmentView
from fulfillment.store.transactions.held import HeldError
from starter.auth.guard import GuardedRoute
from starter.auth.session import ForMerchant, IdempotencyKey
from starter.models.packages import PackIn
from starter.models.problem import Problem
from starter.models.shipment_batches import (
    DispatchesIn,
    ShipmentResultOut,
    ShipmentResultsOut,
    ShipmentsIn,
)
from starter.problems.documents import Told, problem, told_of_refusal
from starter.problems.errors import ForbiddenError
from starter.problems.handlers import told_of_held
from starter.routers.packages import pack, ship
from starter.routers.shipments import pick

router = APIRouter(prefix="/v1/shipments", tags=["shipments"], route_class=GuardedRoute)

Deed = Callable[[], ShipmentView]


@router.post("/pick", summary="Confirm many picks")
def pick_shipments(
    sent: ShipmentsIn, session: ForMerchant, key: IdempotencyKey = None
) -> ShipmentResultsOut:
    """All of each was picked. A result for each; what is refused stops no other.

    Each is done once for the key, as by itself: send the same again after a failure.
    """
    return _each(
        [
            (one.shipment, partial(pick, session, one.shipment, key, sent.note))
            for one in sent.shipments
        ]
    )


@router.post("/pack", summary="Pack many shipments")
def pack_shipments(
    sent: ShipmentsIn, session: ForMerchant, key: IdempotencyKey = None
) -> ShipmentResultsOut:
    """What is loose of each is in one package. A result for each; what is refused stops no other.

    Each is done once for the key, as by itself: send the same again after a failure.
    """
    asked = PackIn(note=sent.note)
    return _each(
        [(one.shipment, partial(pack, session, one.shipment, asked, key)) for one in sent.shipments]
    )


@router.post("/ship", summary="Confirm many dispatches")
def ship_shipments(
    sent: DispatchesIn, session: ForMerchant, key: IdempotencyKey = None
) -> ShipmentResultsOut:
    """All of each left the building. A result for each; what is refused stops no other.

    Each is done once for the key, as by itself: send the same again after a failure.
    """
    return _each(
        [
            (one.shipment, partial(ship, session, one.shipment, sent.of(one), key))
            for one in sent.shipments
        ]
    )


def _each(deeds: Sequence[tuple[int, Deed]]) -> ShipmentResultsOut:
    """Do them one after the other, each in its own transaction."""
    results: list[ShipmentResultOut] = []
    seen: set[int] = set()
    for index, (shipment, deed) in enumerate(deeds):
        done = _twice(shipment) if shipment in seen else _done(deed)
        seen.add(shipment)
        results.append(_result(index, shipment, done))
    count = sum(result.outcome == "done" for result in results)
    return ShipmentResultsOut(done=count, refused=len(results) - count, results=results)


def _result(index: int, shipment: int, done: ShipmentView | Problem) -> ShipmentResultOut:
    if isinstance(done, Problem):
        return ShipmentResultOut(index=index, shipment=shipment, outcome="refused", problem=done)
    return ShipmentResultOut(index=index, shipment=shipment, outcome="done", now=done)


def _twice(shipment: int) -> Problem:
    told = conflict("shipment_twice", f"shipment {shipment} is there twice; the first one counts")
    return problem(told_of_refusal(told))


def _done(deed: Deed) -> ShipmentView | Problem:
    """What it answers, or why it is refused; what keeps all of them from being done is raised."""
    try:
        return deed()
    except RefusedError as refusal:
        return problem(told_of_refusal(refusal))
    except ForbiddenError as error:
        return problem(Told(403, error.code, str(error)))
    except HeldError as error:
        return problem(told_of_held(error))
