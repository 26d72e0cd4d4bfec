"""Several systems on one machine: each has ports of its own, and says which."""

import http.server
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from cli import folder
from cli.host import parts
from cli.host.supervisor import System
from embedded import ports
from embedded.ports import LOOPBACK, any_free
from fulfillment.settings import Settings

WAIT_SECONDS = 60.0


class OtherApi(http.server.BaseHTTPRequestHandler):
    """Says that it is ready, whatever it is asked."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"other")

    def log_message(self, *_: object) -> None: ...


@contextmanager
def held(port: int) -> Iterator[None]:
    with http.server.ThreadingHTTPServer((LOOPBACK, port), OtherApi) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        yield
        other.shutdown()


@pytest.fixture
def make(
    database_url: str, tmp_path: Path, temporal_server, monkeypatch
) -> Iterator[Callable[[int], tuple[System, list[str]]]]:
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal_server.address)
    made: list[System] = []

    def system(port: int) -> tuple[System, list[str]]:
        said: list[str] = []
        chosen = Settings(database_url=database_url, home=tmp_path, api_port=port)  # type: ignore[arg-type]
        made.append(System(chosen, say=said.append))
        return made[-1], said

    yield system
    for one in made:
        one.stop()


def is_ours(system: System) -> bool:
    try:
        answer = httpx.get(f"{system.api_url}/health/ready", timeout=20).json()
        return bool(answer["status"] == "ready")
    except (httpx.HTTPError, ValueError):
        return False


def test_api_takes_another_port_when_its_own_is_taken_before_it_listens(make, monkeypatch):
    port = any_free()
    with held(port):
        system, said = make(port)
        chosen = iter([port])
        choose = ports.preferred_or_free
        monkeypatch.setattr(parts, "preferred_or_free", lambda *of: next(chosen, 0) or choose(*of))
        system.start()
        assert is_ours(system)
        found = folder.find(system.settings.home)
        assert found is not None
        assert found.api_url == system.api_url != f"http://{LOOPBACK}:{port}"
    assert f"port {port} is taken; the API is on {system.api_url.rpartition(':')[2]}" in said


def test_api_comes_back_on_another_port_when_somebody_took_its_own_meanwhile(make):
    port = any_free()
    system, said = make(port)
    system.start()
    assert system.api_url.endswith(f":{port}")
    system._api.kill()
    with held(port):
        deadline = time.monotonic() + WAIT_SECONDS
        while not (system._api.port != port and is_ours(system)):
            assert time.monotonic() < deadline, said
            time.sleep(0.2)
        found = folder.find(system.settings.home)
        assert found is not None
        assert found.api_url == system.api_url
    assert f"port {port} is taken; the API is on {system._api.port}" in said
