"""Post one message to a URL: to an address that was checked, within a time, whatever comes back."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from deliveries.webhooks.addresses import AddressRefusedError, Allowed, NameNotResolvedError
from fulfillment.domain.model.webhooks import Attempt, Fault

SECONDS = 15.0
"""For all of it: the name, the connection, the answer."""

MOST_OF_ANSWER = 2_000
"""Bytes of an answer that are read; the rest is not waited for."""

MOST_RETRY_AFTER = 10**9
"""Seconds: what is more is no time that anybody means."""

PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it, and how the answer began."""

    attempt: Attempt
    text: str = ""


@dataclass
class Sender:
    """Posts to one endpoint, over connections that it keeps for the next message."""

    allowed: Allowed
    tls: ssl.SSLContext
    seconds: float = SECONDS
    _client: httpx.AsyncClient | None = field(default=None, repr=False)

    async def post(self, url: str, body: str, headers: Mapping[str, str]) -> Answer:
        """Post a body, and read how the answer begins. Never raises for what the other side does.

        Redirections are not followed, and no proxy of the environment is used.
        """
        try:
            async with asyncio.timeout(self.seconds):
                return await self._post(httpx.URL(url), body, headers)
        except FAILURES as error:
            return Answer(Attempt(fault=_fault_of(error)))

    async def close(self) -> None:
        """Give up the connections that are kept."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _post(self, url: httpx.URL, body: str, headers: Mapping[str, str]) -> Answer:
        port = url.port or PORTS.get(url.scheme, 0)
        found = await self.allowed.addresses(
            url.raw_host.decode("ascii"), port, only_private=url.scheme != "https"
        )
        last = len(found) - 1
        for at, address in enumerate(found):
            try:
                return await self._post_to(url, address, body, headers)
            except httpx.ConnectError as error:
                # Nothing was sent yet: another address of the same host may listen.
                if at == last or _is_tls(error):
                    raise
        raise NameNotResolvedError

    async def _post_to(
        self, url: httpx.URL, address: str, body: str, headers: Mapping[str, str]
    ) -> Answer:
        """To this very address, with the name of the host where the protocol has it."""
        request = self._open().build_request(
            "POST",
            url.copy_with(host=address),
            content=body.encode(),
            headers={**headers, "Host": url.netloc.decode("ascii")},
            extensions={"sni_hostname": url.raw_host.decode("ascii")},
        )
        answer = await self._open().send(request, stream=True)
        try:
            text = await _beginning(answer)
        finally:
            await answer.aclose()
        return Answer(Attempt(answer.status_code, retry_after=_retry_after(answer)), text)

    def _open(self) -> httpx.AsyncClient:
        """A client of this endpoint alone.

        Its connections are known by their address, and another host may have the same one.
        """
        if self._client is None:
            self._client = httpx.AsyncClient(
                verify=self.tls,
                timeout=self.seconds,
                trust_env=False,
                follow_redirects=False,
                headers={"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "Pegboard"},
            )
        return self._client


async def _beginning(answer: httpx.Response) -> str:
    """As it comes, never unpacked: a small answer could become a large one."""
    read = b""
    async for piece in answer.aiter_raw():
        read += piece
        if len(read) >= MOST_OF_ANSWER:
            break
    return read[:MOST_OF_ANSWER].decode("utf-8", errors="replace")


def _retry_after(answer: httpx.Response) -> timedelta | None:
    """In seconds or as a date; None where it is not there, or says nothing that is understood."""
    told = answer.headers.get("Retry-After", "").strip()
    if told.isascii() and told.isdecimal():
        return timedelta(seconds=min(int(told[:12]), MOST_RETRY_AFTER))
    try:
        at = parsedate_to_datetime(told)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    zoned = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(zoned - datetime.now(UTC), timedelta())


def _is_tls(error: httpx.ConnectError) -> bool:
    """Whether the connection was there, and who answers could not prove who it is."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


FAULTS: Mapping[type[Exception], Fault] = {
    AddressRefusedError: Fault.ADDRESS_REFUSED,
    NameNotResolvedError: Fault.NAME_NOT_RESOLVED,
    httpx.InvalidURL: Fault.NAME_NOT_RESOLVED,
    httpx.ConnectError: Fault.NOT_CONNECTED,
    httpx.TimeoutException: Fault.TIMED_OUT,
    TimeoutError: Fault.TIMED_OUT,
    httpx.HTTPError: Fault.BROKEN_OFF,
    OSError: Fault.BROKEN_OFF,
}
"""What each error means; the first that fits."""

FAILURES = tuple(FAULTS)


def _fault_of(error: Exception) -> Fault:
    if isinstance(error, httpx.ConnectError) and _is_tls(error):
        return Fault.TLS_FAILED
    return next(fault for kind, fault in FAULTS.items() if isinstance(error, kind))
