"""The assistant that is open now: lent to requests, and exchanged when the store moves on.

A request borrows the assistant and keeps it to its end, also when a new generation has taken its
place meanwhile; the old one is closed when its last borrower is done. So an index can be rebuilt
under load, and no request sees half of it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Protocol, Self

from index.documents import DocumentStore
from index.errors import DamagedStore, StoreError
from rag.answer import Answer, Filters, SearchResult, Turn
from rag.errors import RagError
from service.errors import NoIndexOpen

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 5
"""What a reply 503 asks a client to wait: an index opens in less."""

OPENING_ERRORS = (StoreError, RagError, OSError)
"""What opening a store may raise without a fault in the program."""


class OpenIndex(Protocol):
    """What the service asks of an index."""

    @property
    def documents(self) -> DocumentStore:
        """Give the documents of the index."""


class OpenAssistant(Protocol):
    """What the service asks of an assistant; ``rag.assistant.Assistant`` is one.

    - ``ask`` and ``search`` are called from several threads at once.
    - Leaving it as a context lets go of the index; nothing is called after that.
    """

    @property
    def generation(self) -> str:
        """Name the generation that is open."""

    @property
    def index(self) -> OpenIndex:
        """Give the open index, for its documents."""

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        limit: int = 3,
        hear: Callable[[SearchResult], None] | None = None,
    ) -> Answer:
        """Answer a question, or abstain; tell first what was found."""

    def search(
        self,
        query: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        limit: int = 10,
    ) -> SearchResult:
        """Find passages, best first."""

    def __enter__(self) -> Self:
        """Give the assistant itself."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of the index."""


class Store(Protocol):
    """Where assistants come from.

    - ``current`` is cheap: it is called every second or so.
    - Both may raise the errors of ``OPENING_ERRORS`` when the store is missing or damaged.
    """

    def current(self) -> str | None:
        """Name the generation that a new reader should open, if there is one."""

    def open(self) -> OpenAssistant:
        """Open the current generation."""


class _Loan:
    """An open assistant, and how many requests use it."""

    __slots__ = ("_context", "assistant", "borrowers", "retired")

    def __init__(self, assistant: OpenAssistant) -> None:
        self._context = ExitStack()
        self.assistant = self._context.enter_context(assistant)
        self.borrowers = 0
        self.retired = False

    def close_if_unused(self) -> None:
        if self.retired and self.borrowers == 0:
            self._context.close()


class Library:
    """Lends the open assistant to requests, and exchanges it for a newer one."""

    def __init__(self, store: Store) -> None:
        """Start with nothing open; ``refresh`` opens what the store holds."""
        self._store = store
        self._lock = threading.Lock()
        self._loan: _Loan | None = None
        self._reason = "no index has been opened yet"
        self._closed = False

    @property
    def generation(self) -> str | None:
        """Name the generation that is open, if one is."""
        loan = self._loan
        return None if loan is None else loan.assistant.generation

    @property
    def reason(self) -> str:
        """Say why the store could not be opened the last time; empty when it could."""
        return self._reason

    def refresh(self) -> bool:
        """Open the store's current generation, unless it is open already.

        What is open stays open when the new generation cannot be opened.

        Returns:
            True if the open generation is the current one.
        """
        try:
            if self.generation is not None and self._store.current() == self.generation:
                self._reason = ""
                return True
            self._exchange(_Loan(self._store.open()))
        except OPENING_ERRORS as error:
            if str(error) != self._reason:
                logger.error("cannot open the index: %s", error)
            self._reason = str(error)
            return False
        self._reason = ""
        logger.info("generation %s is open", self.generation)
        return True

    @contextmanager
    def borrow(self) -> Iterator[OpenAssistant]:
        """Lend the open assistant for the length of one request.

        If the request finds the index damaged, the assistant is lent to nobody else.

        Raises:
            NoIndexOpen: If none is open.
        """
        with self._lock:
            loan = self._loan
            if loan is None:
                raise NoIndexOpen(reason=self._reason, retry_after_seconds=RETRY_AFTER_SECONDS)
            loan.borrowers += 1
        try:
            yield loan.assistant
        except DamagedStore as error:
            self._withdraw(loan, str(error))
            raise
        finally:
            with self._lock:
                loan.borrowers -= 1
                loan.close_if_unused()

    def close(self) -> None:
        """Let go of the open assistant once its last borrower is done; none is opened again."""
        self._closed = True
        self._exchange(None)

    def _exchange(self, new: _Loan | None) -> None:
        with self._lock:
            old, self._loan = self._loan, new
            if self._closed and new is not None:
                # It was being opened while the library was closed.
                old, self._loan = new, None
            if old is not None:
                old.retired = True
                old.close_if_unused()

    def _withdraw(self, loan: _Loan, reason: str) -> None:
        with self._lock:
            if self._loan is loan:
                self._loan = None
                self._reason = reason
                loan.retired = True
