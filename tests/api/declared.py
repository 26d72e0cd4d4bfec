"""Whether what the API answers is what its OpenAPI document says that it answers."""

import re
from functools import cache

import httpx

from fulfillment.settings import Settings
from fulfillment.store.transactions.session import Store, connect
from starter.app import build_app


def assert_is_declared(answer: httpx.Response) -> None:
    """A status that no operation of this path declares would surprise who wrote a client by it."""
    path = answer.request.url.raw_path.decode().partition("?")[0]
    found = [
        statuses
        for method, template, statuses in _operations()
        if method == answer.request.method and template.fullmatch(path)
    ]
    declared = frozenset[str]().union(*found)
    asked = f"{answer.request.method} {path}"
    assert not found or str(answer.status_code) in declared, f"{asked}: {answer.status_code}"


@cache
def _operations() -> list[tuple[str, re.Pattern[str], frozenset[str]]]:
    store = Store(connect("postgresql+psycopg://nobody@127.0.0.1:1/none"))
    document = build_app(store, None, Settings()).openapi()
    return [
        (method.upper(), _template(path), frozenset(operation["responses"]))
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def _template(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{.*?\\\}", "[^/]+", re.escape(path)))
