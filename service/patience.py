"""The HTTP protocol of the server, which waits only so long for the head of a request.

Uvicorn gives up a connection on which nothing comes; one on which a header comes byte by byte it
would keep for ever. What follows the head is timed by ``service.middleware.bodies``.
"""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol


class PatientProtocol(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it, with a time for the head of each request."""

    head_seconds: float = 20.0
    _giving_up: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Read, and wait on only where a head has not come to its end."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._stop_waiting()
        elif self._giving_up is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._giving_up = self.loop.call_later(self.head_seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._giving_up is not None:
            self._giving_up.cancel()
            self._giving_up = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()


def patient_for(head_seconds: float) -> type[PatientProtocol]:
    """Give the protocol with a patience of its own: uvicorn makes its instances itself."""
    return type("PatientProtocol", (PatientProtocol,), {"head_seconds": head_seconds})
