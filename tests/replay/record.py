"""Play the lives that have no history yet, and keep their histories.

Run as `python -m tests.replay.record`; with names, those lives are played anew, which is right
only while no such run can be open anywhere.
"""

import asyncio
import sys
from pathlib import Path

from temporalio.client import Client
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from embedded.temporal import EmbeddedTemporal, TemporalOptions
from fulfillment.contracts import search_attributes
from fulfillment.contracts.payloads import DATA_CONVERTER
from tests.replay.lives import LIVES
from tests.workflows.desk import Desk
from tests.workflows.stage import staged

HISTORIES = Path(__file__).parent / "histories"


def without_places(history: str) -> str:
    """Stack traces name the folders of the machine that recorded them; nobody needs these."""
    return history.replace(str(Path(__file__).parents[2]) + "/", "")


async def record(address: str, names: list[str]) -> None:
    client = await Client.connect(address, data_converter=DATA_CONVERTER, identity="test")
    skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
    for name in names:
        desk = Desk()
        async with staged(skipper, desk) as stage:
            handle = await LIVES[name](stage, desk)
            history = await handle.fetch_history()
        (HISTORIES / f"{name}.json").write_text(without_places(history.to_json()) + "\n")
        print(f"{name}: {len(history.events)} events")  # noqa: T201 -- a script tells what it did


def main() -> None:
    missing = [name for name in LIVES if not (HISTORIES / f"{name}.json").exists()]
    options = TemporalOptions(
        ui=False,
        search_attributes=search_attributes.TYPES,
        dynamic_config={"frontend.WorkflowTimeSkippingEnabled": True},
    )
    with EmbeddedTemporal(options) as server:
        asyncio.run(record(server.address, sys.argv[1:] or missing))


if __name__ == "__main__":
    main()
