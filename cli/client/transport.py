"""Requests to the API, and its refusals as errors of a command."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import httpx

from cli.client.access import Access
from cli.client.table import Request
from cli.errors import CommandError, ExitCode, ServiceAwayError

ANSWER_SECONDS = 60.0
CONNECT_SECONDS = 10.0
PAGE = 200
"""Rows that the API answers with at most."""

AWAY = frozenset({502, 503, 504})
UNKNOWN_OUTCOME = frozenset({500, *AWAY})


class ProblemError(CommandError):
    """The API refused: what it says (RFC 9457), and the exit code that tells it."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        """Keep the document; one that is none of ours is told by its status."""
        self.status = status
        self.code = str(problem.get("code", ""))
        self.detail = str(problem.get("detail") or f"the API answered {status}")
        self.remedy = str(problem.get("remedy", ""))
        errors = problem.get("errors")
        self.errors: list[Mapping[str, Any]] = errors if isinstance(errors, list) else []
        self.exit_code = _exit_code(status, self.code)
        super().__init__(self.detail)

    def saying(self, words: str, *, with_remedy: bool = False) -> "ProblemError":
        """The same in these words, with what can be done on a line of its own."""
        remedy = f"\n  {self.remedy}" if with_remedy and self.remedy else ""
        self.args = (f"{words}{remedy}",)
        return self


def _exit_code(status: int, code: str) -> ExitCode:
    """A value that the API can not even read is wrong usage."""
    if status in AWAY:
        return ExitCode.SERVICE_AWAY
    return ExitCode.USAGE if code == "invalid_request" else ExitCode.FAILED


@dataclass(frozen=True, slots=True)
class Saying:
    """How a request is made: for whom, under which key, and how long the API may wait."""

    merchant: str | None = None
    key: str | None = None
    wait: int | None = None

    @property
    def headers(self) -> dict[str, str]:
        """What is said of it beside the path and the body."""
        told = {"Pegboard-Merchant": self.merchant, "Idempotency-Key": self.key}
        told["Prefer"] = None if self.wait is None else f"wait={self.wait}"
        return {name: value for name, value in told.items() if value is not None}


class Api:
    """The API, for one merchant or for whom the key is."""

    def __init__(self, access: Access, merchant: str | None) -> None:
        """Nothing is sent yet. A proxy is not for an API of this machine."""
        self.where = "waiting for the API's answer"
        self._url = access.url
        self._merchant = merchant
        self._http = httpx.Client(
            base_url=access.url,
            headers={"Authorization": f"Bearer {access.key}", "User-Agent": "pegboard"},
            timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            trust_env=not _is_here(access.url),
        )

    def __enter__(self) -> "Api":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def read(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        """The answer to a GET."""
        return self.send(Request("GET", path, query or {}, None, {}))

    def send(self, request: Request, key: str | None = None, wait: int | None = None) -> Any:
        """The answer to a request."""
        return self._answer(request, Saying(self._merchant, key, wait)).json()

    def download(self, request: Request) -> bytes:
        """The answer, as the file it is."""
        return self._answer(request, Saying(self._merchant)).content

    def pages(self, request: Request, limit: int) -> dict[str, Any]:
        """So many rows of a list at most, as one page; `next` is null where there are no more."""
        items: list[Any] = []
        cursor: dict[str, str] = {}
        while True:
            size = {"limit": min(PAGE, limit - len(items))}
            page = self.send(replace(request, query={**request.query, **size, **cursor}))
            items += page["items"]
            self.where = f"{len(items)} rows are read"
            if page["next"] is None or len(items) >= limit:
                return {"items": items, "next": page["next"]}
            cursor = {"cursor": page["next"]}

    def _answer(self, request: Request, saying: Saying) -> httpx.Response:
        try:
            answer = self._http.request(
                request.method, request.path, params=dict(request.query), json=request.body,
                headers=saying.headers,
            )  # fmt: skip
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise ServiceAwayError(f"the API does not answer at {self._url} ({error})") from None
        except httpx.HTTPError as error:
            told = f"no answer came from the API at {self._url} ({type(error).__name__})"
            raise ServiceAwayError(f"{told}{_again(request, saying)}") from None
        if not answer.is_success:
            raise _problem(answer, request, saying)
        return answer


def _problem(answer: httpx.Response, request: Request, saying: Saying) -> ProblemError:
    try:
        told = answer.json()
    except ValueError:
        told = {}
    problem = ProblemError(answer.status_code, told if isinstance(told, dict) else {})
    if answer.status_code in UNKNOWN_OUTCOME:
        problem.detail += _again(request, saying)
    return problem


def _again(request: Request, saying: Saying) -> str:
    """How a request is repeated whose outcome is not known."""
    if request.method == "GET":
        return ""
    if saying.key is None:
        return "; it may have been done: say the same again, and it is done once"
    return f"; it may have been done: say it again with --idempotency-key {saying.key}"


def _is_here(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
