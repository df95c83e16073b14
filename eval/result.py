"""What one evaluation found out, in a form that can be kept and compared later."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import JsonValue, TypeAdapter, ValidationError

from corpus.document import Span
from eval.cases import Case
from eval.errors import ResultFileError
from eval.measures.chance import Interval, Score
from rag.answer import Answer, Citation, FoundPassage, Status

FORMAT = 1
"""Raised when a saved result can no longer be compared with a new one."""


@dataclass(frozen=True, slots=True)
class QuotationCheck:
    """What was found out about one quotation."""

    citation: Citation
    is_verbatim: bool
    notes_verbatim: bool
    """Whether the notes that hang on it stand in the file word for word."""
    locator_faults: tuple[str, ...]
    groups: tuple[int, ...]
    """Evidence groups that it serves."""
    evidence: tuple[Span, ...]
    """Ranges of the quotation that are evidence."""


@dataclass(frozen=True, slots=True)
class PassageCheck:
    """What was found out about one passage of the ranking."""

    passage: FoundPassage
    groups: tuple[int, ...]
    """Evidence groups that it finds."""
    evidence: tuple[Span, ...]
    """Ranges of the passage that are evidence."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case, what the assistant made of it, and what that was worth."""

    case: Case
    status: Status | None
    """``None`` where the assistant failed."""
    confidence: float
    seconds: float
    """From question to answer."""
    error: str = ""
    """Why there is no answer."""
    answer: Answer | None = None
    quotations: tuple[QuotationCheck, ...] = ()
    """The answer's citations."""
    nearest: tuple[QuotationCheck, ...] = ()
    """What a silence offers as standing nearest."""
    passages: tuple[PassageCheck, ...] = ()
    evidence: tuple[tuple[str, ...], ...] = ()
    """The words of the expected evidence, group by group."""
    scores: Mapping[str, Score] = field(default_factory=dict)
    """By name of measure; a measure that says nothing about the case is missing."""

    @property
    def is_silent(self) -> bool:
        """Whether the reply was that the library does not answer."""
        return self.status is Status.NOT_IN_CORPUS

    @property
    def text(self) -> str:
        """The words of the answer; empty for a silence."""
        return self.answer.answer if self.answer is not None and not self.is_silent else ""

    def value(self, measure: str) -> float | None:
        """Give the case's own figure in a measure."""
        score = self.scores.get(measure)
        return score.value / score.weight if score is not None and score.weight else None


@dataclass(frozen=True, slots=True)
class SkippedCase:
    """A case that could not be asked because the library lacks its documents."""

    case: str
    """Its key."""
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure over all its cases."""

    measure: str
    value: float
    interval: Interval | None
    cases: int


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What has to be known to compare two runs."""

    made_at: str
    """UTC, ISO 8601."""
    commit: str | None
    """Revision of the project, with ``+`` where files differed from it."""
    machine: str
    versions: Mapping[str, str]
    settings: Mapping[str, JsonValue]
    manifest: Mapping[str, JsonValue]
    """The index's own account of itself."""
    case_files: Mapping[str, str]
    """File name and SHA-256."""


@dataclass(frozen=True, slots=True)
class Run:
    """The result of an evaluation."""

    format: int
    circumstances: Circumstances
    seconds: float
    fingerprint: str
    """Digest of all that must be the same when the same run is made again; times are left out."""
    figures: tuple[Figure, ...]
    results: tuple[CaseResult, ...]
    skipped: tuple[SkippedCase, ...] = ()


_RUN = TypeAdapter(Run)


def to_json(run: Run) -> str:
    """Write a result as JSON."""
    return _RUN.dump_json(run, indent=1, exclude_defaults=True).decode() + "\n"


def load_run(path: Path) -> Run:
    """Read a saved result.

    Raises:
        ResultFileError: If the file is none, or of another format.
    """
    try:
        text = path.read_text(encoding="utf-8")
        written = json.loads(text)
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ResultFileError(path, f"no JSON ({error})") from error
    found = written.get("format") if isinstance(written, dict) else None
    if found != FORMAT:
        raise ResultFileError(path, f"format {found!r} instead of {FORMAT}")
    try:
        return _RUN.validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        field_name = ".".join(str(part) for part in first["loc"])
        raise ResultFileError(path, f"{first['msg'].lower()} at {field_name}") from error


def without_texts(run: Run) -> Run:
    """Keep scores and drop words: small, and free of the library's sentences."""
    kept = (
        replace(result, answer=None, quotations=(), nearest=(), passages=(), evidence=())
        for result in run.results
    )
    return replace(run, results=tuple(kept))


def fingerprint(results: tuple[CaseResult, ...]) -> str:
    """Give a digest of what the assistant said and what it scored, without times."""
    digest = hashlib.sha256()
    for result in sorted(results, key=lambda r: r.case.key):
        said = [
            result.case.key,
            result.status,
            result.error,
            f"{result.confidence:.4f}",
            result.text,
            [[q.citation.document.sha256, q.citation.source_spans] for q in result.quotations],
            [[p.passage.document.sha256, p.passage.source_spans] for p in result.passages],
        ]
        digest.update(json.dumps(said, ensure_ascii=False).encode())
    return digest.hexdigest()[:16]
