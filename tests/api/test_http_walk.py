"""Several clients of two merchants do anything over HTTP, and all that must be so is so.

By the audit, by books of the walk's own, and by what every endpoint tells (behaviour.md §9).
"""

import os
import random
from collections.abc import Callable

import pytest

from tests.api.market.trade import Market
from tests.api.world import made

STEPS = int(os.environ.get("PEGBOARD_STEPS", "0"))
"""Steps in all, each walk of them with a fresh seed; none: a short sample with fixed ones."""
BURST, STEPS_OF_A_WALK = 60, 480
CLIENTS = (1, 4)
"""One client does the same again for the same seed; several meet each other."""


def walks() -> list[tuple[int, int, int]]:
    """Seed, clients and steps of each walk."""
    if "PEGBOARD_SEED" in os.environ:
        seed = int(os.environ["PEGBOARD_SEED"])
        return [(seed, clients, STEPS or STEPS_OF_A_WALK) for clients in CLIENTS]
    if not STEPS:
        return [(1, 1, 60), (2, 4, 120)]
    count = max(STEPS // STEPS_OF_A_WALK, 1)
    return [
        (random.randrange(10**9), CLIENTS[min(n % 3, 1)], STEPS_OF_A_WALK) for n in range(count)
    ]


@pytest.mark.parametrize(("seed", "clients", "steps"), walks())
def test_all_that_must_be_so_is_so_whatever_clients_do(
    new_database: Callable[[], str], seed: int, clients: int, steps: int
) -> None:
    with made(new_database()) as world:
        market = Market(world, seed, clients)
        for burst in range(max(steps // BURST, 1)):
            try:
                market.burst(BURST // clients)
            except Exception as error:
                last = "\n".join(market.log.lines)
                said = f"seed {seed}, {clients} clients, burst {burst}: {error}\n{last}"
                raise AssertionError(said) from error
