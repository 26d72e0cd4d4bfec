"""API keys as they are told: never their secrets."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyView:
    """A key, by the part of it that opens nothing."""

    id: str
    """The first part of the key."""
    name: str
    role: str
    """What it may do."""
    merchants: tuple[str, ...] | None
    """Whose data it opens; null: everybody's."""
    locations: tuple[str, ...] | None
    """The locations it is bound to; null: it works at all of them."""
    created_at: datetime
    revoked_at: datetime | None
    """When it ended; null while it opens something."""
