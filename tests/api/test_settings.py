"""Settings over HTTP: what holds, what it was, and what may be chosen by name."""

import pytest

from fulfillment.domain.actions.presets import PRESETS
from fulfillment.domain.model.policy import KNOBS
from fulfillment.store.commands.administration.keys import Role
from tests.api.world import ACME, BOLT

SETTINGS, DEFAULT = "/v1/settings", "/v1/settings/default"


@pytest.fixture
def operator(world):
    return world.client(Role.ADMIN, None)


def test_every_setting_is_told_with_its_value_and_scope(admin):
    found = admin.get(SETTINGS).json()

    assert set(found) == set(KNOBS)
    assert found["future_limit_days"] == {"value": 90, "from": "built in"}
    assert found["on_shortage"] == {"value": "wait", "from": "built in"}


def test_those_named_change_and_the_others_stay(admin, operator):
    operator.patch(DEFAULT, json={"verify": "manual", "max_shipments": 3})
    admin.patch(SETTINGS, json={"routing": "location_priority"})
    changed = admin.patch(SETTINGS, json={"max_shipments": None, "future_inventory": True})

    assert changed.status_code == 200
    assert changed.json() == admin.get(SETTINGS).json()
    assert {knob: told for knob, told in changed.json().items() if told["from"] != "built in"} == {
        "verify": {"value": "manual", "from": "default"},
        "max_shipments": {"value": None, "from": "merchant"},
        "future_inventory": {"value": True, "from": "merchant"},
        "routing": {"value": "location_priority", "from": "merchant"},
    }
    assert operator.get(DEFAULT).json()["verify"] == {"value": "manual", "from": "default"}


def test_the_default_counts_again_when_a_setting_is_given_up(admin, operator):
    operator.patch(DEFAULT, json={"max_shipments": 3})
    admin.patch(SETTINGS, json={"max_shipments": 2})

    given_up = admin.delete(f"{SETTINGS}/max_shipments")
    assert given_up.status_code == 200
    assert given_up.json()["max_shipments"] == {"value": 3, "from": "default"}
    given_up = operator.delete(f"{DEFAULT}/max_shipments")
    assert given_up.json()["max_shipments"] == {"value": None, "from": "built in"}
    assert admin.delete(f"{SETTINGS}/max_shipments").json() == admin.get(SETTINGS).json()


def test_a_setting_that_does_not_exist_can_not_be_given_up(admin, operator):
    for answer in (admin.delete(f"{SETTINGS}/colour"), operator.delete(f"{DEFAULT}/colour")):
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_setting")


def test_a_preset_is_set_by_its_name_and_values_beside_it_go_first(admin):
    wanted = {"preset": "cartoncloud.split_unless_due.due_within", "hold_if_due_within_days": 3}
    changed = admin.patch(SETTINGS, json=wanted).json()

    assert "preset" not in changed
    assert changed["max_shipments"] == {"value": 2, "from": "merchant"}
    assert changed["hold_if_due_within_days"] == {"value": 3, "from": "merchant"}
    assert changed["auto_allocate_within_days"] == {"value": 7, "from": "merchant"}
    assert changed["auto_allocate_on"] == {"value": "po_status", "from": "merchant"}


def test_every_preset_that_is_listed_can_be_set(admin):
    listed = admin.get(f"{SETTINGS}/presets").json()["items"]

    assert [preset["name"] for preset in listed] == list(PRESETS)
    for preset in listed:
        changed = admin.patch(SETTINGS, json={"preset": preset["name"]})
        assert changed.status_code == 200, changed.text
        told = {knob: changed.json()[knob]["value"] for knob in preset["knobs"]}
        assert told == preset["knobs"]
        assert preset["needs"] == [knob for knob in preset["knobs"] if knob in preset["needs"]]


def test_presets_are_listed_when_no_merchant_is_named(operator):
    assert operator.get(f"{SETTINGS}/presets").status_code == 200


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"max_shipments": 0}, "max_shipments"),
        ({"verify": "manual", "future_limit_days": None}, "future_limit_days"),
        ({"on_shortage": "ignore"}, "on_shortage"),
        ({"colour": "red"}, "colour"),
        ({"preset": "cartoncloud.keep"}, "preset"),
        ({"preset": None}, "preset"),
        ({"preset": "kibo.both", "routing": "random"}, "routing"),
        ({"max_shipments": 1, "hold_if_due_within_days": 7}, "hold_if_due_within_days"),
        ({"on_shortage": "remove", "hold_if_due_within_days": 7}, "hold_if_due_within_days"),
        ({"auto_allocate": "due_within"}, "auto_allocate_within_days"),
    ],
)
def test_the_field_is_named_when_a_value_can_not_be_taken(admin, wanted, field):
    before = admin.get(SETTINGS).json()
    answer = admin.patch(SETTINGS, json=wanted)

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_policy")
    assert answer.json()["errors"][0]["field"] == field
    assert admin.get(SETTINGS).json() == before


