"""What an order says can be done with it is done, and what it says can not be is refused."""

import os
import random

import pytest

from tests.api.walking import Walk

STEPS = int(os.environ.get("PEGBOARD_STEPS", "400")) // 40
"""Steps of one walk."""


@pytest.mark.parametrize("seed", range(2))
def test_what_is_allowed_is_done_and_what_is_not_is_refused_as_told(world, seed):
    chosen = seed if "PEGBOARD_STEPS" not in os.environ else random.randrange(10**9)
    walk = Walk(world, chosen)
    walk.begin()
    for step in range(STEPS):
        try:
            walk.step()
            assert step % 5 or walk.findings() == []
        except AssertionError as error:
            raise AssertionError(f"seed {chosen}, step {step}: {error}") from error
    assert walk.findings() == []
    assert sum(walk.done.values()) > STEPS // 5, f"little was done: {walk.done}"
