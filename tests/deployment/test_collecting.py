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

CIRCLES = """
import gc
from collections import deque
from fulfillment.collecting import collect_seldom

class Circle:
    alive = 0

    def __init__(self) -> None:
        self.own, self.parts = self, [[n] for n in range(100)]
        Circle.alive += 1

    def __del__(self) -> None:
        Circle.alive -= 1

collect_seldom()
at_hand, most = deque(maxlen=1_000), 0
for _ in range(40_000):
    at_hand.append(Circle())
    most = max(most, Circle.alive)
print(most)
"""
"""As a worker keeps the workflows that were used last."""


def test_what_a_plan_makes_is_not_looked_through_while_it_is_made():
    told = subprocess.run(
        [sys.executable, "-c", LOOKED], check=True, capture_output=True, text=True
    )
    before, after, frozen = map(int, told.stdout.split())

    assert before > 20
    assert after <= 1
    assert frozen > 1_000


def test_what_refers_to_itself_is_let_go_although_it_is_old():
    told = subprocess.run(
        [sys.executable, "-c", CIRCLES], check=True, capture_output=True, text=True
    )

    assert int(told.stdout) < 7_000
