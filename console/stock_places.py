"""Whose SKU a page is about, and at which places somebody may look at it."""

from typing import Annotated
from urllib.parse import quote

from fastapi import Depends

from console.visits import NotAllowedError, Visit
from fulfillment.domain.model.names import SLASH


def _sku(sku: str) -> str:
    return sku.replace(SLASH, "/")


SkuInPath = Annotated[str, Depends(_sku)]
"""The SKU in the path, which may have a slash in it."""


def sku_path(visit: Visit, sku: str) -> str:
    """Where the SKU's pages of stock are."""
    return f"{visit.home}/stock/{quote(sku, safe='')}"


def check_place(visit: Visit, location: str | None) -> None:
    """Refuse a place at which the user does not work."""
    if location is not None and not visit.session.sees([location]):
        mine = ", ".join(visit.caller.scope.location_list or ())
        message = f"You work at {mine}, and not at {location}."
        raise NotAllowedError(message)
