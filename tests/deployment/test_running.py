"""Our services of docker-compose.yml, run here with their own commands and variables."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client

from embedded import ports
from embedded.postgres import EmbeddedPostgres
from embedded.temporal import EmbeddedTemporal
from fulfillment.contracts import search_attributes
from tests.deployment import compose

READY_SECONDS = 60.0
HIDING = Path(__file__).parent / "only_runtime"


@dataclass
class Host:
    """Runs a container's command here, in an empty folder and with nothing of our environment."""

    folder: Path
    cluster: EmbeddedPostgres
    temporal: EmbeddedTemporal
    api_port: int

    def service(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = compose.resolved(compose.PASSWORDS)["services"][name]
        return found

    def environment(self, name: str) -> dict[str, str]:
        """The image's variables, the service's over them, and our hosts in place of its own."""
        service = {key: str(value) for key, value in self.service(name)["environment"].items()}
        told = compose.image_environment() | service
        hosts = {
            "@postgresql:5432/": f"@127.0.0.1:{self.cluster.port}/",
            "temporal:7233": self.temporal.address,
            "0.0.0.0": "127.0.0.1",
        }
        for theirs, ours in hosts.items():
            told = {key: value.replace(theirs, ours) for key, value in told.items()}
        here = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join([str(HIDING), str(compose.ROOT)]),
            "ONLY_PACKAGES_OF": str(compose.ROOT / "requirements-runtime.lock"),
        }
        return told | here | {"PEGBOARD_API_PORT": str(self.api_port)}

    def run(self, name: str, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cli", *command],
            cwd=self.folder,
            env=self.environment(name),
            check=False,
            capture_output=True,
            text=True,
            timeout=READY_SECONDS,
        )

    def check(self, name: str) -> subprocess.CompletedProcess[str]:
        """The service's health check, as Docker runs it in the container."""
        kind, program, *arguments = self.service(name)["healthcheck"]["test"]
        assert (kind, program) == ("CMD", "pegboard")
        return self.run(name, arguments)

    @contextmanager
    def running(self, name: str) -> Iterator["Running"]:
        log = self.folder.parent / f"{name}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "cli", *self.service(name)["command"]],
                cwd=self.folder,
                env=self.environment(name),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        try:
            yield Running(self, name, process, log)
        finally:
            process.kill()
            process.wait()


@dataclass
class Running:
    """A service that was started."""

    host: Host
    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def wait_until_healthy(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while (checked := self.host.check(self.name)).returncode != 0:
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, checked.stderr + self.log.read_text()

    def stop(self) -> int:
        """Its exit code after the image's stop signal; Docker would kill it after the grace."""
        self.process.send_signal(signal.Signals[compose.image_setting("STOPSIGNAL")])
        return self.process.wait(compose.seconds(self.host.service(self.name)["stop_grace_period"]))


@pytest.fixture
def host(tmp_path: Path, made_cluster: EmbeddedPostgres, temporal: EmbeddedTemporal) -> Host:
    folder = tmp_path / "work"
    folder.mkdir()
    return Host(folder, made_cluster, temporal, ports.any_free())


def answers_to_a_key_alone(host: Host) -> bool:
    """Whether the API serves who has a key made by `docker compose exec api pegboard keys`."""
    made = host.run("api", ["keys", "create", "--name", "test", "--role", "admin", "--json"])
    headers = {"Authorization": f"Bearer {json.loads(made.stdout)['key']}"}
    url = f"http://127.0.0.1:{host.api_port}/v1/merchants"
    codes = [httpx.get(url, headers=one, trust_env=False).status_code for one in ({}, headers)]
    return codes == [401, 200]


def has_no_findings(host: Host) -> bool:
    """Whether `docker compose exec worker pegboard audit` is content."""
    audited = host.run("worker", ["audit"])
    assert audited.returncode == 0, audited.stdout + audited.stderr
    return True


async def registered(temporal: EmbeddedTemporal) -> Mapping[str, int]:
    client = await Client.connect(temporal.address)
    answer = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace="default")
    )
    return dict(answer.custom_attributes)


def test_services_start_in_the_order_of_their_dependencies():
    order = compose.in_order(compose.services())

    assert order.index("postgresql") < order.index("migrate") < order.index("worker")
    assert order.index("temporal-schema") < order.index("temporal") < order.index("api")
    assert order.index("temporal-namespace") < order.index("search-attributes")


@pytest.mark.slow
def test_the_services_run_get_healthy_and_end_on_the_stop_signal(host: Host):
    """One test, because each of its steps needs the one before."""
    early = host.check("worker")
    assert early.returncode == 3, "no worker runs yet"
    assert "no worker of this machine" in early.stderr

    for _ in ("first", "and again, as at every `docker compose up`"):
        for name in ("migrate", "search-attributes"):
            done = host.run(name, host.service(name)["command"])
            assert done.returncode == 0, done.stderr
    assert asyncio.run(registered(host.temporal)).keys() >= search_attributes.TYPES.keys()

    with host.running("worker") as worker, host.running("api") as api:
        api.wait_until_healthy()
        worker.wait_until_healthy()
        ready = httpx.get(f"http://127.0.0.1:{host.api_port}/health/ready", trust_env=False)
        told = {"status": "ready", "database": "migrated", "engine": "reachable"}
        assert ready.json() == told | {"relay": "running"}
        assert answers_to_a_key_alone(host)
        assert has_no_findings(host)

        assert api.stop() == 0, api.log.read_text()
        assert worker.stop() == 0, worker.log.read_text()

    assert host.check("api").returncode == 3, "nobody answers any more"
    assert "Traceback" not in worker.log.read_text() + api.log.read_text()
    assert [path.name for path in host.folder.rglob("*")] == [], "the root may be read-only"


@pytest.mark.parametrize(("name", "variable"), [
    ("migrate", "PEGBOARD_DATABASE_URL"), ("search-attributes", "TEMPORAL_ADDRESS"),
])  # fmt: skip
def test_a_one_shot_says_in_one_line_that_its_server_is_away(
    host: Host, monkeypatch, name, variable
):
    told = host.environment(name)
    port = ports.any_free()
    away = {"PEGBOARD_DATABASE_URL": f"postgresql+psycopg://a:b@127.0.0.1:{port}/c",
            "TEMPORAL_ADDRESS": f"127.0.0.1:{port}"}[variable]  # fmt: skip
    monkeypatch.setattr(host, "environment", lambda _: told | {variable: away})

    done = host.run(name, host.service(name)["command"])

    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert "pegboards2" not in done.stderr
