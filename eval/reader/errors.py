"""What keeps a reader from being trained.

EvalError
├── NothingToLearn
├── NoAdapter
└── UnknownDocument
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from eval.errors import EvalError


class NothingToLearn(EvalError):
    """Raised when no question is left to learn from."""

    def __init__(self) -> None:
        """Say what a question must have."""
        super().__init__(
            "found no question to learn from, expected some about documents of the index, with a "
            "sentence that answers among the first passages; keep fewer documents out, or index "
            "the documents that the questions are about"
        )


class NoAdapter(EvalError):
    """Raised when the encoder of an index has no adapter that a reader could belong to."""

    def __init__(self, store: Path) -> None:
        """Say which index it is."""
        super().__init__(
            f"{str(store)!r}: found an encoder without an adapter, expected one with the adapter "
            "that the reader is to belong to; build the index without --no-adapter"
        )
        self.store = store


class UnknownDocument(EvalError):
    """Raised when a document that is to be kept out of training is not in the index."""

    def __init__(self, unknown: Sequence[str], known: Sequence[str]) -> None:
        """Say which are not there, and which are."""
        super().__init__(
            f"found {', '.join(map(repr, unknown))} to be kept out, expected files of the index: "
            f"{', '.join(map(repr, known))}"
        )
        self.unknown = tuple(unknown)
