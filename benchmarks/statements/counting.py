"""How many statements the steps of an order send, and how often they wait for the database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from unittest.mock import patch

import httpx

from benchmarks.intake.system import a_folder
from embedded.postgres import EmbeddedPostgres
from fulfillment.store import migrations
from fulfillment.store.commands.orders.lifecycle import prepare_fulfillment
from fulfillment.store.transactions import idle
from starter.auth import keyring
from tests.api.world import ACME, World, made, order
from tests.builders.conversation import conversation

FOR_EVER = 3600.0
TAKEN = "SELECT id FROM orders WHERE number = :number"


@dataclass(frozen=True, slots=True)
class Counted:
    """Statements that were sent, and answers that were waited for."""

    statements: int
    waits: int

    def __add__(self, other: "Counted") -> "Counted":
        """Both together."""
        return Counted(self.statements + other.statements, self.waits + other.waits)


def count_all() -> Mapping[str, Counted]:
    """Of intake and first claim, pick and ship of one order of two lines, over HTTP where it is."""
    with a_folder("pegboard-bench-") as home, EmbeddedPostgres(home / "postgres") as server:
        migrations.upgrade(server.url)
        with (
            # However slow the machine is: keys are known, and no connection is idle.
            patch.object(keyring, "REMEMBERED_SECONDS", FOR_EVER),
            patch.object(idle, "TRUSTED_SECONDS", FOR_EVER),
            made(server.url) as world,
        ):
            for sku in ("TEA", "CUP"):
                world.stock(sku, 100)
            _life(world, "SO-1")  # It reads what a connection keeps.
            return _life(world, "SO-2")


def _life(world: World, number: str) -> dict[str, Counted]:
    client = world.client()
    found: dict[str, Counted] = {}

    def count(step: str, do: Callable[[], object]) -> None:
        with conversation(world.store.engine) as said:
            do()
        found[step] = Counted(len(said.statements), said.waits)

    def send(step: str, path: str, body: object = None) -> httpx.Response:
        headers = {"Idempotency-Key": f"{step}-{number}"}
        return client.post(path, json=body, headers=headers).raise_for_status()

    count("take in", lambda: send("take", "/v1/orders", order(number, ("TEA", 2), ("CUP", 1))))
    taken = world.store.read(ACME, lambda tx: tx.rows(TAKEN, number=number)[0].id)
    count("first claim", lambda: prepare_fulfillment(world.store, ACME, [taken]))
    (shipment,) = client.get(f"/v1/orders/{number}").json()["shipments"]
    path = f"/v1/shipments/{shipment['id']}"
    count("pick", lambda: send("pick", f"{path}/pick"))
    count("ship", lambda: send("ship", f"{path}/ship", {}))
    return found
