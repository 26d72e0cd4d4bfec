"""Mail to customers over HTTP: what is set, previewed, listed and done, and what is refused."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from deliveries.mail.port import Carried, Result
from deliveries.mail.return_address import ReturnAddress
from deliveries.mail.sending import Sender
from fulfillment.settings import Settings
from fulfillment.store.commands.administration.keys import Role
from fulfillment.store.commands.mail.noting import note_events
from fulfillment.store.transactions.session import Store, connect
from starter.app import build_app
from tests.api.world import BOLT, World, assert_holds_no_customer_data, order, serving, settle
from tests.builders.feed import tell
from tests.builders.mail import Kept, text_of

CONTACT = {"name": "Zebedee Quux", "email": "zebedee@customer.example"}
BOUNCES = {"mail_bounce_address": "b@mail.example", "mail_bounce_secret": "a-secret-of-sixteen"}
ON = {"enabled": True, "sender_address": "shop@acme.example"}


@pytest.fixture
def clock() -> list[datetime]:
    return [datetime(2026, 3, 2, 12, tzinfo=UTC)]


@pytest.fixture
def world(database_url: str, clock: list[datetime]) -> Iterator[World]:
    store = Store(connect(database_url), clock=lambda: clock[0])
    settle(store)
    with serving(build_app(store, None, Settings.model_validate(BOUNCES))) as url:
        world = World(store, url)
        yield world
        for client in world.clients:
            client.close()
    store.engine.dispose()


@pytest.fixture
def admin(world: World) -> httpx.Client:
    return world.client()


def sent(world: World, clock: list[datetime], *answers: Carried) -> Kept:
    """An order that waits is told so; what the server answers to each mail."""
    kept = Kept(answers=list(answers))
    client = world.client()
    client.patch("/v1/mail/settings", json=ON).raise_for_status()
    client.post("/v1/orders", json=order("SO-1", contact=CONTACT)).raise_for_status()
    world.prepare("SO-1")
    tell(world.store)
    note_events(world.store)
    clock[0] += timedelta(minutes=5)
    Sender(world.store, kept).round()
    return kept


def code_and_field(answer: httpx.Response) -> tuple[str, str]:
    problem = answer.json()
    return problem["code"], problem["errors"][0]["field"]


def test_mail_is_off_until_it_is_switched_on_with_a_sender(admin):
    assert admin.get("/v1/mail/settings").json()["enabled"] is False
    refused = admin.patch("/v1/mail/settings", json={"enabled": True})
    assert code_and_field(refused) == ("sender_needed", "sender_address")

    changed = admin.patch("/v1/mail/settings", json=ON).json()
    assert changed["enabled"] is True
    again = admin.patch("/v1/mail/settings", json={"types": ["shipped", "taken"]}).json()
    assert again["types"] == ["taken", "shipped"]
    assert again["sender_address"] == "shop@acme.example"


@pytest.mark.parametrize(
    "body",
    [
        {"sender_address": "nobody"},
        {"sender_address": "a@b.example\nBcc: c@d.example"},
        {"sender_name": "Acme\nBcc: c@d.example"},
        {"types": ["birthday"]},
        {"locale": "Deutsch"},
        {"settle_minutes": -1},
        {"per_hour": 0},
        {"delay_consent_days": 366},
        {"enabled": None},
    ],
    ids=str,
)
def test_a_bad_setting_is_refused_naming_it(admin, body):
    refused = admin.patch("/v1/mail/settings", json=body)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"].split("[")[0] in body


def test_words_that_can_not_be_filled_in_are_refused_naming_the_part_and_the_line(admin):
    words = {"subject": "Hello", "text": "Hello\n{{ customer.email }}", "html": "<p></p>"}
    refused = admin.put("/v1/mail/templates/waits/en", json=words)
    assert code_and_field(refused) == ("bad_template", "text")
    call = words | {"text": "Hello", "html": "{{ order.number.format() }}"}
    refused = admin.put("/v1/mail/templates/waits/en", json=call)
    assert code_and_field(refused) == ("bad_template", "html")
    assert "line 1" in refused.json()["detail"]
    assert admin.get("/v1/mail/templates/waits/en").json()["own"] is False


def test_own_words_are_used_until_they_are_given_up(world, admin, clock):
    words = {"subject": "{{ order.number }}: warten", "text": "Hallo", "html": "<p>Hallo</p>"}
    admin.put("/v1/mail/templates/waits/en", json=words).raise_for_status()
    assert admin.get("/v1/mail/templates/waits/en").json()["own"] is True
    assert "SO-1: warten" in sent(world, clock).subjects

    admin.delete("/v1/mail/templates/waits/en").raise_for_status()
    assert admin.get("/v1/mail/templates/waits/en").json()["own"] is False
    assert admin.delete("/v1/mail/templates/waits/en").status_code == 404
    assert admin.get("/v1/mail/templates/waits/fr").status_code == 404


def test_a_preview_shows_what_a_customer_of_a_real_order_would_read(world, admin):
    admin.post("/v1/orders", json=order("SO-1", contact=CONTACT)).raise_for_status()
    world.prepare("SO-1")
    path = "/v1/mail/templates/waits/de/preview"
    shown = admin.post(path, json={"order": "SO-1"}).json()
    assert "Zebedee Quux" in shown["text"]
    assert "2 x Tea" in shown["text"]
    sample = admin.post(path, json={}).json()
    assert "SO-1001" in sample["subject"]
    words = {"subject": "Neu", "text": "{{ order.number }}", "html": "<p></p>"}
    assert admin.post(path, json=words).json()["text"] == "SO-1001"
    assert code_and_field(admin.post(path, json={"text": "x"})) == ("one_needed", "subject")

    foreign = world.client(merchant=BOLT)
    assert foreign.post(path, json={"order": "SO-1"}).status_code == 404


def test_what_has_left_is_told_with_its_tracking_number(world, admin, clock):
    kept = sent(world, clock)
    world.stock("TEA", 5)
    admin.post("/v1/orders", json=order("SO-2", contact=CONTACT)).raise_for_status()
    world.prepare("SO-2")
    ready = admin.get("/v1/shipments", params={"status": "ready"}).json()["items"]
    path = next(f"/v1/shipments/{one['id']}" for one in ready if one["order"] == "SO-2")
    admin.post(f"{path}/pick").raise_for_status()
    label = {"carrier": "Example Post", "tracking": "EP123456789AT"}
    admin.post(f"{path}/ship", json=label).raise_for_status()
    tell(world.store)
    note_events(world.store)
    clock[0] += timedelta(minutes=5)
    Sender(world.store, kept).round()

    (told,) = (one for one in kept.messages if one["Subject"] == "Your order SO-2 is on its way")
    assert "2 x Tea" in text_of(told)
    assert "Tracking number: EP123456789AT (Example Post)" in text_of(told)
    assert "<b>EP123456789AT</b>" in text_of(told, "html")


def test_what_needs_a_person_is_listed_and_settled_or_sent_again(world, admin, clock):
    kept = sent(world, clock, Carried(Result.REFUSED, 550))
    listed = admin.get("/v1/mail/messages", params={"needs_person": True}).json()["items"]
    (refused,) = listed
    assert (refused["type"], refused["status"], refused["reply"]) == ("taken", "refused", 550)
    assert_holds_no_customer_data(admin.get("/v1/mail/messages").text)

    path = f"/v1/mail/messages/{refused['id']}"
    again = admin.post(f"{path}/send-again", headers={"Idempotency-Key": "a"}).json()
    assert admin.post(f"{path}/send-again", headers={"Idempotency-Key": "a"}).json() == again
    assert again["again"] == 1
    assert admin.get("/v1/mail/messages", params={"needs_person": True}).json()["items"] == []
    Sender(world.store, kept).round()
    assert admin.get(f"/v1/mail/messages/{again['id']}").json()["status"] == "sent"
    settled = admin.post(f"/v1/mail/messages/{again['id']}/settle")
    assert settled.json()["code"] == "nothing_to_settle"


def test_a_bounce_is_told_by_its_address(world, admin, clock):
    sent(world, clock)
    (mail, *_) = admin.get("/v1/mail/messages", params={"status": "sent"}).json()["items"]
    returns = ReturnAddress("b@mail.example", "a-secret-of-sixteen")
    address = returns.of(mail["id"])
    answer = admin.post("/v1/mail/bounces", json={"address": address}).json()
    assert (answer["id"], answer["status"], answer["needs_person"]) == (mail["id"], "bounced", True)
    assert admin.post("/v1/mail/bounces", json={"address": address}).is_success

    forged = admin.post("/v1/mail/bounces", json={"address": address.replace("-", "-a")})
    assert code_and_field(forged) == ("unknown_return_address", "address")
    assert code_and_field(admin.post("/v1/mail/bounces", json={})) == ("one_needed", "mail")
    foreign = world.client(merchant=BOLT)
    assert foreign.post("/v1/mail/bounces", json={"address": address}).status_code == 404


def test_who_takes_orders_in_sees_mails_and_sets_nothing(world, clock):
    sent(world, clock)
    intake = world.client(Role.INTAKE)
    assert intake.get("/v1/mail/messages").json()["items"]
    assert intake.patch("/v1/mail/settings", json={"enabled": False}).status_code == 403
    assert world.client(Role.WAREHOUSE).get("/v1/mail/messages").status_code == 403


def test_two_merchants_have_mails_of_their_own(world, admin, clock):
    kept = sent(world, clock)
    bolt = world.client(merchant=BOLT)
    bolt.patch(
        "/v1/mail/settings", json={"enabled": True, "sender_address": "shop@bolt.example"}
    ).raise_for_status()
    bolt.post("/v1/orders", json=order("SO-1", ("NUT", 1), contact=CONTACT)).raise_for_status()
    tell(world.store)
    note_events(world.store)
    clock[0] += timedelta(minutes=5)
    Sender(world.store, kept).round()

    assert {str(message["From"]) for message in kept.messages} == {
        "Acme <shop@acme.example>", "Bolt <shop@bolt.example>",
    }  # fmt: skip
    (mine,) = bolt.get("/v1/mail/messages").json()["items"]
    assert admin.get(f"/v1/mail/messages/{mine['id']}").status_code == 404
    assert bolt.post(f"/v1/mail/messages/{mine['id']}/send-again").is_success
