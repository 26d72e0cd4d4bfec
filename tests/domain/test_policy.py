import pytest

from fulfillment.domain.policy import (
    KNOBS,
    READERS,
    Policy,
    PolicyError,
    Rebalance,
    Routing,
    Step,
    checked,
    resolve,
)


def test_every_knob_has_its_default_when_no_scope_names_it():
    assert resolve({}, {}, {}) == Policy()


def test_the_most_particular_scope_wins_when_several_name_a_knob():
    policy = resolve({"max_shipments": 3}, {"max_shipments": 2, "verify": "manual"}, {
        "verify": "automatic", "routing": "location_priority", "max_shipments": 1,
    })  # fmt: skip

    assert policy == Policy(max_shipments=3, verify=Step.MANUAL, routing=Routing.LOCATION_PRIORITY)


def test_null_hides_a_wider_scope_when_a_knob_takes_it():
    assert resolve({"max_shipments": None}, {"max_shipments": 1}).max_shipments is None


def test_every_knob_has_a_reader():
    assert set(READERS) == set(KNOBS)


@pytest.mark.parametrize(
    ("knob", "value"),
    [
        ("max_shipments", 0),
        ("max_shipments", 100),
        ("max_shipments", "2"),
        ("max_shipments", True),
        ("max_shipments", 1.5),
        ("future_inventory", "on"),
        ("future_inventory", 1),
        ("future_inventory", None),
        ("future_limit_days", -1),
        ("future_limit_days", 3651),
        ("future_limit_days", None),
        ("default_backorder_days", "30"),
        ("rebalance", "sometimes"),
        ("verify", "MANUAL"),
        ("routing", None),
        ("colour", "red"),
    ],
)
def test_the_knob_is_named_when_its_value_can_not_be_taken(knob, value):
    with pytest.raises(PolicyError) as error:
        checked({"verify": "automatic", knob: value})

    assert error.value.knob == knob
    assert knob in str(error.value)


@pytest.mark.parametrize(
    ("knob", "value"),
    [
        ("max_shipments", None),
        ("max_shipments", 1),
        ("max_shipments", 99),
        ("future_inventory", True),
        ("future_limit_days", 0),
        ("default_backorder_days", 3650),
        ("rebalance", "off"),
        ("verify", "manual"),
        ("routing", "location_priority"),
    ],
)
def test_a_value_is_kept_as_it_is_when_it_is_good(knob, value):
    assert checked({knob: value}) == {knob: value}
    assert getattr(resolve({knob: value}), knob) == value


def test_rebalance_is_refused_when_it_is_set_for_one_order():
    assert checked({"rebalance": "off"}) == {"rebalance": Rebalance.OFF}
    with pytest.raises(PolicyError) as error:
        checked({"rebalance": "off"}, for_one_order=True)

    assert error.value.knob == "rebalance"
