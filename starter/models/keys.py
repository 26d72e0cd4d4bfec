"""Keys of the API: what they open, never what opens them."""

from typing import Annotated

from pydantic import BaseModel, Field

from fulfillment.domain.model.scope import Scope
from fulfillment.store.commands.administration.keys import KEEP, Bound, KeyChange, NewKey, Role
from fulfillment.store.reading.views.keys import KeyView
from starter.models.fields import Location, Name, Request, Slug, example
from starter.models.paged import Paged

MOST_BOUND = 500

Merchants = Annotated[list[Slug], Field(min_length=1, max_length=MOST_BOUND)]
Locations = Annotated[list[Location], Field(min_length=1, max_length=MOST_BOUND)]

EXAMPLE = {
    "id": "1f2e3d4c5b6a7988", "name": "scanner 4", "role": "warehouse",
    "merchants": ["acme", "bolt"], "locations": ["vienna"],
    "created_at": "2026-03-01T09:00:00Z", "revoked_at": None,
}  # fmt: skip
SECRET = "pb_1f2e3d4c5b6a7988_0000000000000000000000000000000000000000000"  # noqa: S105 -- none


class KeyIn(Request):
    """Who is to use it, for what, and whose things it opens."""

    model_config = example(
        name="scanner 4", role="warehouse", merchants=["acme", "bolt"], locations=["vienna"]
    )

    name: Name = Field(description="Who will use it, to be told apart later.")
    role: Role = Field(description="What it may do.")
    merchants: Merchants | None = Field(description="Whose data it opens; null: everybody's.")
    locations: Locations | None = Field(
        default=None,
        description="Where a key of the warehouse works; null: at every location.",
    )

    def to_domain(self) -> NewKey:
        """The key as the store makes it."""
        return NewKey(self.name, self.role, Scope(_set(self.merchants), _set(self.locations)))


class KeyChangeIn(Request):
    """What it opens from now on; what is not named stays."""

    model_config = example(merchants=["acme", "bolt"], locations=["vienna", "graz"])

    merchants: Merchants | None = Field(default=None, description="Null: everybody's data.")
    locations: Locations | None = Field(default=None, description="Null: every location.")

    def to_domain(self, key: str) -> KeyChange:
        """The change as the store takes it: null is said, and is not what was left out."""
        return KeyChange(key, self._bound("merchants"), self._bound("locations"))

    def _bound(self, name: str) -> Bound:
        return _set(getattr(self, name)) if name in self.model_fields_set else KEEP


def _set(names: list[str] | None) -> frozenset[str] | None:
    return None if names is None else frozenset(names)


class MadeKeyOut(BaseModel):
    """A key that was made, with the whole of it, which is shown this once."""

    key: KeyView = Field(description="What it may do, and what it opens.")
    secret: str | None = Field(
        description="What is sent as `Authorization: Bearer`; null: it was made, and shown, before."
    )


class KeyPage(Paged[KeyView]):
    """One page of keys, the newest first."""


EXAMPLES = {KeyView: EXAMPLE, MadeKeyOut: {"key": EXAMPLE, "secret": SECRET}}
