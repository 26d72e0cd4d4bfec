"""Every endpoint x role x merchants x locations: who sees what, and who is refused with what.

Each endpoint is asked by a sample of keys, by all of them with PEGBOARD_MATRIX=all; PEGBOARD_SEED
draws another sample.
"""

from collections.abc import Callable, Iterator

import httpx
import pytest
from pydantic import SecretStr

from fulfillment.sealing import new_key
from fulfillment.settings import Settings
from fulfillment.store.transactions.session import Store, connect
from starter.app import build_app
from starter.auth.permissions import ROUTES
from tests.api.matrix import (
    EACH_BY_ITSELF,
    EVERYBODY_HAS,
    FOR_SEVERAL,
    NO_PLACE,
    OF_NOBODY,
    PLACES,
    Endpoint,
    Matrix,
    furnish,
    is_about_acme,
    is_seen,
    refused_with,
)
from tests.api.test_examples import NOW, Story
from tests.api.world import World, serving
from tests.builders.feed import tell
from tests.crashes.ends import everything

NOT_THERE_ANY_MORE = frozenset({
    "delete_package", "change_package", "remove_closure", "unset_setting",
    "unset_default_setting", "remove_webhook", "delete_mail_template",
})  # fmt: skip
"""What one who may has undone before another who may: then there is none, for anybody."""


@pytest.fixture(scope="module")
def matrix(new_database: Callable[[], str]) -> Iterator[Matrix]:
    store = Store(connect(new_database()), clock=lambda: NOW)
    app = build_app(store, None, Settings(secret_keys=SecretStr(new_key())))
    with serving(app) as url:
        world = World(store, url)
        try:
            client = httpx.Client(base_url=url, timeout=60)
            world.clients.append(client)
            made = Matrix(Story(world, app.openapi()), client)
            furnish(made.story)
            tell(store)
            made.make_keys()
            yield made
        finally:
            for client in world.clients:
                client.close()
    store.engine.dispose()


def test_every_endpoint_is_in_the_matrix(matrix):
    names = {endpoint.name for endpoint in matrix.endpoints}
    assert names == set(ROUTES)
    assert names >= {*NO_PLACE, *PLACES, *FOR_SEVERAL, *OF_NOBODY, *EACH_BY_ITSELF}


def test_who_may_not_is_refused_and_changes_nothing(matrix):
    before = everything(matrix.story.world.store.engine)
    wrong = []
    for endpoint, asking in matrix.asked():
        if code := refused_with(endpoint, asking):
            answer = matrix.ask(endpoint, asking)
            told = answer.json().get("code") if answer.is_error else None
            if told != code:
                wrong.append(f"{endpoint.name} by {asking}: {told}, not {code}")
    assert "\n".join(wrong) == ""
    assert everything(matrix.story.world.store.engine) == before


def test_a_list_shows_what_the_key_may_see_and_nothing_else(matrix):
    wrong = []
    for endpoint, asking in matrix.asked():
        if endpoint.is_list and not refused_with(endpoint, asking):
            shown = matrix.ask(endpoint, asking).json().get("items")
            if endpoint.name in EVERYBODY_HAS:
                shown = [one for one in shown if one["own"]]
            is_mine = is_about_acme(endpoint, asking) and is_seen(endpoint, asking)
            if shown is not None and bool(shown) is not is_mine:
                wrong.append(f"{endpoint.name} by {asking}: {len(shown)} items")
    assert "\n".join(wrong) == ""


BY_NAME = frozenset({"put_product", "put_products"})
"""What bolt may have under the same name."""


def test_what_is_acmes_is_not_there_for_who_asks_for_bolt(matrix):
    before = acmes(matrix)
    wrong = []
    for endpoint, asking in matrix.asked():
        if is_about_acme(endpoint, asking) or refused_with(endpoint, asking):
            continue
        if endpoint.name not in BY_NAME:
            answer = matrix.ask(endpoint, asking)
            is_read = endpoint.method == "GET" and not endpoint.is_list
            if is_read and not is_hidden(endpoint, answer):
                wrong.append(f"{endpoint.name} by {asking}: {answer.status_code}")
    assert "\n".join(wrong) == ""
    assert acmes(matrix) == before


def is_hidden(endpoint: Endpoint, answer: httpx.Response) -> bool:
    """Whether nothing of acme's is told."""
    if endpoint.name in EVERYBODY_HAS:
        return not answer.json()["own"]
    if answer.status_code == 404:
        return True
    return bool(answer.is_error and answer.json()["code"] == "other_location")


def acmes(matrix: Matrix) -> dict[str, list[str]]:
    """All that is there and says nothing of bolt."""
    rows = everything(matrix.story.world.store.engine)
    mine = {name: [row for row in some if '"bolt"' not in row] for name, some in rows.items()}
    return {name: some for name, some in mine.items() if some}


LAST = {"GET": 0, "DELETE": 2}
"""What is read is read first, and what is removed is removed at the end."""


def test_who_may_is_not_refused(matrix):
    """Last, since it is done: whatever is refused then is refused for what there is."""
    wrong = []
    for endpoint, asking in sorted(matrix.asked(), key=lambda asked: LAST.get(asked[0].method, 1)):
        if refused_with(endpoint, asking) or not is_about_acme(endpoint, asking):
            continue
        if endpoint.name in EACH_BY_ITSELF and not is_seen(endpoint, asking):
            continue
        answer = matrix.ask(endpoint, asking)
        refused = {401, 403} if endpoint.name in NOT_THERE_ANY_MORE else {401, 403, 404}
        if answer.status_code in refused or answer.status_code >= 500:
            wrong.append(f"{endpoint.name} by {asking}: {answer.text}")
    assert "\n".join(wrong) == ""
