"""Which adapter a carrier's name stands for: the one place where a real one is wired."""

from collections.abc import Mapping

from carriers.manual import ManualCarrier
from carriers.port import Carrier

MANUAL: Carrier = ManualCarrier()

WIRED: Mapping[str, Carrier] = {}
"""Adapters by the name that is given as `carrier`, in small letters. None needs the network yet."""


def carrier_named(name: str | None) -> Carrier:
    """The adapter for a name; whoever is not wired is booked by hand."""
    return WIRED.get((name or "").strip().lower(), MANUAL)
