"""Questions with known facts, as a scholar writes them: one JSON object a line.

This module reads and checks such files. Whether the facts stand in the evidence is left to
``eval.checking``, which needs the texts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    NonNegativeInt,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from eval.errors import CaseFileError, Fault, NoCases
from rag.answer import DocumentReference, Turn

_SHOWN_CHARS = 60


@dataclass(frozen=True, slots=True)
class EvidenceSpan:
    """A stretch of a source file that holds what a question asks for."""

    document: str
    """File name, or document id."""
    start: int
    end: int
    """Half-open, in code points of the file."""
    section: str | None = None
    """The heading it stands under, where the writer gave one."""
    page: str | None = None
    """The printed page label, where the writer gave one."""


@dataclass(frozen=True, slots=True)
class ExpectedNote:
    """An author's note that an answer should bring along."""

    document: str
    number: str
    contains: tuple[str, ...]
    """Strings that all stand in the note."""


@dataclass(frozen=True, slots=True)
class Case:
    """One question and what is known about its answer."""

    id: str
    """Its own within its file."""
    file: str
    """Name of its file without the ending."""
    kind: str
    style: str
    question: str
    history: tuple[Turn, ...]
    answerable: bool
    answer: str
    """A reference in other words, for people to read; it is never compared."""
    facts: tuple[tuple[str, ...], ...]
    """Each fact is a list of strings, any of which states it."""
    evidence: tuple[tuple[EvidenceSpan, ...], ...]
    """Each group lists spans that serve equally well."""
    footnotes: tuple[ExpectedNote, ...]
    conflict: bool
    """Whether the sources disagree."""
    documents: tuple[str, ...]
    """What the library must hold for the question to mean anything."""
    line: int = field(default=0, compare=False)
    """Where it stands in its file, from 1."""

    @property
    def key(self) -> str:
        """What it is called among the cases of several files."""
        return f"{self.file}/{self.id}"


@dataclass(frozen=True, slots=True)
class CaseFile:
    """The cases of one file, in its order."""

    path: Path
    cases: tuple[Case, ...]


def is_named(document: DocumentReference, name: str) -> bool:
    """Tell whether a case means this document by this name."""
    return name in (document.file, PurePath(document.file).name, document.id)


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Row(BaseModel):
    """What rows of a case file have in common: known fields only, and no silent conversion."""

    model_config = ConfigDict(extra="forbid", strict=True)


class _SpanRow(_Row):
    document: Text
    start: NonNegativeInt
    end: NonNegativeInt
    section: Text | None = None
    page: Text | None = None

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> Self:
        if self.end <= self.start:
            raise ValueError(f"the span ends at {self.end}, expected after its start {self.start}")
        return self


class _NoteRow(_Row):
    document: Text
    number: Text
    contains: list[Text] = []


class _TurnRow(_Row):
    role: Literal["user", "assistant"]
    content: Text


class _CaseRow(_Row):
    id: Text
    kind: Text
    style: Text = "natural"
    question: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    history: list[_TurnRow] = []
    answerable: bool = True
    answer: str = ""
    facts: list[list[Text]] = []
    evidence: list[list[_SpanRow]] = []
    footnotes: list[_NoteRow] = []
    conflict: bool = False
    documents: list[Text] | None = None
    comment: str = ""

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Self:
        if self.answerable and not (self.facts and self.evidence):
            raise ValueError("an answerable case without facts or evidence, expected both")
        if not self.answerable and (self.facts or self.evidence):
            raise ValueError("an unanswerable case with facts or evidence, expected neither")
        if not all(self.facts) or not all(self.evidence):
            raise ValueError("an empty fact or evidence group, expected at least one entry in each")
        return self


@dataclass(frozen=True, slots=True)
class _Line:
    path: Path
    number: int
    row: _CaseRow


def load_cases(paths: Iterable[Path]) -> tuple[CaseFile, ...]:
    """Read case files, and the ``.jsonl`` files of folders.

    Args:
        paths: Files or folders.

    Returns:
        One record a file, folders in order of file name.

    Raises:
        NoCases: If a path is missing or holds none.
        CaseFileError: If any line cannot be used; it names them all.
    """
    faults: list[Fault] = []
    files = [(path, _read_lines(path, faults)) for path in _find_case_files(paths)]
    faults.extend(_repeated_ids([line for _, lines in files for line in lines]))
    if faults:
        raise CaseFileError(faults)
    return tuple(_case_file(path, lines) for path, lines in files)


