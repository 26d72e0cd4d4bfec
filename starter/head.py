"""How long the head of a request may take: a connection that sends none is not kept."""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

HEAD_SECONDS = 15.0


class HeadLimit(H11Protocol):
    """HTTP as uvicorn speaks it, which waits for a head for ever once a byte of it has come."""

    head_seconds = HEAD_SECONDS
    _head_due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there: its first head is waited for."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """A head begins, goes on or is whole; or it is a body, which has limits of its own."""
        super().data_received(data)
        self._watch()

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
