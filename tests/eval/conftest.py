"""A book of five sentences, a shelf it stands on, and someone who answers from it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pytest

from corpus.document import (
    Document,
    DocumentId,
    Note,
    PageStart,
    PassageId,
    Section,
    Span,
)
from corpus.source_map import SourceMap
from eval.cases import Case, EvidenceSpan
from eval.folder_shelf import ReadDocument
from eval.harness import run_cases
from eval.library import Library
from eval.result import Circumstances
from rag.answer import (
    Answer,
    Citation,
    DocumentReference,
    Footnote,
    FoundPassage,
    IndexReference,
    SearchResult,
    Status,
    Turn,
)

FILE = "mill.txt"
SOURCE = (
    "The mill at Verkhny ground 412 sacks in the spring of 1922.<sup>1</sup> Its miller, Agafya "
    "Lund, kept\nthe ledger by candle. The *river* froze early and the wheel stood still until "
    "the organi-\nzation of carters brought coal. Nobody paid her for the ice she cut. In autumn "
    "the mill burned.\n<sup>1</sup> Ledger of the mill, folio 9.\n"
)
_LEFT_OUT = re.compile(r"<sup>1</sup> ?|\*|-\n(?=zation)|\n$")


def _clean(source: str) -> tuple[str, SourceMap]:
    """Leave out marks, emphasis and the line-break hyphen, and fold line breaks."""
    text, runs, at = "", [], 0
    for gap in [*_LEFT_OUT.finditer(source), None]:
        end = gap.start() if gap else len(source)
        if end > at:
            runs.append((len(text), at, end - at))
            text += source[at:end].replace("\n", " ")
        # The space behind the mark belongs to the text.
        at = (gap.end() - gap.group().endswith("> ")) if gap else end
    return text, SourceMap(runs, source=source)


class Book:
    """The book, and citations, passages and evidence made of its words."""

    def __init__(self):
        text, source_map = _clean(SOURCE)
        digest = hashlib.sha256(SOURCE.encode()).hexdigest()
        body_end = text.index(" Ledger of")
        self.document = Document(
            id=DocumentId(digest[:16]),
            file=FILE,
            sha256=digest,
            title="The Mill",
            author="O. Harrow",
            year=1931,
            source=SOURCE,
            text=text,
            body_end=body_end,
            source_map=source_map,
            sections=(Section(("Part one", "The spring"), 0, body_end),),
            notes=(Note("1", body_end + 1, len(text), ("Part one", "The spring"), None),),
            pages=(PageStart(0, "7"),),
        )
        self.reference = DocumentReference(
            self.document.id, FILE, digest, "The Mill", "O. Harrow", 1931
        )

    def range(self, words):
        start = self.document.text.index(words)
        return start, start + len(words)

    def footnote(self):
        note = self.document.notes[0]
        spans = self.document.source_spans(note.start, note.end)
        return Footnote("1", self.document.note_text(note), None, spans)

    def citation(self, words, *, number=1, notes=False):
        start, end = self.range(words)
        return Citation(
            number=number,
            quote=words.replace("1922.", "1922.[^1]"),
            document=self.reference,
            section=("Part one", "The spring"),
            page="7",
            start=start,
            end=end,
            source_spans=self.document.source_spans(start, end),
            footnotes=(self.footnote(),) if notes else (),
            kind="body",
            score=1.0,
        )

    def passage(self, words, rank=1):
        start, end = self.range(words)
        return FoundPassage(
            id=PassageId(f"{start}"),
            rank=rank,
            score=1.0 / rank,
            text=words,
            document=self.reference,
            section=("Part one", "The spring"),
            page="7",
            start=start,
            end=end,
            source_spans=self.document.source_spans(start, end),
            footnotes=(),
            kind="body",
        )

    def span(self, words):
        """Evidence, from the first to the last letter in the file."""
        spans = self.document.source_spans(*self.range(words))
        return EvidenceSpan(FILE, spans[0].start, spans[-1].end)


class FakeShelf:
    """An index's documents: this one book, read from this path."""

    def __init__(self, book, path=FILE):
        self._document = ReadDocument(book.document, path)

    def catalogue(self):
        return [self._document]

    def origins(self):
        return {self._document.id: self._document}

    def document(self, document):
        assert document == self._document.id
        return self._document


