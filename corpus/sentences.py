"""Tells where sentences end, and whether a paragraph breaks off in the middle of one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.document import Span

_ABBREVIATIONS = frozenset(
    "adm art arts assn ave bros bd bk bks ca cap capt cf ch chap chaps cie co col cols comp corp "
    "cp dept diss doc docs dr ed eds eg encl esp est etc ff fig figs fn fol fols fr gen gov hon "
    "ibid id ie inc intro jan feb mar apr jun jul aug sept sep oct nov dec jr lit ll lt ltd maj "
    "mme mlle mr mrs ms mt nn no nos nr op orig pl pp pref prof pseud pt pts pub publ rev ser "
    "sess sgt sq sr st sts supp suppl sv tom trans transl univ v viz vol vols vs".split()
)
_CLOSERS = "\"'”’»)]*_"
_OPENERS = "\"'“‘«([*_"
# Rows of dots are cut short, since every one of them would be tried to the end.
_END = re.compile(rf"(?:\.(?:\s?\.){{2,40}}|…|[.!?]{{1,40}})[{re.escape(_CLOSERS)}]{{0,40}}(?=\s)")
_LAST_WORD = re.compile(r"([^\W\d_]+)\.$")
_TRAILING_MARKS = re.compile(
    r"(?:\s*<sup>[^<]*</sup>|\s*\[\^?\w+\]|[⁰¹²³⁴-⁹]+|\$?\^\{[^}]*\}\$?|(?<=[.!?'\"’”])\s?\d{1,3})+$"
)
_TERMINAL = re.compile(rf"[.!?…:][{re.escape(_CLOSERS)}\s]*$")

FUNCTION_WORDS = frozenset(
    "a an the and or but nor of in on at to from by with without for as into onto upon about "
    "against between among through during over under after before than that which who whom whose "
    "this these those his her its their our my your is are was were be been being has have had "
    "will would shall should can could may might must do does did not no if when while because "
    "although though where whether both either neither such so very more most only also any "
    "every each some all he she it they we i you him them us me there then".split()
)
"""Words that no sentence and no heading ends with."""


def split_sentences(text: str, start: int = 0) -> list[Span]:
    """Cut a stretch of text into sentences.

    Args:
        text: Clean text; a line break ends a sentence wherever it stands.
        start: What to add to every offset.

    Returns:
        Ranges in order, each without white space at its ends; together they hold all of the text
        but white space.
    """
    spans = []
    low = 0
    for high in [*_boundaries(text), len(text)]:
        stretch = text[low:high]
        left = low + len(stretch) - len(stretch.lstrip())
        right = low + len(stretch.rstrip())
        if right > left:
            spans.append(Span(start + left, start + right))
        low = high
    return spans


def _boundaries(text: str) -> Iterator[int]:
    breaks = [match.end() for match in re.finditer(r"\n", text)]
    ends = [match.end() for match in _END.finditer(text) if _ends_sentence(text, match)]
    yield from sorted({*breaks, *ends})


def _ends_sentence(text: str, end: re.Match[str]) -> bool:
    rest = text[end.end() :].lstrip()
    following = rest.lstrip(_OPENERS)[:1]
    # A comma read as a full stop, and dots that stand for words left out, go on in lower case.
    if not following or following.islower():
        return not following
    sign = end.group()
    if sign[0] != "." or sign.startswith(".."):
        return True
    return not _is_abbreviation(text[max(0, end.start() - 24) : end.start() + 1], rest, sign)


def _is_abbreviation(head: str, rest: str, sign: str) -> bool:
    word = _LAST_WORD.search(head)
    if word is None:
        # 'No. 3' is caught by its word; '3. April' is a German date, '1. Text' a list.
        # A number with a full stop at the very start opens a list item, not a sentence of its own.
        return bool(re.fullmatch(r"\s*\(?\d{1,2}\.", head))
    letters = word.group(1)
    if len(letters) == 1 and letters.isupper():
        return len(sign) == 1
    if letters.lower() in {"p", "pp", "c", "n", "f", "l", "s"} and rest[:1].isdigit():
        return True
    return letters.lower() in _ABBREVIATIONS and not (
        letters.lower() in {"etc", "no", "co", "inc", "ltd", "ff"} and rest[:1].isupper()
    )


def without_marks(text: str) -> str:
    """Give a paragraph without the note marks and the emphasis signs that it ends with."""
    return _TRAILING_MARKS.sub("", text).rstrip("*_ ")


def is_open(text: str) -> bool:
    """Whether a paragraph breaks off before its sentence ends."""
    return not _TERMINAL.search(text)


def breaks_off(text: str) -> bool:
    """Whether a paragraph's last word cannot be the last of a sentence.

    Such are a function word, a comma, an opening bracket or a hyphen.
    """
    stripped = text.rstrip()
    if stripped[-1:] in ",;([-–—&":
        return True
    last = re.search(r"([^\W\d_]+)$", stripped)
    return last is not None and last.group(1).lower() in FUNCTION_WORDS
