"""Who asks: a program with a key, or a person who signed in."""

from dataclasses import dataclass

from fulfillment.domain.model.permissions import FOR_ALL_MERCHANTS, GRANTS, Permission, Role
from fulfillment.domain.model.scope import Scope


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, what they may do, and whose things they see.

    `key` is the id of a key, or `user` and the name under which somebody signs in.
    """

    key: str
    name: str
    role: Role
    scope: Scope

    @property
    def actor(self) -> str:
        """How the caller is named in histories."""
        return f"{self.name} ({self.key})"

    def may(self, permission: Permission) -> bool:
        """Whether the role grants it, and the merchants cover it."""
        if permission not in GRANTS[self.role]:
            return False
        return permission not in FOR_ALL_MERCHANTS or self.scope.merchants is None