@pytest.mark.parametrize("value", [1.5, "Two words", ["x"], {}, "x" * 61])
def test_the_field_is_named_when_a_value_has_no_form_of_one(admin, value):
    answer = admin.patch(SETTINGS, json={"max_shipments": value})

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert [error["field"] for error in answer.json()["errors"]] == ["max_shipments"]


def test_presets_that_are_near_are_told_when_the_name_is_misspelt(admin):
    answer = admin.patch(SETTINGS, json={"preset": "shipstream.all_or_none"})

    assert "shipstream.all_or_nothing" in answer.json()["detail"]


def test_days_can_not_be_given_up_when_allocation_depends_on_them(admin):
    admin.patch(SETTINGS, json={"preset": "cartoncloud.keep.due_within"})
    answer = admin.delete(f"{SETTINGS}/auto_allocate_within_days")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "auto_allocate_within_days"


def test_changes_are_listed_with_who_and_when_the_last_one_first(admin, operator):
    admin.patch(SETTINGS, json={"max_shipments": None})
    admin.patch(SETTINGS, json={"max_shipments": 2})
    admin.patch(SETTINGS, json={"max_shipments": 2})
    admin.delete(f"{SETTINGS}/max_shipments")
    operator.patch(DEFAULT, json={"verify": "manual"})
    first = admin.get(f"{SETTINGS}/changes?limit=2").json()
    second = admin.get(f"{SETTINGS}/changes", params={"cursor": first["next"]}).json()

    items = first["items"] + second["items"]
    assert [(item["before"], item["after"]) for item in items] == [
        ({"value": 2}, None),
        ({"value": None}, {"value": 2}),
        (None, {"value": None}),
    ]
    assert {item["knob"] for item in items} == {"max_shipments"}
    assert all(item["actor"].startswith("admin test") and item["at"] for item in items)
    assert second["next"] is None
    default = operator.get(f"{DEFAULT}/changes").json()["items"]
    assert [item["knob"] for item in default] == ["verify"]


def test_a_change_is_done_once_when_its_key_comes_again(admin):
    headers = {"Idempotency-Key": "s-1"}
    first = admin.patch(SETTINGS, json={"max_shipments": 2}, headers=headers)
    admin.patch(SETTINGS, json={"max_shipments": 3})
    again = admin.patch(SETTINGS, json={"max_shipments": 2}, headers=headers)
    other = admin.patch(SETTINGS, json={"max_shipments": 4}, headers=headers)
    deleted = admin.delete(f"{SETTINGS}/max_shipments", headers=headers)

    assert again.json() == first.json()
    assert admin.get(SETTINGS).json()["max_shipments"]["value"] == 3
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    assert (deleted.status_code, deleted.json()["code"]) == (409, "key_reused")


def test_nothing_of_another_merchant_is_seen_or_changed(world, admin):
    bolt = world.client(Role.ADMIN, BOLT)
    admin.patch(SETTINGS, json={"max_shipments": 2})

    assert bolt.get(SETTINGS).json()["max_shipments"]["from"] == "built in"
    assert bolt.get(f"{SETTINGS}/changes").json()["items"] == []
    assert bolt.delete(f"{SETTINGS}/max_shipments").status_code == 200
    assert admin.get(SETTINGS).json()["max_shipments"]["value"] == 2


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{SETTINGS}/presets"),
        ("GET", f"{SETTINGS}/changes"),
        ("PATCH", SETTINGS),
        ("DELETE", f"{SETTINGS}/verify"),
    ],
)
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_settings_are_closed_to_a_key_that_is_no_admins(shared, role, method, path):
    answer = shared.client(role).request(method, path, json={})

    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{DEFAULT}/changes"),
        ("PATCH", DEFAULT),
        ("DELETE", f"{DEFAULT}/verify"),
    ],
)
def test_defaults_are_closed_to_a_key_of_one_merchant(shared, method, path):
    answer = shared.client(Role.ADMIN, ACME).request(method, path, json={})

    assert (answer.status_code, answer.json()["code"]) == (403, "all_merchants_needed")


def test_every_merchant_is_to_be_planned_again_when_a_default_changes(world, operator):
    operator.patch(DEFAULT, json={"max_shipments": 2})

    assert world.count("merchant WHERE replan_due") == 2
