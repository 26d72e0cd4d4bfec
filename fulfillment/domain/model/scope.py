"""What a key of the API opens: whose things, and where."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """The merchants and the locations that a key is bound to; None: every one of them.

    What is not in a set is not seen: a set that is empty opens nothing.
    """

    merchants: frozenset[str] | None = None
    locations: frozenset[str] | None = None

    def sees(self, merchant: str | None, locations: Collection[str | None] | None = None) -> bool:
        """Whether a thing of this merchant that concerns these locations is visible to the key.

        It is where one of them is the key's. What is at none of them yet is nobody's who is bound
        to locations. `locations` is None for what has no place, as a product has none; `merchant`
        for what is no merchant's, as a location is none's.
        """
        return self._is_mine(merchant) and (locations is None or self._is_here(locations))

    def _is_mine(self, merchant: str | None) -> bool:
        if self.merchants is None:
            return True
        return bool(self.merchants) if merchant is None else merchant in self.merchants

    def _is_here(self, locations: Collection[str | None]) -> bool:
        return self.locations is None or not self.locations.isdisjoint(locations)

    @property
    def only_merchant(self) -> str | None:
        """The one merchant that the key is for; None where it is for several, or for all."""
        if self.merchants is None or len(self.merchants) != 1:
            return None
        return next(iter(self.merchants))

    @property
    def merchant_list(self) -> list[str] | None:
        """The merchants in order, as a list is narrowed to them; None: to nobody's."""
        return None if self.merchants is None else sorted(self.merchants)

    @property
    def location_list(self) -> list[str] | None:
        """The locations in order, as a list is narrowed to them; None: to none."""
        return None if self.locations is None else sorted(self.locations)


EVERYTHING = Scope()
"""What a key opens that is bound to nothing."""
