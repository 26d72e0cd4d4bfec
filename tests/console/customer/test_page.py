"""The page over HTTP: who sees what, what a look changes (nothing), what a press does (once)."""

import html
import logging
import re
from typing import Any

import httpx
import pytest
from markupsafe import escape
from starlette.routing import Route

from console.customer.sentences import ENGLISH, LANGUAGES
from fulfillment import logs
from fulfillment.domain.insight.offers import OfferKind
from fulfillment.settings import Settings
from fulfillment.store.commands.orders.links import make_link, revoke_link
from starter import app
from tests.api.world import serving
from tests.builders.calling import at_once
from tests.builders.warehouse import MERCHANT, command
from tests.console.customer.conftest import NAME, PLANTED, Shop
from tests.crashes.ends import everything

TIMES = "\N{MULTIPLICATION SIGN}"
SEEN = f"1-{'0' * 32}"
FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


def forms(text: str) -> list[dict[str, str]]:
    """What each button of a page sends."""
    return [
        {name: html.unescape(value) for name, value in FIELD.findall(form)}
        for form in text.split("<form")[1:]
    ]


def form_of(text: str, offer: str) -> dict[str, str]:
    return next(form for form in forms(text) if form["offer"] == offer)


def test_the_page_says_what_is_true_now_and_what_each_offer_gives(shop: Shop):
    answer = shop.get(shop.link())
    assert answer.status_code == 200
    text = html.unescape(re.sub(r"<[^>]+>", " ", answer.text.replace(str(escape(NAME)), "TEA")))
    text = " ".join(text.split()).replace(TIMES, "x")
    assert "Acme Teas Your order SO-1" in text
    assert "What is to come Leaves on March 9 5 x TEA" in text
    assert "Leaves today 2 x TEA Leaves on March 9 3 x TEA In 2 parcels" in text
    assert "Leaves today 2 x TEA and 3 x Cup In one parcel" in text
    assert "Take Cup instead of TEA" in text
    assert "Cancelled: 3 x TEA" in text
    assert "You pay €12.39 less." in text
    assert [form["offer"] for form in forms(answer.text)] == [
        "ship_now", "exchange:1:K2", "cancel_short",
    ]  # fmt: skip


def test_a_look_changes_no_row_whoever_takes_it(shop: Shop):
    address = shop.link()
    before = everything(shop.warehouse.engine)
    for _ in range(2):
        assert shop.get(address).status_code == 200
    assert httpx.head(address, timeout=20).status_code == 200
    assert shop.get(address, **{"Sec-Purpose": "prefetch"}).status_code == 200
    assert everything(shop.warehouse.engine) == before


def test_a_press_does_what_the_page_had_shown_and_history_says_who(shop: Shop):
    address = shop.link()
    done = shop.press(address, form_of(shop.get(address).text, "ship_now"))
    assert done.status_code == 303
    assert shop.warehouse.parts(shop.order) == [("ready", "A", 2), ("backorder", None, 3)]
    text = shop.get(address).text
    assert "On March 2 you chose: Send now what is here." in text
    assert "ship_now" not in [form["offer"] for form in forms(text)]
    (row,) = shop.warehouse.rows("SELECT actor FROM happening WHERE kind = 'customer_chose'")
    assert row.actor == "customer"


def test_two_tabs_and_a_double_press_act_once(shop: Shop):
    address, other = shop.link(), shop.link()
    form = form_of(shop.get(address).text, "cancel_short")
    assert form == form_of(shop.get(other).text, "cancel_short")
    pressed = [lambda at=at: shop.press(at, form) for at in (address, other, address, address)]
    assert [answer.status_code for answer in at_once(*pressed)] == [303] * 4
    assert len(shop.warehouse.happened(shop.order, "customer_chose")) == 1
    assert shop.warehouse.one("SELECT cancelled FROM order_line") == 3


def test_nothing_is_done_and_the_offers_of_now_are_shown_when_the_order_has_changed(shop: Shop):
    address = shop.link()
    form = form_of(shop.get(address).text, "ship_now")
    shop.warehouse.change("PO-1", expected_on=shop.warehouse.day(8))
    shop.warehouse.serve_due()
    before = everything(shop.warehouse.engine)
    answer = shop.press(address, form)
    assert answer.status_code == 409
    assert ENGLISH["changed"] in answer.text
    assert "Leaves on March 10" in answer.text
    assert everything(shop.warehouse.engine) == before
    assert shop.press(address, form_of(answer.text, "ship_now")).status_code == 303


