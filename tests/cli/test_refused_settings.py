"""Variables that can not be meant so end a command with one line, whatever it is about to do."""

import pytest

from fulfillment import settings


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("PEGBOARD_DATABSE_URL", "x", "is no setting: is PEGBOARD_DATABASE_URL meant?"),
        ("PEGBOARD_DATABASE", "x", "is no setting: is PEGBOARD_DATABASE_URL meant?"),
        ("PEGBOARD_LOGLEVEL", "debug", "is no setting: is PEGBOARD_LOG_LEVEL meant?"),
        ("PEGBOARD_API_PROT", "8080", "is no setting: is PEGBOARD_API_PORT meant?"),
        ("PEGBOARD_MERCHAND", "acme", "is no setting: is PEGBOARD_MERCHANT meant?"),
        ("PEGBOARD_API_PORT", "http", "can not be so: Input should be a valid integer"),
        ("PEGBOARD_API_PORT", "65536", "can not be so: Input should be less than or equal"),
        ("PEGBOARD_LOG_FORMAT", "xml", "can not be so: Input should be 'console' or 'json'"),
    ],
)
def test_command_names_the_variable_that_can_not_be_meant_so(pegboard, variable, value, says):
    done = pegboard("keys", "list", **{variable: value})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"pegboard: {variable} {says}")
    assert done.stderr.count("\n") == 1


def test_every_wrong_value_is_told_in_the_same_line(pegboard):
    done = pegboard("keys", "list", PEGBOARD_API_PORT="x", PEGBOARD_LOG_LEVEL="loud")
    assert done.stderr.count("\n") == 1
    assert all(name in done.stderr for name in ("PEGBOARD_API_PORT", "PEGBOARD_LOG_LEVEL"))


def test_what_an_orchestrator_sets_for_a_service_of_our_name_is_left_alone(monkeypatch):
    for name in ("SERVICE_HOST", "SERVICE_PORT", "PORT", "PORT_8080_TCP", "PORT_8080_TCP_ADDR"):
        monkeypatch.setenv(f"PEGBOARD_{name}", "tcp://10.0.0.1:8080")
    monkeypatch.setenv("PEGBOARD_API_HOST", "")
    assert settings.load().api_host == "127.0.0.1"
