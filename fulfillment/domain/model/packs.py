"""Units told in the pack in which they were asked for: `2 cartons + 3`."""

from dataclasses import dataclass

HISSES = ("s", "x", "z", "ch", "sh")


@dataclass(frozen=True, slots=True)
class Packed:
    """Base units as whole packs of a name and a size, and loose units beside them."""

    name: str
    """What the pack is called."""
    units: int
    """Base units in one pack."""
    quantity: int
    """Whole packs."""
    loose: int
    """Base units beside whole packs."""

    def __str__(self) -> str:
        """As a person says it; without a whole pack, units alone."""
        if not self.quantity:
            return str(self.loose)
        packs = f"{self.quantity} {self.name if self.quantity == 1 else _plural(self.name)}"
        return f"{packs} + {self.loose}" if self.loose else packs


def packed(units: int, name: str | None, size: int | None) -> Packed | None:
    """So many base units in packs; None where the line was not asked for in any."""
    if not name or not size:
        return None
    quantity, loose = divmod(units, size)
    return Packed(name, size, quantity, loose)


def told_units(units: int, name: str | None, size: int | None) -> str:
    """Base units for a paper, with the packs that they make where the line has one."""
    found = packed(units, name, size)
    return f"{units} ({found})" if found and found.quantity else str(units)


def _plural(name: str) -> str:
    return f"{name}{'es' if name.endswith(HISSES) else 's'}"
