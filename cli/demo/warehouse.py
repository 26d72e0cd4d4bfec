"""People who pick, pack and ship what is released, each step at a human pace."""

import time
from dataclasses import dataclass, field

import httpx

from cli.demo.client import Answer, Client, RefusedByApiError, StoppedError
from cli.demo.steps import Play

PICKERS = 4
LOOK_SECONDS = 0.5
STEPS = {"ready": "start-picking", "picking": "pick", "picked": "pack", "packed": "ship"}
PACE = {"ready": 2.5, "picking": 2.5, "picked": 1.5, "packed": 1.5}
"""Seconds that a shipment stays in a status at speed 1."""


@dataclass
class Warehouse:
    """Works on the shipments of a play, and on no others."""

    play: Play
    client: Client
    due: dict[tuple[int, str], float] = field(default_factory=dict)
    """When a shipment in a status is to be moved on."""

    def work(self) -> None:
        """Until the play is over, or the system is stopped."""
        while not self.play.over.is_set():
            try:
                self._round()
            except (httpx.TransportError, RefusedByApiError):
                # Away for a moment, or replanned under the picker's hands: look again.
                continue
            except StoppedError:
                return
            finally:
                self._rest()

    def _rest(self) -> None:
        self.play.stopping.wait(max(LOOK_SECONDS / self.play.speed, 0.02))

    def _round(self) -> None:
        page = self.client.get("/v1/shipments", status=list(STEPS), limit=200)
        ours = [item for item in page["items"] if item["order"] in self.play.placed]
        free = PICKERS - sum(item["status"] != "ready" for item in ours)
        for shipment in ours:
            is_new = shipment["status"] == "ready"
            if shipment["holds"] or (is_new and free <= 0):
                continue
            if self._is_due(shipment):
                free -= is_new
                self._move(shipment)

    def _is_due(self, shipment: Answer) -> bool:
        now, status = time.monotonic(), shipment["status"]
        pace = PACE[status] / self.play.speed
        return now >= self.due.setdefault((shipment["id"], status), now + pace)

    def _move(self, shipment: Answer) -> None:
        step = STEPS[shipment["status"]]
        body = {"carrier": "Sample Post"} if step == "ship" else None
        self.client.send("POST", f"/v1/shipments/{shipment['id']}/{step}", body)
