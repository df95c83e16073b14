"""The bodies of questions and answers, and the one function that turns each record into its body.

The command line prints the same bodies, so ``ibid ask --json`` and ``POST /v1/ask`` agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from rag.answer import (
    Answer,
    Citation,
    Conflict,
    DocumentReference,
    Filters,
    Footnote,
    FoundPassage,
    SearchResult,
    Turn,
)
from rag.interpreter import LONGEST_QUESTION

HISTORY_TURNS = 100
MESSAGE_CHARS = 20_000
NAMES = 100
"""How many authors or documents one filter may name."""
HIGHEST_YEAR = 9_999

HOME_PATH = "/"
VIEW_PATH = "/view"
DOCS_PATH = "/docs"

SpanBody = tuple[int, int]
"""``[start, end]`` in Unicode code points, from 0, end-exclusive."""

# Only described here: the assistant itself refuses a question that is too long, with a better word.
QuestionText = Annotated[
    str, Field(json_schema_extra={"minLength": 1, "maxLength": LONGEST_QUESTION})
]
Name = Annotated[str, Field(min_length=1, max_length=500)]
Year = Annotated[int, Field(ge=0, le=HIGHEST_YEAR)]


class _Request(BaseModel):
    # A mistyped name must not pass in silence: a filter that is ignored widens the answer.
    model_config = ConfigDict(extra="forbid", frozen=True)


class Body(BaseModel):
    """Part of a reply; it does not change once it is written."""

    model_config = ConfigDict(frozen=True)


class TurnBody(_Request):
    """One earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: Annotated[str, Field(max_length=MESSAGE_CHARS)]


class FiltersBody(_Request):
    """What the answer is confined to; empty means the whole library."""

    author: Annotated[list[Name], Field(max_length=NAMES)] = []
    document: Annotated[list[Name], Field(max_length=NAMES)] = []
    """Document ids or file names."""
    year_from: Year | None = None
    year_to: Year | None = None


History = Annotated[list[TurnBody], Field(max_length=HISTORY_TURNS)]


class AskRequest(_Request):
    """A question; only ``question`` is needed."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "question": "What were the scissors that Trotsky spoke of?",
                    "filters": {"year_from": 1990},
                    "limit": 3,
                }
            ]
        }
    )

    question: QuestionText
    history: History = []
    filters: FiltersBody = FiltersBody()
    limit: Annotated[int, Field(ge=1, le=20)] = 3
    """How many quotations at most."""
    stream: bool = False
    """Whether to send the reply as server-sent events, as its parts become known."""


class SearchRequest(_Request):
    """A query; only ``query`` is needed."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"query": "scissors crisis prices", "limit": 5}]}
    )

    query: QuestionText
    history: History = []
    filters: FiltersBody = FiltersBody()
    limit: Annotated[int, Field(ge=1, le=100)] = 10
    """How many passages at most."""


class DocumentReferenceBody(Body):
    """Enough about a document to cite it."""

    id: str
    file: str
    sha256: str
    title: str
    author: str | None
    year: int | None


class FootnoteBody(Body):
    """The author's own note on a quotation."""

    marker: str
    text: str
    resolved: str | None
    """The work that an ``Ibid.`` or a short title stands for."""
    source_spans: list[SpanBody]


class CitationBody(Body):
    """A quotation that stands word for word in the source file, and its place."""

    number: int
    quote: str
    document: DocumentReferenceBody
    section: list[str]
    page: str | None
    start: int
    end: int
    source_spans: list[SpanBody]
    footnotes: list[FootnoteBody]
    kind: Literal["body", "note"]
    score: float
    reference: str
    """The full reference, as a note of a book would give it."""
    url: str


class ConflictBody(Body):
    """A matter on which the quotations differ."""

    about: str
    sides: list[list[int]]


class IndexBody(Body):
    """The index that answered."""

    generation: str
    documents: int
    passages: int


class AnswerBody(Body):
    """The reply to a question, an abstention included."""

    status: Literal["answered", "partial", "not_in_corpus"]
    answer: str
    confidence: float
    citations: list[CitationBody]
    conflicts: list[ConflictBody]
    nearest: list[CitationBody]
    query: str
    index: IndexBody
    generator: str
    timings_ms: dict[str, float]


