"""Users of the pages: what they may do and see, never their passwords."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, SecretStr

from fulfillment.domain.model.permissions import Role
from fulfillment.domain.model.scope import Scope
from fulfillment.store.commands.administration.bounds import KEEP, Bound
from fulfillment.store.commands.administration.passwords import LONGEST, SHORTEST
from fulfillment.store.commands.administration.users import NewUser, UserChange
from fulfillment.store.reading.views.users import UserView
from starter.models.fields import Name, Request, Slug, example
from starter.models.keys import Locations, Merchants
from starter.models.paged import Paged

EXAMPLE = {
    "name": "mara", "full_name": "Mara Holm", "role": "intake", "merchants": ["acme", "bolt"],
    "locations": None, "created_at": "2026-03-01T09:00:00Z",
    "password_set_at": "2026-03-01T09:00:00Z", "disabled_at": None,
}  # fmt: skip
PASSWORD = "three words and a teapot"  # noqa: S105 -- an example

Password = Annotated[SecretStr, Field(min_length=SHORTEST, max_length=LONGEST)]


class UserIn(Request):
    """Who may sign in, what the user may do, and whose things the user sees."""

    model_config = example(
        name="mara", full_name="Mara Holm", role="intake", merchants=["acme", "bolt"],
        password=PASSWORD,
    )  # fmt: skip

    name: Slug = Field(description="With which the user signs in.")
    full_name: Name = Field(description="How histories name the user.")
    role: Role = Field(description="What the user may do.")
    merchants: Merchants | None = Field(description="Whose data is seen; null: everybody's.")
    locations: Locations | None = Field(
        default=None,
        description="Where a user of the warehouse works; null: at every location.",
    )
    password: Password = Field(description="Stored as a slow hash alone.")

    def to_domain(self) -> NewUser:
        """The user as the store makes it; the password goes apart."""
        scope = Scope(_set(self.merchants), _set(self.locations))
        return NewUser(self.name, self.full_name, self.role, scope)


class UserChangeIn(Request):
    """What is otherwise from now on; what is not named stays."""

    model_config = example(role="warehouse", locations=["vienna"])

    full_name: Name | None = Field(default=None, description="How histories name the user.")
    role: Role | None = Field(default=None, description="What the user may do.")
    merchants: Merchants | None = Field(default=None, description="Null: everybody's data.")
    locations: Locations | None = Field(default=None, description="Null: every location.")

    def to_domain(self, name: str) -> UserChange:
        """The change as the store takes it: null is said, and is not what was left out."""
        merchants, locations = self._bound("merchants"), self._bound("locations")
        return UserChange(name, self.full_name, self.role, merchants, locations)

    def _bound(self, name: str) -> Bound:
        return _set(getattr(self, name)) if name in self.model_fields_set else KEEP


class PasswordIn(Request):
    """Another password for a user."""

    model_config = example(password=PASSWORD)

    password: Password = Field(description="Stored as a slow hash alone.")


def _set(names: list[str] | None) -> frozenset[str] | None:
    return None if names is None else frozenset(names)


class UserPage(Paged[UserView]):
    """One page of users by name."""


EXAMPLES: Mapping[type, object] = {UserView: EXAMPLE}
