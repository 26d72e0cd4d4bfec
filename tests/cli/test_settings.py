import json

import pytest

from fulfillment.domain.actions.presets import PRESETS
from fulfillment.store.commands.catalogue import NewMerchant, put_merchant


@pytest.fixture
def shop(store):
    """One merchant, so that it need not be named."""
    put_merchant(store, NewMerchant("acme", "Acme"))
    return store


@pytest.fixture
def told(shop, pegboard):
    """Runs `pegboard settings ARGUMENTS --json`, and answers with what it prints."""

    def run(*arguments):
        done = pegboard("settings", *arguments, "--json")
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout)

    return run


def test_settings_are_shown_with_their_scopes(told, pegboard):
    told("set", "--default", "max_shipments=3")
    told("set", "verify=manual")
    shown = pegboard("settings", "show")

    assert told("show")["max_shipments"] == {"value": 3, "from": "default"}
    rows = {line.split()[0]: line.split()[1:] for line in shown.stdout.splitlines() if line.strip()}
    assert rows["max_shipments"] == ["3", "default"]
    assert rows["verify"] == ["manual", "merchant"]
    assert rows["hold_if_due_within_days"] == ["none", "built", "in"]
    assert rows["future_inventory"] == ["false", "built", "in"]


def test_values_are_taken_as_a_person_writes_them(told):
    found = told(
        "set", "max_shipments=none", "future_inventory=on", "rebalance=off", "future_limit_days=10"
    )

    assert found["max_shipments"] == {"value": None, "from": "merchant"}
    assert found["future_inventory"]["value"] is True
    assert found["rebalance"]["value"] == "off"
    assert found["future_limit_days"]["value"] == 10
    assert told("set", "future_inventory=false")["future_inventory"]["value"] is False


def test_a_preset_is_listed_and_set(told, pegboard):
    found = told("set", "preset=shipstream.up_to", "max_shipments=4")
    listed = pegboard("settings", "presets")

    assert found["max_shipments"] == {"value": 4, "from": "merchant"}
    assert [preset["name"] for preset in told("presets")["items"]] == list(PRESETS)
    assert all(name in listed.stdout for name in PRESETS)


def test_changes_are_listed_when_a_setting_was_given_up(told, pegboard):
    told("set", "max_shipments=none")
    told("unset", "verify")
    found = told("unset", "max_shipments")
    listed = pegboard("settings", "changes")
    first = told("changes", "--limit", "1")

    assert found["max_shipments"]["from"] == "built in"
    assert "2 changes" in listed.stdout
    assert listed.stdout.count("not set") == 2
    assert (len(first["items"]), bool(first["next"])) == (1, True)
    assert first["items"][0]["before"] == {"value": None}
    assert first["items"][0]["after"] is None


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("set", "max_shipments"), 2, "write a setting as SETTING=VALUE, not 'max_shipments'"),
        (("set", "max_shipments="), 2, "SETTING=VALUE"),
        (("set", "max_shipments=0"), 1, "max_shipments is a whole number from 1 to 99"),
        (("set", "colour=red"), 1, "there is no setting 'colour'"),
        (("set", "preset=kibo.bot"), 1, "kibo.both"),
        (("set", "auto_allocate=due_within"), 1, "needs auto_allocate_within_days"),
        (("unset", "colour"), 1, "there is no setting colour"),
        (("show", "--merchant", "nobody"), 1, "there is no merchant nobody"),
    ],
)
def test_wrong_input_is_told_in_its_first_line(shop, pegboard, arguments, code, words):
    done = pegboard("settings", *arguments)

    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr.splitlines()[0]


def test_code_is_three_when_there_is_no_api(without_database):
    assert without_database("settings", "show").returncode == 3
