"""Helps a scholar write a case: ask, look at what is found, mark the evidence, give the facts.

What is typed and shown goes through a ``Desk``, so that nothing here knows of a terminal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from corpus.document import Span
from corpus.sentences import split_sentences
from eval.cases import Case, EvidenceSpan, ExpectedNote, load_cases, parse_case
from eval.checking import evidence_text, missing_facts
from eval.errors import BadMarking
from eval.harness import Respondent
from eval.library import Library
from rag.answer import Answer, FoundPassage

_MARKING = re.compile(r"(?P<passage>\d+)(?:\.(?P<first>\d+)(?:-(?P<last>\d+))?)?")
_HOW_TO_MARK = (
    "Evidence: a passage (2) or some of its sentences (2.1 or 2.1-3); part alternatives with |, "
    "and what is needed besides with ; (empty: the library does not answer)"
)
_EXPECTED_MARKING = "a passage or its sentences, such as 2 or 2.1-3"

T = TypeVar("T")


class Desk(Protocol):
    """Where a writer is asked things and shown things.

    - ``ask`` gives what was typed, without the line end, or ``default`` where that is nothing.
    """

    def ask(self, prompt: str, *, default: str = "") -> str:
        """Ask for one line."""

    def show(self, text: str) -> None:
        """Show some lines."""


@dataclass(frozen=True, slots=True)
class Marked:
    """Evidence as it was marked, with the passages it stands in."""

    groups: tuple[tuple[EvidenceSpan, ...], ...]
    passages: tuple[FoundPassage, ...]


def write_case(path: Path, respondent: Respondent, library: Library, desk: Desk) -> Case:
    """Make one case with a writer's help and add it to a file.

    Args:
        path: A case file; it is made where there is none.
        respondent: Asked the new question, so that the writer sees what is found.
        library: Tells where in the files the evidence stands.
        desk: Where the writer sits.

    Returns:
        The case as it was added.
    """
    question = _until_given(desk, "Question")
    _show_reply(respondent.ask(question), desk)
    passages = respondent.search(question).passages
    _show_passages(passages, desk)
    marked = _retry(desk, _HOW_TO_MARK, lambda typed: mark(typed, passages, library))
    row: dict[str, object] = {
        "id": desk.ask("Id", default=_next_id(path)),
        "kind": desk.ask("Kind", default="fact" if marked.groups else "unanswerable"),
        "style": desk.ask("Style", default="natural"),
        "question": question,
        "answerable": bool(marked.groups),
        "answer": desk.ask("Answer in your own words, for readers"),
        "facts": _facts(marked, library, desk) if marked.groups else [],
        "evidence": [[_plain(span) for span in group] for group in marked.groups],
        "footnotes": [asdict(note) for note in _notes(marked.passages, desk)],
    }
    return _add(row, path)


def mark(typed: str, passages: Sequence[FoundPassage], library: Library) -> Marked:
    """Understand which passages and sentences a writer marked.

    Raises:
        BadMarking: If a number names nothing that was shown.
    """
    groups = [
        [_one_marking(part.strip(), passages) for part in group.split("|")]
        for group in typed.split(";")
        if group.strip()
    ]
    return Marked(
        tuple(tuple(_span(*marking, library) for marking in group) for group in groups),
        tuple(passage for group in groups for passage, _ in group),
    )


def _one_marking(typed: str, passages: Sequence[FoundPassage]) -> tuple[FoundPassage, Span]:
    """Give the passage and the range of the document's clean text that a marking means."""
    parsed = _MARKING.fullmatch(typed)
    if parsed is None or not 1 <= int(parsed["passage"]) <= len(passages):
        raise BadMarking(typed, f"{_EXPECTED_MARKING}, passages from 1 to {len(passages)}")
    passage = passages[int(parsed["passage"]) - 1]
    sentences = split_sentences(passage.text)
    first = int(parsed["first"] or 1)
    last = int(parsed["last"] or parsed["first"] or len(sentences))
    if not 1 <= first <= last <= len(sentences):
        raise BadMarking(typed, f"sentences from 1 to {len(sentences)} of passage {passage.rank}")
    start, end = sentences[first - 1].start, sentences[last - 1].end
    return passage, Span(passage.start + start, passage.start + end)


