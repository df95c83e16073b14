"""Everything the eval package can raise.

EvalError
├── CaseFileError
├── NoCases
├── ResultFileError
├── NothingToCompare
├── BadMarking
├── BadCollection
├── NoQuestions
└── ProcessFailed
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class EvalError(Exception):
    """Anything that keeps answers from being measured."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a file of cases."""

    path: Path
    line: int
    """Counted from 1; 0 where the whole file is meant."""
    message: str
    """What was found and what was expected."""

    def __str__(self) -> str:
        """Name the place the way editors do."""
        place = f"{self.path}:{self.line}" if self.line else str(self.path)
        return f"{place}: {self.message}"


class CaseFileError(EvalError):
    """Raised when a file of cases cannot be used as it stands."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Take every fault, so that they can be mended in one go."""
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


class NoCases(EvalError):
    """Raised when the paths that were named hold no file of cases."""

    def __init__(self, path: Path) -> None:
        """Say where nothing was found."""
        super().__init__(
            f"{str(path)!r}: found no cases, expected a .jsonl file or a folder with some; "
            "name a path that exists"
        )
        self.path = path


class ResultFileError(EvalError):
    """Raised when a saved result cannot be read."""

    def __init__(self, path: Path, found: str) -> None:
        """Say what the file holds instead."""
        super().__init__(
            f"{str(path)!r}: found {found}, expected a result written by 'ibid eval --json'; "
            "run the evaluation again to make one"
        )
        self.path = path


class NothingToCompare(EvalError):
    """Raised when two results have no case in common."""

    def __init__(self, now: int, before: int) -> None:
        """Say how many cases stand on each side."""
        super().__init__(
            f"found no case that is the same in both results ({now} now, {before} in the "
            "baseline), expected at least one; compare runs over the same case files"
        )


class BadMarking(EvalError):
    """Raised when what a writer marked as evidence cannot be found in the passage."""

    def __init__(self, marking: str, expected: str) -> None:
        """Say what was typed and what can be."""
        super().__init__(f"found {marking!r}, expected {expected}")
        self.marking = marking


class BadCollection(EvalError):
    """Raised when a test collection lacks a file, or a line of it cannot be understood."""

    def __init__(self, path: Path, found: str, expected: str) -> None:
        """Say which file, what it holds and what it should."""
        super().__init__(
            f"{str(path)!r}: found {found}, expected {expected}; a collection is a folder with "
            "corpus.jsonl, queries.jsonl and qrels/test.tsv, as BEIR has them"
        )
        self.path = path


class NoQuestions(EvalError):
    """Raised when files that were to hold questions hold none."""

    def __init__(self, paths: Sequence[Path]) -> None:
        """Say where nothing was found."""
        names = ", ".join(repr(str(path)) for path in paths)
        super().__init__(
            f"{names}: found no question, expected at least one; give a file of cases, or a .txt "
            "file with a question a line"
        )


class ProcessFailed(EvalError):
    """Raised when a process that was to be measured came to grief; its own words stand above."""

    def __init__(self, command: Sequence[str], code: int | None) -> None:
        """Say which process it was, and how it ended."""
        super().__init__(
            f"found a measured process that ended with {code}, expected 0; run it by itself to see "
            f"why: {shlex.join(command)}"
        )
