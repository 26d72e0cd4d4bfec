"""A script in any text that a person can write is text on every page, stored or sent back."""

import html
from urllib.parse import quote

import pytest

from fulfillment.domain.model.permissions import Role
from fulfillment.store.commands.administration.saved_views import NewView, save_view
from fulfillment.store.transactions.session import Command
from tests.api.world import ACME, World
from tests.console.furnishing import ask, furnish, send
from tests.console.test_access import PAGES
from tests.console.test_forms import FORMS, Form, every_form
from tests.console.visitors import Visitor, make, visitor

SCRIPT = "<img src=x onerror=alert(1)><script>alert(1)</script>"
NUMBER = "N<script>alert(1)</script>"
BUYING = "/m/acme/purchase-orders"


@pytest.fixture(scope="module")
def eve(shared: World) -> Visitor:
    """Somebody of that name, beside orders, products and purchase orders that are called so."""
    furnish(shared)
    make(shared, "eve", Role.ADMIN, full=SCRIPT)
    ask(shared, "PUT", "/v1/products/TEA", name=SCRIPT, supplier=SCRIPT)  # fmt: skip
    send(shared, NUMBER, ("TEA", 1), customer_reference=SCRIPT, shipping_method=SCRIPT)
    lines = [{"line": 1, "sku": "CUP", "units": 4, "location": "vienna"}]
    ask(shared, "POST", "/v1/purchase-orders", number=NUMBER, supplier=SCRIPT, lines=lines,
        expected_on="2031-03-10")  # fmt: skip
    ask(shared, "POST", f"/v1/purchase-orders/{quote(NUMBER, safe='')}/receipts", number=NUMBER,
        location="vienna", lines=[{"line": 1, "units": 1}])  # fmt: skip
    ask(shared, "POST", "/v1/counts", number=NUMBER, location="vienna", reason=SCRIPT,
        lines=[{"sku": "TEA", "counted": 11}])  # fmt: skip
    (shipment,) = ask(shared, "GET", "/v1/orders/SO-1")["shipments"]
    ask(shared, "POST", f"/v1/shipments/{shipment['id']}/pick")
    ask(shared, "POST", f"/v1/shipments/{shipment['id']}/ship", carrier=SCRIPT, tracking=SCRIPT)
    new = NewView("eve", SCRIPT, {"view": "all", "q": SCRIPT}, shared=True)
    save_view(shared.store, Command(ACME, "save_view", "save_view:scripts", "test"), new)
    return visitor(shared, "eve")


def check(one: Visitor, path: str) -> str:
    answer = one.get(path)
    assert answer.status_code < 500, path
    assert_is_text(answer.text, path)
    return answer.text


def assert_is_text(text: str, where: str) -> None:
    assert "<script>alert" not in text, where
    assert "<img" not in text, where


def test_what_is_stored_is_text_on_every_page(eve):
    shipped = ("/m/acme/orders/SO-1", "/m/acme/orders/SO-1/group", "/m/acme/orders/SO-1/history")
    shown = "".join(check(eve, path) for path in (*shipped, *PAGES.values()))
    assert html.escape(SCRIPT) in shown
    number = quote(NUMBER, safe="")
    for part in ("", "/orders", "/history", "/receive?fill=1", "/dates", "/status/closed"):
        assert html.escape(NUMBER) in check(eve, f"{BUYING}/{number}{part}")


def test_notes_are_text_where_they_are_told(eve):
    path = f"/m/acme/orders/{quote(NUMBER, safe='')}"
    buttons = [
        (f"{path}/hold", "reason=x", f"{path}/history"),
        ("/m/acme/stock/TEA/adjust", "location=vienna&disposition=sellable&how=more&units=1",
         "/m/acme/stock/TEA/ledger"),
        (f"{BUYING}/PO-1/dates", "expected_on=2031-05-05", f"{BUYING}/PO-1/history"),
        (f"{BUYING}/PO-1/status/in_transit", "", f"{BUYING}/PO-1/history"),
    ]  # fmt: skip
    for to, query, told in buttons:
        done = eve.post(to, **eve.hidden(f"{to}?look=1&{query}"), note=SCRIPT)
        assert done.status_code == 303, to
        assert html.escape(SCRIPT) in check(eve, told), to


@every_form
def test_what_is_typed_is_text_in_the_form_that_refuses_it(eve, form: Form):
    values = {"look": "1", **form.chosen, **dict.fromkeys(form.wrong, SCRIPT)}
    answer = eve.client.get(form.path, params=values)
    assert answer.status_code in {200, 409, 422}
    assert_is_text(answer.text, form.path)
    assert html.escape(SCRIPT) in answer.text


def test_a_form_that_is_kept_is_text_as_well(eve):
    path = FORMS[1].path
    fields = eve.hidden(f"{path}?look=1&reason=x")
    eve.sign_in("eve")
    kept = eve.post(path, **(fields | {"reason": SCRIPT}), note=SCRIPT)
    assert kept.status_code == 409
    assert kept.text.count(html.escape(SCRIPT)) >= 3
    assert_is_text(kept.text, path)
    eve.client.cookies.clear()
    assert_is_text(eve.post(path, **fields, note=SCRIPT).text, path)