def parse_case(text: str, path: Path, line: int = 1) -> Case:
    """Understand one line of a case file by itself.

    Raises:
        CaseFileError: If it cannot be used.
    """
    faults: list[Fault] = []
    row = _parse_row(text, path, line, faults)
    if row is None:
        raise CaseFileError(faults)
    return _case(_Line(path, line, row), _named_documents(row))


def _find_case_files(paths: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        here = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
        if not here or not all(file.is_file() for file in here):
            raise NoCases(path)
        found.extend(file for file in here if file not in found)
    return found


def _read_lines(path: Path, faults: list[Fault]) -> list[_Line]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        faults.append(Fault(path, 0, f"found a byte at {error.start} that is not UTF-8"))
        return []
    lines = []
    # Not splitlines: a JSON string may hold U+2028 and its like, which are no line ends here.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            row = _parse_row(line, path, number, faults)
            lines += [_Line(path, number, row)] if row is not None else []
    if not lines and not faults:
        faults.append(Fault(path, 0, "found no case, expected one JSON object a line"))
    return lines


def _parse_row(text: str, path: Path, line: int, faults: list[Fault]) -> _CaseRow | None:
    try:
        json.loads(text)
        return _CaseRow.model_validate_json(text)
    except json.JSONDecodeError as error:
        message = f"found no JSON at column {error.colno} ({error.msg}), expected one object a line"
        faults.append(Fault(path, line, message))
    except ValidationError as error:
        faults.extend(Fault(path, line, _in_words(details)) for details in error.errors())
    return None


def _in_words(details: ErrorDetails) -> str:
    """Say what pydantic found in the words of the other messages."""
    field = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in details["loc"]).lstrip(".")
    where = f"{field}: " if field else ""
    found = repr(details["input"])
    found = found if len(found) <= _SHOWN_CHARS else found[:_SHOWN_CHARS] + "..."
    match details["type"]:
        case "missing":
            return f"{where}found nothing, expected this field"
        case "extra_forbidden":
            known = ", ".join(_CaseRow.model_fields)
            return f"{where}found an unknown field, expected one of a case's ({known})"
        case "value_error":
            return f"{where}found {details['msg'].removeprefix('Value error, ')}"
        case _:
            expected = details["msg"].removeprefix("Input should be ").removeprefix("Input should ")
            return f"{where}found {found}, expected {expected[:1].lower()}{expected[1:]}"


def _repeated_ids(lines: Sequence[_Line]) -> list[Fault]:
    first: dict[tuple[str, str], _Line] = {}
    faults = []
    for line in lines:
        seen = first.setdefault((line.path.stem, line.row.id), line)
        if seen is not line:
            message = (
                f"id: found {line.row.id!r} again (first at {seen.path}:{seen.number}), "
                "expected an id of its own"
            )
            faults.append(Fault(line.path, line.number, message))
    return faults


def _named_documents(row: _CaseRow) -> tuple[str, ...]:
    if row.documents is not None:
        return tuple(row.documents)
    spans = [span.document for group in row.evidence for span in group]
    return tuple(dict.fromkeys(spans + [note.document for note in row.footnotes]))


def _case_file(path: Path, lines: Sequence[_Line]) -> CaseFile:
    """Put the cases together; a question without an answer has none in the whole file's library."""
    library = tuple(dict.fromkeys(d for line in lines for d in _named_documents(line.row)))
    return CaseFile(
        path,
        tuple(_case(line, _named_documents(line.row) or library) for line in lines),
    )


def _case(line: _Line, documents: tuple[str, ...]) -> Case:
    row = line.row
    return Case(
        id=row.id,
        file=line.path.stem,
        kind=row.kind,
        style=row.style,
        question=row.question,
        history=tuple(Turn(turn.role, turn.content) for turn in row.history),
        answerable=row.answerable,
        answer=row.answer,
        facts=tuple(tuple(fact) for fact in row.facts),
        evidence=tuple(
            tuple(EvidenceSpan(**span.model_dump()) for span in group) for group in row.evidence
        ),
        footnotes=tuple(
            ExpectedNote(note.document, note.number, tuple(note.contains)) for note in row.footnotes
        ),
        conflict=row.conflict,
        documents=documents,
        line=line.number,
    )
