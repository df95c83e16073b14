"""Tells whether a question asks for a source: what a note says, what a claim rests on."""

from __future__ import annotations

import re

from rag.question import Query

_WORKS = (
    r"(?:archives?|articles?|books?|collections?|documents?|editions?|issues?|journals?|magazines?"
    r"|memoirs?|newspapers?|pamphlets?|papers?|periodicals?|publications?|reports?|speech(?:es)?"
    r"|stud(?:y|ies)|texts?|titles?|volumes?|works?|writings?)"
)
_USES = (
    r"(?:cit(?:e|es|ed|ing)|draws? on|f(?:i|ou)nds?|points?|quot(?:e|es|ed|ing)|refers?|relies"
    r"|rely|relied|takes?|taken|took|uses?|used)"
)
_SOURCE = re.compile(
    "|".join(
        (
            r"\b(?:foot|end)-?notes?\b",
            # 'in a note', "Day's note", 'note 12', not 'the notes that Lenin dictated'.
            r"(?:\b(?:an?|the|which|what)|['’]s?)\s+notes?\b(?!\s+(?:that\s+)?(?:s?he|they|of)\b)",
            r"\bnotes? (?:no\.? ?)?\d",
            r"\bsources?\b",
            r"\bcit(?:e|es|ed|ing|ations?)\b",
            r"\breferences?\b",
            r"\bbibliograph",
            rf"\b(?:which|what)\b[^?]{{0,40}}\b{_WORKS}\b[^?]*\b{_USES}\b",
            rf"\bin (?:which|what) (?:\w+ )?{_WORKS}\b",
            rf"\bfrom (?:which|what)\b[^?]{{0,40}}\b{_WORKS}\b[^?]*\b(?:come|takes?|taken|took)\b",
            rf"\bwhere (?:does|did|has) [^?]{{0,40}}\b{_USES}\b",
            r"\bon whose (?:authority|evidence|recollections?|testimony|word)\b",
        )
    ),
    re.IGNORECASE,
)


def asks_for_source(query: Query) -> bool:
    """Whether a question asks for a reference or for what a note says."""
    return _SOURCE.search(query.text) is not None
