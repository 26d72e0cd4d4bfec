"""A client that costs less than what it measures: bare HTTP/1.1, in a process of its own."""

import asyncio
import json
import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any
from urllib.parse import urlsplit

OK = range(200, 300)


@dataclass(frozen=True, slots=True)
class Request:
    """One request, with its body as it is sent."""

    method: str
    path: str
    body: bytes
    headers: tuple[str, ...] = ()


def post(path: str, body: Any, headers: tuple[str, ...] = ()) -> Request:
    """A request with this body as JSON."""
    return Request("POST", path, json.dumps(body).encode(), headers)


@dataclass(frozen=True, slots=True)
class Work:
    """Requests that follow each other, from so many clients side by side."""

    chains: Sequence[Sequence[Request]]
    clients: int


@dataclass(frozen=True, slots=True)
class Done:
    """How long all of it took, and each request, in seconds."""

    seconds: float
    each: Sequence[float]


@dataclass
class Client:
    """One connection that is kept, and asks one thing after the other."""

    host: str
    port: int
    key: str

    async def connect(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(self.host, self.port)

    async def ask(self, request: Request) -> None:
        head = (
            f"{request.method} {request.path} HTTP/1.1",
            f"Host: {self.host}:{self.port}",
            f"Authorization: Bearer {self.key}",
            "Content-Type: application/json",
            f"Content-Length: {len(request.body)}",
            *request.headers,
        )
        self._writer.write("\r\n".join((*head, "", "")).encode() + request.body)
        answer = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(answer.partition("content-length:")[2].split("\r\n")[0])
        body = await self._reader.readexactly(length)
        if int(answer.split()[1]) not in OK:
            raise RuntimeError(f"{request.method} {request.path}: {body[:500]!r}")

    def close(self) -> None:
        self._writer.close()


async def _work(url: str, key: str, work: Work) -> Done:
    host, port = urlsplit(url).hostname, urlsplit(url).port
    clients = [Client(str(host), int(port or 80), key) for _ in range(work.clients)]
    await asyncio.gather(*(client.connect() for client in clients))
    todo, each = iter(work.chains), list[float]()

    async def one(client: Client) -> None:
        for chain in todo:
            for request in chain:
                began = time.perf_counter()
                await client.ask(request)
                each.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(one(client) for client in clients))
    seconds = time.perf_counter() - began
    for client in clients:
        client.close()
    return Done(seconds, each)


def _run(url: str, key: str, end: Connection) -> None:
    while (work := end.recv()) is not None:
        end.send(asyncio.run(_work(url, key, work)))


class Clients:
    """The process in which all clients are."""

    def __init__(self, url: str, key: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._end, other = context.Pipe()
        self.process: Any = context.Process(target=_run, args=(url, key, other), daemon=True)
        self.process.start()

    async def do(self, work: Work) -> Done:
        """Send it all, and say how long it took."""
        self._end.send(work)
        done: Done = await asyncio.to_thread(self._end.recv)
        return done

    def end(self) -> None:
        self._end.send(None)
        self.process.join(5)
        self.process.kill()
