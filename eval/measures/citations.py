"""Whether the quotations of an answer are the evidence, and all of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from corpus.document import Span
from eval.cases import EvidenceSpan
from eval.measures.evidence import groups_found, groups_quoted
from rag.answer import Citation, DocumentReference

Evidence = Sequence[Sequence[EvidenceSpan]]


def places_of(citations: Sequence[Citation]) -> dict[DocumentReference, list[Span]]:
    """Put the source spans of several citations together, by document."""
    places: dict[DocumentReference, list[Span]] = defaultdict(list)
    for citation in citations:
        places[citation.document].extend(citation.source_spans)
    return dict(places)


def citation_recall(evidence: Evidence, citations: Sequence[Citation]) -> float:
    """Give the share of a question's evidence groups that the citations find together.

    Source:
        Gao, Yen, Yu and Chen, "Enabling large language models to generate text with citations"
        (ALCE), EMNLP 2023, section 3: a statement is recalled when its citations, taken together,
        support it. Known spans stand in the place of the entailment model.
    """
    return len(groups_found(evidence, places_of(citations))) / len(evidence)


def citation_precision(evidence: Evidence, citations: Sequence[Citation]) -> float:
    """Give the share of the citations that support something; 0 where nothing is cited.

    A citation counts when it supports a group by itself, or when a group that all of them find
    together is lost without it.

    Source:
        ALCE as above: a citation is irrelevant when it does not support the statement alone and
        the others support it as well without it.
    """
    if not citations:
        return 0.0
    together = groups_found(evidence, places_of(citations))
    needed = sum(
        bool(groups_quoted(evidence, places_of([citation])))
        or groups_found(evidence, places_of([*citations[:i], *citations[i + 1 :]])) < together
        for i, citation in enumerate(citations)
    )
    return needed / len(citations)
