"""The API as a client uses it."""

import threading
import uuid
from typing import Any

import httpx

TRIES = 60
PAUSE_SECONDS = 0.5
AWAY = frozenset({500, 502, 503, 504})

Answer = dict[str, Any]


class StoppedError(Exception):
    """The system is being stopped, and the play with it."""


class RefusedByApiError(Exception):
    """The API's problem document, as an exception."""

    def __init__(self, problem: Answer) -> None:
        self.code = str(problem.get("code", "unknown"))
        self.problem = problem
        super().__init__(str(problem.get("detail", self.code)))


class Client:
    """Requests with a key; what fails because a service is away is tried again for a while."""

    def __init__(self, url: str, key: str, stopping: threading.Event) -> None:
        """Nothing is sent yet. A proxy named in the environment is not for our own API."""
        headers = {"Authorization": f"Bearer {key}"}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=20.0, trust_env=False)
        self._stopping = stopping

    def get(self, path: str, **parameters: Any) -> Answer:
        """Read, once; an API that is away is httpx's error."""
        return _content(self._http.get(path, params=parameters))

    def send(self, method: str, path: str, body: Answer | None = None, wait: int = 0) -> Answer:
        """Ask for something to be done once, however often it has to be said."""
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        if wait:
            headers["Prefer"] = f"wait={wait}"
        for _ in range(TRIES):
            answer = self._try(method, path, body, headers)
            if answer is not None:
                return _content(answer)
            if self._stopping.wait(PAUSE_SECONDS):
                raise StoppedError
        raise RefusedByApiError({"code": "away", "detail": "the API stayed away"})

    def knows_us(self) -> bool:
        """Whether the key opens anything."""
        return self._http.get("/v1/products", params={"limit": 1}).is_success

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def _try(
        self, method: str, path: str, body: Answer | None, headers: dict[str, str]
    ) -> httpx.Response | None:
        try:
            answer = self._http.request(method, path, json=body, headers=headers)
        except httpx.TransportError:
            return None
        return None if answer.status_code in AWAY else answer


def _content(answer: httpx.Response) -> Answer:
    if answer.is_success:
        return dict(answer.json())
    try:
        problem = dict(answer.json())
    except ValueError:
        problem = {"code": f"http_{answer.status_code}"}
    raise RefusedByApiError(problem)
