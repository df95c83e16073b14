"""Holds one reply against its case: what it found, what it quoted, and whether that is so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from corpus.document import Span
from eval.cases import Case, EvidenceSpan, is_named
from eval.highlights import highlights
from eval.library import Library
from eval.measures.evidence import groups_found, groups_quoted
from eval.measures.locators import contradicts, locator_faults
from eval.measures.verbatim import is_verbatim
from eval.result import CaseResult, PassageCheck, QuotationCheck
from eval.scores import score_case
from rag.answer import Answer, Citation, DocumentReference, FoundPassage


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back for one case, before it is looked at."""

    case: Case
    answer: Answer | None
    passages: tuple[FoundPassage, ...]
    seconds: float
    error: str = ""


def examine(reply: Reply, library: Library) -> CaseResult:
    """Check and score a reply."""
    case, answer = reply.case, reply.answer
    result = CaseResult(
        case=case,
        status=answer.status if answer is not None else None,
        confidence=answer.confidence if answer is not None else 0.0,
        seconds=reply.seconds,
        error=reply.error,
        answer=answer,
        quotations=_check_quotations(answer.citations if answer else (), case, library),
        nearest=_check_quotations(answer.nearest if answer else (), case, library),
        passages=tuple(_check_passage(passage, case, library) for passage in reply.passages),
        evidence=tuple(_words(group, library) for group in case.evidence),
    )
    return replace(result, scores=score_case(result))


def _check_quotations(
    citations: Iterable[Citation], case: Case, library: Library
) -> tuple[QuotationCheck, ...]:
    return tuple(_check_quotation(citation, case, library) for citation in citations)


def _check_quotation(citation: Citation, case: Case, library: Library) -> QuotationCheck:
    document, spans = citation.document, citation.source_spans
    slices = library.quoted_slices(document, spans)
    return QuotationCheck(
        citation=citation,
        is_verbatim=is_verbatim(citation.quote, slices),
        notes_verbatim=all(
            is_verbatim(note.text, library.quoted_slices(document, note.source_spans))
            for note in citation.footnotes
        ),
        locator_faults=_locator_faults(citation, case, library),
        groups=tuple(sorted(groups_quoted(case.evidence, {document: spans}))),
        evidence=_marked(citation.quote, document, spans, case, library),
    )


def _locator_faults(citation: Citation, case: Case, library: Library) -> tuple[str, ...]:
    if library.find(citation.document.id) is None:
        return ("document",)
    faults = locator_faults(citation, library.document(citation.document.id))
    named = [fault for s in _all_spans(case) for fault in contradicts(s, citation)]
    return tuple(dict.fromkeys([*faults, *named]))


def _check_passage(passage: FoundPassage, case: Case, library: Library) -> PassageCheck:
    document, spans = passage.document, passage.source_spans
    return PassageCheck(
        passage=passage,
        groups=tuple(sorted(groups_found(case.evidence, {document: spans}))),
        evidence=_marked(passage.text, document, spans, case, library),
    )


def _marked(
    text: str, document: DocumentReference, spans: Sequence[Span], case: Case, library: Library
) -> tuple[Span, ...]:
    wanted = [Span(s.start, s.end) for s in _all_spans(case) if is_named(document, s.document)]
    slices = library.quoted_slices(document, spans)
    if not wanted or len(slices) != len(spans):
        return ()
    return highlights(text, slices=slices, spans=spans, evidence=wanted)


def _all_spans(case: Case) -> list[EvidenceSpan]:
    return [span for group in case.evidence for span in group]


def _words(group: Sequence[EvidenceSpan], library: Library) -> tuple[str, ...]:
    found = ((library.find(span.document), span) for span in group)
    return tuple(
        library.slices(document, [Span(span.start, span.end)])[0]
        for document, span in found
        if document is not None
    )
