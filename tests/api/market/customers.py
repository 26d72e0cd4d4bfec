"""Customers who wait open their pages, and choose."""

import html
import re
from uuid import uuid4

import httpx

from fulfillment.domain.insight.offers import OfferKind
from fulfillment.store.commands.orders.links import make_link
from fulfillment.store.transactions.session import Command
from tests.api.market.desk import Desk, WalkError
from tests.api.market.sales import LIVE

FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
ANSWERS = {303, 409, 503}
"""Done; the order has changed since, so that nothing was done; held by somebody for too long."""


class Customers:
    """Who has a link, and nothing else."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def offer(self) -> None:
        """The merchant lets something else be chosen."""
        kinds = [str(kind) for kind in OfferKind if self.desk.chance(0.7)]
        self.desk.ask("PUT", "/v1/customer-page", {"offers": kinds})

    def choose(self) -> None:
        """Open the page of an order, and press something, once or twice."""
        order = self.desk.one(LIVE)
        if order is None:
            return
        merchant = self.desk.merchant
        asked = Command(merchant, "make_link", f"make_link:{uuid4()}", "walk", repeatable=False)
        made = make_link(self.desk.world.store, asked, order.number)
        address = f"{self.desk.world.url}{made.path}"
        shown = httpx.get(address, timeout=60)
        if shown.status_code not in (200, 503):
            raise WalkError(f"GET of {order.number}'s page: {shown.status_code}")
        forms = [
            {name: html.unescape(value) for name, value in FIELD.findall(form)}
            for form in shown.text.split("<form")[1:]
        ]
        for _ in range(self.desk.units(2) if forms else 0):
            pressed = httpx.post(address, data=self.desk.random.choice(forms), timeout=60)
            if pressed.status_code not in ANSWERS:
                raise WalkError(f"pressed on {order.number}: {pressed.status_code}")