def test_a_token_that_nobody_was_given_finds_nothing(shop: Shop):
    token = shop.link().rpartition("/")[2]
    for wrong in (token[:-1], f"{token}x", token.swapcase(), "x", "x" * 43, "%00" * 43):
        answer = shop.get(f"{shop.url}/c/{wrong}")
        assert answer.status_code == 404, wrong
        assert "SO-1" not in answer.text
        assert shop.press(f"{shop.url}/c/{wrong}", {"offer": "a", "seen": "b"}).status_code == 404


def test_every_address_of_the_pages_needs_a_token(shop: Shop):
    every = app.build_app(shop.warehouse.store, None, Settings()).routes
    ours = [one for one in every if isinstance(one, Route) and is_ours(one.endpoint)]
    assert {method for one in ours for method in one.methods or ()} == {"GET", "HEAD", "POST"}
    for one in ours:
        path = one.path.replace("{token}", "x" * 43)
        for method in one.methods or ():
            answer = httpx.request(method, f"{shop.url}{path}", timeout=20)
            assert answer.status_code == 404, f"{method} {one.path}"


def is_ours(endpoint: object) -> bool:
    owner = getattr(endpoint, "__self__", endpoint)
    return type(owner).__module__.startswith("console.customer")


def test_wrong_tokens_are_slowed_and_a_right_one_is_not(shop: Shop):
    right = shop.link().rpartition("/")[2]
    few = Settings(wrong_keys_a_minute=2)
    with serving(app.build_app(shop.warehouse.store, None, few)) as url:
        answers = [shop.get(f"{url}/c/{'x' * 43}") for _ in range(4)]
        assert [answer.status_code for answer in answers[:2]] == [404] * 2
        assert answers[-1].status_code == 429
        assert int(answers[-1].headers["retry-after"]) > 0
        assert shop.get(f"{url}/c/{right}").status_code == 200


def test_one_link_is_not_opened_without_end(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(app, "PAGES_A_MINUTE", 3)
    first, other = (shop.link().rpartition("/")[2] for _ in range(2))
    with serving(app.build_app(shop.warehouse.store, None, Settings())) as url:
        codes = [shop.get(f"{url}/c/{first}").status_code for _ in range(5)]
        assert codes[:3] == [200] * 3
        assert codes[-1] == 429
        assert shop.get(f"{url}/c/{other}").status_code == 200


def test_a_link_ends_when_its_time_is_over_it_is_revoked_or_the_order_is_long_done(shop: Shop):
    warehouse = shop.warehouse
    short, long, revoked = shop.link(days=1), shop.link(days=300), shop.link()
    form = form_of(shop.get(revoked).text, "cancel_short")
    newest = warehouse.rows("SELECT id FROM order_link WHERE expires_at < :day",
                            day=warehouse.clock.now.replace(month=6))[-1].id  # fmt: skip
    revoke_link(warehouse.store, MERCHANT, "SO-1", newest)
    assert shop.get(revoked).status_code == 410
    assert shop.press(revoked, form).status_code == 410
    assert warehouse.happened(shop.order, "customer_chose") == []
    warehouse.clock.pass_days(2)
    assert shop.get(short).status_code == 410
    warehouse.cancel(shop.order)
    warehouse.clock.pass_days(13)
    assert shop.get(long).status_code == 200
    warehouse.clock.pass_days(2)
    assert shop.get(long).status_code == 410
    assert "SO-1" not in shop.get(long).text


def test_each_link_opens_its_own_order_and_presses_nothing_else(shop: Shop):
    other = shop.warehouse.order([("K3", 1)], "SO-2")
    theirs = shop.link(other)
    form = form_of(shop.get(shop.link()).text, "ship_now")
    answer = shop.get(theirs)
    assert "SO-2" in answer.text
    assert "SO-1" not in answer.text
    assert shop.press(theirs, form).status_code == 409
    assert shop.warehouse.parts(shop.order) == [("backorder", None, 5)]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
    ],
)
def test_what_another_site_sends_is_not_done(shop: Shop, headers: dict[str, str]):
    address = shop.link()
    form = form_of(shop.get(address).text, "ship_now")
    assert shop.press(address, form, **headers).status_code == 403
    assert shop.warehouse.happened(shop.order, "customer_chose") == []


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "null"}, {}])
def test_what_our_own_page_sends_is_done(shop: Shop, headers: dict[str, str]):
    address = shop.link()
    form = form_of(shop.get(address).text, "ship_now")
    assert shop.press(address, form, **headers).status_code == 303


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"offer": "ship_now"},
        {"seen": SEEN},
        {"offer": ["ship_now", "cancel_short"], "seen": SEEN},
        {"offer": "", "seen": SEEN},
        {"offer": "x" * 201, "seen": SEEN},
        {"offer": "ship\x00now", "seen": SEEN},
        {"offer": "ship_now", "seen": "1"},
        {"offer": "ship_now", "seen": "x" * 100_000},
    ],
)
def test_a_form_that_can_not_be_read_says_so(shop: Shop, form: dict[str, Any]):
    assert shop.press(shop.link(), form).status_code == 400


