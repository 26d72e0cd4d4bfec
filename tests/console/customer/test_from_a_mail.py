"""From the mail that tells of a delay to the page, and what the customer answers there."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page

from deliveries.mail.page_links import links_of
from fulfillment.settings import Settings
from starter.app import build_app
from tests.api.world import serving
from tests.builders.mail import Post, customer, text_of, wants_mail
from tests.builders.warehouse import Warehouse

pytestmark = pytest.mark.slow

LIMIT = date(2026, 4, 8)


@pytest.fixture
def post(database_url: str) -> Iterator[Post]:
    """A merchant that mails, with the delay rule, and pages that customers reach."""
    warehouse = Warehouse.on(database_url).furnish()
    with serving(build_app(warehouse.store, None, Settings())) as url:
        found = Settings.model_validate({"public_url": url})
        made = Post(warehouse, link=links_of(found, warehouse.store))
        made.note()
        wants_mail(warehouse, delay_rule=True)
        yield made
    findings = warehouse.findings()
    warehouse.engine.dispose()
    assert findings == []


def links(post: Post) -> list[str]:
    return re.findall(r"http\S+/c/\S+", text_of(post.kept.messages[-1]))


def test_a_customer_who_accepts_the_day_on_the_page_keeps_the_order(post: Post, tab: Page):
    purchase = post.warehouse.purchase([("K1", 10)], due=5)
    order = post.warehouse.order([("K1", 3)], "SO-1", **customer(locale="en-GB"))
    post.go()
    post.warehouse.change(purchase, expected_on=post.warehouse.day(60))
    assert post.go(timedelta(hours=3)) == ["Your order SO-1 is delayed"]
    assert post.warehouse.one("SELECT cancel_on FROM orders") == LIMIT

    (address,) = links(post)
    tab.goto(address)
    tab.get_by_role("button", name="Keep the order and wait").click()

    assert "Keep the order and wait" in tab.get_by_role("status").inner_text()
    assert post.warehouse.one("SELECT cancel_on FROM orders") is None
    assert not tab.get_by_role("button", name="Keep the order and wait").count()
    post.warehouse.clock.pass_days(40)
    post.warehouse.serve_due()
    assert post.warehouse.status(order) == "awaiting_stock"


def test_each_mail_that_asks_has_a_link_of_its_own_and_others_have_none(post: Post):
    post.warehouse.stock(1)
    post.warehouse.order([("K1", 1)], "SO-1", **customer())
    post.go()
    assert links(post) == []
    post.warehouse.order([("K1", 1)], "SO-2", **customer())
    post.go()
    assert len(links(post)) == 1
    assert post.warehouse.one("SELECT count(*) FROM order_link") == 1
