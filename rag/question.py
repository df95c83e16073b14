"""Understands a question: what it is about, whom it names, and what kind of answer it wants."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from corpus.document import DocumentId
from corpus.folding import fold, fold_signs
from index.document_tables import DocumentSummary
from rag.matter import matter_of
from rag.stopwords import STOPWORDS

COMMON_SHARE = 0.01
"""A word in more passages than this share of all is a common one."""


class Wanted(StrEnum):
    """The kind of answer a question asks for."""

    NUMBER = "number"
    DATE = "date"
    PERSON = "person"
    PLACE = "place"
    CAUSE = "cause"
    NOTE = "note"
    """The source of a claim, or what a note says."""
    OTHER = "other"


_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_YEAR = re.compile(r"\b(1[0-9]\d\d|20\d\d)(?:\s?[-–/]\s?(\d{2,4}))?\b")
_NAME = re.compile(r"(?<![.?!]\s)(?<!^)\b[A-Z][\w'-]{2,}")

_ASKED = re.compile(
    r"\b(?:how (?:many|much)|(?:what|which)(?: (?:exact|precise|total))?"
    r"(?: (?:kind|sort|type|number|name|rate|share|sum|size|amount|price|proportion) of)?"
    r"|name of)\b",
    re.IGNORECASE,
)
_FOCUS_CHARS = 24

# Where another question begins: 'Who was he, and what did he want?'
_NEXT_QUESTION = re.compile(
    r"(?<=\?)\s+(?=\S)|,? and (?=(?:who|whom|whose|what|when|where|why|how|which|by what|in what"
    r"|in which|from which|for what)\b)",
    re.IGNORECASE,
)
_QUESTION_WORDS = 3

_NOTES = re.compile(r"\b(?:foot|end)-?notes?\b|\bnote \d", re.IGNORECASE)

# ``@`` stands for an author that the question names. The first sign that fits holds: 'in which
# note' asks for a note even where it also asks how many.
_SIGNS: tuple[tuple[Wanted, re.Pattern[str]], ...] = tuple(
    (wanted, re.compile(pattern, re.IGNORECASE))
    for wanted, pattern in (
        (
            Wanted.NOTE,
            r"\b(?:foot|end)-?notes?\b|\bnote\b|(?:@'s|in the) notes\b"
            r"|\bcit(?:e|es|ed|ing|ation)\b|\bsourced?\b|\bsources\b"
            r"|\brefer(?:s|red)?\b.*\bfor\b|(?<!with )(?<!in )\breferences?\b(?! to\b)"
            r"|\bbibliograph|\b(?:which|what) (?:published |archival )?(?:book|work|archive|"
            r"collection|periodical|newspaper|journal|edition|publication)s?\b"
            r"|\b(?:which|what) (?:document|file|paper)s? in the archives?\b"
            r"|\bquoted by (?:the author|@)"
            r"|\bwhere (?:does|did) (?:the author|@) (?:find|take|get|quote|draw)\b"
            r"|\b(?:from|in|of) (?:which|what)\b.*\b(?:does|did) (?:the author|@) "
            r"(?:find|take|get|quote|draw)\b",
        ),
        (
            Wanted.DATE,
            r"^when\b|\b(?:on|in|by|until|from) (?:what|which) (?:exact )?(?:date|day|month|year)"
            r"|\bwhat (?:date|day|month|year|time)\b|\bdates?\b|\bwhen (?:was|were|did|is|had)\b",
        ),
        (
            Wanted.NUMBER,
            r"\bhow (?:many|much|large|big|long|far|high|old|often|few|great)\b|\bnumbers?\b"
            r"|\bper ?cent(?:age)?\b|\bshare\b|\bfigures?\b|\bwhat (?:sum|amount|proportion|size|"
            r"price|rate|total)\b|\bby how\b|\bstatistics\b",
        ),
        (
            Wanted.PERSON,
            r"^(?:and )?who\b|\bwhom\b|\bwhose\b|\bwhich (?:man|woman|person|author|"
            r"leader|economist|historian|politician|colleague|minister|general|writer)s?\b",
        ),
        (
            Wanted.PLACE,
            r"^where\b|\bin (?:what|which) (?:city|town|country|place|port|region|"
            r"province|village)\b|\bwhich (?:city|town|country|place|port|region|part)\b",
        ),
        (Wanted.CAUSE, r"\bwhy\b|\breasons?\b|\bcauses?d?\b|\bexplain|\bbecause\b|\bwhat led\b"),
    )
)


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it is searched for."""

    text: str
    """The question as understood, after a follow-up was filled in."""
    words: tuple[str, ...]
    """Its content words as written, in order, each once."""
    wanted: Wanted
    unknown: tuple[str, ...]
    """Those of its words that stand nowhere in the library."""
    years: tuple[int, ...]
    names: tuple[str, ...]
    """Folded capitalised words that do not open a sentence."""
    focus: tuple[tuple[int, int], ...]
    """Where the words stand in ``searched`` that say what kind of thing is asked for, such as
    ``interest`` in 'what rate of interest'."""
    naming: tuple[tuple[int, int], ...]
    """Where authors are named in ``searched``: they say where to look and not what for."""
    named: tuple[tuple[DocumentId, ...], ...]
    """For each author or title that the question names, the documents it means."""
    searched: str = ""
    """What of ``text`` is searched for: where authors are set side by side, without what only
    says so."""

    questions: tuple[tuple[int, int], ...] = ()
    """Where its several questions stand in ``searched``; empty where it is one."""
    counterparts: tuple[str, ...] = ()
    """Long forms of abbreviations in ``searched``, and short forms of what is written out."""

    @property
    def mentions_notes(self) -> bool:
        """Whether the question speaks of footnotes or endnotes themselves."""
        return _NOTES.search(self.text) is not None

    @property
    def compares(self) -> bool:
        """Whether the question sets two authors side by side."""
        return len(self.named) > 1

    @property
    def named_documents(self) -> frozenset[DocumentId]:
        """Every document the question names."""
        return frozenset(document for group in self.named for document in group)


