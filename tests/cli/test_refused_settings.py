"""Variables that can not be meant so end a command with one line, whatever it is about to do."""

import signal
import socket
from collections.abc import Iterator

import pytest

from cli.host.listening import url_of
from fulfillment import settings


@pytest.fixture(autouse=True)
def _signals_as_they_were() -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    kept = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


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


@pytest.mark.parametrize("command", ["api", "up"])
@pytest.mark.parametrize("host", ["not.a.host.example", "192.0.2.1"])
def test_api_does_not_start_when_its_host_is_no_address_of_this_machine(pegboard, command, host):
    done = pegboard(command, PEGBOARD_API_HOST=host)
    assert done.returncode == 2
    assert done.stderr == (
        f"pegboard: PEGBOARD_API_HOST is {host!r}, which is no address of this machine\n"
    )


def test_api_does_not_start_when_its_port_is_taken(pegboard):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = pegboard("api", PEGBOARD_API_PORT=str(port))
    assert done.returncode == 1
    assert f"port {port} of 127.0.0.1 can not be had (Address already in use)" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("folder", ["/proc/nothing", "/etc/passwd", "/dev/null/here"])
def test_up_does_not_start_when_its_folder_can_not_be_made(pegboard, folder):
    done = pegboard("up", PEGBOARD_HOME=folder)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith(f"pegboard: the folder {folder} can not be used")


def test_health_asks_for_the_port_when_it_is_any(pegboard):
    done = pegboard("health", "api", PEGBOARD_API_PORT="0")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::", "http://[::1]:80"),
        ("fe80::1", "http://[fe80::1]:80"),
        ("pegboard.internal", "http://pegboard.internal:80"),
    ],
)
def test_api_is_reached_by_an_address_that_leads_to_it(host, url):
    assert url_of(host, 80) == url
