"""No query per line or per order: the number of statements does not grow with the work."""

import pytest

from fulfillment.store.commands import intake
from fulfillment.store.commands.orders import lifecycle
from tests.builders.warehouse import MERCHANT

WANTS = [("K1", 2), ("K2", 1)]


def test_intake_sends_as_many_statements_for_a_hundred_as_for_one(warehouse, statements):
    sent = []
    for many in (1, 100):
        new = [warehouse.new_order(wants=WANTS) for _ in range(many)]
        with statements() as counted:
            intake.create_orders(warehouse.store, MERCHANT, new, "tester")
        sent.append(len(counted))

    assert sent[0] == sent[1] < 20


def test_intake_of_what_is_known_sends_no_more_than_intake(warehouse, statements):
    new = [warehouse.new_order(wants=WANTS) for _ in range(50)]
    intake.create_orders(warehouse.store, MERCHANT, new, "tester")
    with statements() as counted:
        answers = intake.create_orders(warehouse.store, MERCHANT, new, "tester")

    assert {answer.outcome for answer in answers} == {intake.Outcome.EXISTING}
    assert len(counted) < 20


@pytest.mark.parametrize("policy", [{}, {"max_shipments": 1}])
def test_serving_sends_as_many_statements_for_fifty_orders_as_for_one(
    warehouse, statements, policy
):
    sent = []
    for sku, many in (("K1", 1), ("K2", 50)):
        purchase = warehouse.purchase([(sku, 2 * many)])
        taken = [warehouse.order([(sku, 2)], policy=policy) for _ in range(many)]
        with statements() as counted:
            warehouse.receive(purchase, {1: 2 * many})
            warehouse.serve(purchase)
        sent.append(len(counted))
        assert {warehouse.allocated(each) for each in taken} == {2}

    assert sent[0] == sent[1] < 72


def test_serving_divides_fifty_orders_with_as_many_statements_as_one(warehouse, statements):
    sent = []
    for sku, many in (("K1", 1), ("K2", 50)):
        for _ in range(many):
            warehouse.order([(sku, 2), ("K3", 1)])
        with statements() as counted:
            warehouse.stock(2 * many, sku)
        sent.append(len(counted))

    assert sent[0] == sent[1] < 60


def test_first_claims_send_as_many_statements_for_fifty_as_for_one(warehouse, statements):
    warehouse.stock(500)
    warehouse.stock(500, "K2")
    sent = []
    for many in (1, 50):
        taken = [warehouse.take(WANTS) for _ in range(many)]
        with statements() as counted:
            lifecycle.prepare_fulfillment(warehouse.store, MERCHANT, taken)
        sent.append(len(counted))

    assert sent[0] == sent[1] < 40


def test_a_cancel_serves_fifty_with_as_many_statements_as_one(warehouse, statements):
    sent = []
    for sku, many in (("K1", 1), ("K2", 50)):
        warehouse.stock(many, sku)
        head = warehouse.order([(sku, many + 1)], policy={"max_shipments": 1})
        for _ in range(many):
            warehouse.order([(sku, 1)])
        with statements() as counted:
            warehouse.cancel(head)
        sent.append(len(counted))
    # The first reads the order's number; what is sent for the rest is the same.
    assert sent[0] == sent[1] < 60
