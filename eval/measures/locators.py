"""Whether a citation's place is exact: the file, the range, the section and the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

from corpus.document import PageStart, Section, Span, page_at
from eval.cases import EvidenceSpan, is_named
from eval.measures.evidence import is_found
from rag.answer import Citation

_MARK = re.compile(r"\[\^[^\]]*\]")


class Located(Protocol):
    """What a document must tell so that a citation of it can be checked."""

    @property
    def sha256(self) -> str:
        """Digest of the file's bytes."""

    @property
    def sections(self) -> Sequence[Section]:
        """Headings and the stretches they hold for."""

    @property
    def pages(self) -> Sequence[PageStart]:
        """Where printed pages start."""

    def text_slice(self, start: int, end: int) -> str:
        """Give a stretch of the clean text."""

    def source_spans(self, start: int, end: int) -> Sequence[Span]:
        """Trace a range of the clean text back to the file."""


def locator_faults(citation: Citation, document: Located) -> tuple[str, ...]:
    """Say what is wrong with a citation's place; nothing when it is exact."""
    checks = {
        "file": document.sha256 == citation.document.sha256,
        "range": document.text_slice(citation.start, citation.end) == _MARK.sub("", citation.quote),
        "spans": _traces(citation, document),
        "section": citation.kind == "note" or citation.section in _paths(citation, document),
        "page": citation.page is None or citation.page == page_at(document.pages, citation.start),
    }
    return tuple(name for name, is_right in checks.items() if not is_right)


def _traces(citation: Citation, document: Located) -> bool:
    spans = citation.source_spans
    ascending = all(before.end <= after.start for before, after in pairwise(spans))
    return ascending and spans == tuple(document.source_spans(citation.start, citation.end))


def _paths(citation: Citation, document: Located) -> set[tuple[str, ...]]:
    """Give the paths of the innermost sections that hold where the quotation starts."""
    holding = [s for s in document.sections if s.start <= citation.start < s.end]
    latest = max((s.start for s in holding), default=0)
    return {s.path for s in holding if s.start == latest} or {()}


def contradicts(span: EvidenceSpan, citation: Citation) -> tuple[str, ...]:
    """Say where a citation of a span names another section or page than the case's writer did."""
    if not is_named(citation.document, span.document):
        return ()
    if not is_found(span, {citation.document: citation.source_spans}):
        return ()
    wrong_section = span.section is not None and span.section not in citation.section
    wrong_page = span.page is not None and span.page != citation.page
    return ("section",) * wrong_section + ("page",) * wrong_page
