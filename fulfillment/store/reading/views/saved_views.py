"""Saved views as they are told."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A list of orders under a name: what its address asks for, never which orders those are."""

    id: int
    owner: str
    """Who saved it, by the name to sign in with."""
    name: str
    asked: dict[str, str]
    """What its address says, by the name of the parameter."""
    shared: bool
    """Whether all who see the merchant have it."""
    version: int
    """Rises with each change of it."""
