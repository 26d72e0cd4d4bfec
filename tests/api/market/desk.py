"""A desk from which a client of the API asks: every answer is looked at, and some asked again."""

import itertools
import random
import re
import threading
from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx
from sqlalchemy import text

from tests.api.world import ACME, BOLT, World

MERCHANTS = (ACME, ACME, BOLT)
SKUS = ("TEA", "TEA", "TEA", "CUP", "CUP", "CUP", "STRICT", "LIMITED", "CARD")
PLACES = ("vienna", "graz", "linz")
Json = dict[str, Any]

numbers = itertools.count(1)
MOST_KEPT = 300
"""Requests of which some are asked again."""


class WalkError(AssertionError):
    """What the walk found: something is not as behaviour.md says."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that was done, and how it was answered."""

    merchant: str
    method: str
    path: str
    body: Any
    key: str
    status: int
    answer: Any


@dataclass
class Log:
    """What all desks of a walk know together."""

    done: Counter[str] = field(default_factory=Counter)
    kept: deque[Sent] = field(default_factory=lambda: deque(maxlen=MOST_KEPT))
    adjusted: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=200))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, line: str) -> None:
        with self.lock:
            self.lines.append(line)

    def count(self, *names: str) -> None:
        with self.lock:
            self.done.update(names)


def with_key(paths: Json) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The operations that take an Idempotency-Key, by what the API says of itself."""
    return tuple(
        (method.upper(), re.compile(re.sub(r"\{.*?\}", "[^/]+", path)))
        for path, methods in paths.items()
        for method, operation in methods.items()
        if any(one["name"] == "Idempotency-Key" for one in operation.get("parameters", ()))
    )


class Desk:
    """One client of one merchant at a time, with a random of its own."""

    def __init__(self, world: World, seed: str, log: Log) -> None:
        self.world, self.random, self.log = world, random.Random(seed), log
        self.clients = {name: world.client(merchant=name) for name in (ACME, BOLT)}
        self.operator = world.client(merchant=None)
        self.keyed = with_key(world.paths())
        self.merchant = ACME

    # --- choosing ---

    def sit_for(self, merchant: str) -> None:
        self.merchant = merchant

    def units(self, most: int = 5) -> int:
        return self.random.randint(1, max(most, 1))

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def sku(self) -> str:
        return self.random.choice(SKUS)

    def place(self) -> str:
        return self.random.choice(PLACES)

    def number(self, kind: str) -> str:
        return f"{self.merchant[0]}{kind}-{next(numbers)}"

    def rows(self, sql: str, **parameters: object) -> list[Any]:
        """What the database holds of this merchant, as `:m` of the statement."""
        with self.world.store.engine.connect() as connection:
            return list(connection.execute(text(sql), {"m": self.merchant, **parameters}))

    def one(self, sql: str, **parameters: object) -> Any | None:
        found = self.rows(sql, **parameters)
        return self.random.choice(found) if found else None

    # --- asking ---

    def ask(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """Done, or refused with a reason; with a key where one is taken."""
        key = f"k-{next(numbers)}" if self._takes_key(method, path) else ""
        if key and self.chance(0.08):
            answer = self._twice(method, path, body, key)
        else:
            answer = self._send(self.clients[self.merchant], method, path, body, key)
        if answer.is_success and (key or path in ("/v1/orders", "/v1/counts")):
            sent = Sent(self.merchant, method, path, body, key, answer.status_code, answer.json())
            with self.log.lock:
                self.log.kept.append(sent)
        return answer

    def operate(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """What only the operator may do."""
        return self._send(self.operator, method, path, body, "")

    def get(self, path: str) -> Json:
        """What is there, and can be read."""
        answer = self._send(self.clients[self.merchant], "GET", path, None, "")
        if answer.status_code != 200:
            raise WalkError(f"GET {path}: {answer.status_code} {answer.text}")
        return dict(answer.json())

    def _takes_key(self, method: str, path: str) -> bool:
        if "preview=true" in path:
            return False
        bare = path.partition("?")[0]
        return any(verb == method and which.fullmatch(bare) for verb, which in self.keyed)

    def _send(
        self, client: httpx.Client, method: str, path: str, body: Any, key: str
    ) -> httpx.Response:
        headers = {"Idempotency-Key": key} if key else {}
        answer = client.request(method, path, json=body, headers=headers)
        line = f"{self.merchant} {method} {path} {body} {key}: {answer.status_code}"
        if method != "GET" or not answer.is_success:
            told = answer.text if not answer.is_success else ""
            self.log.note(f"{line} {told[:300]}")
        self.log.count(f"{method} {answer.status_code} {shape(path)}")
        check_refusal(answer, line)
        return answer

    # --- asking again ---

    def again(self) -> None:
        """A request that was done is answered as it was, and not done again."""
        with self.log.lock:
            kept = list(self.log.kept)
        if kept:
            sent = self.random.choice(kept)
            answer = self._send(
                self.clients[sent.merchant], sent.method, sent.path, sent.body, sent.key
            )
            check_again(sent, answer)

    def _twice(self, method: str, path: str, body: Any, key: str) -> httpx.Response:
        """The same request with the same key from two clients at once: done once."""
        client = self.clients[self.merchant]
        with ThreadPoolExecutor(2) as pool:
            asked = [pool.submit(self._send, client, method, path, body, key) for _ in range(2)]
            first, second = (one.result() for one in asked)
        done = [one for one in (first, second) if one.is_success]
        if len(done) == 2 and not are_alike(first.json(), second.json()):
            raise WalkError(f"{method} {path} {body} {key} twice: {first.text} {second.text}")
        return done[0] if done else first


def are_alike(first: Any, second: Any) -> bool:
    """Whether two answers to one request tell of the same deeds.

    Of many in one request, one that was refused may be done a moment later, when somebody else has
    done what was missing; what both did, they did once.
    """
    if not (isinstance(first, dict) and "results" in first):
        return bool(first == second)
    pairs = zip(first["results"], second["results"], strict=True)
    return all(a == b for a, b in pairs if a["outcome"] == b["outcome"] == "done")


def shape(path: str) -> str:
    """A path without the names in it, for counting."""
    return re.sub(r"/([a-z]+-?[A-Z]+-\d+|\d[\d-]*)(?=/|$)", "/*", path.partition("?")[0])


def check_refusal(answer: httpx.Response, line: str) -> None:
    """A refusal has a code, a sentence and a remedy; a wrong value is named."""
    if answer.is_success:
        return
    said = f"{line} {answer.text}"
    if answer.status_code not in (404, 409, 422):
        raise WalkError(said)
    problem = answer.json()
    if not (problem["code"] and problem["detail"] and problem["remedy"]):
        raise WalkError(f"tells too little: {said}")
    if answer.status_code == 422 and not any(error.get("field") for error in problem["errors"]):
        raise WalkError(f"names no field: {said}")


def check_again(sent: Sent, answer: httpx.Response) -> None:
    said = f"{sent} again: {answer.status_code} {answer.text}"
    if sent.path == "/v1/orders":
        if answer.status_code != 200 or answer.json()["number"] != sent.body["number"]:
            raise WalkError(said)
    elif answer.status_code != sent.status or (
        not tells_what_is_now(sent) and answer.json() != sent.answer
    ):
        raise WalkError(said)


def tells_what_is_now(sent: Sent) -> bool:
    """Whether the answer is an order or a shipment as it is, which may have changed since."""
    return sent.path.startswith(("/v1/orders/", "/v1/shipments/")) and sent.status == 200
