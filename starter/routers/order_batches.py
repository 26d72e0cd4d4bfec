"""Many orders at once: the good ones are stored, each bad one is refused on its own."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter
from pydantic import ValidationError

from fulfillment.store.commands import intake
from fulfillment.store.commands.intake import NewOrder, Outcome, Taken
from starter.auth.guard import GuardedRoute
from starter.auth.session import ForMerchant
from starter.models.orders_in import OrderBatchIn, OrderIn
from starter.models.orders_out import BatchResultOut, OrderBatchOut
from starter.models.problem import Problem
from starter.problems.documents import problem, told_of_refusal
from starter.problems.validation import told_of_errors
from starter.routers.links import order_links

router = APIRouter(prefix="/v1/orders", tags=["orders"], route_class=GuardedRoute)


@router.post("/batch", summary="Take many orders in")
def create_orders(batch: OrderBatchIn, session: ForMerchant) -> OrderBatchOut:
    """Up to 500 orders, with a result for each: created, existing, or refused with its problem.

    The answer is 200 whatever became of the single orders. Send the same batch again after a
    failure: what was stored is answered as existing.
    """
    good, bad = _divided(batch.orders)
    taken = intake.create_orders(session.store, session.merchant, [*good.values()], session.actor)
    results = bad | {index: _result(index, one) for index, one in zip(good, taken, strict=True)}
    return _answer([results[index] for index in range(len(batch.orders))])


def _divided(
    orders: Sequence[Any],
) -> tuple[Mapping[int, NewOrder], dict[int, BatchResultOut]]:
    good: dict[int, NewOrder] = {}
    bad: dict[int, BatchResultOut] = {}
    for index, order in enumerate(orders):
        try:
            good[index] = OrderIn.model_validate(order).to_domain()
        except ValidationError as error:
            told = told_of_errors(error.errors(include_input=False, include_url=False))
            bad[index] = _refused(index, problem(told))
    return good, bad


def _refused(index: int, why: Problem, number: str | None = None) -> BatchResultOut:
    return BatchResultOut(index=index, outcome=Outcome.REFUSED, number=number, problem=why)


def _result(index: int, taken: Taken) -> BatchResultOut:
    if taken.refusal:
        return _refused(index, problem(told_of_refusal(taken.refusal)), taken.number)
    links = order_links(taken.number)
    return BatchResultOut.model_validate(
        {"index": index, "outcome": taken.outcome, "number": taken.number, "links": links}
    )


def _answer(results: list[BatchResultOut]) -> OrderBatchOut:
    counted = Counter(result.outcome for result in results)
    return OrderBatchOut(
        created=counted[Outcome.CREATED],
        existing=counted[Outcome.EXISTING],
        refused=counted[Outcome.REFUSED],
        results=results,
    )
