"""Everything the corpus package can raise.

CorpusError
├── NothingToRead
├── CatalogError
└── ReadingError
    ├── UnknownFormat
    ├── EmptyFile
    ├── BinaryFile
    ├── BrokenFile
    ├── ConverterMissing
    └── UndecodableFile
"""

from __future__ import annotations

from pathlib import Path


class CorpusError(Exception):
    """Anything that keeps a library from being read."""


class NothingToRead(CorpusError):
    """Raised when the paths that were named hold no file that can be read."""

    def __init__(self, path: Path, found: str) -> None:
        """Say where nothing was found, and what stands there instead."""
        super().__init__(
            f"{str(path)!r}: found {found}, expected a file or a folder with .txt or .md files; "
            "name a path that exists"
        )
        self.path = path


class CatalogError(CorpusError):
    """Raised when a ``catalog.toml`` cannot be understood."""

    def __init__(self, path: Path, found: str, expected: str) -> None:
        """Say what the catalogue holds and what it should."""
        super().__init__(
            f"{str(path)!r}: found {found}, expected {expected}; correct the catalogue"
        )
        self.path = path


class ReadingError(CorpusError):
    """Raised when one file cannot be read; the others are not affected."""

    def __init__(self, path: Path, found: str, expected: str, remedy: str) -> None:
        """Say what the file is, what it should be and what to do."""
        super().__init__(f"{str(path)!r}: found {found}, expected {expected}; {remedy}")
        self.path = path


class UnknownFormat(ReadingError):
    """Raised when no reader knows the file's ending."""


class EmptyFile(ReadingError):
    """Raised when a file has no text in it."""


class BinaryFile(ReadingError):
    """Raised when a file that should be text holds control bytes."""


class BrokenFile(ReadingError):
    """Raised when a file is not sound in the format that its ending names."""


class ConverterMissing(ReadingError):
    """Raised when the extra that converts a file's format is not installed."""


class UndecodableFile(ReadingError):
    """Raised when no encoding turns the file's bytes into text."""
