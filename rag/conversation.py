"""Completes a follow-up question from what was said before, without a language model.

A follow-up says ``he`` or ``there`` for what was named before: in the last question, or in the
answer to it. The question is put behind the last one, and the names of the answer behind the word
that stands for them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from corpus.folding import fold
from rag.answer import Turn
from rag.stopwords import STOPWORDS

_STANDS_FOR = (
    r"he|she|it|they|him|her|them|his|hers|its|their|theirs|this|that|these|those|there"
    r"|the same|the latter|the former"
)
_LEANS_BACK = re.compile(
    rf"^(?:and|but|so|then|also|what about|how about)\b|\b(?:{_STANDS_FOR}|then|another|others?)\b",
    re.IGNORECASE,
)
_PERSON = re.compile(r"\b(?:he|she|him|her|his|hers|they|them|their)\b", re.IGNORECASE)
_SHORT_WORDS = 5
# The subject of an answer is named at its beginning; a long quotation names many besides.
_ANSWER_CHARS = 200
_MOST_NAMES = 2
_FURTHEST = 3
# Where a question names its subject itself, other names in the answer are not meant.
_WHO = re.compile(r"\b(?:who|whom|whose|which)\b", re.IGNORECASE)
_INNER_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w'’-]+")
_NAME = re.compile(r"[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)*")
_CALENDAR = frozenset(
    "january february march april may june july august september october november december yes"
    " no".split()
)


def complete(question: str, history: Sequence[Turn], *, voices: Collection[str] = ()) -> str:
    """Fill in what a question leaves out.

    Args:
        question: The latest question.
        history: Earlier turns, oldest first.
        voices: Names of authors, whom an answer quotes and does not speak of.

    Returns:
        The question itself where it stands alone; else with the last question asked before it,
        and with whom the answer to that named.
    """
    asked = [i for i, turn in enumerate(history) if turn.role == "user"]
    if not asked or not leans_back(question):
        return question
    before = history[asked[-1]].content.strip()
    names: Sequence[str] = ()
    if _WHO.search(before) or _LEANS_BACK.search(before) or not _INNER_NAME.search(before):
        names = _names_said(history, asked, f"{before} {question} {' '.join(voices)}")
    return f"{before} {_with_names(question.strip(), names)}"


def leans_back(question: str) -> bool:
    """Whether a question refers to what was said before it."""
    return bool(_LEANS_BACK.search(question)) or len(question.split()) < _SHORT_WORDS


def _names_said(history: Sequence[Turn], asked: Sequence[int], known: str) -> list[str]:
    """Give the names in the last answer that the questions do not have, nearest first.

    Where the question before leaned back too, its subject stands in the answer before that.
    """
    folded = set(fold(known).split())
    found: list[str] = []
    for place in reversed(asked[-_FURTHEST:]):
        answers = [turn.content for turn in history[place + 1 :] if turn.role == "assistant"]
        for name in _names(answers[0][:_ANSWER_CHARS]) if answers else ():
            words = set(fold(name).split())
            if len(found) < _MOST_NAMES and not words & folded:
                found.append(name)
                folded |= words
        if found or not leans_back(history[place].content):
            break
    return found


def _names(text: str) -> Iterator[str]:
    for match in _NAME.finditer(text):
        words = [w for w in match[0].split() if fold(w) not in STOPWORDS | _CALENDAR]
        if words:
            yield " ".join(words)


def _with_names(question: str, names: Sequence[str]) -> str:
    """Put names in brackets behind the first word that stands for someone, or at the end."""
    if not names:
        return question
    named = f"({', '.join(names)})"
    match = _PERSON.search(question)
    if match is None:
        return f"{question} {named}"
    return f"{question[: match.end()]} {named}{question[match.end() :]}"