class PassageBody(Body):
    """A passage that was found, and its place."""

    rank: int
    score: float
    text: str
    document: DocumentReferenceBody
    section: list[str]
    page: str | None
    start: int
    end: int
    source_spans: list[SpanBody]
    footnotes: list[FootnoteBody]
    kind: str
    url: str


class UnderstoodBody(Body):
    """First event of a streamed answer."""

    query: str


class PassagesBody(Body):
    """Second event of a streamed answer: what was found, best first."""

    passages: list[PassageBody]


class DoneBody(Body):
    """Last event of a streamed answer."""

    status: str


class SearchBody(Body):
    """The passages found for a query, best first."""

    passages: list[PassageBody]
    query: str
    timings_ms: dict[str, float]


def turns(bodies: Iterable[TurnBody]) -> tuple[Turn, ...]:
    """Turn the history of a request into the assistant's own turns."""
    return tuple(Turn(role=body.role, content=body.content) for body in bodies)


def filters(body: FiltersBody) -> Filters:
    """Turn the filters of a request into the assistant's own."""
    return Filters(
        author=tuple(body.author),
        document=tuple(body.document),
        year_from=body.year_from,
        year_to=body.year_to,
    )


def answer_body(answer: Answer) -> AnswerBody:
    """Turn an answer into the reply of ``POST /v1/ask``."""
    return AnswerBody(
        status=answer.status.value,
        answer=answer.answer,
        confidence=answer.confidence,
        citations=[citation_body(citation) for citation in answer.citations],
        conflicts=[conflict_body(conflict) for conflict in answer.conflicts],
        nearest=[citation_body(citation) for citation in answer.nearest],
        query=answer.query,
        index=IndexBody.model_validate(answer.index, from_attributes=True),
        generator=answer.generator,
        timings_ms=timings_body(answer.timings_ms),
    )


def citation_body(citation: Citation) -> CitationBody:
    """Turn a citation into its body, with the link to the page that shows it."""
    return CitationBody(
        number=citation.number,
        quote=citation.quote,
        kind=citation.kind,
        score=citation.score,
        reference=citation.reference,
        **_place_of(citation),
    )


def conflict_body(conflict: Conflict) -> ConflictBody:
    """Turn a conflict into its body."""
    return ConflictBody(about=conflict.about, sides=[list(side) for side in conflict.sides])


def search_body(result: SearchResult) -> SearchBody:
    """Turn a search result into the reply of ``POST /v1/search``."""
    return SearchBody(
        passages=[passage_body(passage) for passage in result.passages],
        query=result.query,
        timings_ms=timings_body(result.timings_ms),
    )


def passage_body(passage: FoundPassage) -> PassageBody:
    """Turn a found passage into its body, with the link to the page that shows it."""
    return PassageBody(
        rank=passage.rank,
        score=passage.score,
        text=passage.text,
        kind=passage.kind,
        **_place_of(passage),
    )


def _place_of(found: Citation | FoundPassage) -> dict[str, Any]:
    """Give the fields that say where a quotation or a passage stands."""
    return {
        "document": reference_body(found.document),
        "section": list(found.section),
        "page": found.page,
        "start": found.start,
        "end": found.end,
        "source_spans": spans_body(found.source_spans),
        "footnotes": [footnote_body(note) for note in found.footnotes],
        "url": view_url(found.document.id, found.start, found.end),
    }


def reference_body(reference: DocumentReference) -> DocumentReferenceBody:
    """Turn a reference to a document into its body."""
    return DocumentReferenceBody.model_validate(reference, from_attributes=True)


def footnote_body(note: Footnote) -> FootnoteBody:
    """Turn a footnote into its body."""
    return FootnoteBody.model_validate(note, from_attributes=True)


def spans_body(spans: Iterable[Sequence[int]]) -> list[SpanBody]:
    """Turn spans into ``[start, end]`` pairs."""
    return [(start, end) for start, end in spans]


def timings_body(timings_ms: Mapping[str, float]) -> dict[str, float]:
    """Round the times to a hundredth of a millisecond; what is finer is noise."""
    return {stage: round(spent, 2) for stage, spent in timings_ms.items()}


def view_url(document: str, start: int, end: int) -> str:
    """Give the link to the page that shows a stretch of a document."""
    return f"{VIEW_PATH}?{urlencode({'document': document, 'start': start, 'end': end})}"
