"""A process of ours looks seldom for what nobody refers to any more."""

import subprocess
import sys

LOOKED = """
import gc
from fulfillment.collecting import collect_seldom

def looked() -> int:
    before = gc.get_stats()[0]["collections"]
    kept = [[n] for n in range(40_000)]
    return gc.get_stats()[0]["collections"] - before

before = looked()
collect_seldom()
print(before, looked(), gc.get_freeze_count())
"""


def test_what_a_plan_makes_is_not_looked_through_while_it_is_made():
    told = subprocess.run(
        [sys.executable, "-c", LOOKED], check=True, capture_output=True, text=True
    )
    before, after, frozen = map(int, told.stdout.split())

    assert before > 20
    assert after <= 1
    assert frozen > 1_000
