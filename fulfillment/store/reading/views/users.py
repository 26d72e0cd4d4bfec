"""Users as they are told: never their passwords."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UserView:
    """Somebody who may sign in to the pages."""

    name: str
    """With which the user signs in."""
    full_name: str
    """How histories name the user."""
    role: str
    """What the user may do."""
    merchants: tuple[str, ...] | None
    """Whose data the user sees; null: everybody's."""
    locations: tuple[str, ...] | None
    """The locations the user is bound to; null: all of them."""
    created_at: datetime
    password_set_at: datetime
    """When the password became what it is."""
    disabled_at: datetime | None
    """Since when the user is let in no more; null while the user is."""
