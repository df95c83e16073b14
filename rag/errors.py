"""Everything that asking a question can raise.

    RagError
    ├── EmptyQuestion
    ├── QuestionTooLong
    ├── UnknownFilter
    └── WeightsError

What the library does not answer is no error: it is an ``Answer`` whose status says so.
"""

from __future__ import annotations

from pathlib import Path


class RagError(Exception):
    """Anything that keeps a question from being answered, other than the library's silence."""


class EmptyQuestion(RagError):
    """Raised when a question has no letter and no digit in it."""

    def __init__(self) -> None:
        """Say what a question needs."""
        super().__init__("found an empty question, expected some words; ask something")


class QuestionTooLong(RagError):
    """Raised when a question is longer than a question can be."""

    def __init__(self, length: int, limit: int) -> None:
        """Say how long the question is and may be."""
        super().__init__(
            f"found a question of {length:,} characters, expected at most {limit:,}; shorten it"
        )
        self.length = length
        self.limit = limit


class UnknownFilter(RagError):
    """Raised when a filter names an author or a document that the library does not have."""

    def __init__(self, kind: str, value: str, known: tuple[str, ...]) -> None:
        """Say which name is not known, and which are."""
        some = ", ".join(repr(name) for name in known[:8])
        super().__init__(f"found the {kind} {value!r}, expected one of {some}; check the spelling")
        self.kind = kind
        self.value = value


class WeightsError(RagError):
    """Raised when a file of fitted weights does not fit the features of this version."""

    def __init__(self, path: Path, found: str, expected: str) -> None:
        """Say what the file holds and what it should."""
        super().__init__(f"{str(path)!r}: found {found}, expected {expected}; run `ibid eval fit`")
        self.path = path
