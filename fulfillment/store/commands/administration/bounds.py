"""What a key or a user is bound to: checked when it is said, and changed part by part."""

from collections.abc import Collection
from dataclasses import replace
from enum import Enum
from typing import Literal

from fulfillment.domain.model.permissions import Role
from fulfillment.domain.model.refusals import invalid, missing
from fulfillment.domain.model.scope import Scope
from fulfillment.store.transactions.session import Tx


class Keep(Enum):
    """What is not said stays."""

    KEEP = "keep"


KEEP = Keep.KEEP
Bound = frozenset[str] | None | Literal[Keep.KEEP]


def changed_scope(scope: Scope, merchants: Bound, locations: Bound) -> Scope:
    """The scope with other merchants or locations; what is not said stays."""
    if merchants is not KEEP:
        scope = replace(scope, merchants=merchants)
    if locations is not KEEP:
        scope = replace(scope, locations=locations)
    return scope


def check_scope(tx: Tx, role: Role, scope: Scope, whose: str = "key") -> None:
    """Refuse what can not be bound, and what there is not; what opens nothing is none."""
    if scope.merchants is not None:
        _check_named(tx, "merchant", scope.merchants)
    if scope.locations is None:
        return
    if role is not Role.WAREHOUSE:
        message = f"only a {whose} of the warehouse is bound to locations, not one with role {role}"
        raise invalid(f"not_a_warehouse_{whose}", message, "locations")
    _check_named(tx, "location", scope.locations)


SELECTS = {
    "merchant": "SELECT id FROM merchant WHERE id = ANY(:ids)",
    "location": "SELECT id FROM location WHERE id = ANY(:ids)",
}


def _check_named(tx: Tx, what: str, names: Collection[str]) -> None:
    if not names:
        message = f"name at least one {what}, or null for every one"
        raise invalid(f"no_{what}", message, f"{what}s")
    rows = tx.rows(SELECTS[what], ids=sorted(names))
    if unknown := sorted(set(names) - {row.id for row in rows}):
        raise missing(what, unknown[0])
