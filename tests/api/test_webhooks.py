"""Webhooks over HTTP: made, changed, refused, seen by whom."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from standardwebhooks import Webhook

from fulfillment.domain.insight.event_permissions import NEEDED
from fulfillment.domain.insight.public_events import EventType
from fulfillment.sealing import Sealer
from fulfillment.store.commands.administration.keys import Role, create_key
from fulfillment.store.commands.webhooks.claiming import claim_deliveries
from fulfillment.store.commands.webhooks.fan_out import fan_out_next
from starter.auth.permissions import GRANTS, Permission
from tests.api.world import ACME, BOLT, World, made, order
from tests.builders.feed import tell
from tests.builders.webhooks import KEY
from tests.crashes.ends import everything

HOOKS = "/v1/webhooks"
URL = "https://hooks.example/pegboard"


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with made(database_url, secret_keys=KEY) as world:
        yield world


@pytest.fixture
def acme(world: World):
    return world.client()


def make(client: httpx.Client, **more: Any) -> dict[str, Any]:
    answer = client.post(HOOKS, json={"url": URL, "topics": ["order.*"]} | more)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def refused(
    answer: httpx.Response, status: int, code: str, field: str | None = None
) -> dict[str, Any]:
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), answer.text
    if field:
        assert field in str(problem["errors"]), problem
    return dict(problem)


def test_one_is_made_with_a_secret_that_is_shown_once(world, acme):
    asked = {"url": URL, "topics": ["order.*"]}
    first = acme.post(HOOKS, json=asked, headers={"Idempotency-Key": "1"})
    again = acme.post(HOOKS, json=asked, headers={"Idempotency-Key": "1"})

    assert first.headers["Cache-Control"] == "no-store"
    secret = first.json()["secret"]
    assert Webhook(secret).sign("1", datetime.now(UTC), "{}").startswith("v1,")
    assert again.json() == {"webhook": first.json()["webhook"], "secret": None}
    found = acme.get(first.headers["Location"]).json()
    assert found == first.json()["webhook"]
    assert found["status"] == "on"
    told = [acme.get(HOOKS).text, acme.get(f"{HOOKS}/{found['id']}").text]
    assert secret not in "".join(told)


def test_a_secret_is_nowhere_plain_in_the_database(world, acme):
    secret = make(acme)["secret"]
    assert secret.removeprefix("whsec_") not in str(everything(world.store.engine))


def test_a_renewed_secret_is_another_one(acme):
    first = make(acme)
    renewed = acme.post(f"{HOOKS}/{first['webhook']['id']}/secret").json()
    assert renewed["secret"] not in (None, first["secret"])
    assert renewed["webhook"]["previous_secret_until"]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://hooks.example/", "https_needed"),
        ("ftp://hooks.example/", "bad_url"),
        ("https://", "bad_url"),
        ("hooks.example", "bad_url"),
        ("https://hooks.example:0/", "bad_url"),
        ("https://hooks.example:99999/", "bad_url"),
        ("https://hooks.example/a b", "bad_url"),
        ("https://hooks.example\\@127.0.0.1/", "bad_url"),
        ("https://hööks.example/", "bad_url"),
        ("https://hooks.example/#part", "bad_url"),
        ("https://robin:swordfish@hooks.example/", "url_with_password"),
        ("https://127.0.0.1/", "address_refused"),
        ("https://[::1]/", "address_refused"),
        ("https://[::ffff:10.0.0.1]/", "address_refused"),
        ("https://169.254.169.254/latest/meta-data", "address_refused"),
    ],
)
def test_an_address_that_can_not_be_called_is_refused_and_says_what_to_write(acme, url, code):
    for answer in (
        acme.post(HOOKS, json={"url": url, "topics": ["*"]}),
        acme.patch(f"{HOOKS}/{make(acme)['webhook']['id']}", json={"url": url}),
    ):
        problem = refused(answer, 422, code, "url")
        assert "swordfish" not in str(problem)


def test_private_networks_that_are_allowed_may_be_named(database_url):
    with made(database_url, secret_keys=KEY, webhook_private_networks="10.1.0.0/16") as world:
        acme = world.client()
        make(acme, url="http://10.1.2.3:8080/hooks")
        make(acme, url="http://hooks.internal/")
        answer = acme.post(HOOKS, json={"url": "http://10.2.0.1/", "topics": ["*"]})
        refused(answer, 422, "address_refused", "url")


def test_what_is_no_topic_is_refused_with_those_that_there_are(acme):
    problem = refused(
        acme.post(HOOKS, json={"url": URL, "topics": ["order.*", "order.lost"]}),
        422, "unknown_topic", "topics",
    )  # fmt: skip
    assert "order.shipped" in problem["detail"]
    for topics in ([], ["Order.*"], ["order"], ["*.shipped"]):
        assert acme.post(HOOKS, json={"url": URL, "topics": topics}).status_code == 422


def test_without_a_key_for_secrets_it_says_what_to_set(database_url):
    with made(database_url) as world:
        answer = world.client().post(HOOKS, json={"url": URL, "topics": ["*"]})
        problem = refused(answer, 503, "no_secret_key")
        assert "PEGBOARD_SECRET_KEYS" in problem["detail"]
        assert world.count("webhook_endpoint") == 0


def test_who_may_have_webhooks_may_be_told_of_every_type_by_the_feed():
    """The roles need no narrowing by topic: what they may not read they may not have either."""
    for role, granted in GRANTS.items():
        if Permission.MANAGE_WEBHOOKS in granted:
            assert set(NEEDED.values()) <= granted, role


def bound(world: World, *locations: str) -> httpx.Client:
    key = create_key(world.store, "dock", Role.WAREHOUSE, ACME, locations)
    client = world.client()
    client.headers["Authorization"] = f"Bearer {key}"
    return client


def test_a_bound_key_makes_and_sees_webhooks_of_its_own_locations(world, acme):
    dock = bound(world, "vienna")
    mine = make(dock)["webhook"]
    assert mine["locations"] == ["vienna"]
    of_all = make(acme)["webhook"]
    both = make(acme, locations=["graz", "vienna"])["webhook"]

    assert [each["id"] for each in dock.get(HOOKS).json()["items"]] == [mine["id"]]
    for other in (of_all, both):
        for answer in (
            dock.get(f"{HOOKS}/{other['id']}"),
            dock.get(f"{HOOKS}/{other['id']}/deliveries"),
            dock.post(f"{HOOKS}/{other['id']}/secret"),
            dock.post(f"{HOOKS}/{other['id']}/test"),
            dock.delete(f"{HOOKS}/{other['id']}"),
        ):
            refused(answer, 403, "other_location")
    asked = {"url": URL, "topics": ["*"], "locations": ["graz"]}
    refused(dock.post(HOOKS, json=asked), 403, "other_location")
    assert len(acme.get(HOOKS).json()["items"]) == 3


def test_a_location_that_is_not_there_is_refused(acme):
    asked = {"url": URL, "topics": ["*"], "locations": ["nowhere"]}
    refused(acme.post(HOOKS, json=asked), 404, "unknown_location")


def test_another_merchants_is_not_there(world, acme):
    mine = make(acme)["webhook"]["id"]
    bolt = world.client(Role.ADMIN, BOLT)
    for answer in (
        bolt.get(f"{HOOKS}/{mine}"),
        bolt.patch(f"{HOOKS}/{mine}", json={"topics": ["*"]}),
        bolt.post(f"{HOOKS}/{mine}/replay",
                  json={"since": "2026-03-01T00:00:00Z", "until": "2026-03-02T00:00:00Z"}),
        bolt.delete(f"{HOOKS}/{mine}"),
    ):  # fmt: skip
        refused(answer, 404, "unknown_webhook")
    assert bolt.get(HOOKS).json()["items"] == []


def test_a_time_that_is_none_is_refused(acme):
    mine = make(acme)["webhook"]["id"]
    for times in (
        {"since": "2026-03-02T00:00:00Z", "until": "2026-03-02T00:00:00Z"},
        {"since": "2026-03-02", "until": "2026-03-03"},
        {"since": "2026-03-02T00:00:00Z"},
    ):
        assert acme.post(f"{HOOKS}/{mine}/replay", json=times).status_code == 422


def test_the_log_has_what_is_owed_by_status_and_time(world, acme):
    mine = make(acme, topics=["*"])["webhook"]["id"]
    acme.post("/v1/orders", json=order()).raise_for_status()
    tell(world.store)
    fan_out_next(world.store)
    log = f"{HOOKS}/{mine}/deliveries"

    (one,) = acme.get(log).json()["items"]
    assert (one["type"], one["number"], one["status"]) == ("order.received", "SO-1", "due")
    assert acme.get(log, params={"status": "failed"}).json()["items"] == []
    assert acme.get(log, params={"until": one["happened_at"]}).json()["items"] == []
    assert len(acme.get(log, params={"since": one["happened_at"]}).json()["items"]) == 1
    assert acme.get(f"{log}/{one['id']}").json() == one
    refused(acme.get(f"{log}/{one['id'] + 1}"), 404, "unknown_delivery")
    other = make(acme)["webhook"]["id"]
    refused(acme.get(f"{HOOKS}/{other}/deliveries/{one['id']}"), 404, "unknown_delivery")


def test_what_is_posted_is_what_the_document_says(world, acme):
    """Real bodies of real orders against the `webhooks` of the OpenAPI document."""
    document = world_document(world)
    registry = Registry[object]().with_resource("urn:api", DRAFT202012.create_resource(document))
    mine = make(acme, topics=["*"])["webhook"]["id"]
    world.stock("TEA", 1)
    acme.post("/v1/orders", json=order("SO-9", ("TEA", 3))).raise_for_status()
    world.prepare("SO-9")
    acme.post("/v1/orders/SO-9/hold", json={"reason": "payment_review"}).raise_for_status()
    acme.post(f"{HOOKS}/{mine}/test").raise_for_status()
    tell(world.store)
    fan_out_next(world.store)

    bodies = [json.loads(row.body) for row in rows(world, "SELECT body FROM webhook_delivery")]
    types = {each["type"] for each in bodies}
    assert types >= {"order.received", "order.waits", "order.held", "webhook.test"}
    assert types <= {*map(str, EventType), "webhook.test"}
    for body in bodies:
        told = document["webhooks"][body["type"]]["post"]["requestBody"]["content"]
        Draft202012Validator(told["application/json"]["schema"], registry=registry).validate(body)
        assert set(body) == set(told["application/json"]["example"])
        assert set(body["data"]) == set(told["application/json"]["example"]["data"])


def world_document(world: World) -> dict[str, Any]:
    text = httpx.get(f"{world.url}/openapi.json", timeout=30).text
    return dict(json.loads(text.replace("#/components", "urn:api#/components")))


def rows(world: World, sql: str) -> list[Any]:
    return world.store.read(ACME, lambda tx: tx.rows(sql))


def test_what_is_claimed_can_be_opened_with_the_key_of_the_settings(world, acme):
    answer = make(acme, topics=["*"])
    acme.post(f"{HOOKS}/{answer['webhook']['id']}/test").raise_for_status()
    (claimed,) = claim_deliveries(world.store, timedelta(seconds=60), 10)
    ((name, sealed),) = claimed.secrets
    assert Sealer([KEY]).open(name, sealed) == answer["secret"]
