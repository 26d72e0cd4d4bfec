"""A form that comes after its session is kept for whose it is, and is nobody else's to send."""

import html
import json
import re

import httpx
import pytest

from console.cookies import OVER_HTTP
from fulfillment.domain.model.permissions import Role
from fulfillment.settings import Settings
from fulfillment.store.transactions.patience import Patience
from fulfillment.store.transactions.session import Store, connect
from starter.app import build_app
from tests.api.world import World, serving
from tests.console.furnishing import ask, furnish, send
from tests.console.test_trouble import NOBODY
from tests.console.visitors import HIDDEN, PASSWORD, Visitor, make, visitor

HOLD = "/m/acme/orders/SO-1/hold"
NOTE = 'She said: "wait" <&\nuntil May.'
AREA = re.compile(r'<textarea id="v-note"[^>]*>(.*?)</textarea>', re.DOTALL)


@pytest.fixture(scope="module")
def world(shared: World) -> World:
    furnish(shared)
    make(shared, "mara", full="Mara Holm")
    make(shared, "tom", Role.INTAKE)
    return shared


@pytest.fixture
def typed(world: World) -> tuple[Visitor, dict[str, str]]:
    """Somebody who looks at what a hold would change, of an order that is on none."""
    if holds(world):
        ask(world, "POST", "/v1/orders/SO-1/unhold")
    mara = visitor(world, "mara")
    return mara, mara.hidden(f"{HOLD}?look=1&reason=fraud")


def holds(world: World) -> list[str]:
    found: list[str] = ask(world, "GET", "/v1/orders/SO-1")["holds"]
    return found


def sign_out(one: Visitor) -> None:
    """In another tab: the cookie is gone, and the session is over."""
    one.post("/sign-out", token=one.hidden("/m/acme/orders")["token"])


def fields(page: httpx.Response) -> dict[str, str]:
    """What the one form of a page sends."""
    found = {row["name"]: html.unescape(row["value"]) for row in HIDDEN.finditer(page.text)}
    note = AREA.search(page.text)
    return found | ({"note": html.unescape(note[1])} if note else {})


def action(page: httpx.Response) -> str:
    found = re.search(r'<form method="post" action="([^"]+)"', page.text)
    assert found is not None
    return html.unescape(found[1])


def test_what_was_typed_is_there_after_signing_in_again_and_is_done_by_its_button(typed, world):
    mara, form = typed
    sign_out(mara)
    kept = mara.post(HOLD, **form, note=NOTE)
    assert kept.status_code == 401
    assert "what you typed is kept" in kept.text
    assert 'value="mara"' in kept.text
    assert "Location" not in kept.headers

    wrong = mara.sign_in("mara", "wrong", kept=fields(kept)["kept"])
    assert wrong.status_code == 401
    back = mara.sign_in("mara", kept=fields(wrong)["kept"])
    assert back.status_code == 200
    assert "fraud" in back.text
    assert holds(world) == []
    assert fields(back)["note"] == NOTE
    assert (action(back), fields(back)["token"] != form["token"]) == (HOLD, True)
    for _ in range(2):
        done = mara.post(action(back), **fields(back))
        assert done.headers["Location"] == "/m/acme/orders/SO-1?done=hold"
    assert holds(world) == ["fraud"]
    history = ask(world, "GET", "/v1/orders/SO-1/history")["items"]
    assert history[-1]["reason"] == NOTE


def test_the_sign_in_of_another_user_sends_nothing_of_it(typed, world):
    mara, form = typed
    sign_out(mara)
    kept = mara.post(HOLD, **form, note=NOTE)
    tom = mara.sign_in("tom", kept=fields(kept)["kept"])
    assert tom.status_code == 403
    assert "What mara had typed is not yours to send" in tom.text
    assert "until May" not in tom.text
    late = mara.post(HOLD, **form, note=NOTE)
    assert late.status_code == 403
    assert "was mara&#39;s, and you are signed in as tom" in late.text
    assert holds(world) == []


def test_a_form_of_the_session_before_is_kept_too(typed, world):
    mara, form = typed
    mara.sign_in("mara")
    kept = mara.post(HOLD, **form, note=NOTE)
    assert (kept.status_code, fields(kept)["note"]) == (409, NOTE)
    assert holds(world) == []
    assert mara.post(action(kept), **fields(kept)).status_code == 303
    assert holds(world) == ["fraud"]


def test_an_order_that_changed_meanwhile_is_not_acted_on(typed, world):
    mara, form = typed
    mara.sign_in("mara")
    ask(world, "POST", "/v1/orders/SO-1/priority", priority=20)
    kept = mara.post(HOLD, **form, note=NOTE)
    stale = mara.post(action(kept), **fields(kept))
    assert stale.status_code == 409
    assert "Nothing was done" in stale.text
    assert "until May" in stale.text
    assert holds(world) == []


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://a.b"}])
def test_of_a_form_that_no_page_of_ours_sent_nothing_is_kept(typed, world, headers):
    mara, form = typed
    for signed_in in (True, False):
        if not signed_in:
            sign_out(mara)
        other = visitor(world)
        other.client.cookies = mara.client.cookies
        del other.client.headers["Sec-Fetch-Site"]
        other.client.headers.update(headers)
        answer = other.post(HOLD, **form, note=NOTE)
        assert answer.status_code == (403 if signed_in else 303)
        assert "until May" not in answer.text
    assert holds(world) == []


@pytest.mark.parametrize("kept", [
    "x", "[]", "{}", "[" * 5000, json.dumps({"path": "//elsewhere", "fields": {}}),
    json.dumps({"path": "/sign-out", "fields": {"token": "0.mara"}}),
    json.dumps({"path": "/m/acme\\x", "fields": {"token": "0.mara"}}),
    json.dumps({"path": "/m/acme", "fields": {"token": 1}}),
])  # fmt: skip
def test_what_is_no_form_of_a_merchants_page_is_left(world, kept):
    answer = visitor(world).sign_in("mara", kept=kept)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_a_number_with_a_slash_is_led_back_to_as_well(world):
    send(world, "A/7 #1", ("TEA", 1))
    path = "/m/acme/orders/A%2F7%20%231/hold?look=1&reason=x"
    mara = visitor(world)
    led = mara.get(path).headers["Location"]
    found = re.search(r'name="next" value="([^"]+)"', mara.get(led).text)
    assert found is not None
    assert mara.sign_in("mara", next=html.unescape(found[1])).headers["Location"] == path
    form = mara.hidden(path)
    mara.sign_in("mara")
    kept = mara.post(path.partition("?")[0], **form)
    assert action(kept) == path.partition("?")[0]
    assert mara.post(action(kept), **fields(kept)).status_code == 303


def test_while_the_database_is_away_the_form_is_kept_and_so_is_one_on_its_way_in(typed):
    mara, form = typed
    store = Store(connect(NOBODY, patience=Patience(connect=1)))
    with (
        serving(build_app(store, None, Settings())) as url,
        httpx.Client(base_url=url, cookies={OVER_HTTP: mara.client.cookies[OVER_HTTP]},
                     headers={"Sec-Fetch-Site": "same-origin"}) as client,
    ):  # fmt: skip
        away = client.post(HOLD, data=form | {"note": NOTE})
        kept = json.dumps({"path": HOLD, "fields": form})
        door = client.post("/sign-in", data={"name": "mara", "password": PASSWORD, "kept": kept})
    store.engine.dispose()
    assert (away.status_code, door.status_code) == (503, 503)
    assert fields(away) == form | {"note": NOTE}
    assert fields(door)["kept"] == kept
    assert mara.post(action(away), **fields(away)).status_code == 303