def _span(passage: FoundPassage, marked: Span, library: Library) -> EvidenceSpan:
    """Trace a marking to the file, leaving out a page foot that stands in the middle of it."""
    pieces = library.document(passage.document.id).source_spans(*marked)
    whole = Span(pieces[0].start, pieces[-1].end)
    told = sum(end - start for start, end in pieces)
    # Half of a span has to be found for it to count, so most of it must be the words themselves.
    if whole.start < whole.end <= whole.start + 1.25 * told:
        return EvidenceSpan(passage.document.file, *whole)
    return EvidenceSpan(passage.document.file, *max(pieces, key=lambda p: p.end - p.start))


def _facts(marked: Marked, library: Library, desk: Desk) -> list[list[str]]:
    evidence = [evidence_text(span, library) for group in marked.groups for span in group]
    facts: list[list[str]] = []
    while True:
        typed = desk.ask(f"Fact {len(facts) + 1} (other wordings after |, empty when done)")
        fact = [form.strip() for form in typed.split("|") if form.strip()]
        if not fact and facts:
            return facts
        problems = list(missing_facts([fact], evidence)) if fact else ["expected at least one fact"]
        desk.show("\n".join(problems))
        facts += [] if problems else [fact]


def _notes(passages: Sequence[FoundPassage], desk: Desk) -> list[ExpectedNote]:
    hanging = {(p.document.file, n.marker): n.text for p in passages for n in p.footnotes}
    expected = []
    for (document, marker), text in hanging.items():
        desk.show(f"note {marker}: {text}")
        words = desk.ask(f"Words that note {marker} must bring (others after |, empty: none)")
        contains = tuple(part.strip() for part in words.split("|") if part.strip())
        expected += [ExpectedNote(document, marker, contains)] if contains else []
    return expected


def _add(row: dict[str, object], path: Path) -> Case:
    written = json.dumps(row, ensure_ascii=False)
    case = parse_case(written, path)
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    line_end = "" if not before or before.endswith("\n") else "\n"
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{line_end}{written}\n")
    return case


def _next_id(path: Path) -> str:
    has_cases = path.exists() and path.read_text(encoding="utf-8").strip()
    files = load_cases([path]) if has_cases else ()
    known = {case.id for file in files for case in file.cases}
    numbers = range(len(known) + 1, 2 * len(known) + 2)
    return next(name for n in numbers if (name := f"{path.stem}-{n:03}") not in known)


def _plain(span: EvidenceSpan) -> dict[str, object]:
    return {name: value for name, value in asdict(span).items() if value is not None}


def _until_given(desk: Desk, prompt: str) -> str:
    while True:
        typed = desk.ask(prompt).strip()
        if typed:
            return typed


def _retry(desk: Desk, prompt: str, understand: Callable[[str], T]) -> T:
    while True:
        try:
            return understand(desk.ask(prompt))
        except BadMarking as error:
            desk.show(str(error))


def _show_reply(answer: Answer, desk: Desk) -> None:
    desk.show(f"{answer.status} ({answer.confidence:.2f}): {answer.answer}")


def _show_passages(passages: Sequence[FoundPassage], desk: Desk) -> None:
    for number, passage in enumerate(passages, start=1):
        place = ", ".join([passage.document.title, *passage.section])
        sentences = split_sentences(passage.text)
        lines = [
            f"  {number}.{i} {passage.text[start:end]}"
            for i, (start, end) in enumerate(sentences, start=1)
        ]
        desk.show("\n".join([f"{number}  {place}", *lines]))
