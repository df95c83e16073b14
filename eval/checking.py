"""Holds cases against the texts: do the facts stand in the evidence, do the notes exist."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corpus.document import Span
from eval.cases import Case, CaseFile, EvidenceSpan, ExpectedNote
from eval.errors import Fault
from eval.library import Library
from eval.measures.facts import fold_for_facts, is_stated


def check_files(files: Sequence[CaseFile], library: Library) -> tuple[Fault, ...]:
    """Give everything that is wrong with the cases, as far as the library's texts can tell.

    A document that the library lacks is no fault: the case cannot be checked, and is skipped
    when it is run.
    """
    return tuple(
        Fault(file.path, case.line, message)
        for file in files
        for case in file.cases
        for message in faults(case, library)
    )


def faults(case: Case, library: Library) -> Iterator[str]:
    """Say what is wrong with one case, one sentence each."""
    if any(library.find(name) is None for name in case.documents):
        return
    spans = [span for group in case.evidence for span in group]
    for span in spans:
        yield from _span_faults(span, library)
    yield from missing_facts(case.facts, [evidence_text(span, library) for span in spans])
    for note in case.footnotes:
        yield from _note_faults(note, library)


def missing_facts(facts: Sequence[Sequence[str]], evidence: Sequence[str]) -> Iterator[str]:
    """Say which facts no piece of evidence states."""
    folded = [fold_for_facts(text) for text in evidence]
    for fact in facts:
        if not any(is_stated(fact, text) for text in folded):
            yield f"facts: found {' / '.join(fact)!r} nowhere in the evidence, expected it there"


def evidence_text(span: EvidenceSpan, library: Library) -> str:
    """Give the words of an evidence span; nothing where the library lacks the document."""
    document = library.find(span.document)
    if document is None:
        return ""
    return library.slices(document, [Span(span.start, span.end)])[0]


def _span_faults(span: EvidenceSpan, library: Library) -> Iterator[str]:
    found = evidence_text(span, library)
    if len(found) < span.end - span.start:
        yield (
            f"evidence: found a span up to {span.end} of {span.document!r}, "
            f"expected it to end within the file"
        )
    elif not found.strip():
        yield f"evidence: found white space at {span.start} of {span.document!r}, expected words"


def _note_faults(note: ExpectedNote, library: Library) -> Iterator[str]:
    identity = library.find(note.document)
    if identity is None:
        return
    document = library.document(identity)
    texts = [
        fold_for_facts(document.text_slice(known.start, known.end))
        for known in document.notes
        if known.marker == note.number
    ]
    if not texts:
        yield f"footnotes: found no note {note.number} in {note.document!r}, expected one"
    elif not any(all(fold_for_facts(part) in text for part in note.contains) for text in texts):
        yield (
            f"footnotes: found no note {note.number} of {note.document!r} with "
            f"{', '.join(map(repr, note.contains))}, expected all of it in one"
        )
