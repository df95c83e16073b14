"""Where work on the index is done: a few threads, a short queue before them, and no more.

The event loop only ever waits here. What does not fit in the queue is refused at once, so that a
crowd costs a refusal each and not memory, and a client that goes takes its place in the queue with
it.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from service.errors import DeskFull, TookTooLong
from service.library import Library, OpenAssistant

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class DeskConfig:
    """How much is done at once, how much may wait, and for how long."""

    workers: int = 2
    waiting: int = 128
    patience_seconds: float = 30.0
    """From the request's arrival to its result."""


class Desk:
    """Does work with the open assistant, each piece in a thread with a loan of its own."""

    def __init__(self, library: Library, config: DeskConfig | None = None) -> None:
        """Open the desk; ``close`` waits for what is being done."""
        self.library = library
        self.config = config or DeskConfig()
        self._threads = ThreadPoolExecutor(self.config.workers, thread_name_prefix="desk")
        self._lock = threading.Lock()
        self._taken = 0

    @property
    def taken(self) -> int:
        """Pieces of work that wait or are being done."""
        return self._taken

    async def run(self, work: Callable[[OpenAssistant], Result]) -> Result:
        """Have work done with the open assistant.

        The loan is taken in the thread and given back there, so an index is never closed under
        work whose client has gone.

        Raises:
            DeskFull: If as many wait as may.
            NoIndexOpen: If none is open.
            TookTooLong: If the result is not there in time.
        """
        result = asyncio.wrap_future(self._submit(work))
        try:
            done, _ = await asyncio.wait([result], timeout=self.config.patience_seconds)
        finally:
            # Does nothing to what is done, and takes what still waits out of the queue.
            result.cancel()
        if not done:
            raise TookTooLong(self.config.patience_seconds)
        return result.result()

    def close(self) -> None:
        """Finish what is being done and drop what waits."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _submit(self, work: Callable[[OpenAssistant], Result]) -> Future[Result]:
        with self._lock:
            if self._taken >= self.config.workers + self.config.waiting:
                raise DeskFull(self._taken)
            self._taken += 1
        # The thread logs under the name of the request that it works for.
        context = contextvars.copy_context()
        job = self._threads.submit(context.run, self._lend, work)
        job.add_done_callback(self._release)
        return job

    def _lend(self, work: Callable[[OpenAssistant], Result]) -> Result:
        with self.library.borrow() as assistant:
            return work(assistant)

    def _release(self, _job: Future[Result]) -> None:
        with self._lock:
            self._taken -= 1