def understand(
    question: str,
    documents: Sequence[DocumentSummary],
    *,
    frequency: Callable[[str], float] = lambda _: 0.001,
    counterparts: Callable[[str], tuple[str, ...]] = lambda _: (),
) -> Query:
    """Read a question.

    Args:
        question: In the asker's words.
        documents: The library's catalogue, to know authors and titles by.
        frequency: The share of the library's passages that hold a word. An author whose name is
            a common word (Day, Marx) is meant only where it is written with a capital.
        counterparts: What abbreviations in the question stand for, and the abbreviations of what
            is written out in it.
    """
    text = fold_signs(question)
    named = _named_groups(text, documents, lambda word: frequency(word) > COMMON_SHARE)
    surnames = {fold(surname(d.author)) for d in documents if d.author}
    words = list(dict.fromkeys(w for w in _WORD.findall(text) if _is_content(w, surnames)))
    anonymous = _without_names(text, _naming(text, documents, named))
    searched = (matter_of(anonymous) if len(named) > 1 else "") or text
    return Query(
        text=text,
        words=tuple(words),
        wanted=_wanted(anonymous),
        unknown=tuple(word for word in words if frequency(word) == 0),
        years=tuple(dict.fromkeys(_years(text))),
        names=tuple(dict.fromkeys(fold(name) for name in _NAME.findall(text))),
        searched=searched,
        questions=_questions(searched),
        counterparts=counterparts(searched),
        focus=_focus(searched),
        naming=_naming(searched, documents, named),
        named=named,
    )


def surname(author: str) -> str:
    """Give an author's last name, as a question would name them."""
    before_comma = author.split(",")[0].strip()
    return before_comma.split()[-1] if before_comma else author


def _wanted(text: str) -> Wanted:
    return next((wanted for wanted, sign in _SIGNS if sign.search(text)), Wanted.OTHER)


def _without_names(text: str, naming: Sequence[tuple[int, int]]) -> str:
    """Put ``@`` in the place of each author, so that a sign can tell 'where did @ find' by it."""
    parts = []
    low = 0
    for start, end in naming:
        if start >= low:
            parts += [text[low:start], "@'s" if text[start:end].endswith("'s") else "@"]
            low = end
    return "".join([*parts, text[low:]])


def _is_content(word: str, surnames: set[str]) -> bool:
    folded = fold(word)
    return folded not in STOPWORDS and folded not in surnames and len(folded) > 1


def _focus(text: str) -> tuple[tuple[int, int], ...]:
    match = _ASKED.search(text)
    if match is None:
        return ()
    words = [word for word in _WORD.finditer(text, match.end()) if fold(word[0]) not in STOPWORDS]
    near = [word for word in words if word.start() - match.end() < _FOCUS_CHARS]
    return tuple(word.span() for word in near[:2])


def _questions(text: str) -> tuple[tuple[int, int], ...]:
    """Tell where the questions stand of which a text asks several."""
    edges = [0, *(match.start() for match in _NEXT_QUESTION.finditer(text)), len(text)]
    spans = pairwise(edges)
    asked = [span for span in spans if len(_WORD.findall(text[slice(*span)])) >= _QUESTION_WORDS]
    return tuple(asked) if len(asked) > 1 else ()


def _years(text: str) -> list[int]:
    years = []
    for match in _YEAR.finditer(text):
        first = match.group(1)
        years.append(int(first))
        if last := match.group(2):
            years.append(int(first[: 4 - len(last)] + last))
    return years


def _named_groups(
    text: str, documents: Sequence[DocumentSummary], is_common: Callable[[str], bool]
) -> tuple[tuple[DocumentId, ...], ...]:
    groups: dict[str, list[DocumentId]] = {}
    for document in documents:
        if document.author and _names(text, surname(document.author), is_common):
            groups.setdefault(fold(document.author), []).append(document.id)
        elif _names_title(text, document.title):
            groups.setdefault(document.title, []).append(document.id)
    return tuple(tuple(group) for group in groups.values())


def _naming(
    text: str,
    documents: Sequence[DocumentSummary],
    named: Sequence[Sequence[DocumentId]],
) -> tuple[tuple[int, int], ...]:
    meant = {document for group in named for document in group}
    authors = {d.author for d in documents if d.author and d.id in meant}
    words = sorted({fold_signs(word) for author in authors for word in author.split()})
    spans = [
        match.span()
        for word in words
        for match in re.finditer(rf"(?<!\w){re.escape(word)}(?:'s)?(?!\w)", text, re.IGNORECASE)
    ]
    return tuple(sorted(spans))


def _names(text: str, name: str, is_common: Callable[[str], bool]) -> bool:
    as_written = re.search(rf"(?<![\w.]){re.escape(fold_signs(name))}(?:'s)?(?!\w)", text)
    if as_written:
        return True
    if is_common(name):
        return False
    return re.search(rf"\b{re.escape(fold(name))}\b", fold(text)) is not None


def _names_title(text: str, title: str) -> bool:
    main = _main_title(title)
    return len(main.split()) > 2 and main in fold(text)


# The same titles for every question; there may be thousands.
@lru_cache(65_536)
def _main_title(title: str) -> str:
    return fold(re.split(r"[:,(]", title)[0])
