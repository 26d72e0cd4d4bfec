"""How long and how large the head of a request may be: else a connection is not kept."""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

HEAD_SECONDS = 15.0
MOST_HEAD = 65_536
"""Bytes; the parser itself takes a head of any size."""


class HeadLimit(HttpToolsProtocol):
    """HTTP as uvicorn speaks it, which waits for a head for ever once a byte of it has come."""

    head_seconds = HEAD_SECONDS
    _head_due: asyncio.TimerHandle | None = None
    _head_bytes: int = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there: its first head is waited for."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """A head begins, goes on or is whole; or it is a body, which has limits of its own."""
        if not self._answers():
            self._head_bytes += len(data)
        super().data_received(data)
        if self._answers():
            self._head_bytes = 0
        elif self._head_bytes > MOST_HEAD:
            self.send_400_response("The request's head is too large.")
        self._watch()

    def shutdown(self) -> None:
        """The server is about to end: streams are told, so that it need not wait for them."""
        ending = self.app_state.get("ending")
        if ending is not None:
            ending.set()
        super().shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._forget()
        super().connection_lost(exc)

    def _answers(self) -> bool:
        """Whether a head has come, whose answer is not given yet."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _watch(self) -> None:
        if self._answers():
            self._forget()
        elif self._head_due is None:
            self._head_due = self.loop.call_later(self.head_seconds, self._give_up)

    def _forget(self) -> None:
        if self._head_due is not None:
            self._head_due.cancel()
            self._head_due = None

    def _give_up(self) -> None:
        self._head_due = None
        if not self._answers():
            self.timeout_keep_alive_handler()