@dataclass(frozen=True)
class Script:
    """What is answered, and found, for one question."""

    answer: Answer
    passages: tuple[FoundPassage, ...] = ()


class ScriptedAssistant:
    """Answers from a script; a question that is not in it is an error."""

    def __init__(self, script: Mapping[str, Script]):
        self._script = script
        self.histories: dict[str, Sequence[Turn]] = {}

    def ask(self, question, *, history=()):
        self.histories[question] = history
        if question not in self._script:
            raise LookupError(f"no script for {question!r}")
        return self._script[question].answer

    def search(self, query, *, history=(), limit=10):
        assert history == self.histories.get(query, ())
        found = self._script[query].passages if query in self._script else ()
        return SearchResult(query, found[:limit])


FIRST = "The mill at Verkhny ground 412 sacks in the spring of 1922."
SECOND = "Its miller, Agafya Lund, kept the ledger by candle."
THIRD = (
    "The river froze early and the wheel stood still until the organization of carters "
    "brought coal."
)
CASES = (
    ("sacks", "number", "How much did the mill grind in 1922?", FIRST, ("412",)),
    ("miller", "person", "Who kept the ledger?", SECOND, ("Agafya Lund",)),
    ("coal", "cause", "Who brought coal?", THIRD, ("carters",)),
)
UNANSWERABLE = "Who owned the mill?"


@pytest.fixture(scope="session")
def book():
    return Book()


@pytest.fixture
def shelf(book):
    return FakeShelf(book)


@pytest.fixture
def library(shelf):
    return Library(shelf)


@pytest.fixture
def read_from(book):
    """Give the library of an index whose document was read from this path."""

    def make(path, *, folders=()):
        return Library(FakeShelf(book, str(path)), folders=folders)

    return make


@pytest.fixture
def circumstances():
    return Circumstances("2024-01-01T00:00:00+00:00", "abc", "none", {}, {}, {}, {})


@pytest.fixture(scope="session")
def cases(book):
    asked = [
        Case(
            id=name,
            file="mill",
            kind=kind,
            style="natural",
            question=question,
            history=(),
            answerable=True,
            answer="",
            facts=(facts,),
            evidence=((book.span(words),),),
            footnotes=(),
            conflict=False,
            documents=(FILE,),
        )
        for name, kind, question, words, facts in CASES
    ]
    silent = replace(
        asked[0],
        id="owner",
        kind="unanswerable",
        question=UNANSWERABLE,
        answerable=False,
        facts=(),
        evidence=(),
    )
    return (*asked, silent)


@pytest.fixture(scope="session")
def answered(book):
    """Make an answer of one quotation."""

    def make(words, *, confidence=0.9, notes=False):
        citation = book.citation(words, notes=notes)
        return Answer(
            status=Status.ANSWERED,
            answer=f"{citation.quote} [1]",
            confidence=confidence,
            citations=(citation,),
            query="",
            index=IndexReference("g1", 1, 5),
        )

    return make


@pytest.fixture(scope="session")
def silence():
    """The answer that the library does not say."""
    return Answer(
        Status.NOT_IN_CORPUS, "The library does not say.", 0.1, (), "", IndexReference("g1", 1, 5)
    )


@pytest.fixture
def perfect(book, answered, silence):
    """Someone who knows."""
    script = {
        question: Script(answered(words, notes=True), (book.passage(words),))
        for _, _, question, words, _ in CASES
    }
    return ScriptedAssistant({**script, UNANSWERABLE: Script(silence)})


@pytest.fixture
def mute(silence):
    """Someone who finds and says nothing."""
    return ScriptedAssistant({q: Script(silence) for q in [*(c[2] for c in CASES), UNANSWERABLE]})


@pytest.fixture
def scripted():
    """Make someone who answers from a script."""

    def make(script):
        return ScriptedAssistant({q: Script(*given) for q, given in script.items()})

    return make


@pytest.fixture
def spans():
    """Make source spans of pairs."""

    def make(*pairs):
        return tuple(Span(*pair) for pair in pairs)

    return make


@pytest.fixture
def evaluate(cases, library, circumstances):
    """Run the cases, or others, through someone."""

    def run(respondent, asked=cases, **options):
        return run_cases(respondent, asked, library=library, circumstances=circumstances, **options)

    return run
