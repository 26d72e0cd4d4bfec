"""Who looks at a page, and whose data it is about: asked before anything else is read."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from console.cookies import secret_in, token_of
from console.desk import Desk, desk_of
from fulfillment.domain.model.callers import Caller
from fulfillment.domain.model.names import SLASH
from fulfillment.domain.model.permissions import Permission
from fulfillment.domain.model.refusals import missing
from fulfillment.store.commands.administration.acting import Session
from fulfillment.store.commands.administration.sign_ins import signed_in
from fulfillment.store.reading.parties import read_merchant
from fulfillment.store.reading.places import is_order_at, is_purchase_order_at
from fulfillment.store.reading.views.parties import MerchantView
from fulfillment.store.records.loading import EVERYBODY

RENEWS = "pegboard-renews"
"""The header of a page that asks for itself anew."""

STREAM = "text/event-stream"


class NotSignedInError(Exception):
    """Nobody is signed in, or the session is over."""


class OtherSessionError(Exception):
    """A form of the user's own, made before he signed in anew."""


class NotAllowedError(Exception):
    """A page, or a form, that this user may not have."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at a page, by a user who is signed in."""

    desk: Desk
    caller: Caller
    secret: str
    session: Session
    merchant: MerchantView | None
    form: dict[str, str]
    """What was sent, by name; empty where nothing was."""

    @property
    def token(self) -> str:
        """What the forms of the page carry."""
        return token_of(self.secret, self.user)

    @property
    def user(self) -> str:
        """The name to sign in with."""
        return self.caller.key.removeprefix("user ")

    @property
    def of(self) -> MerchantView:
        """The merchant whose page it is."""
        if self.merchant is None:
            raise missing("merchant", "of this page")
        return self.merchant

    @property
    def home(self) -> str:
        """Where the merchant's pages begin."""
        return f"/m/{self.of.id}"

    @property
    def start(self) -> str:
        """Where the user's work with the merchant begins."""
        return self.start_of(self.of.id)

    def start_of(self, merchant: str) -> str:
        """The first page of a merchant that the user's role may open: the board, or purchasing."""
        home = f"/m/{merchant}"
        if not self.may_read_orders and self.may_read_purchases:
            return f"{home}/purchasing"
        return home

    @property
    def may_read_purchases(self) -> bool:
        """Whether the user may see purchase orders."""
        return self.may(Permission.READ_PURCHASE_ORDERS)

    @property
    def may_read_orders(self) -> bool:
        """Whether orders' numbers lead anywhere for the user."""
        return self.may(Permission.READ_ORDERS)

    def may(self, permission: Permission) -> bool:
        """Whether the user's role grants it."""
        return self.caller.may(permission)

    def check(self, permission: Permission) -> None:
        """Refuse what the user's role does not grant."""
        if not self.may(permission):
            message = f"A user with the role {self.caller.role} may not {permission}."
            raise NotAllowedError(message)

    def is_still(self) -> bool:
        """Whether the session goes on, and opens the same as when the visit began."""
        lasting = self.desk.lasting
        return signed_in(self.desk.store, self.secret, lasting, is_used=False) == self.caller

    def check_order(self, number: str) -> None:
        """Refuse an order that has nothing to do with the user's locations."""
        places = self.caller.scope.location_list
        if places is None:
            return
        if not self.session.read(lambda tx: is_order_at(tx, number, places)):
            message = f"You work at {', '.join(places)}, and this order has nothing there."
            raise NotAllowedError(message)

    def check_purchase_order(self, number: str) -> None:
        """Refuse a purchase order that brings nothing to the user's locations."""
        places = self.caller.scope.location_list
        if places is None:
            return
        if not self.session.read(lambda tx: is_purchase_order_at(tx, number, places)):
            message = (
                f"You work at {', '.join(places)}, and this purchase order brings nothing there."
            )
            raise NotAllowedError(message)


def asks_by_itself(request: Request) -> bool:
    """Whether a page asks, and nobody who uses it: for news, or for itself as it is now."""
    return RENEWS in request.headers or STREAM in request.headers.get("accept", "")


def visit_of(request: Request, form: dict[str, str]) -> Visit:
    """Whose visit it is; another merchant's page is one that there is not."""
    desk, secret = desk_of(request), secret_in(request)
    is_used = not asks_by_itself(request)
    caller = signed_in(desk.store, secret, desk.lasting, is_used=is_used) if secret else None
    if caller is None or secret is None:
        raise NotSignedInError
    name = request.path_params.get("merchant")
    merchant = None if name is None else _merchant(desk, caller, name)
    about = EVERYBODY if merchant is None else merchant.id
    session = Session(desk.store, about, caller.actor, caller)
    return Visit(desk, caller, secret, session, merchant, form)


def _merchant(desk: Desk, caller: Caller, name: str) -> MerchantView:
    if not caller.scope.sees(name):
        raise missing("merchant", name)
    return desk.store.read(name, lambda tx: read_merchant(tx, name))


def _visit(request: Request) -> Visit:
    found: Visit = request.state.visit
    return found


def _number(number: str) -> str:
    return number.replace(SLASH, "/")


ForVisit = Annotated[Visit, Depends(_visit)]
OrderNumber = Annotated[str, Depends(_number)]
"""The number in the path, which may have a slash in it."""


def _purchase(purchase: str) -> str:
    return purchase.replace(SLASH, "/")


PurchaseNumber = Annotated[str, Depends(_purchase)]
"""The number of a purchase order in the path, which may have a slash in it."""
