import pytest

from fulfillment.domain.model.policy import (
    KNOBS,
    NOT_FOR_ONE_ORDER,
    READERS,
    Knobs,
    MinPoStatus,
    Policy,
    PolicyError,
    Routing,
    Step,
    checked,
    origin,
    resolve,
)
from fulfillment.domain.model.statuses import PurchaseOrderStatus


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
        ("release_when", "all"),
        ("hold_if_due_within_days", -1),
        ("on_shortage", "ignore"),
        ("auto_allocate", None),
        ("auto_allocate_within_days", "7"),
        ("auto_allocate_on", "po"),
        ("min_po_status", "draft"),
        ("prepare", True),
        ("auto_cancel_days", 0),
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
        ("rebalance", "unpicked"),
        ("verify", "manual"),
        ("prepare", "manual"),
        ("routing", "location_priority"),
        ("release_when", "all_sourced"),
        ("hold_if_due_within_days", 0),
        ("hold_if_due_within_days", None),
        ("on_shortage", "assign_nothing"),
        ("auto_allocate", "complete_only"),
        ("auto_allocate_within_days", None),
        ("auto_allocate_on", "po_status"),
        ("min_po_status", "in_transit"),
        ("auto_cancel_days", 3650),
    ],
)
def test_a_value_is_kept_as_it_is_when_it_is_good(knob, value):
    assert checked({knob: value}) == {knob: value}
    assert getattr(resolve({knob: value}), knob) == value


@pytest.mark.parametrize(
    ("knob", "value"), [("rebalance", "off"), ("auto_allocate_on", "po_status")]
)
def test_a_knob_is_refused_when_it_is_not_for_one_order(knob, value):
    assert checked({knob: value}) == {knob: value}
    with pytest.raises(PolicyError) as error:
        checked({knob: value}, for_one_order=True)

    assert error.value.knob == knob
    assert knob in NOT_FOR_ONE_ORDER


def test_a_value_comes_from_the_most_particular_scope_when_several_name_it():
    scopes: dict[str, Knobs] = {
        "order": {},
        "merchant": {"verify": None},
        "default": {"verify": 1, "routing": 1},
    }

    told = [origin(knob, scopes) for knob in ("verify", "routing", "rebalance")]

    assert told == ["merchant", "default", "built in"]


@pytest.mark.parametrize(
    ("knobs", "knob"),
    [
        ({"max_shipments": 1, "hold_if_due_within_days": 7}, "hold_if_due_within_days"),
        ({"on_shortage": "remove", "hold_if_due_within_days": 0}, "hold_if_due_within_days"),
        (
            {"auto_allocate": "always", "auto_allocate_within_days": 7},
            "auto_allocate_within_days",
        ),
        (
            {"auto_allocate": "complete_only", "auto_allocate_within_days": 0},
            "auto_allocate_within_days",
        ),
    ],
)
def test_the_knob_is_named_when_knobs_together_make_no_sense(knobs, knob):
    for named, value in knobs.items():
        assert checked({named: value}) == {named: value}
    with pytest.raises(PolicyError) as error:
        checked(knobs)

    assert error.value.knob == knob


@pytest.mark.parametrize(
    "knobs",
    [
        {"max_shipments": 2, "hold_if_due_within_days": 7},
        {"max_shipments": 1, "hold_if_due_within_days": None},
        {"on_shortage": "reject", "hold_if_due_within_days": 7},
        {"auto_allocate": "due_within", "auto_allocate_within_days": 0},
        {"auto_allocate": "never", "auto_allocate_within_days": None},
    ],
)
def test_knobs_together_are_kept_when_they_make_sense(knobs):
    assert checked(knobs) == knobs


@pytest.mark.parametrize("knobs", [{"auto_allocate": "due_within"}, {
    "auto_allocate": "due_within", "auto_allocate_within_days": None,
}])  # fmt: skip
def test_days_are_asked_for_when_allocation_depends_on_them(knobs):
    with pytest.raises(PolicyError) as error:
        checked(knobs)

    assert error.value.knob == "auto_allocate_within_days"


def test_days_are_asked_for_only_where_no_wider_scope_names_them():
    due, days = {"auto_allocate": "due_within"}, {"auto_allocate_within_days": 7}

    assert checked(due, {}, days) == due
    assert checked(days, due) == days
    with pytest.raises(PolicyError) as error:
        checked({"auto_allocate_within_days": None}, due, days)
    assert error.value.knob == "auto_allocate_within_days"


def test_wider_scopes_are_left_alone_when_the_knobs_have_no_part_in_what_is_wrong():
    wrong = {"auto_allocate": "due_within"}

    assert checked({"verify": "manual"}, wrong) == {"verify": "manual"}
    assert checked({"max_shipments": 1}, {"hold_if_due_within_days": 7}) == {"max_shipments": 1}


@pytest.mark.parametrize(
    ("least", "far_enough"),
    [
        ("received", {"received"}),
        ("arrived", {"received", "arrived"}),
        ("in_transit", {"received", "arrived", "in_transit"}),
        ("approved", {"received", "arrived", "in_transit", "approved"}),
    ],
)
def test_a_purchase_order_is_far_enough_when_its_status_is_reached(least, far_enough):
    reached = {s for s in PurchaseOrderStatus if MinPoStatus(least).is_reached_by(s)}

    assert reached == far_enough
    assert not MinPoStatus(least).is_reached_by(None)
