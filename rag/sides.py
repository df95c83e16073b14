"""Parts a comparison into its sides: the matter alone, put to each of the authors named."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus.document import DocumentId
from corpus.folding import fold
from rag.question import STOPWORDS, Query
from rag.ranking import Ranking

_COMPARING = frozenset(
    "accord accords account accounts against agree agrees answer assess assesses author authors "
    "book books bring check claim claims compare compared compares comparison contradict contrast "
    "contrasted credit describe describes differ different differing differs disagree evaluate "
    "evaluates explain explains give gives ground grounds historian historians interpret "
    "interprets judge judges match matches name names odds opinion opinions passage position "
    "positions present presents put puts quote quotes regard regards report reports respectively "
    "set side sides state states story summary tell tells think thinks treat treats verdict "
    "version versions versus view views vs write writes writing".split()
)
"""Words that ask for a comparison and say nothing of its matter."""

_SENTENCE = re.compile(r"[^.?!]+[.?!]*")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_ATTRIBUTION = re.compile(r"\b(?:according to|in the (?:view|opinion|account)s? of|going by)\s*\0")
# What is left of 'Carr and Day' or 'by Carr, against Day' where the names are taken out.
_JOINT = r"(?:\s|[,;&]|\b(?:and|or|vs\.?|versus|against|with|by|by both|both|from|in|for|of)\b)*"
_NAMES = re.compile(rf"(?:\b(?:do|does|did)\b)?{_JOINT}\0(?:{_JOINT}\0)*", re.IGNORECASE)
# 'How do Carr and Day judge the treaty' leaves 'How the treaty': the verb is theirs.
_VERB = re.compile(
    rf"\0\s+(?:each\s+)?(?:{'|'.join(sorted(_COMPARING))})\b(?:\s+on\b)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the authors or works that a question compares."""

    documents: tuple[DocumentId, ...]
    query: Query
    """The matter, as it is put to this side alone."""
    ranking: Ranking
    """The side's own passages, best first."""


PutToSide = Callable[[str, Sequence[DocumentId]], tuple[Query, Ranking | None]]
"""Ranks the passages of some documents alone for a question."""


def sides_of(query: Query, put: PutToSide) -> list[Side]:
    """Put the matter of a comparison to each of its sides.

    Args:
        query: A question that compares.
        put: Asks one side.

    Returns:
        The sides in the order of ``query.named``; one of whom nothing was found is left out.
    """
    matter = matter_of(query)
    asked = [(documents, *put(matter, documents)) for documents in query.named]
    return [
        Side(documents, own, ranking) for documents, own, ranking in asked if ranking is not None
    ]


def matter_of(query: Query) -> str:
    """Give a comparison without the authors and without the words that ask to compare.

    So 'Contrast Carr with Day: who was to blame?' becomes 'who was to blame?'. Where nothing
    would be left, it is the question as it stands.
    """
    kept = []
    for match in _SENTENCE.finditer(_blank_names(query)):
        sentence = match.group()
        if "\0" in sentence:
            if not _says_something(sentence):
                continue
            sentence = _NAMES.sub(" ", _VERB.sub("\0", _ATTRIBUTION.sub("\0", sentence)))
        kept.append(re.sub(r"\s+(?=[?.!])", "", " ".join(sentence.split())))
    return " ".join(kept).strip() or query.text


def _blank_names(query: Query) -> str:
    """Put a sign in the place of every stretch that names an author."""
    parts, low = [], 0
    for start, end in query.naming:
        if start >= low:
            parts += [query.text[low:start], "\0"]
            low = end
    return "".join([*parts, query.text[low:]])


def _says_something(sentence: str) -> bool:
    words = (fold(word) for word in _WORD.findall(sentence))
    return any(len(w) > 1 and w not in STOPWORDS and w not in _COMPARING for w in words)
