"""A world in which many wait, and what-ifs that are possible in it."""

import random

from tests.builders.warehouse import Warehouse


def make_busy(database_url: str) -> Warehouse:
    """Forty orders of different priorities for four purchase orders, and a few units on hand."""
    made = Warehouse.on(database_url).furnish()
    chance = random.Random(7)
    made.stock(9)
    for nth, due in enumerate((3, 8, 15, 25), 1):
        made.purchase([("K1", 14), ("K2", 6)], number=f"P{nth}", due=due)
    for nth in range(40):
        wants = [("K1", chance.randint(1, 3)), *[("K2", 1)] * chance.randint(0, 1)]
        more = {"policy": {"max_shipments": 1}} if chance.random() < 0.3 else {}
        made.order(wants, f"{nth}", priority=chance.choice((10, 50, 90)), **more)
    return made


def stack_of(chance: random.Random) -> list[str]:
    """One to four parts that are possible."""

    def purchase() -> str:
        return f"P{chance.randint(1, 4)}"

    kinds = (
        lambda: f"{purchase()}:{chance.choice((-6, -2, 4, 9, 20)):+d}d",
        lambda: f"{purchase()}/1:2026-03-{chance.randint(3, 31):02}",
        lambda: f"buy:K1:{chance.randint(1, 12)}@2026-03-{chance.randint(3, 31):02}",
        lambda: f"receive:{purchase()}/1:{chance.randint(1, 14)}",
        lambda: f"order:{chance.randint(0, 39)}:priority={chance.choice((0, 30, 95))}",
        lambda: f"order:{chance.randint(0, 39)}/1:cancel",
        lambda: f"stock:K1:{chance.choice((-4, -1, 3, 9)):+d}:A",
    )
    parts = [chance.choice(kinds)() for _ in range(chance.randint(1, 4))]
    return list({_about(part): part for part in parts}.values())


def _about(part: str) -> tuple[str, ...]:
    """So much of a part that no two of a stack are about the same."""
    words = part.split(":")
    return tuple(words[: 1 if words[0].startswith("P") else 2])
