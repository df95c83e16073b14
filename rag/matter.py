"""Finds what a comparison is about: the question without whom it sets side by side."""

from __future__ import annotations

import re

from corpus.folding import fold
from rag.stopwords import STOPWORDS

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
_ATTRIBUTION = re.compile(
    r"\b(?:according to|in the (?:view|opinion|account)s? of|going by)\s*@(?:'s)?"
)
# What is left of 'Miller and Baker' or 'by Miller, against Baker' without the names. No two
# alternatives may match the same words in two ways: a long question would take for ever.
_JOINT = r"(?:\s|[,;&]|\b(?:and|or|vs\.?|versus|against|with|by|both|from|in|for|of)\b)*"
_NAMES = re.compile(
    rf"(?:\b(?:do|does|did)\b)?{_JOINT}@(?:'s)?(?:{_JOINT}@(?:'s)?)*", re.IGNORECASE
)
# 'How do Miller and Baker judge the treaty' leaves 'How the treaty': the verb is theirs.
_VERB = re.compile(
    rf"@\s+(?:each\s+)?(?:{'|'.join(sorted(_COMPARING))})\b(?:\s+on\b)?", re.IGNORECASE
)


def matter_of(anonymous: str) -> str:
    """Give a comparison without the authors and without the words that ask to compare.

    So 'Contrast @ with @: who was to blame?' becomes 'who was to blame?'.

    Args:
        anonymous: The question with ``@`` in the place of each author.

    Returns:
        The matter; nothing where nothing else is asked.
    """
    kept = []
    for sentence in _SENTENCE.findall(anonymous):
        if not _says_something(sentence):
            continue
        bare = _NAMES.sub(" ", _VERB.sub("@", _ATTRIBUTION.sub("@", sentence)))
        kept.append(re.sub(r"\s+(?=[?.!])", "", " ".join(bare.split())))
    return " ".join(kept).strip()


def _says_something(sentence: str) -> bool:
    words = (fold(word) for word in _WORD.findall(sentence))
    return any(len(w) > 1 and w not in STOPWORDS and w not in _COMPARING for w in words)