@pytest.mark.parametrize(
    "offer", ["raise_priority", "exchange:1:K3", "ship_now' --", "x" * 200, "SHIP_NOW"]
)
def test_what_is_not_offered_is_not_done(shop: Shop, offer: str):
    address = shop.link()
    seen = form_of(shop.get(address).text, "ship_now")["seen"]
    answer = shop.press(address, {"offer": offer, "seen": seen})
    assert answer.status_code == 409
    assert shop.warehouse.happened(shop.order, "customer_chose") == []


def test_nothing_of_the_customer_is_on_the_page_and_nothing_of_the_token_is_kept(
    shop: Shop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    logs.configure(Settings(log_level="debug"))
    address = shop.link()
    token = address.rpartition("/")[2]
    answer = shop.get(address)
    shop.press(address, form_of(answer.text, "ship_now"))
    logged = capsys.readouterr().err
    found = (answer.text, str(answer.headers), logged)
    assert not [text for text in found for word in PLANTED if word in text]
    kept = [row for rows in everything(shop.warehouse.engine).values() for row in rows]
    assert not [row for row in kept if token in row]
    assert token not in answer.text
    assert token not in logged


def test_the_page_is_kept_nowhere_and_tells_no_other_site_of_itself(shop: Shop):
    answer = shop.get(shop.link())
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert "noindex" in answer.text
    assert not re.search(r"https?://", answer.text)


def test_german_is_told_to_who_reads_german(shop: Shop):
    address = shop.link()
    text = shop.get(address, **{"Accept-Language": "fr, de-AT;q=0.9, en;q=0.8"}).text
    assert '<html lang="de-AT">' in text
    assert "Geht am 9. März ab" in text
    assert "Sie zahlen 12,39\xa0€ weniger." in text or "€\xa012,39" in text
    assert '<html lang="en">' in shop.get(address, **{"Accept-Language": "xx, ;q, zz-ZZ"}).text


def test_the_orders_own_language_goes_before_the_browsers(shop: Shop):
    mine = shop.warehouse.order([("K3", 1)], "SO-2", contact={"locale": "de"})
    text = shop.get(shop.link(mine), **{"Accept-Language": "en"}).text
    assert "Ihre Bestellung SO-2" in text


def test_what_is_picked_up_is_not_said_to_be_sent(shop: Shop):
    policy = {"max_shipments": 1}
    mine = shop.warehouse.order([("K2", 2), ("K1", 1)], "SO-2", policy=policy, pickup_location="A")
    text = shop.get(shop.link(mine)).text
    assert "Ready for you on March 9" in text
    assert "Have ready now what is here" in text
    assert "Leaves" not in text


def test_what_has_left_is_shown_with_its_tracking_number(shop: Shop):
    address = shop.link()
    shop.press(address, form_of(shop.get(address).text, "ship_now"))
    (shipment,) = shop.warehouse.shipments("ready")
    for step in (shop.warehouse.pick, shop.warehouse.pack, shop.warehouse.ship):
        step(shipment)
    with shop.warehouse.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE package SET carrier = 'Post', tracking = 'T-42'")
    text = shop.get(address).text
    assert "Left on March 2" in text
    assert "Carrier: Post" in text
    assert "Tracking number: T-42" in text


def test_every_language_says_everything_with_the_same_values():
    fields = {
        language: {name: set(re.findall(r"{(\w+)}", text)) for name, text in sentences.items()}
        for language, sentences in LANGUAGES.items()
    }
    assert all(told == fields["en"] for told in fields.values())
    assert {f"offer.{kind}" for kind in OfferKind} <= set(ENGLISH)


def test_a_link_that_is_asked_for_again_is_shown_once(shop: Shop):
    asked = command("make_link", "make_link:mail-7")
    first, again = (make_link(shop.warehouse.store, asked, "SO-1") for _ in range(2))
    assert first.view == again.view
    assert first.path
    assert not again.path
