"""The API as a client uses it: keys, pages, retries of what may be sent again."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx

AGAIN = {429, 502, 503, 504}
TRIES = 8


class Api:
    """A client for many threads. `url` is asked each time: an API that restarts may move."""

    def __init__(self, url: Callable[[], str], key: str, merchant: str, concurrency: int) -> None:
        self.requests = 0
        self._url = url
        self._client = httpx.Client(
            headers={"Authorization": f"Bearer {key}", "Pegboard-Merchant": merchant},
            limits=httpx.Limits(max_connections=concurrency),
            timeout=60.0,
            trust_env=False,
        )

    def get(self, path: str, **query: Any) -> Any:
        return self._send("GET", path, params=query)

    def post(self, path: str, key: str, body: Any = None) -> Any:
        """`key` makes it safe to send again."""
        return self._send("POST", path, json=body, headers={"Idempotency-Key": key})

    def pages(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Every item of a list."""
        page = self.get(path, limit=200, **query)
        yield from page["items"]
        while page["next"]:
            page = self.get(path, limit=200, cursor=page["next"], **query)
            yield from page["items"]

    def _send(self, method: str, path: str, **given: Any) -> Any:
        for attempt in range(1, TRIES):
            self.requests += 1
            answer = self._asked(method, path, given)
            if answer is not None and answer.status_code not in AGAIN:
                return _content(answer)
            time.sleep(min(0.1 * 2**attempt, 2.0))
        return _content(self._client.request(method, self._url() + path, **given))

    def _asked(self, method: str, path: str, given: dict[str, Any]) -> httpx.Response | None:
        """None where nobody answered: what was asked has its key, and is asked again."""
        try:
            return self._client.request(method, self._url() + path, **given)
        except httpx.TransportError:
            return None


def _content(answer: httpx.Response) -> Any:
    if answer.is_error:
        asked = f"{answer.request.method} {answer.request.url.path}"
        raise RuntimeError(f"{asked}: {answer.status_code} {answer.text}")
    return answer.json()
