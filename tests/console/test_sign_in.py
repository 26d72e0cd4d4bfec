"""Signing in: who is let in, for how long, and what a browser is told."""

import httpx
import pytest

from console.cookies import OVER_HTTP
from console.headers import SIGNED_IN
from fulfillment.domain.model.scope import Scope
from fulfillment.store.commands.administration.users import disable_user
from tests.api.world import World, made
from tests.console.visitors import PASSWORD, make, visitor

A_MINUTE = 3


def test_who_is_not_signed_in_is_led_there_and_back_again(world):
    make(world, "mara")
    mara = visitor(world)
    asked = "/m/acme/orders?view=ready&q=SO-1"

    led = mara.get(asked)
    assert (led.status_code, led.headers["Location"]) == (
        303, "/sign-in?next=%2Fm%2Facme%2Forders%3Fview%3Dready%26q%3DSO-1",
    )  # fmt: skip
    assert "Sign in" in mara.get(led.headers["Location"]).text
    back = mara.sign_in("mara", next=asked)
    assert (back.status_code, back.headers["Location"]) == (303, asked)
    assert mara.get(asked).status_code == 200


@pytest.mark.parametrize(
    "target",
    ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "/sign-out",
     "/m/\r\nSet-Cookie: a=b", "javascript:alert(1)"],
)  # fmt: skip
def test_nobody_is_led_elsewhere_by_a_link_to_the_sign_in(world, target):
    make(world, "mara")
    assert visitor(world).sign_in("mara", next=target).headers["Location"] == "/"


def test_the_cookie_is_for_no_script_and_no_other_site(world):
    make(world, "mara")
    cookie = visitor(world).sign_in("mara").headers["Set-Cookie"]

    assert cookie.startswith(f"{OVER_HTTP}=")
    parts = {part.strip().lower() for part in cookie.split(";")}
    assert {"httponly", "path=/", "samesite=lax"} <= parts
    assert "secure" not in parts
    assert not any(part.startswith(("expires", "max-age", "domain")) for part in parts)


def test_over_https_the_cookie_is_for_this_host_alone(world):
    make(world, "mara")
    headers = {"X-Forwarded-Proto": "https", "Sec-Fetch-Site": "same-origin"}
    sent = {"name": "mara", "password": PASSWORD}
    cookie = httpx.post(f"{world.url}/sign-in", data=sent, headers=headers).headers["Set-Cookie"]

    assert cookie.startswith("__Host-pegboard=")
    assert "Secure" in cookie


def test_a_session_is_new_at_each_sign_in_and_the_one_before_is_over(world):
    make(world, "mara")
    mara = visitor(world, "mara")
    before = mara.client.cookies[OVER_HTTP]
    mara.sign_in("mara")

    assert mara.client.cookies[OVER_HTTP] != before
    old = visitor(world)
    old.client.cookies.set(OVER_HTTP, before)
    assert old.get("/m/acme/orders").status_code == 303


def test_a_session_that_somebody_planted_is_not_taken_up(world):
    make(world, "mara")
    mara = visitor(world)
    mara.client.cookies.set(OVER_HTTP, "planted")
    assert mara.sign_in("mara").cookies[OVER_HTTP] != "planted"

    thief = visitor(world)
    thief.client.cookies.set(OVER_HTTP, "planted")
    assert thief.get("/m/acme/orders").status_code == 303


def test_signed_out_is_signed_out_wherever_the_cookie_is(world):
    make(world, "mara")
    mara = visitor(world, "mara")
    secret = mara.client.cookies[OVER_HTTP]
    out = mara.post("/sign-out", **mara.hidden("/m/acme/orders"))

    assert (out.status_code, out.headers["Location"]) == (303, "/sign-in")
    assert 'pegboard=""' in out.headers["Set-Cookie"]
    thief = visitor(world)
    thief.client.cookies.set(OVER_HTTP, secret)
    assert thief.get("/m/acme/orders").status_code == 303


def test_who_is_disabled_is_out_at_the_next_page(world):
    make(world, "mara")
    mara = visitor(world, "mara")
    disable_user(world.store, "mara")
    assert mara.get("/m/acme/orders").status_code == 303
    assert mara.sign_in("mara").status_code == 401


def test_wrong_is_told_alike_whatever_is_wrong(world):
    make(world, "mara")
    one, other = visitor(world), visitor(world)
    wrong, nobody = one.sign_in("mara", "wrong"), other.sign_in("nobody", "wrong")

    assert (wrong.status_code, nobody.status_code) == (401, 401)
    assert wrong.text.replace("mara", "nobody") == nobody.text
    assert "Set-Cookie" not in wrong.headers


def test_wrong_passwords_are_braked_by_user_and_by_address(database_url):
    with made(database_url, wrong_passwords_a_minute=A_MINUTE) as world:
        make(world, "mara")
        one = visitor(world)
        answers = [one.sign_in("mara", "wrong").status_code for _ in range(A_MINUTE)]
        braked = one.sign_in("mara")
        assert answers == [401] * A_MINUTE
        assert braked.status_code == 429
        assert 1 <= int(braked.headers["Retry-After"]) <= 60 // A_MINUTE
        assert one.sign_in("another").status_code == 429


def test_right_passwords_are_not_counted(database_url):
    with made(database_url, wrong_passwords_a_minute=A_MINUTE) as world:
        make(world, "mara")
        one = visitor(world)
        assert [one.sign_in("mara").status_code for _ in range(A_MINUTE + 2)] == [303] * 5


FOREIGN: tuple[dict[str, str], ...] = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "https://elsewhere.example"},
    {"Origin": "null"},
    {},
)


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_form_of_another_site_is_refused_with_the_cookie_and_without(world: World, headers):
    make(world, "mara")
    mara = visitor(world, "mara")
    fields = mara.hidden("/m/acme/orders")
    del mara.client.headers["Sec-Fetch-Site"]
    mara.client.headers.update(headers)

    assert mara.post("/sign-out", **fields).status_code == 403
    assert mara.sign_in("mara").status_code == 403
    assert mara.get("/m/acme/orders").status_code == 200


def test_a_form_from_our_own_origin_is_taken_where_a_browser_tells_no_more(world):
    make(world, "mara")
    mara = visitor(world)
    del mara.client.headers["Sec-Fetch-Site"]
    mara.client.headers["Origin"] = world.url
    assert mara.sign_in("mara").status_code == 303


@pytest.mark.parametrize("token", ["", "0" * 64])
def test_a_form_without_the_token_of_its_session_is_refused(world, token):
    make(world, "mara")
    mara = visitor(world, "mara")
    answer = mara.post("/sign-out", token=token)

    assert answer.status_code == 403
    assert "Open the page anew" in answer.text
    assert mara.get("/m/acme/orders").status_code == 200


def test_every_page_is_held_to_the_policy(world):
    make(world, "mara")
    mara = visitor(world, "mara")
    for path in ("/m/acme/orders", "/m/acme/orders/none", "/m/acme/orders.csv", "/", "/sign-in"):
        answer = mara.get(path)
        assert {name: answer.headers[name] for name in SIGNED_IN} == SIGNED_IN, path


def test_a_user_of_several_merchants_chooses_and_one_of_a_single_goes_on(world):
    make(world, "mara")
    make(world, "both", scope=Scope())
    assert visitor(world, "mara").get("/").headers["Location"] == "/m/acme"
    page = visitor(world, "both").get("/").text
    assert "/m/acme" in page
    assert "/m/bolt" in page
